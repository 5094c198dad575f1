//! Replies of providers, read in pieces: any bytes are refused or read as hyper's client reads them, wherever they are
//! cut. The reader needs nothing else of the gateway, so that it is compiled from its files alone.

#![no_main]

use libfuzzer_sys::fuzz_target;

// Requests are written with some of it, too.
#[allow(dead_code)]
#[path = "../../src/upstream/http1"]
mod http1 {
    mod framing;
    mod head;
    mod reading;

    pub mod tests {
        pub mod other;
        mod seen;
    }
}

/// How many of the bytes say where the rest is cut.
const CUTS: usize = 4;

fuzz_target!(|data: &[u8]| {
    let Some((cuts, text)) = data.split_first_chunk::<CUTS>() else {
        return;
    };
    if text.is_empty() {
        return;
    }
    let cuts = cuts.map(|at| usize::from(at) * text.len() / 256);
    if let Err(difference) = http1::tests::other::agree(text, &cuts) {
        panic!("{difference}");
    }
});
