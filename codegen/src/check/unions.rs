//! Variants of a union must differ on the wire: a reader that can't tell two apart would always take the first.

use super::walk;
use crate::fault::Faults;
use crate::model::dialect::Dialect;
use crate::model::tests;

/// Reports variants for which the reader asks the same.
pub fn check(dialect: &Dialect, faults: &Faults) {
    let frames = dialect.chat.iter().flat_map(|o| &o.streams);
    let named: Vec<usize> = frames
        .filter(|s| s.frames.iter().any(|f| f.named))
        .map(|s| s.union)
        .collect();
    let unions = dialect
        .chat
        .iter()
        .flat_map(|o| &o.streams)
        .map(|s| s.union);
    let all = walk::read(dialect).into_iter().chain(unions);
    // Frames with names of their own are told apart by these.
    for id in all.filter(|id| !named.contains(id)) {
        let variants = &dialect.schemas[id].variants;
        let tests = tests::of(&dialect.schemas, variants);
        for (at, (second, asked)) in tests.iter().enumerate() {
            let same = |(first, other): &&(usize, Vec<tests::Test>)| {
                other == asked && !variants[*first].read_only
            };
            let Some((first, _)) = tests[..at].iter().find(same) else {
                continue;
            };
            let (first, second) = (&variants[*first], &variants[*second]);
            if first.content == second.content || second.read_only {
                continue;
            }
            faults.add(&second.place, format!("a reader can't tell this variant from {}; give one a const, an enum, a type or a required property that the other lacks", first.place));
        }
    }
}
