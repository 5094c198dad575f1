//! Memory: idle, under load, after large bodies; what an idle connection and a slow stream cost.

use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::client::{Asked, Connection, Until, load};
use super::gateway::{OTHER, Process, SAME, gateway, mock};
use super::prompts;
use super::report::{Line, Trouble, figure};

const MEGABYTE: f64 = 1024.0 * 1024.0;
const KILOBYTE: f64 = 1024.0;

const IDLE: f64 = 12.0;
const LOADED: f64 = 25.0;
const CONNECTIONS: usize = 64;
const LARGE_BODY: usize = 120_000;
/// How much more than idle is left after large bodies, and after how long at most.
const LEFT: f64 = 2.0;
const MINUTE: Duration = Duration::from_secs(60);

const IDLE_CONNECTIONS: usize = 10_000;
const EACH_CONNECTION: f64 = 12.0;
const STREAMS: usize = 2_000;
const EACH_STREAM: f64 = 40.0;
/// Milliseconds between the pieces of a slow stream, and how many words it has.
const SLOW: u64 = 5_000;
const SLOW_WORDS: u32 = 8;
/// How many are opened at the same time.
const AT_ONCE: usize = 100;
/// What a system needs so that all of them are open at once: the gateway has two for each stream.
pub const OPEN_FILES: u64 = 12_000;

/// One gateway, before and after loads.
pub async fn loads() -> Vec<Line> {
    let row = "memory";
    loaded()
        .await
        .unwrap_or_else(|why| vec![Line::without(row, "resident memory", why)])
}

async fn loaded() -> Result<Vec<Line>, Trouble> {
    let row = "memory";
    let (_mock, gateway) = started()?;
    let small = [SAME, OTHER].map(|provider| prompts::prompt(provider, 256));
    load(gateway.address, &small[..1], 1, Until::Each(1))
        .await
        .ok()?;
    sleep(Duration::from_secs(1)).await;
    let idle = gateway.resident()?;
    let mut lines = vec![Line::at_most(
        row,
        "resident, idle",
        idle / MEGABYTE,
        IDLE,
        " MB",
    )];
    let time = Until::Over(Duration::from_secs(5));
    let through = load(gateway.address, &small, CONNECTIONS, time).await;
    let line = Line::at_most(
        row,
        "resident, 64 connections",
        gateway.resident()? / MEGABYTE,
        LOADED,
        " MB",
    );
    let line = line.note(format!("{} requests", through.done));
    lines.push(broken_by(line, through.ok()));
    drop(through);
    let large = [SAME, OTHER].map(|provider| prompts::prompt(provider, LARGE_BODY));
    let time = Until::Over(Duration::from_secs(3));
    let after = load(gateway.address, &large, CONNECTIONS, time).await;
    let done = after.ok();
    drop(after);
    let most = gateway.resident()?;
    let (left, took) = settled(&gateway, idle * LEFT).await?;
    let line = Line::at_most(
        row,
        "resident after 120 KB bodies",
        left / idle,
        LEFT,
        "x idle",
    );
    let line = line.note(format!(
        "{} MB, {} s later {} MB",
        figure(most / MEGABYTE),
        took.as_secs(),
        figure(left / MEGABYTE)
    ));
    lines.push(broken_by(line, done));
    Ok(lines)
}

