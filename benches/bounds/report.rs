//! What was measured, as lines of one table.

/// Whether a bound holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Holds,
    Broken,
    /// Nothing is promised: a figure to compare with.
    Shown,
    /// It can't be measured here.
    Skipped,
}

/// Why something could not be measured.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// A tool isn't there: nobody's fault.
    Missing(String),
    /// It went wrong, which is as bad as a bound that doesn't hold.
    Failed(String),
}

impl From<String> for Trouble {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

impl From<&str> for Trouble {
    fn from(why: &str) -> Self {
        Self::Failed(why.to_owned())
    }
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Line {
    pub row: &'static str,
    pub what: String,
    pub bound: String,
    pub measured: String,
    pub verdict: Verdict,
}

impl Line {
    /// A figure that may not be above its bound.
    pub fn at_most(row: &'static str, what: &str, measured: f64, bound: f64, unit: &str) -> Self {
        Self {
            row,
            what: what.to_owned(),
            bound: format!("<= {}{unit}", figure(bound)),
            measured: format!("{}{unit}", figure(measured)),
            verdict: match measured <= bound {
                true => Verdict::Holds,
                false => Verdict::Broken,
            },
        }
    }

    /// A bound that could not be measured.
    pub fn without(row: &'static str, what: &str, trouble: Trouble) -> Self {
        let (measured, verdict) = match trouble {
            Trouble::Missing(why) => (why, Verdict::Skipped),
            Trouble::Failed(why) => (why, Verdict::Broken),
        };
        Self {
            row,
            what: what.to_owned(),
            bound: String::new(),
            measured,
            verdict,
        }
    }

    /// A figure to compare with.
    pub fn shown(row: &'static str, what: &str, measured: impl Into<String>) -> Self {
        Self {
            row,
            what: what.to_owned(),
            bound: String::new(),
            measured: measured.into(),
            verdict: Verdict::Shown,
        }
    }

    /// Says more about the figure.
    pub fn note(mut self, note: impl AsRef<str>) -> Self {
        if !note.as_ref().is_empty() {
            self.measured = format!("{} ({})", self.measured, note.as_ref());
        }
        self
    }

    /// The bound doesn't hold, whatever the figure is: `why`.
    pub fn broken_if(mut self, broken: bool, why: &str) -> Self {
        if broken {
            self.verdict = Verdict::Broken;
            return self.note(why);
        }
        self
    }

    fn said(&self) -> &str {
        match &self.verdict {
            Verdict::Holds => "yes",
            Verdict::Broken => "NO",
            Verdict::Shown => "",
            Verdict::Skipped => "skipped",
        }
    }
}

/// Prints the table; whether every bound that was measured holds.
pub fn print(lines: &[Line]) -> bool {
    let head = ["row", "what", "bound", "measured", "holds"].map(str::to_owned);
    let cells = lines.iter().map(|line| {
        let said = line.said().to_owned();
        let (what, bound) = (line.what.clone(), line.bound.clone());
        [
            line.row.to_owned(),
            what,
            bound,
            line.measured.clone(),
            said,
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(cells).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..5).map(|column| width(column).unwrap_or(0)).collect();
    println!();
    for (nth, row) in rows.iter().enumerate() {
        let padded = row.iter().zip(&widths);
        let padded: Vec<String> = padded
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        println!("| {} |", padded.join(" | "));
        if nth == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            println!("| {} |", rule.join(" | "));
        }
    }
    let count = |wanted: fn(&Verdict) -> bool| {
        let of = lines.iter().filter(|line| wanted(&line.verdict));
        of.count()
    };
    let broken = count(|verdict| *verdict == Verdict::Broken);
    println!(
        "\n{} hold, {broken} don't, {} skipped",
        count(|verdict| *verdict == Verdict::Holds),
        count(|verdict| *verdict == Verdict::Skipped)
    );
    broken == 0
}

/// A number with as many digits as say something.
pub fn figure(number: f64) -> String {
    match number.abs() {
        a if a >= 1e4 => format!("{:.1} k", number / 1e3),
        a if a >= 100.0 || number.fract() == 0.0 => format!("{number:.0}"),
        a if a >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// The one in the middle; none of nothing.
pub fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        1 => sorted.get(middle).copied(),
        _ => Some((sorted.get(middle)? + sorted.get(middle.checked_sub(1)?)?) / 2.0),
    }
}

/// Least to greatest, where there are several.
pub fn spread(numbers: &[f64]) -> String {
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match numbers.len() {
        0 | 1 => String::new(),
        _ => format!("{} to {}", figure(least), figure(greatest)),
    }
}
