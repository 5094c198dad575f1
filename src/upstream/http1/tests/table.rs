//! Each form of a reply, and each way to be wrong.

use super::super::head::LONGEST;
use super::super::reading::Reading;
use super::seen::{cut, read};

const OK: &str = "HTTP/1.1 200 OK\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

fn in_all_pieces(text: &str) -> Vec<Vec<&[u8]>> {
    let text = text.as_bytes();
    let mut all: Vec<_> = (0..=text.len()).map(|at| cut(text, &[at])).collect();
    all.push(text.chunks(1).collect());
    all
}

#[test]
fn every_form_is_read_wherever_it_is_cut() {
    // The reply, its body, and whether its connection can be used again.
    let cases = [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine".to_owned(),
            "fine",
            true,
        ),
        (
            format!("{OK}content-length: 4, 4\r\nContent-Length:\t4 \r\n\r\nfine"),
            "fine",
            true,
        ),
        (format!("{OK}content-length: 0\r\n\r\n"), "", true),
        (format!("{OK}content-length: 2\r\n\r\nfine"), "fi", false),
        (format!("{OK}\r\nfine"), "fine", false),
        (format!("{OK}x: y\r\n\r\n"), "", false),
        (format!("{CHUNKED}4\r\nfine\r\n0\r\n\r\n"), "fine", true),
        (
            format!("{CHUNKED}2\r\nfi\r\n002 \t;a=\"b\"\r\nne\r\n0;c\r\n\r\n"),
            "fine",
            true,
        ),
        (
            format!("{CHUNKED}A\r\n0123456789\r\n0\r\n\r\n"),
            "0123456789",
            true,
        ),
        (format!("{CHUNKED}0\r\n\r\n"), "", true),
        (
            format!("{CHUNKED}4\r\nfine\r\n0\r\nx-sum: 4\r\n\r\n"),
            "fine",
            true,
        ),
        (
            format!("{CHUNKED}4\r\nfine\r\n0\r\n\r\nHTTP"),
            "fine",
            false,
        ),
        (
            format!("{OK}transfer-encoding: Chunked \r\n\r\n1\r\nx\r\n0\r\n\r\n"),
            "x",
            true,
        ),
        (
            format!("{OK}connection: x, Close\r\ncontent-length: 1\r\n\r\nx"),
            "x",
            false,
        ),
        (
            "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx".to_owned(),
            "x",
            false,
        ),
        (
            "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx".to_owned(),
            "x",
            true,
        ),
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), "", true),
        (
            "HTTP/1.1 304 Not Modified\r\ncontent-length: 4\r\n\r\n".to_owned(),
            "",
            true,
        ),
        (
            format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103\r\nlink: x\r\n\r\n{OK}\r\nfine"),
            "fine",
            false,
        ),
    ];
    for (text, body, reusable) in &cases {
        for pieces in in_all_pieces(text) {
            let seen = read(pieces, false).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(seen.body, body.as_bytes(), "{text}");
            assert_eq!(seen.reusable, *reusable, "{text}");
        }
    }
    let seen = read([cases[10].0.as_bytes()], false).expect("a reply");
    assert_eq!(seen.trailers.expect("trailers")["x-sum"], "4");
}

#[test]
fn nothing_follows_the_answer_to_head() {
    let text = format!("{OK}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n");
    for pieces in in_all_pieces(&text) {
        let seen = read(pieces, true).expect("a reply");
        assert!(seen.body.is_empty() && seen.reusable);
    }
}

