use proptest::prelude::*;
use serde_json::value::RawValue;

use super::*;

/// The value, passed by, if the text is JSON.
fn ours(text: &str) -> Option<&str> {
    let mut reader = Reader::new(text);
    let read = Json::read(&mut reader).and_then(|it| reader.end().map(|()| it.0));
    read.ok()
}

fn others(text: &str) -> Option<&str> {
    let read = serde_json::from_str::<&RawValue>(text);
    read.ok().map(RawValue::get)
}

/// An object as generated code reads one: each known name once, what else there is passed by.
#[derive(Debug, Default, PartialEq, serde::Deserialize)]
struct Sample {
    text: Option<String>,
    number: Option<Near>,
    flag: Option<bool>,
    list: Option<Vec<Option<Sample>>>,
}

/// Parsers of numbers may differ in the last bit.
#[derive(Debug, serde::Deserialize)]
struct Near(f64);

impl PartialEq for Near {
    fn eq(&self, other: &Self) -> bool {
        (self.0 - other.0).abs() <= self.0.abs() * 1e-12
    }
}

#[derive(Debug, Default)]
struct Read<'a> {
    text: Option<Text<'a>>,
    number: Option<Number>,
    flag: Option<bool>,
    list: Option<Listed<'a>>,
}

/// Strictly a list, as the other parser has it: no bare element, and `null` keeps its place.
#[derive(Debug, Default)]
struct Listed<'a>(Vec<Option<Read<'a>>>);

impl<'de> Wire<'de> for Read<'de> {
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        reader.open_object()?;
        let wire = slot.insert(Self::default());
        let mut begun = false;
        while let Some(key) = reader.next_key(&mut begun)? {
            match &*key {
                "text" => reader.property(&mut wire.text),
                "number" => reader.property(&mut wire.number),
                "flag" => reader.property(&mut wire.flag),
                "list" => reader.property(&mut wire.list),
                _ => reader.skip(),
            }?;
        }
        Ok(())
    }
}

impl<'de> Wire<'de> for Listed<'de> {
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        let list = slot.insert(Self::default());
        reader.open_list()?;
        let mut begun = false;
        while reader.next_element(&mut begun)? {
            let mut element = None;
            reader.property(&mut element)?;
            list.0.push(element);
        }
        Ok(())
    }
}

impl From<Read<'_>> for Sample {
    fn from(read: Read<'_>) -> Self {
        let list = read.list.map(|list| list.0.into_iter());
        Self {
            text: read.text.map(|text| text.0.into_owned()),
            number: read
                .number
                .and_then(|mut number| number.take_number())
                .map(Near),
            flag: read.flag,
            list: list.map(|list| list.map(|element| element.map(Self::from)).collect()),
        }
    }
}

/// Pieces of strings: letters, escapes, halves of pairs, what may not be there, long runs.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z ]{0,9}".prop_map(|text| text),
        1 => (0usize..100).prop_map(|length| "x".repeat(length)),
        2 => prop::sample::select(vec![
            "é", "😀", "\u{7f}", "\u{2028}", r"\n", r"\/", r#"\""#, r"\\", r"\u00e9", r"\ud83d\ude00",
            r"\uD83D\uDE00", r"\u0000",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec![
            r"\ud83d", r"\ude00", r"\ud83d\u0041", r"\ud83dx", r"\u12g4", r"\u12", r"\x", r"\", "\u{1}", "\n",
            "\t", r"\u+123", r"\ud83d\n",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn number() -> impl Strategy<Value = String> {
    let well = "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,2})?";
    let ill = "-?[0-9]{0,3}\\.?[0-9]{0,2}[eE]?[+-]?[0-9]{0,3}";
    let edge = prop::sample::select(vec![
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "1e999",
        "-1e999",
        "1e-999",
        "-0",
        "-0.0",
    ]);
    prop_oneof![4 => well, 1 => ill, 1 => edge.prop_map(str::to_owned)]
}

fn json() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "true", "false", "null", "nul", "truex", "[]", "{}", "",
    ]);
    let leaf = prop_oneof![2 => string(), 2 => number(), 1 => word.prop_map(str::to_owned)];
    let space = || prop::sample::select(vec!["", "", "", " ", "\n", "\t\r ", "\u{b}"]);
    leaf.prop_recursive(6, 40, 5, move |inner| {
        let key = prop::sample::select(vec![
            "text",
            "number",
            "flag",
            "list",
            "other",
            r"t\u0065xt",
            "x\ny",
        ]);
        let member =
            (key, space(), inner.clone(), space()).prop_map(|(key, before, value, after)| {
                format!("{before}\"{key}\"{after}:{before}{value}{after}")
            });
        let object =
            prop::collection::vec(member, 0..5).prop_map(|all| format!("{{{}}}", all.join(",")));
        let list =
            prop::collection::vec(inner, 0..4).prop_map(|all| format!("[{}]", all.join(" ,")));
        prop_oneof![3 => object, 1 => list]
    })
}

