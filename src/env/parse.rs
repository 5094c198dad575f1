//! The grammar of values: one function for each type that a setting can have.
//!
//! Each returns the value, or what is wrong and what would be right, as the rest of a sentence that begins with the
//! value: `'30 sec' is not a duration; ..`. The compiler checks the defaults of the spec with this same file, so it
//! imports nothing of this crate.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// `true` or `false`, in the usual spellings.
pub fn boolean(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" | "t" | "y" => Ok(true),
        "false" | "0" | "no" | "off" | "f" | "n" => Ok(false),
        _ => Err("is neither true nor false; write true or false".to_owned()),
    }
}

/// A whole number.
pub fn integer(text: &str) -> Result<i64, String> {
    let number = text.trim().parse();
    number.map_err(|_| "is not a whole number; write it like 8080".to_owned())
}

/// Numbers with units, largest first or not: `30s`, `1m30s`, `500ms`. A bare `0` needs no unit.
pub fn duration(text: &str) -> Result<Duration, String> {
    const UNITS: [(&str, u64); 5] = [
        ("ms", 1),
        ("s", 1_000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
    ];
    let text = text.trim();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let wrong = || "is not a duration; write it like 30s, 1m30s or 500ms".to_owned();
    let mut rest = text;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (number, unit, after) = split_unit(rest).ok_or_else(wrong)?;
        let (_, scale) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(wrong)?;
        let part = number.checked_mul(scale).ok_or_else(wrong)?;
        total = total.checked_add(part).ok_or_else(wrong)?;
        rest = after;
    }
    if text.is_empty() {
        Err(wrong())
    } else {
        Ok(Duration::from_millis(total))
    }
}

/// A number of bytes: `10MiB`, `512KiB`, `1GiB`; `KB`, `MB` and `GB` are powers of ten.
pub fn size(text: &str) -> Result<u64, String> {
    let wrong = || "is not a size; write it like 10MiB, 512KiB or a number of bytes".to_owned();
    let (number, unit, after) = split_unit(text.trim()).ok_or_else(wrong)?;
    let scale: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    if after.is_empty() {
        number.checked_mul(scale).ok_or_else(wrong)
    } else {
        Err(wrong())
    }
}

/// An address to which paths can be added. `{NAME}` in it is left as it is, and so is a final slash: for an issuer of
/// tokens it makes a difference.
pub fn url(text: &str) -> Result<String, String> {
    let text = text.trim();
    let wrong = || "is not a URL; write it like https://example.com/base".to_owned();
    let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        return Err("is not a URL that begins with http:// or https://".to_owned());
    }
    if rest.contains(['?', '#']) {
        return Err(
            "has a query or a fragment; paths are added to it, so end it before '?' and '#'"
                .to_owned(),
        );
    }
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Err(
            "has a user name or password in it; give credentials in settings of their own"
                .to_owned(),
        );
    }
    let well_formed = |c: char| c.is_ascii_graphic() && !"\"<>\\^`|".contains(c);
    if !rest.chars().all(well_formed) || !is_authority(authority) {
        return Err(wrong());
    }
    Ok(text.to_owned())
}

/// What may stand for a `{NAME}` of a URL: one word that can't leave its segment.
pub fn url_part(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let text = text.trim();
    if text.is_empty() || !text.chars().all(fits) || text.chars().all(|c| c == '.') {
        return Err("can't stand in a URL; it may have letters, digits and - . _ ~".to_owned());
    }
    Ok(text.to_owned())
}

/// An IP address.
pub fn ip(text: &str) -> Result<IpAddr, String> {
    let address = text.trim().parse();
    address.map_err(|_| "is not an IP address; write it like 127.0.0.1, 0.0.0.0 or ::".to_owned())
}

/// A file or folder. Whether it is there is seen when it is opened.
pub fn path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

/// Words between commas; spaces around them and empty words don't count.
pub fn list(text: &str) -> Result<Vec<String>, String> {
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    Ok(words.map(str::to_owned).collect())
}

/// Any text.
pub fn string(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// A text that can be sent in a header.
pub fn secret(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("has a line break or another control character in it; remove it".to_owned());
    }
    Ok(text.to_owned())
}

/// One of the names of a list.
pub fn choice<T: Copy>(text: &str, values: &[(&str, T)]) -> Result<T, String> {
    let asked = text.trim();
    if let Some((_, value)) = values
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(asked))
    {
        return Ok(*value);
    }
    let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    Err(format!(
        "is not one of its values; write one of: {}",
        names.join(", ")
    ))
}

/// A value between two others, which are written in the grammar of the value.
pub fn bounded<T: PartialOrd>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, String>,
    minimum: Option<&str>,
    maximum: Option<&str>,
) -> Result<T, String> {
    let value = parse(text)?;
    if let Some(least) = minimum
        && value < parse(least)?
    {
        return Err(format!("is too small; it must be at least {least}"));
    }
    if let Some(most) = maximum
        && value > parse(most)?
    {
        return Err(format!("is too large; it may be at most {most}"));
    }
    Ok(value)
}

/// A number, the letters after it, and what follows.
fn split_unit(text: &str) -> Option<(u64, &str, &str)> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number = text[..digits].parse().ok()?;
    let rest = &text[digits..];
    let letters = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    Some((number, &rest[..letters], &rest[letters..]))
}

/// A host, which may be an address in brackets, and perhaps a port.
fn is_authority(authority: &str) -> bool {
    let after_brackets = authority.rfind(']').map_or(0, |end| end + 1);
    let (host, port) = match authority[after_brackets..].rfind(':') {
        Some(colon) => authority.split_at(after_brackets + colon),
        None => (authority, ":0"),
    };
    let bare = !host.contains([':', '[', ']']);
    let bracketed = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let host_fits = match bracketed {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => bare && !host.is_empty(),
    };
    host_fits && port[1..].parse::<u16>().is_ok()
}
