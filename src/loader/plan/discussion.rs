//! A load of an item with all comments below it, and, for a comment, the trail of its parents.
//!
//! The story comes from the official API, whose `kids` rank the top level, and the whole tree from
//! the search index, side by side. What the tree lacks is then asked for one by one; next the order
//! of each list of two or more replies; last, if the tree looks too small, whether anything has
//! replies that nobody told of. Without the index, or if it hasn't answered within [`INDEX_WITHIN`],
//! the official API alone is walked breadth first. Where only the index gives the story, the top
//! level stands in the order of its ids.
//!
//! A download keeps a thread by the same plan, at the pace of one that nobody waits for: first the
//! story, unless the download has it already, then the tree, unless nothing was missing when the
//! story counted as many comments. It is written once, at its end.

use std::time::Duration;

use rustc_hash::FxHashSet as HashSet;

use super::{Effect, Event, FRESH, Plan};
use crate::hn::{Error, Fetched, Id, Item, Kind, Reply, Thread, Tree, sort};
use crate::http;
use crate::loader::Change;
use crate::store::{Batch, KeptThread, Stored, StoredThread};
use crate::sync::Priority;
use crate::time::Timestamp;

/// The index has so long before the official API is asked for everything.
pub const INDEX_WITHIN: Duration = Duration::from_secs(2);

/// If a thread that was kept just now lacks no more than these, they are asked for one by one; if it
/// lacks more, it was left before its tree came.
const FEW: usize = 6;

/// A thread is one record: after the first time it isn't written as often as single stories are.
const KEEP_EVERY_TICKS: usize = 5;

/// No comment stands deeper; a trail that does runs in a circle.
const LONGEST_TRAIL: usize = 500;

/// What a download wants of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offline {
    /// What was fetched since then is good.
    pub since: Timestamp,
    /// Whether the order of all lists is asked for, too, and replies that its tree doesn't tell of:
    /// one more request for each comment with several replies; for each comment, if the tree looks
    /// too small. Where there is no tree, these are asked for in any case.
    pub exact: bool,
}

/// Where the tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Index {
    /// On its way: what it may hold isn't asked for one by one.
    Awaited,
    /// Late: it is still welcome.
    Late,
    /// Here, not wanted, or not to be had.
    Done,
}

/// One load of a thread.
#[derive(Debug)]
pub struct Discussion {
    id: Id,
    thread: Thread,
    refresh: bool,
    /// What a download wants; none where somebody waits for it.
    download: Option<Offline>,
    index: Index,
    /// All that was asked for: nothing is asked for twice.
    asked: HashSet<Id>,
    waiting: HashSet<Id>,
    reading: bool,
    /// The parent that the store is asked for.
    climbing: Option<Id>,
    trail: Vec<(Id, Reply)>,
    /// When what is shown was fetched; none as long as nothing is.
    as_of: Option<Timestamp>,
    /// That is settled: nothing else that comes makes it newer.
    renewed: bool,
    /// Something came from the network and isn't kept yet.
    unkept: bool,
    /// The story, or a parent, word for word.
    batch: Batch,
    keeping: usize,
    ticks: usize,
    /// Why the network has nothing newer.
    failed: Option<Error>,
    /// Why a comment couldn't be looked at.
    unseen: Option<Error>,
    ended: bool,
}

impl Discussion {
    /// A load of `id`. `refresh` asks for everything anew; `algolia` tells whether the index may be
    /// asked.
    pub fn open(id: Id, refresh: bool, algolia: bool) -> (Self, Vec<Effect>) {
        let plan = Self {
            id,
            thread: Thread::new(id),
            refresh,
            download: None,
            index: if algolia { Index::Awaited } else { Index::Done },
            asked: HashSet::default(),
            waiting: HashSet::default(),
            reading: true,
            climbing: None,
            trail: Vec::new(),
            as_of: None,
            renewed: false,
            unkept: false,
            batch: Batch::default(),
            keeping: 0,
            ticks: 0,
            failed: None,
            unseen: None,
            ended: false,
        };
        (plan, vec![Effect::ReadThread(id)])
    }