#[test]
fn what_makes_no_sense_is_refused_wherever_it_is_cut() {
    let texts = [
        "nonsense\r\n\r\n".to_owned(),
        "HTTP/2.0 200 OK\r\n\r\n".to_owned(),
        "HTTP/1.1 2000 OK\r\n\r\n".to_owned(),
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n".to_owned(),
        "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        OK.to_owned(),
        format!("{OK}a b: c\r\n\r\n"),
        format!("{OK}a: b\r\n c\r\n\r\n"),
        format!("{OK}a: b\0\r\n\r\n"),
        format!("{OK}content-length: 5\r\ncontent-length: 4\r\n\r\nfine"),
        format!("{OK}content-length: 5, 4\r\n\r\nfine"),
        format!("{OK}content-length: 5\r\ncontent-length: 5, 4\r\n\r\nfine"),
        format!("{OK}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
        format!("{OK}content-length: 4,\r\n\r\nfine"),
        format!("{OK}content-length: +4\r\n\r\nfine"),
        format!("{OK}content-length: 0x4\r\n\r\nfine"),
        format!("{OK}content-length:\r\n\r\n"),
        format!("{OK}content-length: 99999999999999999999\r\n\r\nfine"),
        format!("{OK}content-length: 5\r\n\r\nfine"),
        format!("{OK}transfer-encoding: gzip\r\n\r\nfine"),
        format!("{OK}transfer-encoding: chunked, gzip\r\n\r\nfine"),
        // Its body would go on as gzip that no header tells of.
        format!("{OK}transfer-encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
        format!(
            "{OK}transfer-encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
        ),
        format!(
            "{OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
        ),
        format!("{OK}transfer-encoding: \u{90} chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
        format!("{CHUNKED}4\r\nfine\r\n"),
        format!("{CHUNKED}4\r\nfine\r\n0\r\n"),
        format!("{CHUNKED}4\r\nfine\r\n0\r\n\r"),
        format!("{CHUNKED}4\r\nfine!\r\n0\r\n\r\n"),
        format!("{CHUNKED}4\r\nfine\n0\r\n\r\n"),
        format!("{CHUNKED}4\nfine\r\n0\r\n\r\n"),
        format!("{CHUNKED}4;a\nfine\r\n0\r\n\r\n"),
        format!("{CHUNKED}4 a\r\nfine\r\n0\r\n\r\n"),
        format!("{CHUNKED}-4\r\nfine\r\n0\r\n\r\n"),
        format!("{CHUNKED}\r\nfine\r\n0\r\n\r\n"),
        format!("{CHUNKED}\r\n\r\n"),
        format!("{CHUNKED};a\r\nfine\r\n0\r\n\r\n"),
        format!("{CHUNKED}10000000000000004\r\nfine\r\n0\r\n\r\n"),
        format!("{CHUNKED}ffffffffffffffff\r\nfine"),
        format!("{CHUNKED}0\r\nno trailer\r\n\r\n"),
        format!("{CHUNKED}0\r\nx-a: b\nx-b: c\r\n\r\n"),
        format!("{CHUNKED}0\r\n\rx"),
    ];
    for text in &texts {
        for pieces in in_all_pieces(text) {
            let seen = read(pieces, false);
            assert!(seen.is_err(), "{text}: {seen:?}");
        }
    }
}

#[test]
fn many_headers_are_read() {
    let lines: String = (0..900).map(|at| format!("x-{at}: {at}\r\n")).collect();
    let text = format!("{OK}{lines}content-length: 1\r\n\r\nx");
    let seen = read(text.as_bytes().chunks(1000), false).expect("a reply");
    assert_eq!(seen.headers.len(), 901);
    assert_eq!(seen.headers["x-899"], "899");
}

#[test]
fn a_head_may_be_so_long() {
    for (length, is_taken) in [(LONGEST, true), (LONGEST + 1, false)] {
        let rest = length - OK.len() - "x: \r\n\r\n".len();
        let text = format!("{OK}x: {}\r\n\r\n", "a".repeat(rest));
        assert_eq!(text.len(), length);
        for size in [length, length - 1, 1000] {
            let seen = read(text.as_bytes().chunks(size), false);
            assert_eq!(seen.is_ok(), is_taken, "{length} {size}");
        }
    }
}

#[test]
fn what_does_not_end_is_refused_soon() {
    const ENOUGH: usize = 200 * 1024;
    for (begin, endless) in [
        ("HTTP/1.1 200 ", "a"),
        (OK, "a"),
        (OK, "a: b\r\n"),
        (CHUNKED, "0"),
        (CHUNKED, "1 "),
        (CHUNKED, " "),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;",
            "a",
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1 ",
            "\t",
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
            "a",
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
            "a: b\r\n",
        ),
    ] {
        let mut reading = Reading::new();
        let mut has_head = reading
            .head(begin.as_bytes(), false)
            .expect("a head")
            .is_some();
        let piece = endless.repeat(100);
        let refused = (0..ENOUGH / piece.len()).any(|_| {
            if has_head {
                assert!(reading.body(piece.as_bytes()).is_empty());
                return reading.has_ended().is_err();
            }
            let head = reading.head(piece.as_bytes(), false);
            has_head = matches!(head, Ok(Some(_)));
            head.is_err()
        });
        assert!(refused, "{begin:?} {endless:?}");
    }
}
