//! What is translated, rule by rule: every folder with a `case.yaml` is a rule of the wire formats and what the gateway
//! makes of it, on real sockets. `README.md` says what a folder holds.

#![allow(clippy::unwrap_used)]

mod case;
mod compare;
mod coverage;
mod exchange;
mod files;
mod golden;
mod print;
#[path = "../replay/support/mod.rs"]
mod support;

use case::{Case, Step};
use compare::Differences;
use exchange::Stage;

/// How long a case may take is bounded by its exchanges.
#[tokio::test(flavor = "multi_thread")]
async fn every_case_is_translated_as_its_rule_says() {
    let cases = Case::all();
    let stage = Stage::start().await;
    let mut report = Report::default();
    for case in &cases {
        for step in case.steps() {
            report.add(case, &step, stage.play(&step).await);
        }
    }
    report.close();
}

#[test]
fn every_section_and_every_fact_has_a_case() {
    coverage::assert(&Case::all());
}

/// What differed, and what is known to.
#[derive(Default)]
struct Report {
    steps: usize,
    known: Vec<String>,
    wrong: Vec<String>,
}

impl Report {
    fn add(&mut self, case: &Case, step: &Step, differences: Differences) {
        self.steps += 1;
        let name = &step.name;
        match (&step.set.known, differences.is_empty()) {
            (None, true) => {}
            (Some(reason), false) => self.known.push(format!("{name}: {reason}\n{differences}")),
            (Some(reason), true) => self.wrong.push(format!(
                "{name}: no longer wrong, so `known` must go: {reason}"
            )),
            (None, false) => self
                .wrong
                .push(format!("{name}: {}\n{differences}", case.rule.trim())),
        }
    }

    fn close(self) {
        for known in &self.known {
            println!("known: {known}");
        }
        println!(
            "{} exchanges, {} of them known to be wrong",
            self.steps,
            self.known.len()
        );
        assert!(
            self.wrong.is_empty(),
            "{}\n{} wrong",
            self.wrong.join("\n"),
            self.wrong.len()
        );
    }
}
