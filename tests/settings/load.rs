//! Values to settings: what is read, what is refused with which words, and what is never shown.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::fixture::{KitchenHeat, Settings};

/// Variables as they would be in the environment.
pub fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

fn load(pairs: &[(&str, &str)]) -> Settings {
    Settings::load(&variables(pairs)).expect("these values are right")
}

fn faults(pairs: &[(&str, &str)]) -> Vec<String> {
    let faults = Settings::load(&variables(pairs)).expect_err("these values are wrong");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn an_empty_environment_gives_the_defaults() {
    let kitchen = load(&[]).kitchen;
    assert_eq!(kitchen.r#type, "plain");
    assert!(!kitchen.open);
    assert_eq!(kitchen.doors, 2);
    assert_eq!(kitchen.boil_time, Duration::from_secs(90));
    assert_eq!(kitchen.pot, 2048);
    assert_eq!(kitchen.intercom.to_string(), "::1");
    assert_eq!(
        (kitchen.supplier, kitchen.recipe, kitchen.safe),
        (None, None, None)
    );
    assert!(kitchen.spices.is_empty());
    assert_eq!(kitchen.heat, KitchenHeat::Low);
}

#[test]
fn every_spelling_of_a_value_is_read() {
    for (text, open) in [
        ("true", true),
        ("1", true),
        ("YES", true),
        (" on ", true),
        ("0", false),
        ("Off", false),
    ] {
        assert_eq!(load(&[("IS_OPEN", text)]).kitchen.open, open, "{text}");
    }
    for (text, millis) in [
        ("1s", 1_000),
        ("1m30s", 90_000),
        ("1500ms", 1_500),
        ("2h", 7_200_000),
        ("1d", 86_400_000),
    ] {
        let time = load(&[("BOIL_TIME", text)]).kitchen.boil_time;
        assert_eq!(time, Duration::from_millis(millis), "{text}");
    }
    for (text, bytes) in [
        ("10MiB", 10 << 20),
        ("512kib", 512 << 10),
        ("1GB", 1_000_000_000),
        ("17", 17),
        ("17B", 17),
    ] {
        assert_eq!(load(&[("POT", text)]).kitchen.pot, bytes, "{text}");
    }
    for (text, url) in [
        ("https://a.example", "https://a.example"),
        ("http://[::1]:8080/v1/", "http://[::1]:8080/v1/"),
        (
            " HTTPS://a.example:443/{ZONE}/x ",
            "HTTPS://a.example:443/{ZONE}/x",
        ),
    ] {
        assert_eq!(
            load(&[("SUPPLIER", text)]).kitchen.supplier.as_deref(),
            Some(url),
            "{text}"
        );
    }
    for (text, words) in [
        ("a,b", &["a", "b"][..]),
        (" a , ,b, ", &["a", "b"]),
        (",", &[]),
    ] {
        assert_eq!(load(&[("SPICES", text)]).kitchen.spices, words, "{text}");
    }
    for (text, heat) in [("2nd", KitchenHeat::N2nd), ("SELF", KitchenHeat::Self_)] {
        assert_eq!(load(&[("HEAT", text)]).kitchen.heat, heat, "{text}");
    }
}

#[test]
fn wrong_values_are_told_with_variable_value_and_expected_form() {
    const DURATION: &str = "is not a duration; write it like 30s, 1m30s or 500ms";
    const SIZE: &str = "is not a size; write it like 10MiB, 512KiB or a number of bytes";
    const URL: &str = "is not a URL; write it like https://example.com/base";
    for (name, value, what) in [
        (
            "IS_OPEN",
            "maybe",
            "is neither true nor false; write true or false",
        ),
        ("DOORS", "two", "is not a whole number; write it like 8080"),
        ("DOORS", "2.5", "is not a whole number; write it like 8080"),
        ("DOORS", "0", "is too small; it must be at least 1"),
        ("DOORS", "10", "is too large; it may be at most 9"),
        (
            "DOORS",
            "99999999999999999999",
            "is not a whole number; write it like 8080",
        ),
        ("BOIL_TIME", "30 sec", DURATION),
        ("BOIL_TIME", "30", DURATION),
        ("BOIL_TIME", "-1s", DURATION),
        ("BOIL_TIME", "1.5s", DURATION),
        ("BOIL_TIME", "s", DURATION),
        ("BOIL_TIME", " ", DURATION),
        ("BOIL_TIME", "99999999999999999999s", DURATION),
        ("BOIL_TIME", "9999999999999999999d", DURATION),
        ("BOIL_TIME", "999ms", "is too small; it must be at least 1s"),
        ("POT", "10 MiB", SIZE),
        ("POT", "MiB", SIZE),
        ("POT", "1KiB1", SIZE),
        ("POT", "99999999999999999GiB", SIZE),
        ("SUPPLIER", "a.example", URL),
        ("SUPPLIER", "https://", URL),
        ("SUPPLIER", "https://a b", URL),
        ("SUPPLIER", "https://a:port", URL),
        ("SUPPLIER", "https://::1", URL),
        ("SUPPLIER", "https://ä.example", URL),
        (
            "SUPPLIER",
            "ftp://a.example",
            "is not a URL that begins with http:// or https://",
        ),
        (
            "INTERCOM",
            "localhost",
            "is not an IP address; write it like 127.0.0.1, 0.0.0.0 or ::",
        ),
        (
            "HEAT",
            "high",
            "is not one of its values; write one of: low, 2nd, self",
        ),
        (
            "BIG_BOB_ZONE",
            "../x",
            "can't stand in a URL; it may have letters, digits and - . _ ~",
        ),
        (
            "BIG_BOB_FLOOR",
            "..",
            "can't stand in a URL; it may have letters, digits and - . _ ~",
        ),
    ] {
        assert_eq!(
            faults(&[(name, value)]),
            [format!("{name}: '{value}' {what}")]
        );
    }
}

#[test]
fn all_wrong_values_are_told_at_once() {
    let told = faults(&[
        ("ANNA_API_URL", "x"),
        ("BOIL_TIME", "soon"),
        ("DOORS", "0"),
        ("SAFE", "a\nb"),
    ]);
    let names: Vec<&str> = told
        .iter()
        .filter_map(|line| line.split(':').next())
        .collect();
    assert_eq!(names, ["DOORS", "BOIL_TIME", "SAFE", "ANNA_API_URL"]);
}

#[test]
fn empty_means_not_set() {
    let all: Vec<(&str, &str)> = Settings::NAMES.iter().map(|name| (*name, "")).collect();
    assert_eq!(load(&all), load(&[]));
}

#[test]
fn each_provider_has_its_own_variables() {
    let providers = load(&[
        ("ANNA_API_URL", "http://localhost:1"),
        ("BIG_BOB_API_KEY", "bobs"),
        ("BIG_BOB_ZONE", "eu-1"),
    ])
    .providers;
    let ids: Vec<&str> = providers.iter().map(|provider| provider.id).collect();
    assert_eq!(ids, ["anna", "big-bob"]);
    assert_eq!(providers[0].url.as_deref(), Some("http://localhost:1"));
    assert_eq!(providers[0].token.expose(), "s3cr3t-default");
    assert!(providers[0].variables.is_empty());
    assert_eq!(providers[1].url, None);
    assert_eq!(providers[1].token.expose(), "bobs");
    let filled = [
        ("ZONE", "BIG_BOB_ZONE", Some("eu-1".to_owned())),
        ("FLOOR", "BIG_BOB_FLOOR", None),
    ];
    assert_eq!(providers[1].variables, filled);
}

#[test]
fn a_secret_can_come_from_a_file() {
    let folder = std::env::temp_dir().join(format!("gateway-settings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("there is a folder for temporary files");
    let path = folder.join("safe");
    let name = path.to_str().expect("its name is UTF-8");
    for (content, secret) in [
        ("k3y", Some("k3y")),
        ("k3y\n", Some("k3y")),
        ("k3y\r\n", Some("k3y")),
        (" k3y ", Some(" k3y ")),
        ("\n", None),
        ("", None),
    ] {
        std::fs::write(&path, content).expect("the folder can be written");
        let safe = load(&[("SAFE_FILE", name)]).kitchen.safe;
        assert_eq!(
            safe.as_ref().map(|safe| safe.expose()),
            secret,
            "{content:?}"
        );
    }

    std::fs::write(&path, "k3y\n\n").expect("the folder can be written");
    let broken = "SAFE: has a line break or another control character in it; remove it";
    assert_eq!(faults(&[("SAFE_FILE", name)]), [broken]);
    let both = "SAFE: is set, and so is SAFE_FILE; set one of them";
    assert_eq!(faults(&[("SAFE_FILE", name), ("SAFE", "k3y")]), [both]);
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    let gone =
        format!("SAFE_FILE: can't read the file '{name}': No such file or directory (os error 2)");
    assert_eq!(faults(&[("SAFE_FILE", name)]), [gone]);
}

#[test]
fn no_secret_is_ever_shown() {
    const SECRET: &str = "hunter2";
    let settings = load(&[("SAFE", SECRET), ("ANNA_API_KEY", SECRET)]);
    let shown = format!("{settings:?} {settings:#?}");
    assert!(shown.contains("***") && !shown.contains(SECRET), "{shown}");
    let safe = settings.kitchen.safe.expect("it is set");
    assert_eq!(
        (safe.to_string(), format!("{safe:?}")),
        ("***".to_owned(), "***".to_owned())
    );
    assert_eq!(safe.expose(), SECRET);

    for (name, value) in [
        ("SAFE", "hunter2\n"),
        ("ANNA_API_KEY", "hunter2\u{7f}"),
        ("SUPPLIER", "https://me:hunter2@a.example"),
        ("SUPPLIER", "https://me:hunt@hunter2@a.example"),
        ("SUPPLIER", "https:/me:hunter2@a.example"),
        ("SUPPLIER", "https://a.example?key=hunter2"),
    ] {
        let told = faults(&[(name, value)]);
        assert!(told.len() == 1 && told[0].starts_with(name), "{told:?}");
        assert!(!told[0].contains(SECRET), "{told:?}");
    }
}

#[test]
fn a_value_is_shown_on_one_line_and_not_too_long() {
    let told = faults(&[("DOORS", "1\n2")]);
    assert_eq!(
        told,
        ["DOORS: '1\\n2' is not a whole number; write it like 8080"]
    );
    let told = faults(&[("DOORS", &"9".repeat(5_000))]);
    assert!(told[0].len() < 200, "{told:?}");
}

#[cfg(unix)]
#[test]
fn a_value_that_is_no_text_is_refused() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    struct Bytes;
    impl gateway::env::Lookup for Bytes {
        fn get(&self, name: &str) -> Option<OsString> {
            (name == "DOORS").then(|| OsString::from_vec(vec![0xff]))
        }
        fn names(&self) -> Vec<String> {
            Vec::new()
        }
    }
    let faults = Settings::load(&Bytes).expect_err("that is no text");
    assert_eq!(
        faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["DOORS: is not valid UTF-8"]
    );
}
