//! The seam: everything that the compiler makes enters here, and nowhere else.

/// Includes one generated module. Its text is formatted by the compiler, and its lints are the compiler's business.
macro_rules! generated {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[allow(clippy::all, clippy::unwrap_used, unused, nonstandard_style, missing_docs)]
        #[rustfmt::skip]
        pub mod $name {
            include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
        }
    };
}

generated!(
    /// The hub's types.
    canonical
);
generated!(
    /// The names that loss ledgers speak of, and the walk that carries verdicts out.
    ledger
);
generated!(
    /// One module a dialect: readers, writers, tables.
    dialects
);
generated!(
    /// The provider table.
    providers
);
generated!(
    /// The route table.
    routes
);
generated!(
    /// What each dialect can say.
    capabilities
);
generated!(
    /// What the environment says.
    settings
);
