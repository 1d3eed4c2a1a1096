//! The browser's database.
//!
//! A write awaits its *transaction*, not its requests: a full disk may surface only as an abort
//! after every request has succeeded.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_core::future::LocalBoxFuture;
use futures_util::future::{Either, select};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::IdbTransaction;

use super::record::{Key, LOADED, VERIFIED};
use super::schema::{BYTES, FEEDS, ITEMS, JOBS, MARKS, META, SETTINGS, STORES, THREADS, USERS};
use super::{
    Batch, Entry, Error, Job, Mark, Marking, Memory, Part, Record, Settings, Store, Stored,
    StoredThread,
};
use crate::hn::{Decode, Feed, Id, Item, User};
use crate::time::{Clock, Timestamp};

mod census;
mod connection;
mod records;
mod second_copy;

use connection::{Connection, Mode, committed, failed, get, result, why};

/// What a page waits for and hasn't been read by then counts as not kept: browsers are known to
/// leave a transaction without an answer.
const READ_WITHIN: Duration = Duration::from_secs(5);

/// Opens the reader's database, or memory together with the reason why nothing will be kept. A
/// database that had to be made anew comes with a reason, too.
pub async fn open(clock: Rc<dyn Clock>) -> (Rc<dyn Store>, Option<Error>) {
    match Connection::open(&*clock).await {
        Ok(connection) => {
            let lost = connection.lost();
            let connection = RefCell::new(connection);
            (Rc::new(IndexedDb { connection, clock }), lost)
        }
        Err(error) => (Rc::new(Memory::new()), Some(error)),
    }
}

/// The open database.
struct IndexedDb {
    /// Opened anew when it was lost.
    connection: RefCell<Connection>,
    clock: Rc<dyn Clock>,
}

impl IndexedDb {
    // Boxed as are the reads below: they are a part of everything else.
    fn begin<'a>(
        &'a self,
        stores: &'a [&'a str],
        mode: Mode,
    ) -> LocalBoxFuture<'a, Result<IdbTransaction, Error>> {
        Box::pin(async move {
            let begin = || self.connection.borrow().begin(stores, mode);
            if let Some(transaction) = begin()? {
                return Ok(transaction);
            }
            // It was given up to another tab, or the browser closed it.
            let again = Connection::open(&*self.clock).await?;
            self.connection.replace(again);
            begin()?.ok_or(Error::Unavailable)
        })
    }

    /// Reads the records at `keys` of each store in one transaction; `undefined` where there is none.
    async fn read(&self, stores: &[&str], keys: &[JsValue]) -> Result<Vec<JsValue>, Error> {
        let read = async {
            let transaction = self.begin(stores, Mode::Read).await?;
            let mut records = Vec::new();
            for store in stores {
                records.extend(get(&transaction, store, keys).await?);
            }
            Ok(records)
        };
        self.in_time(Box::pin(read)).await
    }

    /// Reads all records of a store.
    async fn all(&self, store: &str) -> Result<Vec<JsValue>, Error> {
        let read = async {
            let transaction = self.begin(&[store], Mode::Read).await?;
            let store = transaction.object_store(store).map_err(failed)?;
            Ok(Array::from(&result(store.get_all()).await?).to_vec())
        };
        self.in_time(Box::pin(read)).await
    }

    /// Copies what is being written: the marks of this story or, without one, the settings.
    fn copy(&self, id: Option<Id>) {
        second_copy::copy(self.connection.borrow().database(), id);
    }

    async fn in_time(
        &self,
        read: LocalBoxFuture<'_, Result<Vec<JsValue>, Error>>,
    ) -> Result<Vec<JsValue>, Error> {
        match select(read, self.clock.sleep(READ_WITHIN)).await {
            Either::Left((records, _)) => records,
            Either::Right(_) => Err(Error::Slow),
        }
    }
}

