//! The way through the store that an export takes: which slice comes next, and what of it goes
//! into the file.

use super::{Export, Report, bookmarks, file};
use crate::hn::{Decode, Id, Item};
use crate::store::record::Key;
use crate::store::{Mark, Part, Record};
use crate::time::Timestamp;

/// A slice to be read.
pub struct Read {
    /// Of which part.
    pub part: Part,
    /// Beyond which key.
    pub after: Key,
    /// So many records at most; 1 for a single one, whose id follows `after`.
    pub most: u32,
    /// When a single one was saved.
    saved: Timestamp,
}

/// One walk.
pub struct Walk {
    what: Export,
    /// What is still to be read, the next last.
    reads: Vec<Read>,
    /// The saved stories, in the order of their ids.
    saved: Vec<(Id, Timestamp)>,
    /// What was written, and what was left out because it can't be read.
    pub report: Report,
}

impl Walk {
    /// A walk through all that is to be exported. The marks go first, since nobody else has them.
    pub fn new(what: Export) -> Self {
        let mut walk = Self {
            what,
            reads: Vec::new(),
            saved: Vec::new(),
            report: Report::default(),
        };
        for part in Part::ALL.into_iter().rev() {
            if what == Export::Everything || part == Part::Marks {
                walk.read_on(part, part.start());
            }
        }
        walk
    }

    /// How the file begins.
    pub fn head(&self, now: Timestamp) -> String {
        match self.what {
            Export::Bookmarks => bookmarks::HEAD.to_owned(),
            _ => file::head(now),
        }
    }

    /// How it ends.
    pub fn foot(&self) -> String {
        let foot = match self.what {
            Export::Bookmarks => bookmarks::FOOT,
            _ => file::FOOT,
        };
        foot.to_owned()
    }

    /// The slice that is to be read next.
    pub fn next(&mut self) -> Option<Read> {
        self.reads.pop()
    }

    /// What goes into the file of what was read.
    pub fn on(&mut self, read: Read, mut records: Vec<Record>) -> String {
        let mut text = String::new();
        if read.most > 1 {
            match records.last() {
                Some(last) => self.read_on(read.part, last.key.clone()),
                None if read.part == Part::Marks && self.what != Export::Everything => {
                    self.read_saved();
                }
                None => {}
            }
        } else {
            let id = read.after.id() + 1;
            records.retain(|record| record.key.id() == id);
            if self.what == Export::Bookmarks {
                let story = records.first();
                let story = story.and_then(|story| Item::decode(&story.body.value).ok());
                self.report.taken += 1;
                return bookmarks::bookmark(id, read.saved, story.as_ref());
            }
        }
        for record in records {
            if self.what == Export::Bookmarks {
                self.note(&record);
            } else if let Some(flaw) = record.flaw() {
                self.report.refuse(flaw, 0);
            } else {
                self.note(&record);
                text += file::between(self.report.taken == 0);
                record.write(&mut text);
                self.report.taken += 1;
            }
        }
        text
    }

    /// Remembers a story that is saved.
    fn note(&mut self, record: &Record) {
        if record.part == Part::Marks && self.what != Export::Everything {
            let mark = Mark::decode(&record.body.value).unwrap_or_default();
            let saved = mark.saved.map(|at| (record.key.id(), at));
            self.saved.extend(saved);
        }
    }

    /// To read a part beyond `after`.
    fn read_on(&mut self, part: Part, after: Key) {
        self.reads.push(Read {
            part,
            after,
            // A thread may be a megabyte.
            most: if part == Part::Threads { 2 } else { 100 },
            saved: Timestamp(0),
        });
    }

    /// To read what is kept of the saved stories, the newest first.
    fn read_saved(&mut self) {
        for (id, saved) in std::mem::take(&mut self.saved) {
            for part in [Part::Threads, Part::Items] {
                if part == Part::Items || self.what == Export::Marks {
                    self.reads.push(Read {
                        part,
                        after: Key::Id(id - 1),
                        most: 1,
                        saved,
                    });
                }
            }
        }
    }
}