    /// A load of the story `id` and its comments that nobody waits for, so that they can be read
    /// offline.
    pub fn keep(id: Id, wanted: Offline, algolia: bool) -> (Self, Vec<Effect>) {
        let (mut plan, effects) = Self::open(id, false, algolia);
        plan.download = Some(wanted);
        (plan, effects)
    }

    /// What was kept is shown at once; what of it is recent enough isn't asked for again.
    fn recalled(&mut self, stored: StoredThread, now: Timestamp, effects: &mut Vec<Effect>) {
        self.reading = false;
        let kept_at = stored.items.as_ref().map(|kept| kept.fetched_at);
        let just_now = !self.refresh && kept_at.is_some_and(|at| at.is_within(FRESH, now));
        if let Some(kept) = stored.items {
            self.thread.recall(kept.value, just_now);
        }
        if stored.verified {
            self.thread.was_verified();
        }
        let story_at = stored.item.as_ref().map(|story| story.fetched_at);
        if let Some(story) = stored.item
            // Whatever a wrong clock dates in the future is the older one.
            && kept_at.is_none_or(|at| at < story.fetched_at || at > now)
        {
            self.thread.recall(vec![story.value], false);
        }
        self.as_of = kept_at;
        effects.extend(kept_at.map(|at| Effect::Show(Change::AsOf(at))));
        if let Some(Offline { since, .. }) = self.download {
            let is_good = |at: Option<Timestamp>| at.is_some_and(|at| (since..=now).contains(&at));
            match is_good(kept_at) || is_good(story_at) {
                true => self.fetch_rest(effects),
                false => self.fetch(vec![self.id], Priority::Now, effects),
            }
            return;
        }
        if just_now && self.lacks() <= FEW {
            // As of when it was kept, whatever comes of these.
            (self.index, self.renewed) = (Index::Done, true);
            self.fetch_lacking(effects);
            return;
        }
        self.fetch(vec![self.id], Priority::Now, effects);
        if self.index == Index::Awaited {
            effects.push(Effect::FetchTree(self.id));
            effects.push(Effect::Wake(INDEX_WITHIN));
        }
    }

    /// So many comments are known to exist, or are counted, and aren't here.
    fn lacks(&self) -> usize {
        let counted = self.counted().unwrap_or_default() as usize;
        let there = self.thread.facts().there;
        let lacking = self.thread.lacking().len();
        lacking.max(counted.saturating_sub(there))
    }

    fn counted(&self) -> Option<u32> {
        self.thread.root()?.descendants
    }

    /// Asks for what a download lacks once it has the story.
    fn fetch_rest(&mut self, effects: &mut Vec<Effect>) {
        let has = self.thread.facts().verified;
        let awaits = self.counted() != Some(0) || !self.thread.awaited_below(self.id).is_empty();
        if self.index == Index::Awaited && awaits && !has {
            effects.push(Effect::FetchTree(self.id));
        } else {
            self.index = Index::Done;
            self.fetch_lacking(effects);
        }
    }

    fn grown(&mut self, tree: Result<Tree, Error>, now: Timestamp, effects: &mut Vec<Effect>) {
        self.index = Index::Done;
        if let Ok(tree) = tree {
            self.is_as_of(now, effects);
            self.thread.grow(tree);
        }
        self.fetch_lacking(effects);
    }

    fn answered(
        &mut self,
        id: Id,
        answer: Result<Fetched<Item>, Error>,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        self.waiting.remove(&id);
        let answer = match answer {
            Ok(Fetched { value, json }) => {
                self.unkept = true;
                if self.as_of.is_none() {
                    // Nothing else is shown.
                    self.is_as_of(now, effects);
                }
                effects.push(Effect::Extend);
                if id == self.id || self.is_on_trail(id) {
                    let json = Stored {
                        value: json,
                        fetched_at: now,
                    };
                    self.batch.items.push((id, json));
                }
                Ok(value)
            }
            Err(error) => {
                match error {
                    _ if id == self.id => self.failed = Some(error.clone()),
                    Error::Missing => {}
                    _ => self.unseen = Some(error.clone()),
                }
                Err(error)
            }
        };
        if self.is_on_trail(id) {
            self.climbed(id, answer, effects);
            return;
        }
        let failed = answer.is_err();
        // The index may bring the story, too: nobody is told before it had its time.
        if !failed || id != self.id || self.index != Index::Awaited {
            self.thread.answer(id, answer);
        }
        if self.download.is_some() && id == self.id {
            match failed {
                true => self.index = Index::Done,
                false => self.fetch_rest(effects),
            }
        } else if self.index != Index::Awaited {
            let found = self.thread.awaited_below(id);
            self.fetch(found, Priority::Now, effects);
        }
    }

