//! `data-url`: bytes or a link in one text.
//!
//! Doesn't know what holds them: whatever it is says so by [`Medium`], which keeps this folder below the hub's types.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What holds bytes (as base64) or a link.
pub trait Medium<'a>: Sized {
    /// Holds these bytes.
    fn of_data(media_type: Option<Cow<'a, str>>, data: Cow<'a, str>) -> Self;
    /// Holds this link.
    fn of_url(url: Cow<'a, str>) -> Self;
    /// The media type and the bytes, if that is what it holds.
    fn data(&self) -> Option<(Option<&str>, &str)>;
    /// The link, if that is what it holds.
    fn url(&self) -> Option<&str>;
}

/// A `data:` URL gives its bytes, any other text is a link.
pub fn decode<'a, M: Medium<'a>>(text: Cow<'a, str>) -> M {
    match text {
        Cow::Borrowed(text) => match split(text) {
            Some(url) => M::of_data(url.media_type.map(Cow::Borrowed), url.base64()),
            None => M::of_url(Cow::Borrowed(text)),
        },
        Cow::Owned(text) => match split(&text) {
            Some(url) => M::of_data(
                url.media_type.map(|name| Cow::Owned(name.to_owned())),
                Cow::Owned(url.base64().into_owned()),
            ),
            None => M::of_url(Cow::Owned(text)),
        },
    }
}

/// Bytes as a `data:` URL, a link as it is; `None` for what is neither.
pub fn encode<'r, 'a, M: Medium<'a>>(source: &'r M) -> Option<Cow<'r, str>> {
    match source.data() {
        Some((media_type, data)) => {
            let media_type = media_type.unwrap_or_default();
            Some(Cow::Owned(format!("data:{media_type};base64,{data}")))
        }
        None => source.url().map(Cow::Borrowed),
    }
}

struct DataUrl<'t> {
    media_type: Option<&'t str>,
    is_base64: bool,
    data: &'t str,
}

impl<'t> DataUrl<'t> {
    fn base64(&self) -> Cow<'t, str> {
        if !self.is_base64 {
            return Cow::Owned(STANDARD.encode(percent_decoded(self.data)));
        }
        if !self.data.contains('%') {
            return Cow::Borrowed(self.data);
        }
        Cow::Owned(String::from_utf8_lossy(&percent_decoded(self.data)).into_owned())
    }
}

fn split(text: &str) -> Option<DataUrl<'_>> {
    let rest = strip_prefix(text, "data:")?;
    let (head, data) = rest.split_once(',')?;
    let (media_type, is_base64) = match head.rsplit_once(';') {
        Some((before, last)) if last.trim().eq_ignore_ascii_case("base64") => (before, true),
        _ => (head, false),
    };
    Some(DataUrl {
        media_type: Some(media_type.trim()).filter(|name| !name.is_empty()),
        is_base64,
        data,
    })
}

/// Schemes are written in either case.
fn strip_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix)
        .then(|| &text[prefix.len()..])
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        let pair = after.first().zip(after.get(1));
        let value = pair.and_then(|(&high, &low)| Some(digit(high)? << 4 | digit(low)?));
        match value.filter(|_| byte == b'%') {
            Some(value) => {
                bytes.push(value);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    bytes
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|value| value as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq)]
    enum Held {
        Data(Option<String>, String),
        Url(String),
    }

    impl<'a> Medium<'a> for Held {
        fn of_data(media_type: Option<Cow<'a, str>>, data: Cow<'a, str>) -> Self {
            Self::Data(media_type.map(Cow::into_owned), data.into_owned())
        }
        fn of_url(url: Cow<'a, str>) -> Self {
            Self::Url(url.into_owned())
        }
        fn data(&self) -> Option<(Option<&str>, &str)> {
            match self {
                Self::Data(media_type, data) => Some((media_type.as_deref(), data)),
                Self::Url(_) => None,
            }
        }
        fn url(&self) -> Option<&str> {
            match self {
                Self::Data(..) => None,
                Self::Url(url) => Some(url),
            }
        }
    }

    fn data(media_type: &str, data: &str) -> Held {
        let media_type = Some(media_type.to_owned()).filter(|name| !name.is_empty());
        Held::Data(media_type, data.to_owned())
    }

    #[test]
    fn read() {
        let cases = [
            (
                "data:image/png;base64,iVBORw0=",
                data("image/png", "iVBORw0="),
            ),
            ("DATA:image/png;BASE64,AA==", data("image/png", "AA==")),
            ("data:;base64,AA==", data("", "AA==")),
            (
                "data:text/plain;charset=utf-8;base64,AA==",
                data("text/plain;charset=utf-8", "AA=="),
            ),
            (
                "data:application/pdf;base64,a%2Bb%3D",
                data("application/pdf", "a+b="),
            ),
            (
                "data:text/plain,hi%20%zz%2",
                data("text/plain", "aGkgJXp6JTI="),
            ),
            ("data:,", data("", "")),
            ("data:nothing", Held::Url("data:nothing".into())),
            (
                "https://x.example/a,b;base64",
                Held::Url("https://x.example/a,b;base64".into()),
            ),
            ("", Held::Url(String::new())),
            ("é", Held::Url("é".into())),
        ];
        for (text, expected) in cases {
            assert_eq!(decode::<Held>(Cow::Borrowed(text)), expected, "{text}");
            assert_eq!(
                decode::<Held>(Cow::Owned(text.to_owned())),
                expected,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn round_trip(bytes in proptest::collection::vec(any::<u8>(), 0..64), media_type in "([a-z]{1,6}/[a-z+.-]{1,9})?") {
            let held = data(&media_type, &STANDARD.encode(bytes));
            let text = encode(&held).map(Cow::into_owned).unwrap_or_default();
            prop_assert_eq!(decode::<Held>(Cow::Owned(text)), held);
        }

        #[test]
        fn any_text_is_read(text in "(data:)?\\PC{0,24}") {
            if let Held::Url(url) = decode(Cow::Borrowed(text.as_str())) {
                prop_assert_eq!(url, text);
            }
        }
    }
}
