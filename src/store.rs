//! What is kept between visits, behind one trait: IndexedDB, or memory where the browser has none.
//!
//! A write is a [`Batch`] and one transaction: all of it is kept or nothing. Everything is an
//! upsert by key, so that nothing is ever there twice. Bodies are the API's own JSON text; one that
//! can't be decoded any more counts as absent and never stands in the way of the others.

use futures_core::future::LocalBoxFuture;
use miniserde::Deserialize;

use crate::hn::{Decode, Feed, Id, Item, User, quoted};
use crate::http::policy::{Limits, StoredLimits};
use crate::time::Timestamp;

pub mod eviction;
mod job;
mod kept;
mod mark;
mod memory;
pub mod record;
pub mod schema;

#[cfg(target_arch = "wasm32")]
pub mod indexed_db;

pub use eviction::{Bounds, Entry};
pub use job::{Course, Job};
pub use kept::Kept;
pub use mark::{Mark, Marking, Visit};
pub use memory::Memory;
use record::Key;
pub use record::{Part, Record};

/// Why something wasn't read or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The browser has no IndexedDB, or refuses it to this page.
    #[error("this browser doesn't let the page keep anything")]
    Unavailable,
    /// The database was written by a later version of the app.
    #[error("the database belongs to a newer version")]
    Newer,
    /// It didn't open in time, perhaps because another tab holds an older version open; or a read
    /// took too long.
    #[error("the database didn't answer in time")]
    Slow,
    /// There is no more room in the browser; nothing of the transaction was kept.
    #[error("the browser's storage is full")]
    Full,
    /// The browser found its files damaged and deleted them; it keeps things again.
    #[error("the browser found the database damaged and deleted it")]
    Lost {
        /// Whether the reader's marks are there again.
        restored: bool,
    },
    /// A transaction failed; nothing of it was kept.
    #[error("the database failed: {0}")]
    Failed(String),
}

/// Something kept, and when the network last confirmed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored<T> {
    /// What was kept.
    pub value: T,
    /// When it was fetched.
    pub fetched_at: Timestamp,
}

impl Stored<String> {
    /// The kept JSON text as the value it holds, if it still can be read.
    fn decode<T: Decode>(&self) -> Option<Stored<T>> {
        Some(Stored {
            value: T::decode(&self.value).ok()?,
            fetched_at: self.fetched_at,
        })
    }
}

/// What one load brought, to be kept in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// A feed's new ranking and when it was fetched.
    pub feed: Option<(Feed, Stored<Vec<Id>>)>,
    /// Items by id: the API's JSON text and when it was fetched.
    pub items: Vec<(Id, Stored<String>)>,
    /// A thread as far as it is here.
    pub thread: Option<KeptThread>,
    /// A profile by name: the API's JSON text and when it was fetched.
    pub user: Option<(String, Stored<String>)>,
    /// A download, and where it stands.
    pub job: Option<Job>,
}

/// All comments of one story, kept as one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptThread {
    /// The item that the thread hangs from.
    pub id: Id,
    /// The items as JSON, parents before their replies, and when they were fetched.
    pub items: Stored<String>,
    /// Every known id had an answer.
    pub loaded: bool,
    /// Every list stood in Hacker News' order.
    pub ranked: bool,
    /// There were no replies that nobody told of.
    pub verified: bool,
}

impl KeptThread {
    /// Whether it must give way to what is kept, which is so long and may be loaded: somebody who
    /// had more of the thread may have kept it meanwhile.
    fn gives_way(&self, loaded: bool, bytes: usize) -> bool {
        loaded && !self.loaded && self.items.value.len() < bytes
    }
}

/// What is kept of an item and of the comments below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredThread {
    /// The item by itself.
    pub item: Option<Stored<Item>>,
    /// The item with its comments, parents before their replies.
    pub items: Option<Stored<Vec<Item>>>,
    /// No comment was missing of these.
    pub verified: bool,
}

