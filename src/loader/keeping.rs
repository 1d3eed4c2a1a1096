use std::time::Duration;

use rustc_hash::FxHashSet as HashSet;

use super::Change;
use crate::hn::{self, Id, Item};
use crate::store::Job;

/// From so many stories on, the time that the others will take can be told.
const ENOUGH_TO_TELL: u64 = 5;

/// How far the download of a feed is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// What is being kept.
    pub job: Job,
    /// Its stories; 0 until they are known.
    pub total: usize,
    /// How many of them are there, with all their comments.
    pub done: usize,
    /// How many of these were there when it began, or began again.
    pub had: usize,
    /// How many comments they have.
    pub comments: usize,
    /// How many bytes of JSON were written.
    pub bytes: usize,
    /// Those that couldn't be fetched, or not with all their comments.
    pub failed: Vec<Id>,
    /// Whether it goes on, and how it ended.
    pub stage: Stage,
    /// For how long it has been going on.
    pub elapsed: Duration,
}

/// Where a download stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It goes on.
    Busy,
    /// It goes on once another tab is through with its own.
    Waiting,
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
    /// Whether it goes on.
    pub fn is_on(&self) -> bool {
        matches!(self.stage, Stage::Busy | Stage::Waiting)
    }

    /// How long it will still take, if it goes on as it did.
    pub fn seconds_left(&self) -> Option<u64> {
        let fetched = self.done.saturating_sub(self.had) as u64;
        let left = self.total.saturating_sub(self.done + self.failed.len()) as u64;
        (self.stage == Stage::Busy && fetched >= ENOUGH_TO_TELL)
            .then(|| self.elapsed.as_secs() * left / fetched)
    }
}

/// Counts what a download brings, and knows what is still to come.
#[derive(Debug)]
pub(super) struct Tally {
    pub keeping: Keeping,
    /// How it will end.
    trouble: Option<Stage>,
    /// Stories that have comments.
    discussed: HashSet<Id>,
    /// Those of them whose comments are still to come, in the order in which they are fetched.
    awaiting: Vec<Id>,
}

impl Tally {
    pub fn new(job: Job) -> Self {
        Self {
            keeping: Keeping {
                job,
                total: 0,
                done: 0,
                had: 0,
                comments: 0,
                bytes: 0,
                failed: Vec::new(),
                stage: Stage::Busy,
                elapsed: Duration::ZERO,
            },
            trouble: None,
            discussed: HashSet::default(),
            awaiting: Vec::new(),
        }
    }

    /// Begins again with those that failed, and tells which; none if it ended before all had their
    /// turn.
    pub fn again(&mut self) -> Vec<Id> {
        if self.keeping.stage != Stage::Done {
            return Vec::new();
        }
        self.keeping.total -= self.keeping.failed.len();
        self.keeping.had = self.keeping.done;
        (self.keeping.stage, self.trouble) = (Stage::Busy, None);
        std::mem::take(&mut self.keeping.failed)
    }

    /// Counts what the load of its stories tells; false for what changes nothing here.
    pub fn note(&mut self, change: &Change) -> bool {
        match change {
            Change::Asked(ids) => self.keeping.total += ids.len(),
            Change::Fresh(id) => {
                self.keeping.total += 1;
                let done = self.keeping.done;
                self.arrived(*id);
                self.keeping.had += self.keeping.done - done;
            }
            Change::Story { id, story, fresh } => {
                if is_discussed(&story.value) {
                    self.discussed.insert(*id);
                }
                if !fresh {
                    return false;
                }
                self.arrived(*id);
            }
            Change::Failed(id, _) => self.keeping.failed.push(*id),
            Change::RankingFailed(error) => self.trouble = Some(Stage::Unknown(error.clone())),
            Change::NotKept(_) => self.trouble = Some(Stage::NotKept),
            _ => return false,
        }
        true
    }

    fn arrived(&mut self, id: Id) {
        match self.discussed.remove(&id) {
            true => self.awaiting.push(id),
            false => self.keeping.done += 1,
        }
    }

    /// The stories whose comments are to be fetched now.
    pub fn awaiting(&mut self) -> Vec<Id> {
        std::mem::take(&mut self.awaiting)
    }

    /// All that can be had of a story is there: so many comments, if none is missing.
    pub fn threaded(&mut self, id: Id, comments: Option<usize>) {
        match comments {
            Some(comments) => {
                self.keeping.done += 1;
                self.keeping.comments += comments;
            }
            None => self.keeping.failed.push(id),
        }
    }

    /// What is fetched can't be kept.
    pub fn is_refused(&mut self) -> bool {
        self.trouble == Some(Stage::NotKept)
    }

    /// The load is over.
    pub fn end(&mut self, stopped: bool) {
        self.keeping.stage = match self.trouble.take() {
            Some(Stage::NotKept) => Stage::NotKept,
            _ if stopped => Stage::Stopped,
            // Otherwise an older ranking was there.
            Some(trouble) if self.keeping.total == 0 => trouble,
            _ => Stage::Done,
        };
    }
}

fn is_discussed(story: &Item) -> bool {
    story.descendants.is_some_and(|count| count > 0)
        || !story.kids.is_empty()
        || !story.parts.is_empty()
}
