//! What loads do next: events in, effects out, no waiting and no browser.
//!
//! Each kind of load is a [`Plan`] of its own; all speak of what happens and what is to be done in
//! the same words, and one runner carries them out.

use std::time::Duration;

use super::Change;
use crate::hn::{Error, Feed, Fetched, Hits, Id, Item, Query, Tree, User};
use crate::http;
use crate::store::{self, Batch, Part, Record, Stored, StoredThread};
use crate::sync::Priority;
use crate::time::Timestamp;

mod discussion;
mod person;
mod search;
mod shelving;
mod stories;

pub use discussion::{Discussion, INDEX_WITHIN, Offline};
pub use person::Person;
pub use search::{PAUSE, Search};
pub use shelving::Shelving;
pub use stories::Stories;

/// Decides what one load does next.
pub trait Plan {
    /// What follows from `event`.
    fn on(&mut self, event: Event, now: Timestamp) -> Vec<Effect>;
}

/// Stories on a page.
pub const PAGE: usize = 30;

/// For so long an answer is as good as a new one.
pub const FRESH: Duration = Duration::from_secs(60);

/// A load that isn't through by then fails what is still missing. One that asks for more stories
/// than a page has goes on for as long as stories come: for it, this counts from the last one.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// A load that takes longer than this keeps what it has by then, and again after each such time.
pub const KEEP_EVERY: Duration = Duration::from_secs(2);

/// Which part of a ranking a load is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// The page with this number, from 1.
    One(usize),
    /// The whole ranking at once.
    All,
}

impl Pages {
    /// How many stories stand before it.
    pub(super) fn first(self) -> usize {
        match self {
            Self::One(page) => page.saturating_sub(1).saturating_mul(PAGE),
            Self::All => 0,
        }
    }

    /// How many stories it has at most.
    pub(super) fn most(self) -> usize {
        match self {
            Self::One(_) => PAGE,
            Self::All => usize::MAX,
        }
    }
}

/// What happened.
#[allow(clippy::large_enum_variant, reason = "an event lives for one call")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The store's ranking of the feed.
    StoredRanking(Option<Stored<Vec<Id>>>),
    /// Those of the items asked for that the store has.
    StoredItems(Vec<Stored<Item>>),
    /// What the store has of an item by itself, and with the comments below it.
    StoredThread(StoredThread),
    /// The store's profile of a person.
    StoredUser(Option<Stored<User>>),
    /// The network's profile of a person.
    User(Result<Fetched<User>, Error>),
    /// The network's ranking.
    Ranked(Result<Vec<Id>, Error>),
    /// The network's answer for one item.
    Item(Id, Result<Fetched<Item>, Error>),
    /// The index's tree.
    Tree(Result<Tree, Error>),
    /// What the index found.
    Hits(Result<Hits, Error>),
    /// Records of the store.
    StoredPart(Vec<Record>),
    /// The time of an [`Effect::Wake`] has come.
    Woken,
    /// What was to be kept is kept, or isn't.
    Kept(Result<(), store::Error>),
    /// [`KEEP_EVERY`] has passed.
    Tick,
    /// [`DEADLINE`] has passed, and what that means for what isn't there by then.
    Overdue(http::Error),
    /// The reader went elsewhere.
    Left,
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read a feed's ranking from the store.
    ReadRanking(Feed),
    /// Read these items from the store.
    ReadItems(Vec<Id>),
    /// Read an item and the comments below it from the store.
    ReadThread(Id),
    /// Read a person's profile from the store.
    ReadUser(String),
    /// Ask the network for a person's profile.
    FetchUser(String),
    /// Ask the network for a feed's ranking.
    FetchRanking(Feed),
    /// Ask the network for an item.
    FetchItem(Id, Priority),
    /// Ask the index for an item and all below it.
    FetchTree(Id),
    /// Ask the index for a page of what it finds.
    FetchHits(Query),
    /// Show what the shelf has, and what the index found.
    LookUp(Query, Option<Hits>),
    /// Read so many records of the store, from the first beyond this one on.
    ReadPart(Part, Id, u32),
    /// Put these items, which belong to this story, on the shelf.
    Shelve(String, Option<Id>),
    /// Everything is on the shelf.
    Shelved,
    /// Tell of it when so much time has passed.
    Wake(Duration),
    /// The deadline counts from now.
    Extend,
    /// Tell the page.
    Show(Change),
    /// This is the feed's snapshot from now on.
    Remember(Feed, Stored<Vec<Id>>),
    /// Keep this, in one transaction.
    Keep(Batch),
    /// Abort whatever is still under way.
    Abort,
    /// The load is over.
    Finish,
}
