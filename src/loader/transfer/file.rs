//! The file that everything can be taken away in: JSON as a whole, one record a line.
//!
//! So each record can be checked by itself as the file streams in: a damaged one costs itself
//! alone, and no more than one is in memory. `docs/export.md` describes the form.

use std::str;

use super::{End, Report};
use crate::store::Record;
use crate::store::record::Flaw;
use crate::time::Timestamp;

/// What stands before the version.
const FORMAT: &str = "{\"format\":\"hackershelf\",\"version\":";

/// The version that is written, and the last one that is read.
const VERSION: u32 = 1;

/// What the first line ends with, and what closes it.
const OPEN: &str = "\"records\":[";
const CLOSE: &str = "]}";

/// How a file ends.
pub const FOOT: &str = "\n]}\n";

/// No first line is longer, in bytes.
const HEAD: usize = 1 << 10;

/// No record's line is longer, in bytes: some more than an answer from the network may have.
const MOST: usize = 12 << 20;

/// The first line of a file, without its end.
pub fn head(Timestamp(now): Timestamp) -> String {
    format!("{FORMAT}{VERSION},\"exported_at\":{now},{OPEN}")
}

/// What stands before a record's line.
pub fn between(first: bool) -> &'static str {
    if first { "\n" } else { ",\n" }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Head,
    Records,
    Foot,
    /// The rest isn't read.
    Over,
}

/// Takes a file apart as it comes in, cut anywhere.
pub struct Reader {
    now: Timestamp,
    place: Place,
    line: Vec<u8>,
    number: u32,
    too_long: bool,
    /// What was refused, and how the file ended.
    pub report: Report,
}

impl Reader {
    /// One that knows the time.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            place: Place::Head,
            line: Vec::new(),
            number: 0,
            too_long: false,
            report: Report::default(),
        }
    }

    /// Whether the whole file is refused.
    pub fn is_over(&self) -> bool {
        self.place == Place::Over
    }

    /// The good records that end within a piece, or, for `None`, with the file.
    pub fn read(&mut self, piece: Option<Vec<u8>>) -> Vec<Record> {
        let mut records = Vec::new();
        let is_last = piece.is_none();
        for byte in piece.unwrap_or_else(|| vec![b'\n']) {
            let most = match self.place {
                Place::Over => break,
                Place::Head => HEAD,
                _ => MOST,
            };
            if byte == b'\n' {
                records.extend(self.end_line());
            } else if self.line.len() < most {
                self.line.push(byte);
            } else {
                self.too_long = true;
            }
        }
        if is_last && matches!(self.place, Place::Head | Place::Records) {
            self.report.end = End::Early;
        }
        records
    }

    fn end_line(&mut self) -> Option<Record> {
        let line = std::mem::take(&mut self.line);
        let too_long = std::mem::take(&mut self.too_long);
        self.number += 1;
        let text = str::from_utf8(&line).unwrap_or("?").trim();
        let text = text.strip_suffix(',').unwrap_or(text);
        if self.place == Place::Head {
            let end = match version(text) {
                Some(VERSION) => {
                    self.place = Place::Records;
                    return None;
                }
                Some(later) if later > VERSION => End::Newer,
                _ => End::Foreign,
            };
            (self.place, self.report.end) = (Place::Over, end);
            return None;
        }
        let flaw = if too_long {
            Flaw::TooLong
        } else if text.is_empty() {
            return None;
        } else if text == CLOSE {
            self.place = Place::Foot;
            return None;
        } else {
            match Record::parse(text, self.now) {
                Ok(record) => {
                    // What looked like the end of the file was that of a broken line.
                    self.place = Place::Records;
                    return Some(record);
                }
                Err(flaw) => flaw,
            }
        };
        self.report.refuse(flaw, self.number);
        None
    }
}

/// The version of the file that begins with this line, if it is one of ours.
fn version(line: &str) -> Option<u32> {
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    let rest = line.strip_suffix(OPEN)?.strip_prefix(FORMAT)?;
    rest.split(',').next()?.parse().ok()
}
