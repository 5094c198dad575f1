//! Which characters a place admits, and what a name becomes that has others.
//!
//! A changed name ends with a hash of what it was, so that `a.b` and `a_b` differ without anyone keeping a table.

use super::hash;

/// What a `pattern` of anchored character classes admits. Classes are ranges with both ends in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset {
    /// The first character.
    pub first: &'static [(char, char)],
    /// Every other.
    pub rest: &'static [(char, char)],
    /// How many characters at most.
    pub max: usize,
}

impl Charset {
    /// Whether the text can be written as it is. No charset admits an empty one.
    pub fn fits(&self, text: &str) -> bool {
        let mut count = 0;
        for (place, character) in text.chars().enumerate() {
            if place >= self.max || !self.admits(place, character) {
                return false;
            }
            count = place + 1;
        }
        count > 0
    }

    /// The text if it fits; else one that does, with other characters as `_`, what is too long cut, and a hash at the end.
    pub fn replace(&self, text: &str) -> String {
        if self.fits(text) {
            return text.to_owned();
        }
        let mark = self.mark(text);
        let room = self.max.saturating_sub(mark.len());
        let kept = text.chars().take(room);
        let fitting = kept.chain(mark).take(self.max).enumerate();
        fitting
            .map(|(place, character)| self.nearest(place, character))
            .collect()
    }

    fn mark(&self, text: &str) -> Vec<char> {
        let digits = hash::digits(text, MARK);
        let letters: Vec<char> = (b'0'..=b'z')
            .map(char::from)
            .filter(|&character| character.is_ascii_alphanumeric() && self.admits(1, character))
            .collect();
        let mut mark = vec!['_'];
        if letters.len() == hash::BASE62.len() {
            mark.extend(digits.chars());
        } else if !letters.is_empty() {
            // Few letters say less each, but a name of digits only is rare enough to leave it at that.
            mark.extend(
                digits
                    .bytes()
                    .map(|digit| letters[usize::from(digit) % letters.len()]),
            );
        }
        mark
    }

    fn nearest(&self, place: usize, character: char) -> char {
        if self.admits(place, character) {
            return character;
        }
        let class = self.class(place);
        let filler = ['_', '-'].into_iter().find(|&filler| within(class, filler));
        filler.unwrap_or_else(|| class.first().map_or('_', |&(low, _)| low))
    }

    fn admits(&self, place: usize, character: char) -> bool {
        within(self.class(place), character)
    }

    fn class(&self, place: usize) -> &'static [(char, char)] {
        if place == 0 { self.first } else { self.rest }
    }
}

fn within(class: &[(char, char)], character: char) -> bool {
    class
        .iter()
        .any(|&(low, high)| (low..=high).contains(&character))
}

/// Length of the hash at the end: about one in two hundred million million for a pair.
const MARK: usize = 8;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LETTERS: &[(char, char)] = &[('A', 'Z'), ('a', 'z'), ('_', '_')];
    const NAME: &[(char, char)] = &[('A', 'Z'), ('a', 'z'), ('0', '9'), ('_', '_'), ('-', '-')];
    const LOWER: &[(char, char)] = &[('a', 'z')];
    const DIGITS: &[(char, char)] = &[('0', '9')];
    const DOT: &[(char, char)] = &[('.', '.')];

    const TOOL: Charset = Charset {
        first: LETTERS,
        rest: NAME,
        max: 64,
    };

    #[test]
    fn replaced() {
        // text, how the result begins, whether it is as it was
        let cases = [
            ("get_weather", "get_weather", true),
            ("a_b", "a_b", true),
            ("a.b", "a_b_", false),
            ("wetter für köln", "wetter_f_r_k_ln_", false),
            ("1st", "_st_", false),
            ("", "_", false),
        ];
        for (text, start, same) in cases {
            let name = TOOL.replace(text);
            assert_eq!(name == text, same, "{text}");
            assert!(
                name.starts_with(start) && TOOL.fits(&name),
                "{text}: {name}"
            );
        }
    }

    #[test]
    fn unlike_names_stay_unlike() {
        let long = "x".repeat(64);
        let texts = [
            "a.b",
            "a_b",
            "a b",
            "a:b",
            "",
            "_",
            &format!("{long}y"),
            &format!("{long}z"),
            &long,
        ];
        for one in texts {
            for other in texts.iter().filter(|other| **other != one) {
                assert_ne!(TOOL.replace(one), TOOL.replace(other), "{one} {other}");
            }
        }
    }

    #[test]
    fn limits() {
        assert!(TOOL.fits(&"x".repeat(64)));
        assert!(!TOOL.fits(&"x".repeat(65)));
        assert!(!TOOL.fits("-x"));
        assert!(!TOOL.fits(""));
    }

    fn charset() -> impl Strategy<Value = Charset> {
        let class = prop::sample::select(vec![LETTERS, NAME, LOWER, DIGITS, DOT]);
        (class.clone(), class, 1_usize..70).prop_map(|(first, rest, max)| Charset {
            first,
            rest,
            max,
        })
    }

    proptest! {
        #[test]
        fn always_fits(charset in charset(), text in "\\PC{0,80}") {
            let name = charset.replace(&text);
            prop_assert!(charset.fits(&name), "{} in {:?}", name, charset);
            prop_assert_eq!(charset.replace(&name), name.clone());
            prop_assert_eq!(charset.replace(&text), name);
        }
    }
}
