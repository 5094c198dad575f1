//! The heads of replies, and what they say of the bodies.

use std::fmt;
use std::mem::MaybeUninit;

use bytes::Bytes;
use httparse::{EMPTY_HEADER, Header, ParserConfig, Status, parse_headers};
use hyper::ext::ReasonPhrase;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};
use hyper::{HeaderMap, Response, StatusCode, Version};

use super::framing::Framing;

/// What came isn't HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// As many headers have room on the stack.
const USUAL_HEADERS: usize = 100;
pub(super) const MOST_HEADERS: usize = 1000;
/// Heads that are longer aren't taken.
pub(super) const LONGEST: usize = 64 * 1024;

/// The names of a reply's first headers, which are mostly those of the next as well. Only ones that came in lower case
/// are found again, as most do.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<HeaderName>);

/// So many are kept.
const KEPT: usize = 16;

impl Names {
    /// A name that is in this place.
    fn get(&mut self, place: usize, name: &str) -> Result<HeaderName, httparse::Error> {
        let known = self.0.get(place);
        if let Some(known) = known.filter(|known| name == known.as_str()) {
            return Ok(known.clone());
        }
        let name = HeaderName::from_bytes(name.as_bytes());
        let name = name.map_err(|_| httparse::Error::HeaderName)?;
        match self.0.get_mut(place) {
            Some(known) => *known = name.clone(),
            None if place < KEPT => self.0.push(name.clone()),
            None => {}
        }
        Ok(name)
    }
}

/// A head and its length, if all of it is there.
pub(super) fn parse(
    read: &[u8],
    names: &mut Names,
) -> Result<Option<(Response<()>, usize)>, Malformed> {
    let mut usual = [const { MaybeUninit::uninit() }; USUAL_HEADERS];
    match parse_with(read, &mut usual, names) {
        Err(httparse::Error::TooManyHeaders) => {
            let mut many = vec![MaybeUninit::uninit(); MOST_HEADERS];
            parse_with(read, &mut many, names)
        }
        parsed => parsed,
    }
    .map_err(|_| Malformed("not a reply's head"))
    .and_then(|parsed| match parsed {
        Some((_, length)) if length > LONGEST => Err(Malformed("a reply's head is too long")),
        None if read.len() > LONGEST => Err(Malformed("a reply's head is too long")),
        parsed => Ok(parsed),
    })
}

fn parse_with<'r>(
    read: &'r [u8],
    headers: &mut [MaybeUninit<Header<'r>>],
    names: &mut Names,
) -> Result<Option<(Response<()>, usize)>, httparse::Error> {
    let mut parsed = httparse::Response::new(&mut []);
    let config = ParserConfig::default();
    let status = config.parse_response_with_uninit_headers(&mut parsed, read, headers)?;
    let Status::Complete(length) = status else {
        return Ok(None);
    };
    let mut response = Response::new(());
    let code = parsed.code.unwrap_or_default();
    *response.status_mut() = StatusCode::from_u16(code).map_err(|_| httparse::Error::Status)?;
    if parsed.version == Some(0) {
        *response.version_mut() = Version::HTTP_10;
    }
    let reason = parsed.reason.unwrap_or_default();
    if response.status().canonical_reason() != Some(reason)
        && let Ok(reason) = ReasonPhrase::try_from(reason.as_bytes())
    {
        response.extensions_mut().insert(reason);
    }
    *response.headers_mut() = fields(&read[..length], parsed.headers, names)?;
    Ok(Some((response, length)))
}

