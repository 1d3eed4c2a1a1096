//! Keeps a feed for offline: first its stories, then the comments of each, as many threads at a
//! time as keep the engine busy.
//!
//! One tab at a time downloads. What is to be kept stands in the store from the beginning to the
//! end; so a page that finds it there goes on with it, whether the one before was closed or crashed,
//! and fetches only what isn't there yet. One that the reader stopped is offered to go on.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use futures_channel::oneshot::{self, Receiver};
use futures_core::future::LocalBoxFuture;
use futures_util::FutureExt;
use futures_util::future::{Either, select};

use super::keeping::{Stage, Tally};
use super::plan::{Discussion, Effect, Offline, Plan, Stories};
use super::{Change, Intent, Shared, Terms, boxed};
use crate::hn::{Facts, Id};
use crate::http::Place;
use crate::store::record::Key;
use crate::store::{Batch, Course, Job, Part};
use crate::sync::TaskGroup;

/// So many threads are fetched at a time. Each is in memory as a whole until it is written, and
/// most of its life waits for one answer: so a few more than a download has permits.
const THREADS: usize = 8;

/// Another tab that holds things up for longer than this is told of.
const PATIENCE: Duration = Duration::from_millis(300);

/// A download has no deadline, and everything else goes first.
const TERMS: Terms = Terms {
    by_hand: false,
    later: true,
};

impl Shared {
    /// Goes on with what this or another page has begun to download, once no other tab does.
    pub(super) async fn resume(&self, behind_another: bool) {
        if self.resuming.replace(true) {
            return;
        }
        let asked = self.clock.now();
        let alone = self.hn.http().alone().await;
        let at_once = self.clock.now() - asked < PATIENCE;
        self.resuming.set(false);
        // Where tabs can't wait for each other, another one's download goes on without this one.
        if behind_another && alone.is_none() {
            return;
        }
        let jobs = self.or_without(self.store.jobs().await);
        let begun = jobs.iter().filter(|job| job.course != Course::Over);
        // One that broke off goes on, whatever else was stopped.
        let begun = begun.min_by_key(|job| job.course == Course::Stopped);
        let Some(&job) = begun.filter(|_| self.download.borrow().is_none()) else {
            return;
        };
        if job.course == Course::Stopped {
            // What is stopped in another tab is offered there.
            if behind_another || !at_once {
                return;
            }
            let mut tally = Tally::new(job);
            tally.end(true);
            self.tally.replace(Some(tally));
            self.tell_keeping();
            return;
        }
        let left = self.begin();
        self.download(Intent::Keep(job), left, alone).await;
    }

    /// Marks the beginning of a download; what it returns is ready when the reader ends it.
    pub(super) fn begin(&self) -> Receiver<()> {
        let (load, left) = oneshot::channel();
        self.download.replace(Some(Some(load)));
        left
    }