/// A value of the sample's type, so that much of what is generated can be read.
fn sample() -> impl Strategy<Value = String> {
    let part = (string(), number(), any::<bool>(), json(), 0usize..64).prop_map(
        |(text, number, flag, other, which)| {
            let members = [
                format!("\"text\":{text}"),
                format!("\"number\":{number}"),
                format!(" \"flag\" : {flag}"),
                format!("\"other\":{other}"),
                "\"text\":null".to_owned(),
                "\"flag\":null".to_owned(),
            ];
            let there = members.into_iter().enumerate();
            let there = there.filter(|(place, _)| which >> place & 1 == 1);
            there
                .map(|(_, member)| member)
                .collect::<Vec<_>>()
                .join(",")
        },
    );
    let leaf = part.prop_map(|members| format!("{{{members}}}"));
    leaf.prop_recursive(4, 12, 3, |inner| {
        let or_null = prop_oneof![4 => inner, 1 => Just("null".to_owned())];
        prop::collection::vec(or_null, 0..4)
            .prop_map(|all| format!("{{\"list\":[{}],\"number\":1.5}}", all.join(", ")))
    })
}

/// A cut, a byte more, one doubled: what a broken sender does.
fn broken(text: &str, place: usize, how: u8, insert: &str) -> String {
    let place = (0..=place.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    let (before, after) = text.split_at(place.unwrap_or(0));
    let mut rest = after.chars();
    let next = rest.next();
    match how {
        0 => before.to_owned(),
        1 => format!("{before}{insert}{after}"),
        2 => format!("{before}{}", rest.as_str()),
        3 => format!("{before}{insert}{}", rest.as_str()),
        4 => format!("{text}{insert}"),
        5 => format!("{before}{}{after}", next.unwrap_or(' ')),
        _ => text.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whether a text is JSON, and how far it goes.
    #[test]
    fn what_is_passed_by(text in json(), place in 0usize..200, how in 0u8..9, insert in ".{0,2}|[\"\\\\{}:,0-9\\[\\]-]{1,2}") {
        let text = broken(&text, place, how, &insert);
        prop_assert_eq!(ours(&text), others(&text), "{}", text);
    }

    /// What is read from it, by names, with duplicates, absent values and unknown ones.
    #[test]
    fn what_is_read(text in prop_oneof![3 => sample(), 1 => json()], place in 0usize..200, how in 0u8..12, insert in ".{0,2}|[\"\\\\{}:,0-9\\[\\]-]{1,2}") {
        let text = broken(&text, place, how, &insert);
        let read = parse_str::<Read<'_>>(&text).ok().map(Sample::from);
        let other = serde_json::from_str::<Sample>(&text);
        // What was `null` hasn't been there, so what comes after is no second.
        let twice = |error: &serde_json::Error| error.to_string().starts_with("duplicate field");
        if text.contains("null") && other.as_ref().is_err_and(twice) {
            return Ok(());
        }
        prop_assert_eq!(read, other.ok(), "{}", text);
    }
}

/// What `serde_json` makes of a text is what we make of it, whatever is cut out of it or put into it.
#[test]
fn as_another_parser_has_it() {
    let texts = [
        r#"{"a":[1,-0,2.5e-3,"x\u00e9\ud83d\ude00\n\"",{"b":{}}, [] ,null],"c" : true,"d":"é"}"#,
        r#"[[["\ud800"]],{"":{"a":[false]}}]"#,
        " \t\n\r[0.1, 1E5]\n",
    ];
    let inserts = [
        "", ",", ":", "\"", "\\", "{", "]", "0", "-", "e", "\u{1}", "é", "n",
    ];
    for text in texts {
        for (place, letter) in text.char_indices() {
            for insert in inserts {
                let (before, after) = text.split_at(place);
                for after in [after, &after[letter.len_utf8()..]] {
                    let text = format!("{before}{insert}{after}");
                    assert_eq!(ours(&text), others(&text), "{text}");
                }
            }
        }
    }
}

#[test]
fn strings_and_numbers_as_another_parser_has_them() {
    let strings = [
        r#""""#,
        r#""plain""#,
        r#""a\"b\\c\/d\b\f\n\r\t""#,
        r#""\u00e9é\ud83d\ude00\u0000""#,
        r#""\ud83d""#,
        r#""\ude00""#,
        r#""\ud83d\u0041""#,
        r#""\ud83dx""#,
        r#""\u12g4""#,
        r#""\x""#,
        r#""\"#,
        r#""\u12"#,
        "\"a\tb\"",
        "\"a",
    ];
    for text in strings {
        let read = parse_str::<Text<'_>>(text)
            .ok()
            .map(|text| text.0.into_owned());
        assert_eq!(read, serde_json::from_str::<String>(text).ok(), "{text}");
    }
    let numbers = [
        "0",
        "-0",
        "-1",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "1.5",
        "1e3",
        "1e999",
        "-1E-2",
        "01",
        "1.",
        "--1",
        "12x",
    ];
    for text in numbers {
        let read = parse_str::<Number>(text)
            .ok()
            .and_then(|mut number| number.take_number());
        assert_eq!(read, serde_json::from_str::<f64>(text).ok(), "{text}");
    }
}

#[test]
fn what_is_no_json_is_told_with_its_line() {
    for (body, expected) in [
        (
            &b""[..],
            "the body is not valid JSON: EOF while parsing a value at line 1 column 0",
        ),
        (
            b"\"a\"\n x",
            "the body is not valid JSON: trailing characters at line 2 column 2",
        ),
        (
            b"\"\xff\"",
            "the body is not valid JSON: invalid unicode code point at line 1 column 2",
        ),
        (b"[]", "expected a string, found list"),
        (b"{}", "expected a string, found object"),
        (b"1.0", "expected a string, found floating point"),
        (b"-7", "expected a string, found integer"),
        (b"true", "expected a string, found boolean"),
        (b"null", "expected a string, found null"),
    ] {
        let fault = parse::<Text<'_>>(body).err().map(|fault| fault.to_string());
        assert_eq!(fault.as_deref(), Some(expected));
    }
}

#[test]
fn depth_is_bounded_where_the_stack_is_used() {
    #[derive(Debug)]
    struct Nest;
    impl<'de> Wire<'de> for Nest {
        fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
            List::<Nest, false>::read(reader)?;
            *slot = Some(Nest);
            Ok(())
        }
    }
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert!(parse_str::<Nest>(&nested(127)).is_ok());
    assert!(parse_str::<Nest>(&nested(128)).is_err());
    assert!(parse_str::<Json<'_>>(&nested(100_000)).is_ok());
}
