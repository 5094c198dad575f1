//! JSON for people: what fits on a line stands on one.

use serde_json::Value;

const WIDTH: usize = 110;

/// With a line for each member that is too long for one together.
pub fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0, 0);
    out.push('\n');
    out
}

/// On one line.
pub fn compact(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), compact(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let items = items.iter().map(compact);
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

fn write(out: &mut String, value: &Value, depth: usize, used: usize) {
    let line = compact(value);
    if used + line.len() <= WIDTH {
        out.push_str(&line);
        return;
    }
    let indent = "  ".repeat(depth + 1);
    let (open, close, members) = match value {
        Value::Object(members) => {
            let members = members.iter();
            let members =
                members.map(|(key, value)| (format!("{}: ", Value::from(key.as_str())), value));
            ("{", "}", members.collect::<Vec<_>>())
        }
        Value::Array(items) => (
            "[",
            "]",
            items.iter().map(|item| (String::new(), item)).collect(),
        ),
        _ => {
            out.push_str(&line);
            return;
        }
    };
    out.push_str(open);
    for (at, (name, value)) in members.iter().enumerate() {
        out.push_str(if at > 0 { ",\n" } else { "\n" });
        out.push_str(&indent);
        out.push_str(name);
        write(out, value, depth + 1, indent.len() + name.len());
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push_str(close);
}
