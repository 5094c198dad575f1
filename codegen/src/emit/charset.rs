//! Patterns of anchored character classes: `^[A-Za-z_][A-Za-z0-9_-]{0,63}$`.

use proc_macro2::TokenStream;
use quote::quote;

/// What such a pattern admits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charset {
    first: Vec<(char, char)>,
    rest: Vec<(char, char)>,
    max: usize,
}

impl Charset {
    /// As a constant.
    pub fn emit(&self) -> TokenStream {
        let ranges = |class: &[(char, char)]| {
            let ranges = class.iter().map(|(low, high)| quote!((#low, #high)));
            quote!(&[#(#ranges,)*])
        };
        let (first, rest, max) = (ranges(&self.first), ranges(&self.rest), self.max);
        quote!(::gateway::codec::charset::Charset { first: #first, rest: #rest, max: #max })
    }
}

/// Reads a pattern of one class, or of one class for the first character and one for the rest.
pub fn parse(pattern: &str) -> Option<Charset> {
    let mut rest = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let mut runs = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(']')?;
        let class = class(rest.strip_prefix('[')?.get(..end - 1)?)?;
        let (most, length) = repeat(&rest[end + 1..])?;
        runs.push((class, most));
        rest = &rest[end + 1 + length..];
    }
    match runs.as_slice() {
        [(class, most)] => Some(Charset {
            first: class.clone(),
            rest: class.clone(),
            max: *most,
        }),
        [(first, 1), (rest, most)] => Some(Charset {
            first: first.clone(),
            rest: rest.clone(),
            max: most.saturating_add(1),
        }),
        _ => None,
    }
}

fn class(text: &str) -> Option<Vec<(char, char)>> {
    let letters: Vec<char> = text.chars().collect();
    let mut ranges = Vec::new();
    let mut i = 0;
    while i < letters.len() {
        if letters.get(i + 1) == Some(&'-') && i + 2 < letters.len() {
            ranges.push((letters[i], letters[i + 2]));
            i += 3;
        } else {
            ranges.push((letters[i], letters[i]));
            i += 1;
        }
    }
    (!ranges.is_empty()).then_some(ranges)
}

/// Greatest count of a repetition and its length in the pattern.
fn repeat(text: &str) -> Option<(usize, usize)> {
    const UNBOUNDED: usize = 256;
    match text.chars().next() {
        Some('+' | '*') => Some((UNBOUNDED, 1)),
        Some('{') => {
            let end = text.find('}')?;
            let most = text[1..end].rsplit(',').next()?;
            Some((most.parse().ok()?, end + 1))
        }
        _ => Some((1, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn classes_and_counts_are_read() {
        for (pattern, max) in [
            ("^[A-Za-z0-9_-]{1,64}$", Some(64)),
            ("^[a-zA-Z0-9_-]+$", Some(256)),
            ("^[A-Za-z_][A-Za-z0-9_]*$", Some(257)),
            ("^[a-zA-Z0-9]{9}$", Some(9)),
            ("^image/", None),
            ("^(a|b)$", None),
        ] {
            assert_eq!(parse(pattern).map(|set| set.max), max, "{pattern}");
        }
    }
}