    /// All that is shown is as of now, not only one item of many.
    fn is_as_of(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        (self.renewed, self.unkept) = (true, true);
        if self.as_of.replace(now) != Some(now) {
            effects.push(Effect::Show(Change::AsOf(now)));
        }
    }

    /// Asks for what isn't here, then for the order of what is.
    fn fetch_lacking(&mut self, effects: &mut Vec<Effect>) {
        if self.thread.root().is_none() {
            self.fetch(vec![self.id], Priority::Now, effects);
        }
        self.fetch(self.thread.lacking(), Priority::Now, effects);
        if self.download.is_some_and(|wanted| !wanted.exact) {
            return;
        }
        let unranked = match self.refresh {
            true => self.thread.branching(),
            false => self.thread.unranked(),
        };
        self.fetch(unranked, Priority::Soon, effects);
    }

    fn fetch(&mut self, ids: Vec<Id>, priority: Priority, effects: &mut Vec<Effect>) {
        let priority = match self.download {
            Some(_) => Priority::Later,
            None => priority,
        };
        for id in ids {
            if self.asked.insert(id) {
                self.waiting.insert(id);
                effects.push(Effect::FetchItem(id, priority));
            }
        }
    }

    fn is_on_trail(&self, id: Id) -> bool {
        self.trail.last().is_some_and(|(last, _)| *last == id)
    }

    /// Goes on to the next parent, once the one below it is here.
    fn climb(&mut self, effects: &mut Vec<Effect>) {
        let below = match self.trail.last() {
            None => self.thread.root(),
            Some((_, Reply::There(item))) => Some(item.as_ref()),
            Some(_) => None,
        };
        let parent = below.and_then(|item| item.parent.or(item.poll));
        let Some(parent) = parent.filter(|_| self.trail.len() < LONGEST_TRAIL) else {
            return;
        };
        self.trail.push((parent, Reply::Awaited));
        self.climbing = Some(parent);
        effects.push(Effect::ReadItems(vec![parent]));
    }

    /// The store has the next parent, or not.
    fn recalled_parent(&mut self, items: Vec<Stored<Item>>, effects: &mut Vec<Effect>) {
        let Some(parent) = self.climbing.take() else {
            return;
        };
        match items.into_iter().next() {
            Some(item) => self.climbed(parent, Ok(item.value), effects),
            None if self.asked.contains(&parent) => {
                self.climbed(parent, Err(Error::Missing), effects);
            }
            None => self.fetch(vec![parent], Priority::Now, effects),
        }
    }

    fn climbed(&mut self, id: Id, answer: Result<Item, Error>, effects: &mut Vec<Effect>) {
        let reply = match answer {
            Ok(item) => Reply::There(item.into()),
            Err(error) => Reply::Failed(error),
        };
        if let Some(last) = self.trail.last_mut() {
            *last = (id, reply);
        }
        self.climb(effects);
        effects.push(Effect::Show(Change::Trail(self.trail.clone())));
    }

    fn give_up(&mut self, error: http::Error, effects: &mut Vec<Effect>) {
        effects.push(Effect::Abort);
        let error = Error::Http(error);
        self.index = Index::Done;
        self.climbing = None;
        let mut waiting: Vec<_> = self.waiting.drain().collect();
        sort(&mut waiting);
        for id in waiting {
            match self.is_on_trail(id) {
                true => self.climbed(id, Err(error.clone()), effects),
                false => self.thread.answer(id, Err(error.clone())),
            }
        }
        self.failed = Some(error);
    }

