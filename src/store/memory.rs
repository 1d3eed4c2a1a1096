use std::cell::RefCell;
use std::future::ready;

use futures_core::future::LocalBoxFuture;

use super::record::Key;
use super::{
    Batch, Entry, Error, Job, Mark, Marking, Part, Record, Settings, Store, Stored, StoredThread,
};
use crate::hn::{Decode, Feed, Id, Item, User};
use crate::time::Timestamp;

/// Keeps everything until the page is closed: for private windows, and for tests. In a browser,
/// nothing goes before that.
#[derive(Default)]
pub struct Memory(RefCell<Shelf>);

#[derive(Default)]
struct Shelf {
    /// In the order of parts and their keys.
    records: Vec<Record>,
    settings: Settings,
    /// In the order of feeds.
    jobs: [Option<Job>; Feed::ALL.len()],
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn get<T: Decode>(&self, part: Part, key: Key) -> Option<Stored<T>> {
        self.0.borrow().get(part, &key)?.body.decode()
    }
}

impl Shelf {
    /// Where a record stands, or would.
    fn place(&self, part: Part, key: &Key) -> Result<usize, usize> {
        let records = &self.records;
        records.binary_search_by(|it| (it.part, &it.key).cmp(&(part, key)))
    }

    fn get(&self, part: Part, key: &Key) -> Option<&Record> {
        Some(&self.records[self.place(part, key).ok()?])
    }

    fn put(&mut self, record: Record) {
        match self.place(record.part, &record.key) {
            Ok(place) => self.records[place] = record,
            Err(place) => self.records.insert(place, record),
        }
    }
}

/// Nothing here takes time, or can fail.
fn done<T: 'static>(result: T) -> LocalBoxFuture<'static, Result<T, Error>> {
    Box::pin(ready(Ok(result)))
}

