//! Where there is neither harness nor nginx: the binary's own mock, asked directly and through the gateway. Says what
//! the gateway costs on this machine, and promises nothing.

use std::time::Duration;

use super::client::{Asked, Until, load};
use super::gateway::{OTHER, SAME, gateway, mock};
use super::prompts;
use super::report::{Line, Trouble, figure};

const CONNECTIONS: usize = 32;
const WARM: Until = Until::Over(Duration::from_millis(500));
const TIME: Until = Until::Over(Duration::from_secs(3));
/// Words of a stream: some dozens of pieces.
const WORDS: u32 = 200;

/// A line for each kind of request.
pub async fn lines() -> Vec<Line> {
    let stream = |provider: &str| prompts::stream(provider, 1024, None, WORDS);
    let kinds = [
        ("same dialect", prompts::prompt(SAME, 256)),
        ("same dialect, 8 KB", prompts::prompt(SAME, 8192)),
        ("same dialect, stream", stream(SAME)),
        ("translated", prompts::prompt(OTHER, 256)),
        ("translated, stream", stream(OTHER)),
    ];
    let mut lines = Vec::new();
    for (what, asked) in kinds {
        let line = measured(what, &asked).await;
        lines.push(line.unwrap_or_else(|why| Line::without("plain", what, why)));
    }
    lines
}

async fn measured(what: &str, asked: &Asked) -> Result<Line, Trouble> {
    let mock = mock()?;
    let gateway = gateway(&mock, &[])?;
    // The mock has each provider's own paths behind its id.
    let direct = Asked {
        path: DIRECT,
        body: asked.body.clone(),
    };
    let mut figures = Vec::new();
    for (process, asked) in [(&mock, &direct), (&gateway, asked)] {
        let asked = std::slice::from_ref(asked);
        load(process.address, asked, CONNECTIONS, WARM).await.ok()?;
        let before = process.processor_time();
        let loaded = load(process.address, asked, CONNECTIONS, TIME).await;
        loaded.ok()?;
        let spent = process.processor_time().saturating_sub(before);
        let rate = loaded.done as f64 / loaded.elapsed.as_secs_f64();
        figures.push((rate, spent.as_secs_f64() * 1e6 / loaded.done.max(1) as f64));
    }
    let [(direct, mock), (through, gateway)] = figures[..] else {
        return Err("nothing was measured".into());
    };
    let said = format!(
        "{} requests/s, gateway {} us CPU a request; the mock asked directly {} requests/s, {} us",
        figure(through),
        figure(gateway),
        figure(direct),
        figure(mock)
    );
    Ok(Line::shown("plain", what, said))
}

/// Whatever the provider, its mock is asked in the callers' dialect: directly there is nothing to translate.
const DIRECT: &str = "/openai/v1/chat/completions";
