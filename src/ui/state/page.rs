//! What a page knows of its stories, of itself and of its place in the ranking.

use crate::hn::{Id, Item};
use crate::store::Stored;
use crate::time::Timestamp;
use crate::ui::signal::Signal;

/// What is shown of one story.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// The story and when it was fetched, once there is one.
    pub story: Option<Stored<Item>>,
    /// Why the network failed, if it did.
    pub failed: Option<String>,
}

impl Content {
    /// The story itself, once there is one.
    pub fn item(&self) -> Option<&Item> {
        self.story.as_ref().map(|story| &story.value)
    }
}

/// One row of a page; it outlives the page's order.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its place in the ranking, from 1.
    pub rank: Signal<usize>,
    /// What stands in it.
    pub content: Signal<Content>,
}

/// How the page as a whole is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nothing to show yet.
    Blank,
    /// Being brought up to date.
    Loading,
    /// All answers are in.
    Settled,
    /// The ranking couldn't be fetched, and why.
    Failed(String),
}

impl Phase {
    /// Whether answers are awaited.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Blank | Self::Loading)
    }
}

/// How many of the stories asked for are there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Asked for.
    pub total: usize,
    /// Arrived.
    pub done: usize,
    /// Failed.
    pub failed: usize,
}

/// How what was asked for ended.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Outcome {
    Waiting,
    Done,
    Failed,
}

/// The page's place in the ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    pub(super) ids: Vec<Id>,
    pub(super) first: usize,
    /// How many pages the ranking has.
    pub pages: usize,
    /// When it was fetched.
    pub as_of: Timestamp,
}
