use std::cell::RefCell;
use std::collections::HashMap;

use futures_core::future::LocalBoxFuture;

use super::{Batch, Error, Part, Records, Settings, Store, Stored, StoredThread};
use crate::hn::{Feed, Id, Item, User};

/// Keeps everything until the page is closed: for private windows, and for tests.
#[derive(Default)]
pub struct Memory(RefCell<Shelf>);

#[derive(Default)]
struct Shelf {
    feeds: HashMap<Feed, Stored<Vec<Id>>>,
    items: HashMap<Id, Stored<String>>,
    threads: HashMap<Id, Stored<String>>,
    users: HashMap<String, Stored<String>>,
    settings: Settings,
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
        let beyond = records.iter().filter(|(id, _)| **id > after);
        let mut found: Records = beyond.map(|(id, kept)| (*id, kept.value.clone())).collect();
        found.sort_unstable();
        found.truncate(most as usize);
        Box::pin(async { Ok(found) })
    }

    fn write(&self, batch: Batch) -> LocalBoxFuture<'_, Result<(), Error>> {
        let mut shelf = self.0.borrow_mut();
        shelf.feeds.extend(batch.feed);
        shelf.items.extend(batch.items);
        let thread = batch.thread.map(|thread| (thread.id, thread.items));
        shelf.threads.extend(thread);
        shelf.users.extend(batch.user);
        shelf.settings = batch.settings.unwrap_or(shelf.settings);
        Box::pin(async { Ok(()) })
    }

    fn settings(&self) -> LocalBoxFuture<'_, Result<Settings, Error>> {
        let settings = self.0.borrow().settings;
        Box::pin(async move { Ok(settings) })
    }
}
