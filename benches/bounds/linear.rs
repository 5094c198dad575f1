//! What is long costs in proportion: instructions a byte of long prompts, many messages and many tools.

use std::sync::Mutex;
use std::thread;

use super::callgrind::Counter;
use super::client::Asked;
use super::gateway::{OTHER, SAME};
use super::prompts;
use super::report::{Line, Trouble, figure};

/// What grows, and its greatest size; the other sizes are a quarter and a half of it.
type Shape = (&'static str, fn(&str, usize) -> Asked, usize);

const SHAPES: [Shape; 3] = [
    ("1 MB prompt", prompts::prompt, 1 << 20),
    ("20,000 messages", prompts::messages, 20_000),
    ("1,000 tools", prompts::tools, 1_000),
];
const WAYS: [(&str, &str); 2] = [("same dialect", SAME), ("translated", OTHER)];
const PARTS: [usize; 3] = [4, 2, 1];
/// By how much a byte may cost more where there are more of them.
const GROWTH: f64 = 1.3;
const REPEATED: usize = 3;

/// A line for each shape and way.
pub fn lines() -> Vec<Line> {
    let row = "linear";
    let counter = match Counter::new() {
        Ok(counter) => counter,
        Err(why) => return vec![Line::without(row, "long requests", why)],
    };
    let ways = || {
        WAYS.iter()
            .flat_map(|way| SHAPES.iter().map(move |shape| (way, shape)))
    };
    // Two at a time: counts don't mind what else runs.
    let queue = Mutex::new(ways().enumerate());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((nth, (way, shape))) = next(&queue) {
                    let line = line(&counter, way, shape);
                    done.lock()
                        .unwrap_or_else(|gone| gone.into_inner())
                        .push((nth, line));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(|gone| gone.into_inner());
    done.sort_by_key(|(nth, _)| *nth);
    done.into_iter().map(|(_, line)| line).collect()
}

fn next<I: Iterator>(queue: &Mutex<I>) -> Option<I::Item> {
    queue.lock().unwrap_or_else(|gone| gone.into_inner()).next()
}

fn line(counter: &Counter, (way, provider): &(&str, &str), (shape, made, size): &Shape) -> Line {
    let (row, what) = ("linear", format!("{shape}, {way}"));
    let each = PARTS.map(|part| {
        let asked = made(provider, size / part);
        let counted = counter.count(&asked, REPEATED)?;
        Ok::<f64, String>(counted / asked.body.len() as f64)
    });
    match each {
        [Ok(least), Ok(middle), Ok(most)] => {
            let line = Line::at_most(row, &what, most.max(middle) / least, GROWTH, "x a byte");
            let figures = [least, middle, most].map(figure);
            line.note(format!("{} instructions", figures.join(", ")))
        }
        each => {
            let why = each.into_iter().find_map(Result::err).unwrap_or_default();
            Line::without(row, &what, Trouble::Failed(why))
        }
    }
}
