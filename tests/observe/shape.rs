//! Every line, field by field, is what the widely used formatter makes of the same event.

use gateway::observe::subscriber;
use tracing::subscriber::with_default;
use tracing::{Level, debug, error, info, trace, warn};

use crate::Capture;

fn say_all() {
    let forged = "m\n{\"status\":200}\u{1b}[31m\u{7}\u{8}\u{c}\r\t\u{0}\u{7f}\u{9b}\\é\u{1F600}";
    let fault = std::io::Error::other("the inner one");
    let nothing: Option<&str> = None;
    info!(target: "gateway::access", method = "POST", route = "/v1/{path}", provider = nothing, model = forged,
        status = Some(200u16), duration_ms = 12.345, ttft_ms = Some(0.5), input_tokens = Some(-7i64), streamed = true, "request");
    warn!(target: "gateway", %fault, debug = ?fault, error = &fault as &dyn std::error::Error, "{forged}");
    error!(target: "inference_gateway", number = u64::MAX, wide = u128::MAX, text = forged, bytes = ?forged.as_bytes());
    debug!(target: "gateway::auth", whole = 3.0, tiny = 1e-7, huge = 1e300, minus = -0.25, third = 1.0 / 3.0, none = f64::NAN);
    trace!(target: "gateway", r#type = "raw", message = "by its name");
    trace!(target: "gateway", "");
    for micros in [
        0,
        1,
        10,
        999,
        1000,
        1500,
        123_456,
        59_999_999,
        86_400_000_000u64,
    ] {
        let duration_ms = micros as f64 / 1000.0;
        info!(target: "gateway::access", duration_ms, "request");
    }
}

fn by_reference(development: bool) -> String {
    let capture = Capture::default();
    let writer = capture.clone();
    let reference = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone());
    match development {
        true => with_default(reference.compact().finish(), say_all),
        false => {
            let json = reference.json().flatten_event(true);
            let json = json.with_current_span(false).with_span_list(false);
            with_default(json.finish(), say_all);
        }
    }
    capture.text()
}

#[test]
fn lines_have_the_usual_shape() {
    for development in [true, false] {
        let capture = Capture::default();
        let writer = capture.clone();
        let log = subscriber(development, Some("trace"), move || writer.clone());
        with_default(log.expect("a level"), say_all);
        let (text, expected) = (capture.text(), by_reference(development));
        assert_eq!(text.lines().count(), expected.lines().count(), "{text}");
        for (line, expected) in text.lines().zip(expected.lines()) {
            assert_eq!(timeless(line), timeless(expected));
        }
    }
}

/// The line with each digit of its timestamp replaced.
fn timeless(line: &str) -> String {
    let Some(at) = line.find("20") else {
        return line.to_owned();
    };
    let end = (at + "2000-00-00T00:00:00.000000Z".len()).min(line.len());
    match line.get(at..end) {
        Some(time) if time.ends_with('Z') => {
            let time = time.replace(|char: char| char.is_ascii_digit(), "0");
            format!("{}{time}{}", &line[..at], &line[end..])
        }
        _ => line.to_owned(),
    }
}
