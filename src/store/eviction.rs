//! What goes when there is too much: decided from ages and sizes alone, without reading a text.
//!
//! What was opened least recently goes first; what wasn't opened since counts as opened when it was
//! fetched. Nothing of a saved story goes, and nothing that the reader marked is asked about here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use rustc_hash::FxHashSet as HashSet;

use super::Part;
use super::record::Key;
use crate::hn::Id;
use crate::time::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How much is kept, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// So many million bytes of text.
    pub megabytes: u32,
    /// So many days after it was opened last; 0 for as long as there is room.
    pub days: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            megabytes: 500,
            days: 90,
        }
    }
}

impl Bounds {
    /// Millions of bytes that can be chosen.
    pub const MEGABYTES: (u32, u32) = (1, 100_000);
    /// Days that can be chosen.
    pub const DAYS: (u32, u32) = (0, 3_650);

    /// The most that is kept, in bytes.
    pub fn bytes(&self) -> u64 {
        u64::from(self.megabytes) * 1_000_000
    }

    /// These, or the usual ones, as far as they can be chosen.
    pub fn within(megabytes: Option<u32>, days: Option<u32>) -> Self {
        let usual = Self::default();
        let within = |value: u32, (least, most)| value.clamp(least, most);
        Self {
            megabytes: within(megabytes.unwrap_or(usual.megabytes), Self::MEGABYTES),
            days: within(days.unwrap_or(usual.days), Self::DAYS),
        }
    }
}

/// A record that may go, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is kept.
    pub part: Part,
    /// By what it is found.
    pub key: Key,
    /// When it was opened or fetched last.
    pub opened_at: Timestamp,
    /// The length of its text.
    pub bytes: u64,
}

/// The records that go, the ones opened longest ago first. If the disk is `full`, a quarter of what
/// is there goes, however much the reader allows.
pub fn outdated(
    entries: &[Entry],
    bounds: Bounds,
    full: bool,
    saved: &HashSet<Id>,
    now: Timestamp,
) -> Vec<(Part, Key)> {
    let mut used: u64 = entries.iter().map(|entry| entry.bytes).sum();
    let limit = match full {
        true => bounds.bytes().min(used - used / 4),
        false => bounds.bytes(),
    };
    let oldest = match bounds.days {
        0 => Duration::MAX,
        days => DAY * days,
    };
    let mut by_age = BinaryHeap::new();
    for (place, entry) in entries.iter().enumerate() {
        if !saved.contains(&entry.key.id()) {
            by_age.push((Reverse(entry.opened_at), place));
        }
    }
    let mut keys = Vec::new();
    while let Some((Reverse(opened_at), place)) = by_age.pop()
        && (used > limit || opened_at.age(now) > oldest)
    {
        used -= entries[place].bytes;
        keys.push((entries[place].part, entries[place].key.clone()));
    }
    keys
}

/// How much there is of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heap {
    /// Records.
    pub count: u32,
    /// The length of their texts.
    pub bytes: u64,
}

/// Opened within so many days each; what is older is in an age of its own.
const AGES: [u32; 3] = [1, 7, 30];

/// What is kept: by when it was opened, the latest first, and in each age stories, threads and
/// people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings(pub [[Heap; 3]; 4]);

impl Holdings {
    /// Adds it up.
    pub fn of(entries: &[Entry], now: Timestamp) -> Self {
        let mut holdings = Self::default();
        for entry in entries {
            let old = entry.opened_at.age(now);
            let age = AGES.iter().filter(|days| old > DAY * **days).count();
            let kind = match entry.part {
                Part::Items => 0,
                Part::Threads => 1,
                _ => 2,
            };
            let heap = &mut holdings.0[age][kind];
            heap.count += 1;
            heap.bytes += entry.bytes;
        }
        holdings
    }