impl Batch {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes out all that is kept as records.
    fn records(&mut self) -> Vec<Record> {
        let mut records = Vec::new();
        if let Some((feed, ranking)) = self.feed.take() {
            let body = Stored {
                value: record::json_array(&ranking.value),
                fetched_at: ranking.fetched_at,
            };
            records.push(Record::new(
                Part::Feeds,
                Key::Name(feed.name().to_owned()),
                body,
            ));
        }
        for (id, item) in self.items.drain(..) {
            records.push(Record::new(Part::Items, Key::Id(id), item));
        }
        if let Some(thread) = self.thread.take() {
            records.push(Record {
                facts: [thread.loaded, thread.ranked, thread.verified],
                ..Record::new(Part::Threads, Key::Id(thread.id), thread.items)
            });
        }
        if let Some((name, user)) = self.user.take() {
            records.push(Record::new(Part::Users, Key::Name(name), user));
        }
        records
    }

    /// The length of all JSON texts of the API in it, in bytes.
    pub fn bytes(&self) -> usize {
        let items = self.items.iter().map(|(_, item)| item);
        let thread = self.thread.iter().map(|thread| &thread.items);
        let user = self.user.iter().map(|(_, user)| user);
        let all = items.chain(thread).chain(user);
        all.map(|text| text.value.len()).sum()
    }
}

/// What the reader chose, kept as one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// How hard the app may work the network.
    pub network: Limits,
    /// What feeds leave out.
    pub reading: Reading,
    /// How much is kept, and for how long.
    pub bounds: Bounds,
    /// Whether single letters do nothing: who speaks to the browser may say them by chance.
    pub keys_off: bool,
}

/// What feeds leave out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Whether they leave out what is read.
    pub hide_read: bool,
    /// Words, sites and people, one entry a line or between commas.
    pub filter: String,
}

impl Settings {
    /// The settings as they are kept.
    pub fn json(&self) -> String {
        let Reading { hide_read, filter } = &self.reading;
        format!(
            "{{\"network\":{},\"megabytes\":{},\"days\":{},\"keys_off\":{},\"reading\":{{\"hide_read\":{hide_read},\"filter\":{}}}}}",
            self.network.json(),
            self.bounds.megabytes,
            self.bounds.days,
            self.keys_off,
            quoted(filter)
        )
    }
}

#[derive(Deserialize)]
pub struct RawSettings {
    network: Option<StoredLimits>,
    reading: Option<RawReading>,
    megabytes: Option<u32>,
    days: Option<u32>,
    keys_off: Option<bool>,
}

#[derive(Deserialize)]
pub struct RawReading {
    hide_read: Option<bool>,
    filter: Option<String>,
}

impl Decode for Settings {
    type Raw = RawSettings;

    fn from_raw(raw: RawSettings) -> Self {
        Self {
            network: raw.network.map(Limits::from).unwrap_or_default(),
            reading: raw.reading.map_or_else(Reading::default, |raw| Reading {
                hide_read: raw.hide_read.unwrap_or_default(),
                filter: raw.filter.unwrap_or_default(),
            }),
            bounds: Bounds::within(raw.megabytes, raw.days),
            keys_off: raw.keys_off.unwrap_or_default(),
        }
    }
}

/// Keeps feeds, items, marks and settings.
pub trait Store {
    /// The last ranking of `feed` that was kept.
    fn feed(&self, feed: Feed) -> LocalBoxFuture<'_, Result<Option<Stored<Vec<Id>>>, Error>>;

    /// Those of `ids` that are kept, in the order asked for.
    fn items(&self, ids: Vec<Id>) -> LocalBoxFuture<'_, Result<Vec<Stored<Item>>, Error>>;

    /// An item, and the comments below it, as far as they are kept.
    fn thread(&self, id: Id) -> LocalBoxFuture<'_, Result<StoredThread, Error>>;