    /// Carries out a download, which has [begun](Self::begin), once no other tab does, unless this
    /// one is `alone` already.
    pub(super) fn download(
        &self,
        intent: Intent,
        left: Receiver<()>,
        alone: Place,
    ) -> LocalBoxFuture<'_, ()> {
        Box::pin(self.carry_out(intent, left, alone))
    }

    async fn carry_out(&self, intent: Intent, left: Receiver<()>, alone: Place) {
        let again = self.prepare(intent);
        let alone = match alone {
            Some(_) => Some((alone, left)),
            None => self.alone(left).await,
        };
        let Some((_alone, left)) = alone else {
            self.update(|tally| tally.end(true));
            self.over();
            return;
        };
        self.write_job(Course::Running).await;
        // Other tabs hear of it now that they find it written, and taken.
        self.tell_keeping();
        let stopped = self.keep(again, left).await.is_none();
        self.update(|tally| tally.end(stopped));
        let is_done = |tally: &mut Tally| tally.keeping.stage == Stage::Done;
        let course = match self.update(is_done) {
            Some(true) => Course::Over,
            _ => Course::Stopped,
        };
        self.write_job(course).await;
        self.over();
        self.or_without(self.clean_up(false).await);
    }

    /// Another download can begin.
    fn over(&self) {
        self.download.take();
        self.tell_keeping();
    }

    /// What is told of it from the beginning; those that failed before, if it begins with them.
    fn prepare(&self, intent: Intent) -> Vec<Id> {
        let mut tally = self.tally.borrow_mut();
        if let Intent::Keep(job) = intent {
            *tally = Some(Tally::new(job));
            return Vec::new();
        }
        let Some(tally) = tally.as_mut() else {
            return Vec::new();
        };
        let again = tally.again();
        if again.is_empty() {
            // It ended early, or never got as far as to know its stories.
            *tally = Tally::new(tally.keeping.job);
        }
        again
    }

    /// `None` if the reader ended it.
    async fn keep(&self, again: Vec<Id>, left: Receiver<()>) -> Option<()> {
        let began = self.clock.now();
        let job = self.update(|tally| tally.keeping.job)?;
        let (plan, effects) = match again.is_empty() {
            true => {
                let snapshot = self.snapshots.borrow()[job.feed as usize].clone();
                boxed(Stories::keep(&job, snapshot, self.clock.wall()))
            }
            false => boxed(Stories::retry(again, true)),
        };
        let left = self.keep_stories(plan, effects, left, began).await?;
        if self.update(|tally| tally.is_refused()) == Some(true) {
            return None;
        }
        let threads = pin!(self.keep_threads(job, began));
        match select(threads, left).await {
            Either::Left(((), _)) => Some(()),
            Either::Right(_) => None,
        }
    }

    /// Waits until no other tab downloads.
    async fn alone(&self, left: Receiver<()>) -> Option<(Place, Receiver<()>)> {
        let alone = self.hn.http().alone().boxed_local();
        let (alone, left) = match select(alone, self.clock.sleep(PATIENCE)).await {
            Either::Left((place, _)) => return Some((place, left)),
            Either::Right(((), alone)) => (alone, left),
        };
        self.update(|tally| tally.keeping.stage = Stage::Waiting);
        self.tell_keeping();
        let Either::Left((place, left)) = select(alone, left).await else {
            return None;
        };
        self.update(|tally| tally.keeping.stage = Stage::Busy);
        self.tell_keeping();
        Some((place, left))
    }

    /// Ending it keeps what has arrived.
    async fn keep_stories(
        &self,
        plan: Box<dyn Plan>,
        effects: Vec<Effect>,
        left: Receiver<()>,
        began: Duration,
    ) -> Option<Receiver<()>> {
        let (end, ended) = oneshot::channel();
        let end = Cell::new(Some(end));
        let note = |change: Change| {
            if self.update(|tally| tally.note(&change)) == Some(true) {
                self.progress(began);
            }
            if let Change::NotKept(_) = change {
                // There is no use in fetching more.
                end.take();
                (self.show)(change);
            }
        };
        let stories = self.load(plan, effects, TERMS, ended, &note);
        match select(stories, left).await {
            Either::Left(((), left)) => Some(left),
            Either::Right((_, stories)) => {
                end.take();
                stories.await;
                None
            }
        }
    }

    async fn keep_threads(&self, job: Job, began: Duration) {
        let ids = self.update(Tally::awaiting).unwrap_or_default();
        // What needn't be fetched again is wanted still, however long ago it was read.
        let key = |id: &Id| (Part::Threads, Key::Id(*id));
        self.touch(ids.iter().map(key).collect()).await;
        let mut ids = ids.into_iter();
        let mut threads = TaskGroup::new();
        loop {
            while threads.len() < THREADS
                && let Some(id) = ids.next()
            {
                threads.spawn(self.keep_thread(id, job).boxed_local());
            }
            let Some((_, (id, comments))) = threads.next().await else {
                return;
            };
            self.update(|tally| tally.threaded(id, comments));
            self.progress(began);
            if self.update(|tally| tally.is_refused()) == Some(true) {
                return;
            }
        }
    }

    /// How many comments a thread has, if all of them are kept now.
    async fn keep_thread(&self, id: Id, job: Job) -> (Id, Option<usize>) {
        let (facts, failed) = (Cell::new(Facts::default()), Cell::new(false));
        let note = |change| match change {
            Change::Thread(news) => facts.set(news.facts),
            Change::RankingFailed(_) => failed.set(true),
            Change::NotKept(error) => {
                failed.set(true);
                let change = Change::NotKept(error);
                self.update(|tally| tally.note(&change));
                (self.show)(change);
            }
            _ => {}
        };
        let wanted = Offline {
            since: job.since,
            exact: job.exact,
        };
        let algolia = self.hn.http().limits().algolia;
        let (plan, effects) = boxed(Discussion::keep(id, wanted, algolia));
        // It is ended by dropping it: a thread is kept as a whole, or not at all.
        let (_end, ended) = oneshot::channel();
        self.load(plan, effects, TERMS, ended, &note).await;
        let Facts { there, loaded, .. } = facts.get();
        (id, (loaded && !failed.get()).then_some(there))
    }

    async fn write_job(&self, course: Course) {
        let job = self.update(|tally| {
            tally.keeping.job.course = course;
            tally.keeping.job
        });
        let batch = Batch {
            job,
            ..Batch::default()
        };
        self.or_without(self.store.write(batch).await);
    }

    pub(super) fn update<T>(&self, change: impl FnOnce(&mut Tally) -> T) -> Option<T> {
        self.tally.borrow_mut().as_mut().map(change)
    }

    fn progress(&self, began: Duration) {
        let elapsed = self.clock.now().saturating_sub(began);
        self.update(|tally| tally.keeping.elapsed = elapsed);
        self.tell_keeping();
    }

    fn tell_keeping(&self) {
        let keeping = self.update(|tally| tally.keeping.clone());
        if let Some(keeping) = keeping {
            (self.show)(Change::Keeping(keeping));
        }
    }
}