    /// How much there is of a kind: stories, threads or people.
    pub fn count(&self, kind: usize) -> u32 {
        self.0.iter().map(|age| age[kind].count).sum()
    }

    /// The length of all texts.
    pub fn bytes(&self) -> u64 {
        self.0.as_flattened().iter().map(|heap| heap.bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;
    const NOW: Timestamp = Timestamp(1_000 * 86_400_000);

    fn entry((part, key): (Part, Key), days_ago: u64, bytes: u64) -> Entry {
        Entry {
            part,
            key,
            opened_at: Timestamp(NOW.0 - days_ago * 86_400_000),
            bytes,
        }
    }

    fn ada() -> (Part, Key) {
        (Part::Users, Key::Name("ada".to_owned()))
    }

    fn story(id: Id) -> (Part, Key) {
        (Part::Items, Key::Id(id))
    }

    fn thread(id: Id) -> (Part, Key) {
        (Part::Threads, Key::Id(id))
    }

    fn shelf() -> Vec<Entry> {
        vec![
            entry(thread(1), 2, MB),
            entry(story(1), 3, 1_000),
            entry(thread(2), 50, MB),
            entry(ada(), 100, MB),
            entry(thread(3), 0, MB),
        ]
    }

    fn going(megabytes: u32, days: u32, full: bool, saved: &[Id]) -> Vec<(Part, Key)> {
        let saved = saved.iter().copied().collect();
        outdated(&shelf(), Bounds { megabytes, days }, full, &saved, NOW)
    }

    #[test]
    fn what_is_within_bounds_stays() {
        assert_eq!(going(5, 0, false, &[]), []);
        assert_eq!(going(5, 101, false, &[]), []);
    }

    #[test]
    fn what_was_opened_longest_ago_goes_first_and_no_more_than_must() {
        assert_eq!(going(4, 0, false, &[]), [ada()]);
        assert_eq!(going(3, 0, false, &[]), [ada(), thread(2)]);
        assert_eq!(going(1, 0, false, &[]).len(), 4);
    }

    #[test]
    fn what_was_not_opened_for_too_long_goes_though_there_is_room() {
        assert_eq!(going(500, 99, false, &[]), [ada()]);
        assert_eq!(going(500, 30, false, &[]), [ada(), thread(2)]);
        assert_eq!(going(500, 1, false, &[]).len(), 4);
    }

    #[test]
    fn nothing_of_a_saved_story_goes_even_if_nothing_else_is_left_to_go() {
        assert_eq!(going(2, 1, false, &[1, 2, 3]), [ada()]);
        let others = [ada(), story(1)];
        assert_eq!(going(3, 0, false, &[2]), others, "they go in its place");
        assert_eq!(going(500, 30, true, &[2]), others);
    }

    #[test]
    fn a_full_disk_makes_a_quarter_go_whatever_the_reader_allows() {
        assert_eq!(going(500, 0, true, &[]), [ada(), thread(2)]);
        assert_eq!(going(1, 0, true, &[]).len(), 4, "less is allowed anyway");
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_go() {
        let ahead = vec![Entry {
            part: Part::Items,
            key: Key::Id(1),
            opened_at: Timestamp(NOW.0 + 1),
            bytes: MB,
        }];
        let bounds = Bounds {
            megabytes: 500,
            days: 1,
        };
        assert_eq!(
            outdated(&ahead, bounds, false, &HashSet::default(), NOW),
            []
        );
    }

    #[test]
    fn what_is_kept_adds_up_by_age_and_kind() {
        let holdings = Holdings::of(&shelf(), NOW);
        assert_eq!([0, 1, 2].map(|kind| holdings.count(kind)), [1, 3, 1]);
        assert_eq!(holdings.bytes(), 4 * MB + 1_000);
        let threads = holdings.0.map(|age| age[1].count);
        assert_eq!(threads, [1, 1, 0, 1]);
        assert_eq!(holdings.0[3][2].bytes, MB);
    }
}