/// Waits until no more than this is resident, for a minute at most.
async fn settled(gateway: &Process, most: f64) -> Result<(f64, Duration), String> {
    let since = Instant::now();
    loop {
        let resident = gateway.resident()?;
        if resident <= most || since.elapsed() >= MINUTE {
            return Ok((resident, since.elapsed()));
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// What an open connection costs that has had an answer, and what a stream costs that waits for its next piece.
pub async fn many() -> Vec<Line> {
    let mut lines = vec![idle_connections().await];
    for (what, provider) in [
        ("a slow stream, same dialect", SAME),
        ("a slow stream, translated", OTHER),
    ] {
        let line = slow_streams(what, provider).await;
        lines.push(line.unwrap_or_else(|why| Line::without("connections", what, why)));
    }
    lines
}

async fn idle_connections() -> Line {
    let (row, what) = ("connections", "an idle connection of 10,000");
    let measured = async {
        let (_mock, gateway) = started()?;
        let before = warmed(&gateway).await?;
        let asked = [prompts::prompt(SAME, 256)];
        let mut open = Vec::new();
        let mut all: Result<(), String> = Ok(());
        for _ in 0..IDLE_CONNECTIONS / AT_ONCE {
            let some = load(gateway.address, &asked, AT_ONCE, Until::Each(1)).await;
            all = all.and(some.ok());
            open.extend(some.connections);
        }
        sleep(Duration::from_secs(1)).await;
        let each = (gateway.resident()? - before) / IDLE_CONNECTIONS as f64;
        // They are still there.
        let again = open
            .last_mut()
            .ok_or("no connection is open")?
            .fetch(&asked[0])
            .await;
        let line = Line::at_most(row, what, each / KILOBYTE, EACH_CONNECTION, " KB");
        Ok(broken_by(line, all.and(again.map(drop))))
    };
    measured
        .await
        .unwrap_or_else(|why: Trouble| Line::without(row, what, why))
}

async fn slow_streams(what: &'static str, provider: &str) -> Result<Line, Trouble> {
    let (_mock, gateway) = started()?;
    let before = warmed(&gateway).await?;
    let asked = prompts::stream(provider, 64, Some(SLOW), SLOW_WORDS);
    let mut streams = JoinSet::new();
    let (begun, mut seen) = tokio::sync::mpsc::channel(STREAMS);
    for nth in 0..STREAMS {
        let (asked, begun, address) = (asked.clone(), begun.clone(), gateway.address);
        streams.spawn(async move {
            // Not all in the same instant: a listener's queue has an end.
            sleep(Duration::from_millis(nth as u64)).await;
            let answer = stream(address, &asked, begun).await;
            answer.map_err(|error| error.to_string())
        });
    }
    drop(begun);
    let mut open = 0;
    while open < STREAMS && seen.recv().await.is_some() {
        open += 1;
    }
    let each = (gateway.resident()? - before) / STREAMS as f64;
    let mut all = Ok(());
    while let Some(ended) = streams.join_next().await {
        all = all.and(
            ended
                .map_err(|error| error.to_string())
                .and_then(|ended| ended),
        );
    }
    let line = Line::at_most("connections", what, each / KILOBYTE, EACH_STREAM, " KB");
    let line = line.note(format!("{open} at once"));
    Ok(broken_by(
        line.broken_if(open < STREAMS, "not all began"),
        all,
    ))
}

/// A stream, read to its end; tells when its first piece has come.
async fn stream(
    address: std::net::SocketAddr,
    asked: &Asked,
    begun: tokio::sync::mpsc::Sender<()>,
) -> Result<(), String> {
    let mut connection = Connection::open(address).await?;
    let mut body = connection.ask(asked).await?.into_body();
    let mut text = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| error.to_string())?;
        if text.is_empty() {
            begun.send(()).await.map_err(|error| error.to_string())?;
        }
        text.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
    }
    match text.windows(END.len()).any(|window| window == END) {
        true => Ok(()),
        false => Err("a stream without its end".to_owned()),
    }
}

/// What every good stream ends with.
const END: &[u8] = b"data: [DONE]";

fn started() -> Result<(Process, Process), String> {
    let mock = mock()?;
    let gateway = gateway(&mock, &[])?;
    Ok((mock, gateway))
}

/// Memory of a gateway that has worked: what it does only once isn't a connection's cost.
async fn warmed(gateway: &Process) -> Result<f64, String> {
    let asked = [SAME, OTHER].map(|provider| prompts::prompt(provider, 256));
    let time = Until::Over(Duration::from_secs(1));
    load(gateway.address, &asked, CONNECTIONS, time)
        .await
        .ok()?;
    sleep(Duration::from_secs(1)).await;
    gateway.resident()
}

fn broken_by(line: Line, all: Result<(), String>) -> Line {
    match all {
        Ok(()) => line,
        Err(why) => line.broken_if(true, &why),
    }
}