impl Store for IndexedDb {
    fn feed(&self, feed: Feed) -> LocalBoxFuture<'_, Result<Option<Stored<Vec<Id>>>, Error>> {
        Box::pin(async move {
            let records = self.read(&[FEEDS], &[feed.name().into()]).await?;
            Ok(records.first().and_then(decode))
        })
    }

    fn items(&self, ids: Vec<Id>) -> LocalBoxFuture<'_, Result<Vec<Stored<Item>>, Error>> {
        Box::pin(async move {
            let keys: Vec<_> = ids.into_iter().map(JsValue::from).collect();
            let records = self.read(&[ITEMS], &keys).await?;
            Ok(records.iter().filter_map(decode).collect())
        })
    }

    fn thread(&self, id: Id) -> LocalBoxFuture<'_, Result<StoredThread, Error>> {
        Box::pin(async move {
            let records = self.read(&[ITEMS, THREADS], &[id.into()]).await?;
            let thread = records.get(1);
            Ok(StoredThread {
                item: records.first().and_then(decode),
                items: thread.and_then(decode),
                verified: thread.is_some_and(|thread| holds(thread, VERIFIED)),
            })
        })
    }

    fn user(&self, name: String) -> LocalBoxFuture<'_, Result<Option<Stored<User>>, Error>> {
        Box::pin(async move {
            let records = self.read(&[USERS], &[name.into()]).await?;
            Ok(records.first().and_then(decode))
        })
    }

    fn part(
        &self,
        part: Part,
        after: Key,
        most: u32,
    ) -> LocalBoxFuture<'_, Result<Vec<Record>, Error>> {
        Box::pin(records::slice(self, part, after, most))
    }

    fn merge(&self, records: Vec<Record>) -> LocalBoxFuture<'_, Result<u32, Error>> {
        Box::pin(records::merge(self, records))
    }

    fn write(&self, mut batch: Batch) -> LocalBoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let stores = [FEEDS, ITEMS, THREADS, USERS, JOBS];
            let transaction = self.begin(&stores, Mode::Write).await?;
            if let Some(thread) = &batch.thread
                && !thread.loaded
            {
                let threads = transaction.object_store(THREADS).map_err(failed)?;
                let kept = result(threads.get(&thread.id.into())).await?;
                let bytes = number(&kept, BYTES).unwrap_or_default() as usize;
                if thread.gives_way(holds(&kept, LOADED), bytes) {
                    batch.thread = None;
                }
            }
            if let Err(error) = put_all(&transaction, batch) {
                let _ = transaction.abort();
                return Err(failed(error));
            }
            committed(&transaction).await
        })
    }

    fn marks(&self) -> LocalBoxFuture<'_, Result<Vec<(Id, Mark)>, Error>> {
        Box::pin(async move {
            let records = self.all(MARKS).await?;
            let marked = |record: JsValue| Some((number(&record, "id")? as Id, body(&record)?));
            Ok(records.into_iter().filter_map(marked).collect())
        })
    }

    fn mark(&self, id: Id) -> LocalBoxFuture<'_, Result<Mark, Error>> {
        Box::pin(async move {
            let records = self.read(&[MARKS], &[id.into()]).await?;
            Ok(records.first().and_then(body).unwrap_or_default())
        })
    }

    fn set_mark(
        &self,
        id: Id,
        marking: Marking,
        now: Timestamp,
    ) -> LocalBoxFuture<'_, Result<Mark, Error>> {
        Box::pin(async move {
            let transaction = self.begin(&[MARKS], Mode::WriteStrictly).await?;
            let marks = transaction.object_store(MARKS).map_err(failed)?;
            let kept = result(marks.get(&id.into())).await?;
            let mut mark: Option<Mark> = body(&kept);
            let record = records::kept(kept, mark.is_some());
            let mark = mark.get_or_insert_default();
            mark.apply(&marking, now);
            set(&record, "id", id);
            set(&record, "body", mark.json());
            marks.put(&record).map_err(failed)?;
            self.copy(Some(id));
            committed(&transaction).await?;
            Ok(std::mem::take(mark))
        })
    }

    fn census(&self) -> LocalBoxFuture<'_, Result<Vec<Entry>, Error>> {
        Box::pin(self.entries())
    }

    fn evict(&self, names: Vec<(Part, Key)>) -> LocalBoxFuture<'_, Result<(), Error>> {
        Box::pin(self.delete(names))
    }

    fn touch(
        &self,
        names: Vec<(Part, Key)>,
        now: Timestamp,
    ) -> LocalBoxFuture<'_, Result<(), Error>> {
        Box::pin(self.note_opened(names, now))
    }

    fn clear(&self, marks: bool) -> LocalBoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            if marks {
                // First: a copy that outlived the marks would bring them back.
                second_copy::forget().await?;
            }
            let names = STORES.map(|(name, _)| name);
            let transaction = self.begin(&names, Mode::Write).await?;
            for name in names {
                if name != META && (marks || name != MARKS) {
                    let store = transaction.object_store(name).map_err(failed)?;
                    store.clear().map_err(failed)?;
                }
            }
            committed(&transaction).await
        })
    }

    fn jobs(&self) -> LocalBoxFuture<'_, Result<Vec<Job>, Error>> {
        Box::pin(async move {
            let records = self.all(JOBS).await?;
            let job = |record: JsValue| body::<Option<Job>>(&record)?;
            Ok(records.into_iter().filter_map(job).collect())
        })
    }

    fn settings(&self) -> LocalBoxFuture<'_, Result<Settings, Error>> {
        Box::pin(async move {
            let records = self.read(&[META], &[SETTINGS.into()]).await?;
            Ok(records.first().and_then(body).unwrap_or_default())
        })
    }

    fn change_settings<'a>(
        &'a self,
        change: &'a dyn Fn(&mut Settings),
    ) -> LocalBoxFuture<'a, Result<Settings, Error>> {
        Box::pin(async move {
            let transaction = self.begin(&[META], Mode::Write).await?;
            let meta = transaction.object_store(META).map_err(failed)?;
            let kept = result(meta.get(&SETTINGS.into())).await?;
            let mut settings: Settings = body(&kept).unwrap_or_default();
            change(&mut settings);
            let record = Object::new();
            set(&record, "name", SETTINGS);
            set(&record, "body", settings.json());
            meta.put(&record).map_err(failed)?;
            self.copy(None);
            committed(&transaction).await?;
            Ok(settings)
        })
    }
}

