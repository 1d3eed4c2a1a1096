//! What the reader did with a story: the reader's own, and so never evicted.
//!
//! A mark changes by a [`Marking`] applied to what is kept at that moment, never by a whole mark
//! that was read before: two tabs that mark the same story don't undo each other. A kept mark that
//! can't be read counts as none; the first marking after that puts it aside within its record
//! instead of overwriting it.

use std::fmt::Write;

use miniserde::Deserialize;

use crate::hn::{Decode, Id, sort};
use crate::time::Timestamp;

/// All marks of one story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// When its link or its comments were opened first.
    pub read: Option<Timestamp>,
    /// When it was saved.
    pub saved: Option<Timestamp>,
    /// When it was hidden from the feeds.
    pub hidden: Option<Timestamp>,
    /// The comments that are folded, in the order of their ids.
    pub collapsed: Vec<Id>,
    /// When its comments were shown last, and what there was to see.
    pub last_visit: Option<Visit>,
}

/// What there was to see of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// When.
    pub at: Timestamp,
    /// How many comments the story counted.
    pub count: u32,
    /// The highest id among its comments: those above it are new.
    pub highest: Id,
}

/// One thing that the reader does to a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marking {
    /// The story is read, or isn't any more.
    Read(bool),
    /// It is saved, or isn't any more.
    Saved(bool),
    /// It is hidden, or isn't any more.
    Hidden(bool),
    /// These comments are folded, or aren't any more.
    Collapsed(Vec<Id>, bool),
    /// Its thread was shown with so many comments, of which this id was the highest.
    Visited(u32, Id),
}

impl Mark {
    /// Carries out `marking`. What is marked already keeps its time.
    pub fn apply(&mut self, marking: &Marking, now: Timestamp) {
        let stamp = |old: Option<Timestamp>, on: bool| on.then(|| old.unwrap_or(now));
        match marking {
            Marking::Read(on) => self.read = stamp(self.read, *on),
            Marking::Saved(on) => self.saved = stamp(self.saved, *on),
            Marking::Hidden(on) => self.hidden = stamp(self.hidden, *on),
            Marking::Collapsed(ids, on) => {
                self.collapsed.retain(|id| !ids.contains(id));
                if *on {
                    self.collapse(ids);
                }
            }
            Marking::Visited(count, highest) => {
                let before = self.last_visit.map_or(0, |visit| visit.highest);
                self.last_visit = Some(Visit {
                    at: now,
                    count: *count,
                    highest: before.max(*highest),
                });
            }
        }
    }

    /// Adds comments to the folded ones, each in its place.
    fn collapse(&mut self, ids: &[Id]) {
        self.collapsed.extend(ids);
        sort(&mut self.collapsed);
        self.collapsed.dedup();
    }

    /// Takes in all that `other` has: what either says is marked, since the earlier of both, and
    /// the later visit counts.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.read, other.read),
            (&mut self.saved, other.saved),
            (&mut self.hidden, other.hidden),
        ] {
            *mine = [*mine, theirs].into_iter().flatten().min();
        }
        self.collapse(&other.collapsed);
        if let Some(there) = other.last_visit {
            let here = self.last_visit.unwrap_or(there);
            let later = match (there.at, there.count) > (here.at, here.count) {
                true => there,
                false => here,
            };
            self.last_visit = Some(Visit {
                highest: here.highest.max(there.highest),
                ..later
            });
        }
    }

    /// The mark as it is kept, with nothing in it later than `now`.
    pub(super) fn by(mut self, now: Timestamp) -> String {
        for moment in [&mut self.read, &mut self.saved, &mut self.hidden] {
            *moment = moment.map(|at| at.min(now));
        }
        if let Some(visit) = &mut self.last_visit {
            visit.at = visit.at.min(now);
        }
        self.json()
    }

    /// Whether a comment is folded.
    pub fn is_collapsed(&self, comment: Id) -> bool {
        self.collapsed.binary_search(&comment).is_ok()
    }

    /// How many comments are new since the last visit, if there are `count` now.
    pub fn new_comments(&self, count: u32) -> u32 {
        self.last_visit
            .map_or(0, |visit| count.saturating_sub(visit.count))
    }

    /// The mark as it is kept.
    pub fn json(&self) -> String {
        let mut text = String::from("{");
        for (name, moment) in [
            ("read", self.read),
            ("saved", self.saved),
            ("hidden", self.hidden),
        ] {
            if let Some(Timestamp(moment)) = moment {
                // Writing to a string can't fail.
                let _ = write!(text, "\"{name}\":{moment},");
            }
        }
        if let Some(visit) = self.last_visit {
            let _ = write!(
                text,
                "\"last_visit\":{{\"at\":{},\"count\":{},\"highest\":{}}},",
                visit.at.0, visit.count, visit.highest
            );
        }
        text += "\"collapsed\":[";
        for (place, id) in self.collapsed.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            let _ = write!(text, "{comma}{id}");
        }
        text + "]}"
    }
}

