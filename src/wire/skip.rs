//! JSON in: values that nobody looks into.

use super::reader::{Error, Reader};
use crate::scan::clean;

impl<'de> Reader<'de> {
    /// Passes a value by; however deep it is, the stack isn't used.
    pub fn skip(&mut self) -> Result<(), Error> {
        let outside = self.around.len();
        loop {
            let opened = self.skip_one()?;
            if !opened && !self.after(outside)? {
                return Ok(());
            }
        }
    }

    /// Passes a value by, and gives its text.
    pub fn passed(&mut self) -> Result<&'de str, Error> {
        let start = self.start();
        self.skip()?;
        Ok(self.since(start))
    }

    /// Passes a scalar or an empty value by, or an opening bracket and what stands before the first value in it (true).
    fn skip_one(&mut self) -> Result<bool, Error> {
        match self.peek()? {
            b'"' => self.skip_string()?,
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            b'-' | b'0'..=b'9' => {
                self.number()?;
            }
            open @ (b'[' | b'{') => {
                self.at += 1;
                let close = open + 2;
                if self.peek()? == close {
                    self.at += 1;
                    return Ok(false);
                }
                self.around.push(close);
                self.skip_key(close)?;
                return Ok(true);
            }
            _ => return Err(Error::Syntax),
        }
        Ok(false)
    }

    /// After a value: whether there is another.
    fn after(&mut self, outside: usize) -> Result<bool, Error> {
        while self.around.len() > outside {
            let close = self.around[self.around.len() - 1];
            let next = self.peek()?;
            self.at += 1;
            if next == b',' {
                self.skip_key(close)?;
                return Ok(true);
            }
            if next != close {
                return Err(Error::Syntax);
            }
            self.around.pop();
        }
        Ok(false)
    }

    fn skip_key(&mut self, close: u8) -> Result<(), Error> {
        if close == b']' {
            return Ok(());
        }
        if self.peek()? != b'"' {
            return Err(Error::Syntax);
        }
        self.skip_string()?;
        if self.peek()? != b':' {
            return Err(Error::Syntax);
        }
        self.at += 1;
        Ok(())
    }

    /// Half a surrogate pair is nobody's business here.
    fn skip_string(&mut self) -> Result<(), Error> {
        self.at += 1;
        loop {
            self.at += clean(&self.text.as_bytes()[self.at..]);
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => self.skip_escape()?,
                _ => return Err(Error::Syntax),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn skip_escape(&mut self) -> Result<(), Error> {
        self.at += 1;
        match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                self.hex()?;
            }
            _ => return Err(Error::Syntax),
        }
        Ok(())
    }
}
