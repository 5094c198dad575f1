use super::*;

const WANTED: &[Wanted] = &[
    whole("a"),
    Wanted {
        name: "in",
        inside: &[whole("b"), whole("c")],
        place: None,
    },
];

const fn whole(name: &'static str) -> Wanted {
    Wanted {
        name,
        inside: &[],
        place: None,
    }
}

#[test]
fn wanted_members_stay_as_they_stand() {
    for (json, expected) in [
        ("{}", Some("{}")),
        (" {\n} ", Some("{}")),
        (r#"{"x":1}"#, Some("{}")),
        (r#"{"a":1}"#, Some(r#"{"a":1}"#)),
        (r#"{"x":"\\","a":"\"}"}"#, Some(r#"{"a":"\"}"}"#)),
        (
            r#"{ "x" : [1, {"a": "]"}] , "a" : {"b" : [ ] } , "in" : { "a" : 2 , "c" : true , "b":null}}"#,
            Some(r#"{"a":{"b" : [ ] },"in":{"c":true,"b":null}}"#),
        ),
        (
            r#"{"in":[1],"a":-1.5e3 }"#,
            Some(r#"{"in":[1],"a":-1.5e3}"#),
        ),
        (r#"{"in":{},"x":{"a":{}},"y":[]}"#, Some(r#"{"in":{}}"#)),
        (r#"{"x":[{"a":1}],"a":2}"#, Some(r#"{"a":2}"#)),
        (
            r#"{"a":0,"x":["{"],"y":"\"a\":","in":{"c":"}"} } "#,
            Some(r#"{"a":0,"in":{"c":"}"}}"#),
        ),
        (
            r#"{"x":[],"in":{"b":1},"y":{"b":2},"a":[]}"#,
            Some(r#"{"in":{"b":1},"a":[]}"#),
        ),
        // Where a name stands last it is no member of the whole.
        (r#"{"x":{"y":1,"a":{}}}"#, Some("{}")),
        (r#"{"x":[{"a":1}]}"#, Some("{}")),
        (r#"{"x":[],"a":1,"y":{"in":{"b":2}}}"#, Some(r#"{"a":1}"#)),
        (r#"{"x":[],"a":1,"y":"a"}"#, Some(r#"{"a":1}"#)),
        (r#"{"x":[],"a":1,"y":"\"a"}"#, Some(r#"{"a":1}"#)),
        (r#"{"x":[],"a":1,"aa":2}"#, Some(r#"{"a":1}"#)),
        (r#"{"x":[],"a":1,"y":["a"]}"#, Some(r#"{"a":1}"#)),
        (r#"{"x":["a"]"#, None),
        ("[]", None),
        ("", None),
        ("{", None),
        (r#"{"a""#, None),
        (r#"{"a"}"#, None),
        (r#"{"a":"#, None),
        (r#"{"a":"\"#, None),
        (r#"{"a":[1}"#, None),
        (r#"{"a":1 2}"#, None),
    ] {
        let picked = pick(json.as_bytes(), WANTED);
        let picked = picked.map(|picked| String::from_utf8(picked).unwrap_or_default());
        assert_eq!(picked.as_deref(), expected, "{json}");
    }
}

#[test]
fn what_is_cut_gives_nothing_but_what_is_whole() {
    let json = r#"{"x":{"a":["\u00e9",{}]},"a":"t\n","in":{"b":[1,2]}}"#;
    assert!(pick(json.as_bytes(), WANTED).is_some());
    for cut in 0..json.len() {
        let cut = &json[..cut];
        let picked = pick(cut.as_bytes(), WANTED);
        // What the long value ends with looks like an end.
        let expected = cut
            .ends_with("{}]}")
            .then_some(&br#"{"a":["\u00e9",{}]}"#[..]);
        assert_eq!(picked.as_deref(), expected, "{cut}");
    }
}

#[test]
fn plain_values_go_where_they_are_wanted() {
    const fn at(name: &'static str, place: usize) -> Wanted {
        let place = Some(place);
        Wanted {
            place,
            ..whole(name)
        }
    }
    const IN: &[Wanted] = &[at("b", 1), at("c", 2)];
    const PLACED: &[Wanted] = &[
        at("a", 0),
        at("aa", 0),
        Wanted {
            inside: IN,
            ..whole("in")
        },
    ];
    use Plain::{Absent, Number, Text};
    for (json, expected) in [
        ("{}", Some([Absent; 3])),
        (r#"{"a":"é"}"#, Some([Text("é"), Absent, Absent])),
        (
            r#"{"a":"x","y":[],"in":{"b":0,"x":{"c":2},"c":999999999999999999}}"#,
            Some([Text("x"), Number(0), Number(999_999_999_999_999_999)]),
        ),
        (r#"{"in":{}}"#, Some([Absent; 3])),
        // What a reader has to say.
        (r#"{"a":"x","aa":"y"}"#, None),
        (r#"{"a":"x","a":"x"}"#, None),
        (r#"{"a":"\u0041"}"#, None),
        (r#"{"a":""}"#, None),
        (r#"{"a":null}"#, None),
        (r#"{"a":[]}"#, None),
        (r#"{"in":null}"#, None),
        (r#"{"in":{"b":1.0}}"#, None),
        (r#"{"in":{"b":-1}}"#, None),
        (r#"{"in":{"b":01}}"#, None),
        (r#"{"in":{"b":1e3}}"#, None),
        (r#"{"in":{"b":1000000000000000000}}"#, None),
        (r#"{"a":"x""#, None),
        ("[]", None),
    ] {
        assert_eq!(plain(json.as_bytes(), PLACED), expected, "{json}");
        assert_eq!(plain_at_end(json.as_bytes(), PLACED), expected, "{json}");
    }
    // What isn't said to be plain isn't.
    assert_eq!(plain::<3>(br#"{"a":1}"#, WANTED), None);
}
