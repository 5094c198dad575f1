//! JSON in: names of an object's properties that nobody reads, so that their sender can be told.

use super::read::{Error, Reader};

/// More names than this help nobody.
const MOST: usize = 32;
/// A longer name is cut.
const LONGEST: usize = 64;

/// Passes by the value of a property that nobody reads, and notes its name. A null is absent.
pub fn note(reader: &mut Reader<'_>, name: &str, unknown: &mut Vec<String>) -> Result<(), Error> {
    if reader.null()? {
        return Ok(());
    }
    reader.skip()?;
    // The name comes from outside and may end in a header: nothing but a plain word is kept.
    if unknown.len() < MOST {
        let plain = |c: char| {
            let fits = c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
            if fits { c } else { '?' }
        };
        unknown.push(name.chars().take(LONGEST).map(plain).collect());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(json: &str) -> Result<Vec<String>, Error> {
        let (mut unknown, mut begun) = (Vec::new(), false);
        let mut reader = Reader::new(json);
        reader.open_object()?;
        while let Some(name) = reader.next_key(&mut begun)? {
            note(&mut reader, &name, &mut unknown)?;
        }
        Ok(unknown)
    }

    #[test]
    fn names_are_plain() -> Result<(), Error> {
        let read = noted(r#"{"a b\n":{"text":1},"é":"é","x-1":0,"y":null}"#)?;
        assert_eq!(read, ["a?b?", "?", "x-1"]);
        Ok(())
    }

    #[test]
    fn not_without_end() -> Result<(), Error> {
        let many: Vec<String> = (0..100).map(|i| format!("\"{i:0>99}\":0")).collect();
        let unknown = noted(&format!("{{{}}}", many.join(",")))?;
        assert_eq!(unknown.len(), MOST);
        assert!(unknown.iter().all(|name| name.len() == LONGEST));
        Ok(())
    }
}
