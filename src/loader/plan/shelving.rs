//! Puts what is kept on the shelf that is searched, in slices: each is short enough that a key
//! press is answered between two of them.

use std::time::Duration;
use std::vec;

use super::{Effect, Event, Plan};
use crate::hn::Id;
use crate::loader::shelf::parts;
use crate::store::{Part, Record};
use crate::time::Timestamp;

/// So many bytes of JSON are read in one slice.
const SLICE: usize = 48 << 10;

/// A breath between two slices.
const BETWEEN: Duration = Duration::from_millis(1);

/// One walk through all that is kept.
#[derive(Debug)]
pub struct Shelving {
    part: Part,
    /// The last record read.
    last: Id,
    /// What is to be put on the shelf, and the story that it belongs to.
    waiting: vec::IntoIter<(Option<Id>, String)>,
}

impl Shelving {
    /// A walk through all stories, then all threads.
    pub fn start() -> (Self, Vec<Effect>) {
        let plan = Self {
            part: Part::Items,
            last: 0,
            waiting: Vec::new().into_iter(),
        };
        let read = plan.read();
        (plan, vec![read])
    }

    fn read(&self) -> Effect {
        let most = match self.part {
            Part::Items => 100,
            // One may be a megabyte.
            _ => 2,
        };
        Effect::ReadPart(self.part, self.last, most)
    }

    fn came(&mut self, records: Vec<Record>) -> Vec<Effect> {
        let Some(last) = records.last() else {
            if self.part == Part::Threads {
                return vec![Effect::Shelved, Effect::Finish];
            }
            (self.part, self.last) = (Part::Threads, 0);
            return vec![self.read()];
        };
        self.last = last.key.id();
        let mut waiting = Vec::new();
        for record in records {
            let json = record.body.value;
            if self.part == Part::Items {
                waiting.push((None, format!("[{json}]")));
            } else {
                let story = Some(record.key.id());
                let parts = parts(&json, SLICE).into_iter();
                waiting.extend(parts.map(|part| (story, part)));
            }
        }
        // More is read only when nothing waits any more.
        self.waiting = waiting.into_iter();
        self.step()
    }

    /// One slice.
    fn step(&mut self) -> Vec<Effect> {
        let (mut effects, mut bytes) = (Vec::new(), 0);
        while bytes < SLICE
            && let Some((story, json)) = self.waiting.next()
        {
            bytes += json.len();
            effects.push(Effect::Shelve(json, story));
        }
        effects.push(match bytes {
            0 => self.read(),
            _ => Effect::Wake(BETWEEN),
        });
        effects
    }
}

impl Plan for Shelving {
    fn on(&mut self, event: Event, _: Timestamp) -> Vec<Effect> {
        match event {
            Event::StoredPart(records) => self.came(records),
            Event::Woken => self.step(),
            Event::Left => vec![Effect::Abort, Effect::Finish],
            _ => Vec::new(),
        }
    }
}