/// Headers whose values share one copy of the text they were parsed from.
fn fields(
    text: &[u8],
    parsed: &[Header<'_>],
    names: &mut Names,
) -> Result<HeaderMap, httparse::Error> {
    let shared = Bytes::copy_from_slice(text);
    let start = text.as_ptr() as usize;
    let mut headers = HeaderMap::with_capacity(parsed.len());
    for (place, header) in parsed.iter().enumerate() {
        let name = names.get(place, header.name)?;
        let value = match header.value {
            [] => Bytes::new(),
            value => {
                let at = value.as_ptr() as usize - start;
                shared.slice(at..at + value.len())
            }
        };
        let value =
            HeaderValue::from_maybe_shared(value).map_err(|_| httparse::Error::HeaderValue)?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// The trailers of which this is all, with the empty line behind them.
pub(super) fn trailers(text: &[u8]) -> Result<HeaderMap, Malformed> {
    let mut headers = [EMPTY_HEADER; USUAL_HEADERS];
    match parse_headers(text, &mut headers) {
        Ok(Status::Complete((length, parsed))) if length == text.len() => {
            fields(text, parsed, &mut Names::default()).map_err(|_| Malformed("not trailers"))
        }
        _ => Err(Malformed("not trailers")),
    }
}

/// Whether another head follows, which is the one that was asked for.
pub(super) fn is_interim(response: &Response<()>) -> bool {
    let status = response.status();
    status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS
}

/// What follows a head that isn't followed by another, and whether the connection can be used again after that.
pub(super) fn framing(
    response: &Response<()>,
    answers_head: bool,
) -> Result<(Framing, bool), Malformed> {
    let said = Said::by(response.headers());
    let is_old = response.version() == Version::HTTP_10;
    let framing = match response.status() {
        StatusCode::SWITCHING_PROTOCOLS => {
            return Err(Malformed("another protocol, which nobody asked for"));
        }
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => Framing::Done,
        _ if answers_head => Framing::Done,
        _ => match (said.is_chunked?, said.length?) {
            // Who believes which of both sees which end is an old trick.
            (true, Some(_)) => return Err(Malformed("two ways to tell the end of a reply")),
            (true, None) if is_old => return Err(Malformed("HTTP/1.0 has no transfer codings")),
            (true, None) => Framing::CHUNKED,
            (false, Some(length)) => Framing::length(length),
            (false, None) => Framing::UntilClose,
        },
    };
    let reusable = framing != Framing::UntilClose && !said.close && (!is_old || said.keep_alive);
    Ok((framing, reusable))
}

/// What headers say of the body and of the connection.
struct Said {
    /// Whether the body's transfer coding is the one that says where it ends, which is the only one that may be sent to
    /// who asked for none.
    is_chunked: Result<bool, Malformed>,
    length: Result<Option<u64>, Malformed>,
    close: bool,
    keep_alive: bool,
}

impl Said {
    /// In one pass: there are few headers, and a map is slower.
    fn by(headers: &HeaderMap) -> Self {
        let mut said = Self {
            is_chunked: Ok(false),
            length: Ok(None),
            close: false,
            keep_alive: false,
        };
        for (name, value) in headers {
            match *name {
                TRANSFER_ENCODING => {
                    let is_known = value.as_bytes().eq_ignore_ascii_case(b"chunked");
                    said.is_chunked = match said.is_chunked {
                        Ok(false) if is_known => Ok(true),
                        _ => Err(Malformed("a transfer coding that nobody asked for")),
                    };
                }
                CONTENT_LENGTH => said.length = said.length.and_then(|known| agree(known, value)),
                CONNECTION => {
                    said.close |= lists(value, b"close");
                    said.keep_alive |= lists(value, b"keep-alive");
                }
                _ => {}
            }
        }
        said
    }
}

fn lists(value: &HeaderValue, word: &[u8]) -> bool {
    let mut words = value.as_bytes().split(|&byte| byte == b',');
    words.any(|said| said.trim_ascii().eq_ignore_ascii_case(word))
}

/// What all headers that say the length agree on.
pub(super) fn length<'h>(
    headers: impl Iterator<Item = (&'h HeaderName, &'h HeaderValue)>,
) -> Result<Option<u64>, Malformed> {
    let mut values = headers.filter(|(name, _)| **name == CONTENT_LENGTH);
    values.try_fold(None, |known, (_, value)| agree(known, value))
}

/// The length that is known and one that another header says.
fn agree(known: Option<u64>, value: &HeaderValue) -> Result<Option<u64>, Malformed> {
    let wrong = Malformed("not a length");
    let mut agreed = known;
    let said = |length: u64| match known {
        Some(known) if known != length => Err(wrong),
        _ => Ok(Some(length)),
    };
    if let Some(length) = digits(value.as_bytes()) {
        return said(length);
    }
    for one in value.to_str().map_err(|_| wrong)?.split(',') {
        let one = one.trim_matches([' ', '\t']);
        if !one.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong);
        }
        let length = one.parse().map_err(|_| wrong)?;
        if agreed.is_some_and(|agreed| agreed != length) {
            return Err(wrong);
        }
        agreed = Some(length);
    }
    Ok(agreed)
}

/// What mostly stands there: a number that no sum of digits makes too large.
fn digits(text: &[u8]) -> Option<u64> {
    let usual = (1..=MOST_DIGITS).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    let sum = |number: u64, digit: &u8| number * 10 + u64::from(digit - b'0');
    usual.then(|| text.iter().fold(0, sum))
}

/// A number of so many digits has less than 64 bits.
const MOST_DIGITS: usize = 19;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