    /// The profile of the person with this name, if it is kept.
    fn user(&self, name: String) -> LocalBoxFuture<'_, Result<Option<Stored<User>>, Error>>;

    /// At most `most` records of a part, in the order of keys, from the first beyond `after` on.
    /// They may be unreadable.
    fn part(
        &self,
        part: Part,
        after: Key,
        most: u32,
    ) -> LocalBoxFuture<'_, Result<Vec<Record>, Error>>;

    /// [Merges](Record::merge) all of `records` into what is there, or nothing of it; so many of
    /// them changed something.
    fn merge(&self, records: Vec<Record>) -> LocalBoxFuture<'_, Result<u32, Error>>;

    /// Keeps all of `batch`, or nothing of it.
    fn write(&self, batch: Batch) -> LocalBoxFuture<'_, Result<(), Error>>;

    /// The marks of all stories that have any.
    fn marks(&self) -> LocalBoxFuture<'_, Result<Vec<(Id, Mark)>, Error>>;

    /// The marks of one story as they are now.
    fn mark(&self, id: Id) -> LocalBoxFuture<'_, Result<Mark, Error>>;

    /// Carries out `marking` on what is kept of a story's marks, and returns what they are now,
    /// once it can't be lost any more.
    fn set_mark(
        &self,
        id: Id,
        marking: Marking,
        now: Timestamp,
    ) -> LocalBoxFuture<'_, Result<Mark, Error>>;

    /// What is kept and may go, without the texts.
    fn census(&self) -> LocalBoxFuture<'_, Result<Vec<Entry>, Error>>;

    /// Deletes these in one transaction, but for what belongs to a story that is saved by now. Where
    /// nothing outlives the page, nothing has to go before it.
    fn evict(&self, keys: Vec<(Part, Key)>) -> LocalBoxFuture<'_, Result<(), Error>> {
        let _ = keys;
        Box::pin(async { Ok(()) })
    }

    /// Notes that the reader opened these, as far as they are kept, which matters to `evict` alone.
    fn touch(
        &self,
        keys: Vec<(Part, Key)>,
        now: Timestamp,
    ) -> LocalBoxFuture<'_, Result<(), Error>> {
        let _ = (keys, now);
        Box::pin(async { Ok(()) })
    }

    /// Deletes all but the settings and, unless `marks` is set, the marks.
    fn clear(&self, marks: bool) -> LocalBoxFuture<'_, Result<(), Error>>;

    /// The last download of each feed.
    fn jobs(&self) -> LocalBoxFuture<'_, Result<Vec<Job>, Error>>;

    /// The reader's settings, or the defaults.
    fn settings(&self) -> LocalBoxFuture<'_, Result<Settings, Error>>;

    /// Carries out `change` on the settings as they are kept, and returns what they are then.
    fn change_settings<'a>(
        &'a self,
        change: &'a dyn Fn(&mut Settings),
    ) -> LocalBoxFuture<'a, Result<Settings, Error>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_they_are_kept() {
        let settings = Settings {
            network: Limits {
                permits: 3,
                ..Limits::default()
            },
            reading: Reading {
                hide_read: true,
                filter: "by:\"x\"\nsite:a,b\\c".to_owned(),
            },
            bounds: Bounds {
                megabytes: 7,
                days: 0,
            },
            keys_off: true,
        };
        assert_eq!(Settings::decode(&settings.json()), Ok(settings));
        let older = Settings::decode(r#"{"network":{"permits":3}}"#);
        let older = older.expect("decodable");
        assert_eq!(older.reading, Reading::default());
        assert_eq!(older.bounds, Bounds::default());
        let absurd = Settings::decode(r#"{"megabytes":0,"days":99999}"#);
        let absurd = absurd.expect("decodable").bounds;
        assert_eq!((absurd.megabytes, absurd.days), (1, 3_650));
    }
}
