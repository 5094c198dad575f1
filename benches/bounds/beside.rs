//! What is measured beside nginx in the same rounds: processor time, added latency, time to start.

use serde_json::Value;

use super::harness::{Found, Harness};
use super::report::{Line, figure, median, spread};

/// A ratio of processor time that is promised.
struct Ratio {
    row: &'static str,
    what: &'static str,
    case: &'static str,
    scenario: &'static str,
    key: &'static str,
    most: f64,
}

const PER_REQUEST: &str = "cpu_us";
const PER_CHUNK: &str = "cpu_chunk_us";

const RATIOS: [Ratio; 5] = [
    ratio(
        "json",
        "CPU, same dialect, 256 B/1 KB",
        "openai",
        "sat",
        PER_REQUEST,
        1.3,
    ),
    ratio(
        "big",
        "CPU, same dialect, 8 KB/10 KB",
        "openai",
        "sat_big",
        PER_REQUEST,
        1.3,
    ),
    ratio(
        "stream",
        "CPU per chunk, same dialect",
        "openai",
        "burst",
        PER_CHUNK,
        1.5,
    ),
    ratio(
        "tjson",
        "CPU, translated",
        "anthropic",
        "sat",
        PER_REQUEST,
        2.2,
    ),
    ratio(
        "tstream",
        "CPU per chunk, translated",
        "anthropic",
        "burst",
        PER_CHUNK,
        2.5,
    ),
];

const fn ratio(
    row: &'static str,
    what: &'static str,
    case: &'static str,
    scenario: &'static str,
    key: &'static str,
    most: f64,
) -> Ratio {
    Ratio {
        row,
        what,
        case,
        scenario,
        key,
        most,
    }
}

/// Added to what the provider takes, at this rate, compared with nginx, in microseconds.
const ADDED: f64 = 100.0;
const START: f64 = 30.0;
const STARTS: &str = "7";

/// Rows of processor time that are wanted.
pub fn processor(harness: &Found, wanted: &dyn Fn(&str) -> bool, rounds: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for case in ["openai", "anthropic"] {
        let of = |ratio: &&Ratio| ratio.case == case && wanted(ratio.row);
        let ratios: Vec<&Ratio> = RATIOS.iter().filter(of).collect();
        if ratios.is_empty() {
            continue;
        }
        let scenarios: Vec<&str> = ratios.iter().map(|ratio| ratio.scenario).collect();
        let scenarios = scenarios.join(",");
        let arguments = [
            "--rounds",
            rounds,
            "--cases",
            case,
            "--scenarios",
            &scenarios,
            "nginx",
            "gateway",
        ];
        let run = |harness: &Harness| harness.run(&format!("run-{case}"), &arguments);
        let measured = harness.as_ref().map_err(Clone::clone).and_then(run);
        for Ratio {
            row,
            what,
            scenario,
            key,
            most,
            ..
        } in ratios
        {
            let place = format!("{case}/{scenario}");
            let line = measured.clone().and_then(|measured| {
                let (ours, theirs) = (
                    runs(&measured, "gateway", &place)?,
                    runs(&measured, "nginx", &place)?,
                );
                let pairs = paired(&ours, &theirs, key);
                let ratios: Vec<f64> = pairs.iter().map(|(ours, theirs)| ours / theirs).collect();
                let middle = median(&ratios).ok_or("nothing was measured")?;
                let line = Line::at_most(row, what, middle, *most, "x nginx").note(spread(&ratios));
                let line = line.note(absolute(&pairs)).note(shared(&ours, &theirs));
                Ok(line.broken_if(bad(&ours) > 0.0, "requests failed"))
            });
            lines.push(line.unwrap_or_else(|why| Line::without(row, what, why)));
        }
    }
    lines
}