impl Store for Memory {
    fn feed(&self, feed: Feed) -> LocalBoxFuture<'_, Result<Option<Stored<Vec<Id>>>, Error>> {
        let found = self.get(Part::Feeds, Key::Name(feed.to_string()));
        done(found)
    }

    fn items(&self, ids: Vec<Id>) -> LocalBoxFuture<'_, Result<Vec<Stored<Item>>, Error>> {
        let get = |id| self.get(Part::Items, Key::Id(id));
        let found = ids.into_iter().filter_map(get).collect();
        done(found)
    }

    fn thread(&self, id: Id) -> LocalBoxFuture<'_, Result<StoredThread, Error>> {
        let shelf = self.0.borrow();
        let thread = shelf.get(Part::Threads, &Key::Id(id));
        let stored = StoredThread {
            item: self.get(Part::Items, Key::Id(id)),
            items: thread.and_then(|thread| thread.body.decode()),
            verified: thread.is_some_and(|thread| thread.facts[2]),
        };
        done(stored)
    }

    fn user(&self, name: String) -> LocalBoxFuture<'_, Result<Option<Stored<User>>, Error>> {
        let found = self.get(Part::Users, Key::Name(name));
        done(found)
    }

    fn part(
        &self,
        part: Part,
        after: Key,
        most: u32,
    ) -> LocalBoxFuture<'_, Result<Vec<Record>, Error>> {
        let shelf = self.0.borrow();
        let first = match shelf.place(part, &after) {
            Ok(place) => place + 1,
            Err(place) => place,
        };
        let beyond = shelf.records.iter().skip(first).take(most as usize);
        let records = beyond.take_while(|it| it.part == part).cloned().collect();
        done(records)
    }

    fn merge(&self, records: Vec<Record>) -> LocalBoxFuture<'_, Result<u32, Error>> {
        let mut shelf = self.0.borrow_mut();
        let mut changed = 0;
        for record in records {
            let kept = shelf.get(record.part, &record.key);
            if let Some(record) = record.merge(kept) {
                shelf.put(record);
                changed += 1;
            }
        }
        done(changed)
    }

    fn write(&self, mut batch: Batch) -> LocalBoxFuture<'_, Result<(), Error>> {
        let mut shelf = self.0.borrow_mut();
        if let Some(thread) = &batch.thread
            && let Some(kept) = shelf.get(Part::Threads, &Key::Id(thread.id))
            && thread.gives_way(kept.facts[0], kept.body.value.len())
        {
            batch.thread = None;
        }
        for record in batch.records() {
            shelf.put(record);
        }
        if let Some(job) = batch.job {
            shelf.jobs[job.feed as usize] = Some(job);
        }
        done(())
    }

    fn marks(&self) -> LocalBoxFuture<'_, Result<Vec<(Id, Mark)>, Error>> {
        let shelf = self.0.borrow();
        let marks = shelf.records.iter().filter(|it| it.part == Part::Marks);
        let mark = |it: &Record| Some((it.key.id(), Mark::decode(&it.body.value).ok()?));
        let marks = marks.filter_map(mark).collect();
        done(marks)
    }

    fn mark(&self, id: Id) -> LocalBoxFuture<'_, Result<Mark, Error>> {
        let mark: Option<Stored<Mark>> = self.get(Part::Marks, Key::Id(id));
        done(mark.map(|mark| mark.value).unwrap_or_default())
    }

    fn set_mark(
        &self,
        id: Id,
        marking: Marking,
        now: Timestamp,
    ) -> LocalBoxFuture<'_, Result<Mark, Error>> {
        let mark: Option<Stored<Mark>> = self.get(Part::Marks, Key::Id(id));
        let mut mark = mark.map(|mark| mark.value).unwrap_or_default();
        mark.apply(&marking, now);
        let body = Stored {
            value: mark.json(),
            fetched_at: Timestamp(0),
        };
        let record = Record::new(Part::Marks, Key::Id(id), body);
        self.0.borrow_mut().put(record);
        done(mark)
    }

    fn census(&self) -> LocalBoxFuture<'_, Result<Vec<Entry>, Error>> {
        let shelf = self.0.borrow();
        let evicted = shelf.records.iter().filter(|it| it.part.is_evicted());
        let entry = |record: &Record| Entry {
            part: record.part,
            key: record.key.clone(),
            opened_at: record.opened_at,
            bytes: record.body.value.len() as u64,
        };
        let entries = evicted.map(entry).collect();
        done(entries)
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn evict(&self, names: Vec<(Part, Key)>) -> LocalBoxFuture<'_, Result<(), Error>> {
        let mut shelf = self.0.borrow_mut();
        for (part, key) in names {
            let mark = shelf.get(Part::Marks, &key);
            let mark = mark.and_then(|mark| Mark::decode(&mark.body.value).ok());
            let is_saved = mark.is_some_and(|mark| mark.saved.is_some());
            if !is_saved && let Ok(place) = shelf.place(part, &key) {
                shelf.records.remove(place);
            }
        }
        done(())
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn touch(
        &self,
        names: Vec<(Part, Key)>,
        now: Timestamp,
    ) -> LocalBoxFuture<'_, Result<(), Error>> {
        let mut shelf = self.0.borrow_mut();
        for (part, key) in names {
            if let Ok(place) = shelf.place(part, &key) {
                shelf.records[place].opened_at = now;
            }
        }
        done(())
    }

    fn clear(&self, marks: bool) -> LocalBoxFuture<'_, Result<(), Error>> {
        let mut shelf = self.0.borrow_mut();
        shelf.jobs = Default::default();
        let stays = |record: &Record| !marks && record.part == Part::Marks;
        shelf.records.retain(stays);
        done(())
    }

    fn jobs(&self) -> LocalBoxFuture<'_, Result<Vec<Job>, Error>> {
        let jobs = self.0.borrow().jobs.into_iter().flatten().collect();
        done(jobs)
    }

    fn settings(&self) -> LocalBoxFuture<'_, Result<Settings, Error>> {
        let settings = self.0.borrow().settings.clone();
        done(settings)
    }

    fn change_settings<'a>(
        &'a self,
        change: &'a dyn Fn(&mut Settings),
    ) -> LocalBoxFuture<'a, Result<Settings, Error>> {
        let settings = &mut self.0.borrow_mut().settings;
        change(settings);
        done(settings.clone())
    }
}
