//! YAML to Rust, and YAML to faults.

use crate::support::{compile, golden, module, root};

#[test]
fn settings_of_every_type_become_the_expected_module() {
    let settings =
        compile(&root().join("tests/settings/fixture.yaml")).expect("the fixture is right");
    golden(
        "tests/settings/fixture.rs",
        &module(&settings, "tests/settings/fixture.yaml"),
    );
}

#[test]
fn the_same_spec_makes_the_same_text() {
    let file = root().join("tests/settings/fixture.yaml");
    let text = || module(&compile(&file).expect("the fixture is right"), "x");
    assert_eq!(text(), text());
}

#[test]
fn every_mistake_of_a_spec_is_told_at_once_with_place_and_remedy() {
    let told =
        compile(&root().join("tests/settings/faults.yaml")).expect_err("the fixture is wrong");
    golden("tests/settings/faults.txt", &format!("{told}\n"));
}