#[derive(Deserialize)]
pub struct RawMark {
    read: Option<u64>,
    saved: Option<u64>,
    hidden: Option<u64>,
    collapsed: Option<Vec<Id>>,
    last_visit: Option<RawVisit>,
}

#[derive(Deserialize)]
pub struct RawVisit {
    at: u64,
    count: u32,
    highest: Id,
}

impl Decode for Mark {
    type Raw = RawMark;

    fn from_raw(raw: RawMark) -> Self {
        let mut mark = Self {
            read: raw.read.map(Timestamp),
            saved: raw.saved.map(Timestamp),
            hidden: raw.hidden.map(Timestamp),
            collapsed: Vec::new(),
            last_visit: raw.last_visit.map(|visit| Visit {
                at: Timestamp(visit.at),
                count: visit.count,
                highest: visit.highest,
            }),
        };
        mark.collapse(&raw.collapsed.unwrap_or_default());
        mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(42);

    fn marked(markings: &[Marking]) -> Mark {
        let mut mark = Mark::default();
        for (at, marking) in markings.iter().enumerate() {
            mark.apply(marking, Timestamp(42 + at as u64));
        }
        mark
    }

    #[test]
    fn each_marking_is_undone_by_its_opposite() {
        for marking in [Marking::Read, Marking::Saved, Marking::Hidden] {
            let mut mark = marked(&[marking(true)]);
            assert_ne!(mark, Mark::default());
            mark.apply(&marking(false), NOW);
            assert_eq!(mark, Mark::default());
        }
    }

    #[test]
    fn what_is_marked_already_keeps_its_time() {
        let mark = marked(&[
            Marking::Read(true),
            Marking::Saved(true),
            Marking::Read(true),
        ]);
        assert_eq!(mark.read, Some(Timestamp(42)));
        assert_eq!(mark.saved, Some(Timestamp(43)));
    }

    #[test]
    fn folded_comments_are_remembered_once_each() {
        let mark = marked(&[
            Marking::Collapsed(vec![9, 3], true),
            Marking::Collapsed(vec![3, 5], true),
            Marking::Collapsed(vec![9, 7], false),
        ]);
        assert_eq!(mark.collapsed, [3, 5]);
        assert!(mark.is_collapsed(5) && !mark.is_collapsed(9));
    }

    #[test]
    fn a_visit_never_makes_seen_comments_new_again() {
        let mark = marked(&[Marking::Visited(10, 99), Marking::Visited(4, 50)]);
        let visit = mark.last_visit.expect("two visits");
        assert_eq!(
            (visit.at, visit.count, visit.highest),
            (Timestamp(43), 4, 99)
        );
        for (count, new) in [(16, 12), (4, 0), (3, 0)] {
            assert_eq!(mark.new_comments(count), new);
        }
        assert_eq!(Mark::default().new_comments(16), 0, "it was never visited");
    }

    #[test]
    fn a_mark_is_read_as_it_is_kept() {
        for mark in [
            Mark::default(),
            marked(&[
                Marking::Read(true),
                Marking::Saved(true),
                Marking::Hidden(true),
                Marking::Collapsed(vec![1, 2], true),
                Marking::Visited(3, 2),
            ]),
        ] {
            assert_eq!(Mark::decode(&mark.json()), Ok(mark));
        }
    }

    #[test]
    fn what_is_absent_isnt_marked_and_what_is_unknown_is_ignored() {
        let mark = Mark::decode(r#"{"saved":7,"colour":"red","collapsed":null}"#);
        let mark = mark.expect("decodable");
        assert_eq!((mark.saved, mark.read), (Some(Timestamp(7)), None));
        for unreadable in ["", "7", r#"{"read":"yes"}"#, r#"{"collapsed":[-1]}"#] {
            assert!(Mark::decode(unreadable).is_err(), "{unreadable}");
        }
    }
}