/// What is added to an answer's time at a moderate rate, beside what nginx adds.
pub fn latency(harness: &Found, rounds: &str) -> Line {
    let (row, what) = ("latency", "p50 added at 1000 requests/s");
    let place = "openai/rate_hi";
    let arguments = [
        "--rounds",
        rounds,
        "--scenarios",
        "rate_hi",
        "direct",
        "nginx",
        "gateway",
    ];
    let run = |harness: &Harness| harness.run("run-latency", &arguments);
    let measured = harness.as_ref().map_err(Clone::clone).and_then(run);
    let line = measured.and_then(|measured| {
        let of = |target| runs(&measured, target, place);
        let (direct, nginx, ours) = (of("direct")?, of("nginx")?, of("gateway")?);
        let added = |runs: &[Value]| -> Vec<f64> {
            let pairs = paired(runs, &direct, "p50");
            pairs
                .iter()
                .map(|(through, direct)| through - direct)
                .collect()
        };
        let (ours_added, nginx_added) = (added(&ours), added(&nginx));
        let more: Vec<f64> = ours_added
            .iter()
            .zip(&nginx_added)
            .map(|(ours, nginx)| ours - nginx)
            .collect();
        let middle = |numbers: &[f64]| median(numbers).ok_or("nothing was measured");
        let line = Line::at_most(row, what, middle(&more)?, ADDED, " us more than nginx");
        let (us, them) = (middle(&ours_added)?, middle(&nginx_added)?);
        let line = line.note(format!("{} and {} us", figure(us), figure(them)));
        Ok(line
            .note(shared(&ours, &nginx))
            .broken_if(bad(&ours) > 0.0, "requests failed"))
    });
    line.unwrap_or_else(|why| Line::without(row, what, why))
}

/// From the start of the process to a whole answer.
pub fn start(harness: &Found) -> Line {
    let (row, what) = ("start", "start to the first 200");
    let arguments = [
        "--rounds",
        "0",
        "--start-reps",
        STARTS,
        "--warm-first",
        "0",
        "nginx",
        "gateway",
    ];
    let run = |harness: &Harness| harness.run("run-start", &arguments);
    let measured = harness.as_ref().map_err(Clone::clone).and_then(run);
    let line = measured.and_then(|measured| {
        let starts = |target: &str| -> Vec<f64> {
            let starts = measured["targets"][target]["start_ms"].as_array();
            starts
                .into_iter()
                .flatten()
                .filter_map(Value::as_f64)
                .collect()
        };
        let (ours, theirs) = (starts("gateway"), starts("nginx"));
        let middle = median(&ours).ok_or_else(|| why_not(&measured, "gateway"))?;
        let line = Line::at_most(row, what, middle, START, " ms").note(spread(&ours));
        Ok(line.note(
            median(&theirs)
                .map(|nginx| format!("nginx {} ms", figure(nginx)))
                .unwrap_or_default(),
        ))
    });
    line.unwrap_or_else(|why| Line::without(row, what, why))
}

fn runs(measured: &Value, target: &str, place: &str) -> Result<Vec<Value>, String> {
    let runs = measured["targets"][target]["runs"][place].as_array();
    let runs = runs.filter(|runs| !runs.is_empty());
    runs.cloned().ok_or_else(|| why_not(measured, target))
}

fn why_not(measured: &Value, target: &str) -> String {
    let said = measured["targets"][target]["failed"].as_str();
    let said = said.unwrap_or("nothing was measured");
    format!("{target}: {said}")
}

/// A figure of two targets, in rounds that both have.
fn paired(ours: &[Value], theirs: &[Value], key: &str) -> Vec<(f64, f64)> {
    let same = |run: &Value| theirs.iter().find(|other| other["round"] == run["round"]);
    let pair = |run: &Value| Some((run[key].as_f64()?, same(run)?[key].as_f64()?));
    ours.iter().filter_map(pair).collect()
}

fn absolute(pairs: &[(f64, f64)]) -> String {
    let (ours, theirs): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    match (median(&ours), median(&theirs)) {
        (Some(ours), Some(theirs)) => format!("{} and {} us", figure(ours), figure(theirs)),
        _ => String::new(),
    }
}

fn bad(runs: &[Value]) -> f64 {
    runs.iter().filter_map(|run| run["bad"].as_f64()).sum()
}

/// Whether other programs took a good part of the processors in some rounds, which makes a ratio worth less.
fn shared(ours: &[Value], theirs: &[Value]) -> String {
    let busy = |run: &&Value| run["foreign"].as_f64().is_some_and(|foreign| foreign > 0.4);
    match ours.iter().chain(theirs).filter(busy).count() {
        0 => String::new(),
        runs => format!(
            "other programs ran in {runs} of {}",
            ours.len() + theirs.len()
        ),
    }
}
