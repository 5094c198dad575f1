//! Some members of a JSON object, found without reading the others.
//!
//! What isn't wanted is stepped over: strings are searched for their end only, so a long text costs next to nothing, and
//! where members may be wanted at the end only, what is before them isn't looked at at all.
//! Text that isn't JSON gives nothing, or what a part of it says.

mod scan;
mod taken;
#[cfg(test)]
mod tests;

use memchr::memmem;
use wide::u8x16;

pub use taken::Plain;

use scan::Scan;
use taken::{Object, Taken, Values};

/// A member that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Its name.
    pub name: &'static str,
    /// The members of it that are wanted; none: all of it.
    pub inside: &'static [Self],
    /// Where [`plain`] puts it, if it means what it says when it is plain.
    pub place: Option<usize>,
}

/// An object with these members of an object, as they stand; `None` if the text isn't an object.
pub fn pick(json: &[u8], wanted: &[Wanted]) -> Option<Vec<u8>> {
    let mut walk = Walk::new(json, Object::new());
    walk.whole(wanted)?;
    Some(walk.taken.0)
}

/// These members of an object in their places, if all that are there are plain, and none comes twice.
pub fn plain<'j, const N: usize>(json: &'j [u8], wanted: &[Wanted]) -> Option<[Plain<'j>; N]> {
    let mut walk = Walk::new(json, Values([Plain::Absent; N]));
    walk.whole(wanted)?;
    Some(walk.taken.0)
}

/// The same, where all of them are likely to be among the last.
pub fn plain_at_end<'j, const N: usize>(
    json: &'j [u8],
    wanted: &[Wanted],
) -> Option<[Plain<'j>; N]> {
    let mut walk = Walk::new(json, Values([Plain::Absent; N]));
    match walk.ends_with(Missing::all(wanted)) {
        true => Some(walk.taken.0),
        false => plain(json, wanted),
    }
}

struct Walk<'j, T> {
    scan: Scan<'j>,
    taken: T,
}

impl<'j, T: Taken<'j>> Walk<'j, T> {
    fn new(json: &'j [u8], taken: T) -> Self {
        let scan = Scan { json, at: 0 };
        Self { scan, taken }
    }

    /// All that is wanted of the outermost object.
    fn whole(&mut self, wanted: &[Wanted]) -> Option<()> {
        let mut missing = Missing::all(wanted);
        let mut jumped = false;
        self.open()?;
        while self.scan.peek()? != b'}' {
            let name = self.scan.name()?;
            if let Some(one) = missing.take(name) {
                self.member(one)?;
            } else {
                // What is long and of no use is often followed by little more.
                let is_long = matches!(self.scan.peek()?, b'{' | b'[');
                if is_long && !std::mem::replace(&mut jumped, true) && self.ends_with(missing) {
                    return Some(());
                }
                self.scan.skip()?;
            }
            self.scan.next_member()?;
        }
        self.close();
        Some(())
    }

    /// Takes what is missing from the last members, without a look at those before them. Nothing is done if it can't be
    /// told where they begin.
    fn ends_with(&mut self, missing: Missing<'_>) -> bool {
        let (at, taken) = (self.scan.at, self.taken.clone());
        let done = self.last_members(missing);
        if done.is_none() {
            self.scan.at = at;
            self.taken = taken;
        }
        done.is_some()
    }

    fn last_members(&mut self, mut missing: Missing<'_>) -> Option<()> {
        self.scan.at += missing.first_of_last(&self.scan.json[self.scan.at..])?;
        while self.scan.peek()? != b'}' {
            let name = self.scan.name()?;
            match missing.take(name) {
                Some(one) => self.member(one)?,
                None => drop(self.scan.skip()?),
            }
            self.scan.next_member()?;
        }
        // Else these were members of something else.
        let is_end = self.scan.json[self.scan.at + 1..].trim_ascii().is_empty();
        (is_end && missing.is_none()).then(|| self.close())
    }

    fn object(&mut self, wanted: &[Wanted]) -> Option<()> {
        let mut missing = Missing::all(wanted);
        self.open()?;
        while !missing.is_none() && self.scan.peek()? != b'}' {
            let name = self.scan.name()?;
            match missing.take(name) {
                Some(one) => self.member(one)?,
                None => drop(self.scan.skip()?),
            }
            self.scan.next_member()?;
        }
        self.scan.leave()?;
        self.taken.close();
        Some(())
    }

    fn open(&mut self) -> Option<()> {
        self.scan.take(b'{')?;
        self.taken.open();
        Some(())
    }

    fn close(&mut self) {
        self.scan.at += 1;
        self.taken.close();
    }

    /// A member whose name was read.
    fn member(&mut self, wanted: &Wanted) -> Option<()> {
        self.taken.name(wanted);
        if !wanted.inside.is_empty() && self.scan.peek()? == b'{' {
            return self.object(wanted.inside);
        }
        let value = self.scan.skip()?;
        self.taken.value(wanted, value)
    }
}