fn put_all(transaction: &IdbTransaction, mut batch: Batch) -> Result<(), JsValue> {
    for record in batch.records() {
        let object = Object::new();
        records::write(&object, &record);
        transaction.object_store(record.part.name())?.put(&object)?;
    }
    if let Some(job) = batch.job {
        let record = Object::new();
        set(&record, "id", job.feed.name());
        set(&record, "body", job.json());
        transaction.object_store(JOBS)?.put(&record)?;
    }
    Ok(())
}

fn set(record: &Object, field: &str, value: impl Into<JsValue>) {
    Reflect::set(record, &field.into(), &value.into()).expect("a plain object takes any field");
}

/// A record's body and when it was fetched; `None` for a record that can't be read (any more).
fn decode<T: Decode>(record: &JsValue) -> Option<Stored<T>> {
    let fetched_at = number(record, "fetched_at")?;
    Some(Stored {
        value: body(record)?,
        fetched_at: Timestamp(fetched_at as u64),
    })
}

fn body<T: Decode>(record: &JsValue) -> Option<T> {
    T::decode(&text(record)?).ok()
}

fn text(record: &JsValue) -> Option<String> {
    Reflect::get(record, &"body".into()).ok()?.as_string()
}

/// Whether a fact is noted of a thread.
fn holds(record: &JsValue, fact: &str) -> bool {
    Reflect::get(record, &fact.into()).is_ok_and(|fact| fact.is_truthy())
}

fn number(record: &JsValue, field: &str) -> Option<f64> {
    Reflect::get(record, &field.into()).ok()?.as_f64()
}
