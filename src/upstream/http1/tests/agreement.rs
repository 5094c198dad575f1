//! What is read of random replies is what hyper's client reads of them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::other::agree;
use super::seen::{cut, read};

fn chunked(body: &[u8], size: usize, extension: &str, trailer: &str) -> Vec<u8> {
    let mut text = Vec::new();
    for chunk in body.chunks(size) {
        text.extend(format!("{:X}{extension}\r\n", chunk.len()).bytes());
        text.extend(chunk);
        text.extend(b"\r\n");
    }
    text.extend(format!("0{extension}\r\n{trailer}\r\n").bytes());
    text
}

prop_compose! {
    /// A reply that is as it should be.
    fn reply()(
        interim in select(vec!["", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 x\r\na: b\r\n\r\n"]),
        status in select(vec!["200 OK", "201 Mine", "204 No Content", "304 x", "404", "500 "]),
        headers in vec("[a-z-]{1,8}", 0..4),
        values in vec("[ -~]{0,8}", 4),
        body in vec(any::<u8>(), 0..300),
        form in 0..3,
        size in 1..120_usize,
        extension in select(vec!["", ";a", " ;b=\"c\""]),
        trailer in select(vec!["", "x-a: b\r\n", "x-a: b\r\nx-b:\r\n"]),
    ) -> Vec<u8> {
        let mut text = format!("{interim}HTTP/1.1 {status}\r\n");
        for (name, value) in headers.iter().zip(&values) {
            text += &format!("x{name}: {value}\r\n");
        }
        let has_body = !status.starts_with("204") && !status.starts_with("304");
        let (says, body) = match form {
            _ if !has_body => (String::new(), Vec::new()),
            0 => (format!("content-length: {}\r\n", body.len()), body),
            1 => (
                "transfer-encoding: chunked\r\n".to_owned(),
                chunked(&body, size, extension, trailer),
            ),
            _ => (String::new(), body),
        };
        text += &says;
        text += "\r\n";
        let mut text = text.into_bytes();
        text.extend(body);
        text
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_replies_are_read_alike(text in reply(), cuts in vec(0..2000_usize, 0..9)) {
        prop_assert!(read([&text[..]], false).is_ok());
        prop_assert_eq!(agree(&text, &cuts), Ok(()));
    }

    #[test]
    fn mutated_replies_are_refused_or_read_alike(
        text in reply(),
        changes in vec((any::<Index>(), 0..3, any::<u8>()), 1..5),
        cuts in vec(0..2000_usize, 0..9),
    ) {
        let mut text = text;
        for (at, change, byte) in changes {
            let at = at.index(text.len());
            match change {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => text.truncate(at.max(1)),
            }
        }
        prop_assert_eq!(agree(&text, &cuts), Ok(()));
    }

    #[test]
    fn noise_is_refused(text in vec(any::<u8>(), 1..400), cuts in vec(0..400_usize, 0..9)) {
        prop_assert!(read(cut(&text, &cuts), false).is_err());
        let mut chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        chunks.extend(&text);
        if let Ok(seen) = read(cut(&chunks, &cuts), false) {
            prop_assert!(seen.body.len() < text.len());
        }
    }
}