impl Wanted {
    fn is(&self, name: &[u8]) -> bool {
        self.name.as_bytes() == name
    }
}

/// Members that are wanted and haven't come, one bit for each. Of more than have a bit the others come in vain.
#[derive(Clone, Copy)]
struct Missing<'w> {
    wanted: &'w [Wanted],
    bits: u64,
}

impl<'w> Missing<'w> {
    fn all(wanted: &'w [Wanted]) -> Self {
        let bits = u64::MAX.checked_shr(64 - wanted.len().min(64) as u32);
        Self {
            wanted,
            bits: bits.unwrap_or_default(),
        }
    }

    fn is_none(self) -> bool {
        self.bits == 0
    }

    /// The one of this name, which isn't missing any longer.
    fn take(&mut self, name: &[u8]) -> Option<&'w Wanted> {
        let place = self.wanted.iter().position(|one| one.is(name))?;
        self.bits &= !1_u64.checked_shl(place as u32)?;
        Some(&self.wanted[place])
    }

    /// Where the first of the last names stands; whoever isn't named at all is no longer missing. `None` if there is
    /// none, or it can't be told easily.
    fn first_of_last(&mut self, json: &[u8]) -> Option<usize> {
        let mut first = None;
        for (place, one) in self.wanted.iter().enumerate().take(64) {
            if self.bits & 1 << place == 0 {
                continue;
            }
            match last_name(json, one.name)? {
                Some(name) => first = Some(first.map_or(name, |first: usize| first.min(name))),
                None => self.bits &= !(1 << place),
            }
        }
        first
    }
}

/// Where a string stands that is this name, one of the last if that is near the end; `Some(None)` if there is none,
/// `None` if it can't be told easily.
fn last_name(json: &[u8], name: &str) -> Option<Option<usize>> {
    let end = json.len().saturating_sub(END);
    let near = find_name(&json[end..], name.as_bytes()).map(|place| end + place);
    let quote = match near.or_else(|| memmem::find(json, name.as_bytes())?.checked_sub(1)) {
        Some(quote) => quote,
        None => return Some(None),
    };
    // A quote that isn't escaped is where a string begins or ends, and no string ends where a word begins.
    let is_escaped = quote.checked_sub(1).is_some_and(|at| json[at] == b'\\');
    (!is_escaped && is_name(&json[quote..], name.as_bytes())).then_some(Some(quote))
}

/// So much is looked at first.
const END: usize = 512;
/// How many bytes are looked at together.
const BLOCK: usize = 16;

/// Where a string stands that is this name. A search that has to be prepared would take longer.
fn find_name(json: &[u8], name: &[u8]) -> Option<usize> {
    let first = u8x16::splat(*name.first()?);
    let quote = u8x16::splat(b'"');
    let (blocks, _) = json.as_chunks::<BLOCK>();
    // Whether the block before ended with a quote.
    let mut carried = 0;
    for (number, block) in blocks.iter().enumerate() {
        let block = u8x16::new(*block);
        // One bit for each byte behind a quote.
        let behind = block.simd_eq(quote).to_bitmask() << 1 | carried;
        let mut found = behind & block.simd_eq(first).to_bitmask();
        carried = behind >> BLOCK;
        while found != 0 {
            let place = number * BLOCK + found.trailing_zeros() as usize - 1;
            if is_name(&json[place..], name) {
                return Some(place);
            }
            found &= found - 1;
        }
    }
    None
}

fn is_name(json: &[u8], name: &[u8]) -> bool {
    let rest = json
        .strip_prefix(b"\"")
        .and_then(|json| json.strip_prefix(name));
    rest.is_some_and(|rest| rest.starts_with(b"\""))
}
