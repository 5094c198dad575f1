//! The table of what passed.

use std::collections::BTreeMap;
use std::fmt;

use crate::cells::{CLIENTS, COMMON, Cell, MORE, Outcome, PROVIDERS};
use crate::ledger::Ledger;

pub struct Table<'t> {
    /// What is tried, in order.
    pub cells: &'t [Cell],
    pub told: &'t BTreeMap<Cell, Outcome>,
    pub ledger: &'t Ledger,
}

impl Table<'_> {
    /// What is wrong, a line each: cells that failed or are empty, and refusals that the ledger doesn't list, or lists
    /// with another reason.
    pub fn faults(&self) -> Vec<String> {
        let faults = self.cells.iter().filter_map(|cell| {
            let why = match (self.told.get(cell), self.ledger.refuses(cell)) {
                (None, _) => "nothing was told".to_owned(),
                (Some(Outcome::Failed(why)), _) => why.clone(),
                (Some(Outcome::Passed), None) => return None,
                (Some(Outcome::Passed), Some(reason)) => {
                    format!("passed, though the ledger says: {reason}")
                }
                (Some(Outcome::Refused(said)), None) => format!("refused by no ledger: {said}"),
                (Some(Outcome::Refused(said)), Some(reason)) if said.contains(&reason) => {
                    return None;
                }
                (Some(Outcome::Refused(said)), Some(reason)) => {
                    format!("refused with other words than '{reason}': {said}")
                }
            };
            Some(format!(
                "{} with {}, {}: {why}",
                cell.client, cell.provider, cell.case
            ))
        });
        faults.collect()
    }

    fn word(&self, client: &str, provider: &str, case: &str) -> &'static str {
        let same =
            |cell: &&Cell| cell.client == client && cell.provider == provider && cell.case == case;
        let Some(cell) = self.cells.iter().find(same) else {
            return "";
        };
        match self.told.get(cell) {
            Some(Outcome::Passed) => "ok",
            Some(Outcome::Refused(_)) => "refused",
            Some(Outcome::Failed(_)) => "FAILED",
            None => "NOTHING",
        }
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cases: Vec<_> = COMMON.iter().chain(&MORE).collect();
        write!(f, "{:13} {:14}", "client", "provider")?;
        for case in &cases {
            write!(f, " {:>w$}", case, w = case.len().max(7))?;
        }
        writeln!(f)?;
        for client in &CLIENTS {
            for provider in PROVIDERS {
                write!(f, "{:13} {:14}", client.name, provider)?;
                for case in &cases {
                    let word = self.word(client.name, provider, case);
                    write!(f, " {:>w$}", word, w = case.len().max(7))?;
                }
                writeln!(f)?;
            }
        }
        for (cell, outcome) in self.told {
            if let Outcome::Refused(why) = outcome {
                writeln!(
                    f,
                    "{} with {}, {}: refused: {why}",
                    cell.client, cell.provider, cell.case
                )?;
            }
        }
        Ok(())
    }
}
