use rustc_hash::FxHashSet as HashSet;

use super::{Entry, Part, Record};
use crate::hn::{Feed, Id};

/// What can be opened without a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    threads: HashSet<Id>,
    users: Vec<String>,
    feeds: Vec<String>,
}

impl Kept {
    /// From all that may be evicted, and the rankings.
    pub fn of(entries: Vec<Entry>, rankings: Vec<Record>) -> Self {
        let mut kept = Self::default();
        for entry in entries {
            match entry.part {
                Part::Threads => drop(kept.threads.insert(entry.key.id())),
                Part::Users => kept.users.push(entry.key.name().to_owned()),
                _ => {}
            }
        }
        for ranking in rankings {
            kept.feeds.push(ranking.key.name().to_owned());
        }
        kept
    }

    /// Whether a story's comments are.
    pub fn has_thread(&self, id: Id) -> bool {
        self.threads.contains(&id)
    }

    /// Whether a person is.
    pub fn has_user(&self, name: &str) -> bool {
        self.users.iter().any(|user| user == name)
    }

    /// Whether a feed is.
    pub fn has_feed(&self, feed: Feed) -> bool {
        self.feeds.iter().any(|name| name == feed.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Stored;
    use crate::store::record::Key;
    use crate::time::Timestamp;

    #[test]
    fn each_kind_is_found_by_its_own_key_alone() {
        let entry = |part, key| Entry {
            part,
            key,
            opened_at: Timestamp(1),
            bytes: 1,
        };
        let ada = || Key::Name("ada".to_owned());
        let body = Stored {
            value: "[]".to_owned(),
            fetched_at: Timestamp(1),
        };
        let best = Key::Name(Feed::Best.name().to_owned());
        let kept = Kept::of(
            vec![
                entry(Part::Items, Key::Id(1)),
                entry(Part::Threads, Key::Id(2)),
                entry(Part::Users, ada()),
            ],
            vec![Record::new(Part::Feeds, best, body)],
        );
        assert_eq!(
            [1, 2, 3].map(|id| kept.has_thread(id)),
            [false, true, false]
        );
        assert_eq!(["ada", "best"].map(|it| kept.has_user(it)), [true, false]);
        assert_eq!(
            [Feed::Best, Feed::Top].map(|it| kept.has_feed(it)),
            [true, false]
        );
    }
}
