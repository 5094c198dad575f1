//! How replies are read, byte by byte and against another client.

mod agreement;
mod other;
mod seen;
mod table;
