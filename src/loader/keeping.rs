use super::Change;
use crate::hn::{self, Feed, Id};

/// How far the download of a feed is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// What is being kept.
    pub feed: Feed,
    /// Its stories; 0 until they are known.
    pub total: usize,
    /// How many of them are there.
    pub done: usize,
    /// Those that couldn't be fetched.
    pub failed: Vec<Id>,
    /// Whether it goes on, and how it ended.
    pub stage: Stage,
    /// How it will end.
    trouble: Option<Stage>,
}

/// Where a download stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It goes on.
    Busy,
    /// Each story was asked for.
    Done,
    /// The reader stopped it; what had arrived is kept.
    Stopped,
    /// It isn't known what to keep.
    Unknown(hn::Error),
    /// It can't be kept here.
    NotKept,
}

impl Keeping {
    pub(super) fn new(feed: Feed) -> Self {
        Self {
            feed,
            total: 0,
            done: 0,
            failed: Vec::new(),
            stage: Stage::Busy,
            trouble: None,
        }
    }

    /// Begins again with those that failed, and tells which.
    pub(super) fn again(&mut self) -> Vec<Id> {
        self.total -= self.failed.len();
        (self.stage, self.trouble) = (Stage::Busy, None);
        std::mem::take(&mut self.failed)
    }

    /// Counts what the load of it tells; false for what changes nothing here.
    pub(super) fn note(&mut self, change: &Change) -> bool {
        match change {
            Change::Asked(ids) => self.total += ids.len(),
            Change::Fresh(_) => {
                self.total += 1;
                self.done += 1;
            }
            Change::Story { fresh: true, .. } => self.done += 1,
            Change::Failed(id, _) => self.failed.push(*id),
            Change::RankingFailed(error) => self.trouble = Some(Stage::Unknown(error.clone())),
            Change::NotKept(_) => self.trouble = Some(Stage::NotKept),
            _ => return false,
        }
        true
    }

    /// The load is over.
    pub(super) fn end(&mut self, stopped: bool) {
        self.stage = match self.trouble.take() {
            Some(Stage::NotKept) => Stage::NotKept,
            _ if stopped => Stage::Stopped,
            // Otherwise an older ranking was there.
            Some(trouble) if self.total == 0 => trouble,
            _ => Stage::Done,
        };
    }
}
