//! What each step of each dialect costs: reading and writing requests, replies and streams, and translating between
//! every two dialects. The dialects are those of the tables.
//!
//! `cargo bench --bench dialects` measures time, `cargo bench --bench dialects -- --instructions` counts instructions
//! with valgrind, which repeats on a busy machine; both take a part of a name. `--save FILE` keeps the counts, and
//! `--baseline FILE` compares with those that were kept.

mod cases;
mod instructions;
mod talk;

use std::process::ExitCode;
use std::sync::LazyLock;

use cases::Case;
use divan::Bencher;
use divan::counter::ItemsCount;

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| cases::all(None));

fn main() -> ExitCode {
    match instructions::Options::parse(std::env::args().skip(1)) {
        Ok(Some(options)) => instructions::run(&options),
        Ok(None) => {
            divan::main();
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(2)
        }
    }
}

/// One group of the report a step.
macro_rules! steps {
    ($($function:ident: $step:literal,)*) => {$(
        #[divan::bench(name = $step, args = of($step), sample_count = 30)]
        fn $function(bencher: Bencher<'_, '_>, case: &Case) {
            bencher.counter(ItemsCount::new(case.operations)).bench_local(|| case.run());
        }
    )*};
}

steps! {
    decode_request: "decode request",
    encode_request: "encode request",
    decode_reply: "decode reply",
    encode_reply: "encode reply",
    decode_stream: "decode stream, a chunk",
    decode_padded_stream: "decode padded stream, a chunk",
    encode_stream: "encode stream, a chunk",
    translate_request: "translate request",
    translate_reply: "translate reply",
    translate_stream: "translate stream, a chunk",
}

fn of(step: &'static str) -> impl Iterator<Item = &'static Case> {
    CASES.iter().filter(move |case| case.step == step)
}
