use std::cell::RefCell;

use futures_core::future::LocalBoxFuture;
use rustc_hash::FxHashMap as HashMap;

use super::{
    Batch, Counts, Error, Job, Mark, Marking, Part, Records, Settings, Store, Stored, StoredThread,
};
use crate::hn::{Feed, Id, Item, User, sort};
use crate::time::Timestamp;

/// Keeps everything until the page is closed: for private windows, and for tests.
#[derive(Default)]
pub struct Memory(RefCell<Shelf>);

#[derive(Default)]
struct Shelf {
    feeds: HashMap<Feed, Stored<Vec<Id>>>,
    items: HashMap<Id, Stored<String>>,
    threads: HashMap<Id, Stored<String>>,
    marks: HashMap<Id, Mark>,
    users: HashMap<String, Stored<String>>,
    settings: Settings,
    jobs: HashMap<Feed, Job>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for Memory {
    fn feed(&self, feed: Feed) -> LocalBoxFuture<'_, Result<Option<Stored<Vec<Id>>>, Error>> {
        let found = self.0.borrow().feeds.get(&feed).cloned();
        Box::pin(async { Ok(found) })
    }

    fn items(&self, ids: Vec<Id>) -> LocalBoxFuture<'_, Result<Vec<Stored<Item>>, Error>> {
        let shelf = self.0.borrow();
        let found = ids
            .iter()
            .filter_map(|id| shelf.items.get(id)?.decode())
            .collect();
        Box::pin(async { Ok(found) })
    }

    fn thread(&self, id: Id) -> LocalBoxFuture<'_, Result<StoredThread, Error>> {
        let shelf = self.0.borrow();
        let story = shelf.items.get(&id).and_then(Stored::decode);
        let thread = shelf.threads.get(&id).and_then(Stored::decode);
        Box::pin(async { Ok((story, thread)) })
    }

    fn user(&self, name: String) -> LocalBoxFuture<'_, Result<Option<Stored<User>>, Error>> {
        let found = self.0.borrow().users.get(&name).and_then(Stored::decode);
        Box::pin(async { Ok(found) })
    }

    fn part(&self, part: Part, after: Id, most: u32) -> LocalBoxFuture<'_, Result<Records, Error>> {
        let shelf = self.0.borrow();
        let records = match part {
            Part::Items => &shelf.items,
            Part::Threads => &shelf.threads,
        };
        let mut beyond: Vec<Id> = records.keys().copied().filter(|id| *id > after).collect();
        sort(&mut beyond);
        let found = beyond.iter().take(most as usize);
        let found: Records = found.map(|id| (*id, records[id].value.clone())).collect();
        Box::pin(async { Ok(found) })
    }

    fn write(&self, batch: Batch) -> LocalBoxFuture<'_, Result<(), Error>> {
        let mut shelf = self.0.borrow_mut();
        shelf.feeds.extend(batch.feed);
        shelf.items.extend(batch.items);
        let thread = batch.thread.map(|thread| (thread.id, thread.items));
        shelf.threads.extend(thread);
        shelf.users.extend(batch.user);
        shelf.jobs.extend(batch.job.map(|job| (job.feed, job)));
        if let Some(settings) = batch.settings {
            shelf.settings = settings;
        }
        Box::pin(async { Ok(()) })
    }

    fn marks(&self) -> LocalBoxFuture<'_, Result<Vec<(Id, Mark)>, Error>> {
        let shelf = self.0.borrow();
        let marks = shelf.marks.iter().map(|(&id, mark)| (id, mark.clone()));
        let marks = marks.collect();
        Box::pin(async { Ok(marks) })
    }

    fn mark(&self, id: Id) -> LocalBoxFuture<'_, Result<Mark, Error>> {
        let mark = self.0.borrow().marks.get(&id).cloned();
        Box::pin(async { Ok(mark.unwrap_or_default()) })
    }

    fn set_mark(
        &self,
        id: Id,
        marking: Marking,
        now: Timestamp,
    ) -> LocalBoxFuture<'_, Result<Mark, Error>> {
        let mut shelf = self.0.borrow_mut();
        let mark = shelf.marks.entry(id).or_default();
        mark.apply(&marking, now);
        let mark = mark.clone();
        Box::pin(async { Ok(mark) })
    }

    fn counts(&self) -> LocalBoxFuture<'_, Result<Counts, Error>> {
        let shelf = self.0.borrow();
        let counts = Counts {
            items: shelf.items.len() as u32,
            threads: shelf.threads.len() as u32,
            users: shelf.users.len() as u32,
            marks: shelf.marks.len() as u32,
        };
        Box::pin(async move { Ok(counts) })
    }

    fn clear(&self, marks: bool) -> LocalBoxFuture<'_, Result<(), Error>> {
        let mut shelf = self.0.borrow_mut();
        let old = std::mem::take(&mut *shelf);
        shelf.settings = old.settings;
        if !marks {
            shelf.marks = old.marks;
        }
        Box::pin(async { Ok(()) })
    }

    fn jobs(&self) -> LocalBoxFuture<'_, Result<Vec<Job>, Error>> {
        let jobs = self.0.borrow().jobs.values().copied().collect();
        Box::pin(async { Ok(jobs) })
    }

    fn settings(&self) -> LocalBoxFuture<'_, Result<Settings, Error>> {
        let settings = self.0.borrow().settings.clone();
        Box::pin(async move { Ok(settings) })
    }
}
