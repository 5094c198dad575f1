//! Instructions: what the harness counts of requests and chunks, and our own count of what a request's size costs.

use super::callgrind::Counter;
use super::gateway::SAME;
use super::harness::{Found, Harness};
use super::prompts;
use super::report::{Line, Trouble, figure};

/// A number of instructions that is promised.
struct Count {
    row: &'static str,
    what: &'static str,
    case: &'static str,
    kind: &'static str,
    most: f64,
}

const COUNTS: [Count; 5] = [
    count(
        "json",
        "instructions, same dialect, 256 B/1 KB",
        "openai",
        "json",
        40e3,
    ),
    count(
        "big",
        "instructions, same dialect, 8 KB/10 KB",
        "openai",
        "big",
        75e3,
    ),
    count(
        "stream",
        "instructions a chunk, same dialect",
        "openai",
        "stream",
        8e3,
    ),
    count(
        "tjson",
        "instructions, translated",
        "anthropic",
        "json",
        80e3,
    ),
    count(
        "tstream",
        "instructions a chunk, translated",
        "anthropic",
        "stream",
        12e3,
    ),
];

const fn count(
    row: &'static str,
    what: &'static str,
    case: &'static str,
    kind: &'static str,
    most: f64,
) -> Count {
    Count {
        row,
        what,
        case,
        kind,
        most,
    }
}

/// Instructions for each byte by which a request grows.
const GROWTH: f64 = 5.0;
const SMALL: usize = 256;
const GROWN: usize = 8192;
const REPEATED: usize = 150;

/// Rows of instructions that are wanted.
pub fn instructions(harness: &Found, wanted: &dyn Fn(&str) -> bool) -> Vec<Line> {
    let mut lines = Vec::new();
    for case in ["openai", "anthropic"] {
        let of = |count: &&Count| count.case == case && wanted(count.row);
        let counts: Vec<&Count> = COUNTS.iter().filter(of).collect();
        if counts.is_empty() {
            continue;
        }
        let kinds: Vec<&str> = counts.iter().map(|count| count.kind).collect();
        let kinds = kinds.join(",");
        // Without nginx only the figure to compare with is missing.
        let arguments = [
            "--no-strace",
            "--case",
            case,
            "--what",
            &kinds,
            "nginx",
            "gateway",
        ];
        let run = |harness: &Harness| harness.count(&format!("insn-{case}"), &arguments);
        let measured = harness.as_ref().map_err(Clone::clone).and_then(run);
        for Count {
            row,
            what,
            kind,
            most,
            ..
        } in counts
        {
            let line = measured
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|measured| {
                    let of = |target: &str| measured[target][*kind]["insn"].as_f64();
                    let said = || {
                        measured["gateway"][*kind]["failed"]
                            .as_str()
                            .map(str::to_owned)
                    };
                    let ours = of("gateway")
                        .ok_or_else(|| said().unwrap_or("nothing was counted".into()))?;
                    let nginx = of("nginx").map(|nginx| format!("nginx {}", figure(nginx)));
                    Ok(Line::at_most(row, what, ours, *most, "").note(nginx.unwrap_or_default()))
                });
            lines.push(line.unwrap_or_else(|why: Trouble| Line::without(row, what, why)));
        }
    }
    lines
}

/// What a request costs for each byte more, its answer being the same: two prompts, and nothing else that differs.
pub fn growth() -> Line {
    let (row, what) = ("big", "instructions a request byte more");
    let counted = || -> Result<f64, Trouble> {
        let counter = Counter::new()?;
        let small = counter.count(&prompts::prompt(SAME, SMALL), REPEATED)?;
        let grown = counter.count(&prompts::prompt(SAME, SMALL + GROWN), REPEATED)?;
        Ok((grown - small) / GROWN as f64)
    };
    match counted() {
        Ok(each) => Line::at_most(row, what, each, GROWTH, ""),
        Err(why) => Line::without(row, what, why),
    }
}
