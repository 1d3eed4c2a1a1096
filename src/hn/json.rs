//! From the APIs' JSON to typed values.
//!
//! miniserde keeps the app small: it has no error messages, which readers couldn't use, shares one
//! parser among all types, and isn't recursive, so that no thread is too deep for it.

use miniserde::de::{Deserialize, Map, Seq, Visitor};
use miniserde::{json, make_place};
use rustc_hash::FxHashSet as HashSet;

use super::{Error, Id};

/// A value that the API's JSON text holds.
pub trait Decode: Sized {
    /// The form of the value in JSON, every field as forgiving as the API needs it.
    type Raw: Deserialize;

    /// Makes the value of it.
    fn from_raw(raw: Self::Raw) -> Self;

    /// Decodes an answer of the API.
    ///
    /// # Errors
    /// [`Error::Missing`] for `null`, [`Error::Undecodable`] for what is no such value.
    fn decode(text: &str) -> Result<Self, Error> {
        match json::from_str::<Option<Self::Raw>>(text) {
            Ok(Some(raw)) => Ok(Self::from_raw(raw)),
            Ok(None) => Err(Error::Missing),
            Err(_) => Err(Error::Undecodable),
        }
    }
}

/// A list of ids as it stands in JSON: what is no id is possible, and so are repetitions.
pub type RawIds = Vec<MaybeId>;

/// The ids of a list in their order: what is no id is left out, a repeated id counts once.
pub fn ids(raw: RawIds) -> Vec<Id> {
    let mut seen = HashSet::default();
    let mut ids = Vec::with_capacity(raw.len());
    for MaybeId(id) in raw {
        if id > 0 && seen.insert(id) {
            ids.push(id);
        }
    }
    ids
}

/// A text as JSON, in quotes.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\0'..='\x1f' => {
                let digits = [u32::from(letter) >> 4, u32::from(letter) & 15];
                quoted += "\\u00";
                quoted.extend(digits.map(|digit| char::from_digit(digit, 16).unwrap_or('0')));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A text that counts as absent when it is empty.
pub fn text(raw: Option<String>) -> Option<String> {
    raw.filter(|text| !text.is_empty())
}

/// An id, or 0 for anything else.
pub struct MaybeId(pub Id);

make_place!(Place);

impl Deserialize for MaybeId {
    fn begin(out: &mut Option<Self>) -> &mut dyn Visitor {
        Place::new(out)
    }
}

impl Place<MaybeId> {
    fn other(&mut self) -> miniserde::Result<()> {
        self.out = Some(MaybeId(0));
        Ok(())
    }
}

impl Visitor for Place<MaybeId> {
    fn nonnegative(&mut self, number: u64) -> miniserde::Result<()> {
        self.out = Some(MaybeId(Id::try_from(number).unwrap_or_default()));
        Ok(())
    }

    fn null(&mut self) -> miniserde::Result<()> {
        self.other()
    }

    fn boolean(&mut self, _: bool) -> miniserde::Result<()> {
        self.other()
    }

    fn string(&mut self, _: &str) -> miniserde::Result<()> {
        self.other()
    }

    fn negative(&mut self, _: i64) -> miniserde::Result<()> {
        self.other()
    }

    fn float(&mut self, _: f64) -> miniserde::Result<()> {
        self.other()
    }

    fn seq(&mut self) -> miniserde::Result<Box<dyn Seq + '_>> {
        self.other()?;
        <dyn Visitor>::ignore().seq()
    }

    fn map(&mut self) -> miniserde::Result<Box<dyn Map + '_>> {
        self.other()?;
        <dyn Visitor>::ignore().map()
    }
}
