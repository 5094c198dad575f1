//! Variables that are almost settings.

use std::collections::BTreeSet;

use super::Lookup;

/// One line for each variable that is no setting, but is one slip of the finger away from a setting that isn't set.
pub fn typos(lookup: &dyn Lookup, known: &[&str]) -> Vec<String> {
    let names: BTreeSet<String> = lookup.names().into_iter().collect();
    let mut lines = Vec::new();
    for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
        let meant = known
            .iter()
            .find(|known| !names.contains(**known) && one_slip(name, known));
        if let Some(meant) = meant {
            lines.push(format!("{name}: is no setting; did you mean {meant}?"));
        }
    }
    lines
}

/// Whether one letter too many, too few, wrong, or two letters swapped turn one into the other.
fn one_slip(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same_start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same_start..], &b[same_start..]);
    match (a, b) {
        ([], []) => false,
        ([_, rest @ ..], _) if rest == b => true,
        (_, [_, rest @ ..]) if rest == a => true,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([a0, a1, a @ ..], [b0, b1, b @ ..]) => a0 == b1 && a1 == b0 && a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::typos;

    #[test]
    fn a_variable_one_slip_away_from_an_unset_setting_is_told() {
        let known = ["SERVER_PORT", "SERVER_HOST"];
        for (set, told) in [
            (&["SERVER_PROT"][..], &["SERVER_PORT"][..]),
            (&["SERVERPORT"], &["SERVER_PORT"]),
            (&["SERVER_PORTS"], &["SERVER_PORT"]),
            (&["SERVER_POST"], &["SERVER_PORT"]),
            (&["SERVER_PORT_2"], &[]),
            (&["SERVER_PORT", "SERVER_PORTS"], &[]),
            (&["SERVER_PORT"], &[]),
            (&["PATH"], &[]),
        ] {
            let variables: BTreeMap<String, String> = set
                .iter()
                .map(|name| (name.to_string(), String::new()))
                .collect();
            let expected: Vec<String> = told
                .iter()
                .map(|meant| format!("{}: is no setting; did you mean {meant}?", set[0]))
                .collect();
            assert_eq!(typos(&variables, &known), expected, "{set:?}");
        }
    }
}