    fn write(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if std::mem::take(&mut self.unkept) {
            let facts = self.thread.facts();
            self.batch.thread = Some(KeptThread {
                id: self.id,
                items: Stored {
                    value: self.thread.to_json(),
                    fetched_at: self.as_of.unwrap_or(now),
                },
                loaded: facts.loaded,
                ranked: facts.ranked,
                verified: facts.verified,
            });
            self.keeping += 1;
            effects.push(Effect::Keep(std::mem::take(&mut self.batch)));
        }
    }

    /// Nothing is under way any more.
    fn end_if_done(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        let idle = !self.reading && self.climbing.is_none() && self.waiting.is_empty();
        let indexed = match self.index {
            Index::Awaited => false,
            Index::Late => self.thread.facts().ranked,
            Index::Done => true,
        };
        if !idle || !(indexed || self.ended) {
            return;
        }
        if !self.ended {
            // Everything else is there: now for what nobody told of.
            let checks = !self.renewed || self.download.is_none_or(|wanted| wanted.exact);
            if checks && self.failed.is_none() && self.thread.facts().loaded {
                self.fetch(self.thread.unverified(), Priority::Later, effects);
            }
            if !self.waiting.is_empty() {
                return;
            }
            self.ended = true;
            if !self.renewed && !self.asked.is_empty() && self.failed.is_none() {
                if self.thread.facts().verified {
                    self.is_as_of(now, effects);
                } else if self.download.is_some() {
                    self.failed = self.unseen.take();
                }
            }
            self.write(now, effects);
            effects.push(Effect::Show(match self.failed.take() {
                Some(error) => Change::RankingFailed(error),
                None => Change::Settled,
            }));
        }
        if self.keeping == 0 {
            effects.push(Effect::Finish);
        }
    }
}

impl Plan for Discussion {
    fn on(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        let had_root = self.thread.root().is_some();
        let awaited = self.index == Index::Awaited;
        match event {
            Event::StoredThread(stored) => self.recalled(stored, now, &mut effects),
            Event::StoredItems(items) => self.recalled_parent(items, &mut effects),
            Event::Item(id, answer) => self.answered(id, answer, now, &mut effects),
            Event::Tree(tree) => self.grown(tree, now, &mut effects),
            Event::Woken if self.index == Index::Awaited => {
                self.index = Index::Late;
                self.fetch(self.thread.lacking(), Priority::Now, &mut effects);
            }
            Event::Tick => {
                if self.ticks.is_multiple_of(KEEP_EVERY_TICKS) && self.download.is_none() {
                    self.write(now, &mut effects);
                }
                self.ticks += 1;
            }
            Event::Overdue(error) => self.give_up(error, &mut effects),
            Event::Kept(written) => {
                self.keeping -= 1;
                let failed = written.err().map(Change::NotKept);
                effects.extend(failed.map(Effect::Show));
            }
            Event::Left => {
                effects.push(Effect::Abort);
                self.waiting.clear();
                (self.reading, self.climbing) = (false, None);
                if self.download.is_none() {
                    self.write(now, &mut effects);
                }
                self.ended = true;
            }
            Event::Woken
            | Event::StoredRanking(_)
            | Event::Ranked(_)
            | Event::StoredUser(_)
            | Event::User(_)
            | Event::Hits(_)
            | Event::StoredPart(_) => {}
        }
        if !had_root && self.thread.root().is_some_and(is_below) {
            self.climb(&mut effects);
        }
        // A story that failed while the index was awaited: what it hasn't brought isn't to come.
        if awaited
            && self.index != Index::Awaited
            && let Some(error) = &self.failed
        {
            self.thread.answer(self.id, Err(error.clone()));
        }
        effects.extend(self.thread.news().map(Change::Thread).map(Effect::Show));
        self.end_if_done(now, &mut effects);
        effects
    }
}

/// Whether an item belongs to another one.
fn is_below(item: &Item) -> bool {
    matches!(item.kind, Kind::Comment | Kind::PollOption) || item.parent.is_some()
}
