//! The browser's database.
//!
//! A write awaits its *transaction*, not its requests: a full disk may surface only as an abort
//! after every request has succeeded.

use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use futures_util::future::{Either, select};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DomException, Event, IdbDatabase, IdbFactory, IdbObjectStoreParameters, IdbOpenDbRequest,
    IdbRequest, IdbTransaction, IdbTransactionMode,
};

use super::record::Key;
use super::schema::{
    self, FEEDS, ITEMS, JOBS, MARKS, META, OPENED_AT, SETTINGS, STORES, THREADS, USERS,
};
use super::{
    Batch, Counts, Error, Job, Mark, Marking, Memory, Part, Record, Settings, Store, Stored,
    StoredThread,
};
use crate::hn::{Decode, Feed, Id, Item, User};
use crate::time::{Clock, Timestamp};

mod records;

/// A database that hasn't opened by then is done without.
const OPEN_WITHIN: Duration = Duration::from_secs(3);

/// Opens the reader's database, or memory together with the reason why nothing will be kept.
pub async fn open(clock: &dyn Clock) -> (Rc<dyn Store>, Option<Error>) {
    // Opening goes on in a task of its own: giving up on it must not drop callbacks that the
    // browser is still going to call.
    let (sender, receiver) = oneshot::channel();
    spawn_local(async move {
        // If nobody waits any more, this closes it again.
        let _ = sender.send(IndexedDb::open().await);
    });
    let opened = match select(receiver, clock.sleep(OPEN_WITHIN)).await {
        Either::Left((Ok(opened), _)) => opened,
        Either::Left((Err(_), _)) => Err(Error::Unavailable),
        Either::Right(_) => Err(Error::Slow),
    };
    match opened {
        Ok(database) => (Rc::new(database), None),
        Err(error) => (Rc::new(Memory::new()), Some(error)),
    }
}

/// The open database.
struct IndexedDb(IdbDatabase);

impl IndexedDb {
    async fn open() -> Result<Self, Error> {
        let factory = web_sys::window()
            .and_then(|window| window.indexed_db().ok().flatten())
            .ok_or(Error::Unavailable)?;
        let database = request_open(&factory).await?;
        // Another tab wants to upgrade or delete the database: let it. What is asked of this
        // connection afterwards fails, and the page says so.
        let give_way = |event: Event| {
            if let Some(database) = target::<IdbDatabase>(&event) {
                database.close();
            }
        };
        let give_way = Closure::<dyn Fn(Event)>::new(give_way).into_js_value();
        database.set_onversionchange(Some(give_way.unchecked_ref()));
        Ok(Self(database))
    }

    fn begin(&self, stores: &[&str], mode: IdbTransactionMode) -> Result<IdbTransaction, Error> {
        self.0
            .transaction_with_str_sequence_and_mode(&names(stores), mode)
            .map_err(failed)
    }

    /// Begins a write that, once committed, survives even a loss of power.
    fn begin_strict(&self, stores: &[&str]) -> Result<IdbTransaction, Error> {
        let begin = || -> Result<JsValue, JsValue> {
            let options = Object::new();
            set(&options, "durability", "strict");
            // web-sys counts the options as unstable.
            let begin: Function = Reflect::get(&self.0, &"transaction".into())?.dyn_into()?;
            begin.call3(&self.0, &names(stores), &"readwrite".into(), &options)
        };
        let transaction = begin().map_err(failed)?;
        Ok(transaction.unchecked_into())
    }

    /// Reads the records at `keys` in each of `stores`, in one transaction; `undefined` where there
    /// is none.
    async fn read(&self, stores: &[&str], keys: &[JsValue]) -> Result<Vec<JsValue>, Error> {
        let transaction = self.begin(stores, IdbTransactionMode::Readonly)?;
        let mut requests = Vec::new();
        for store in stores {
            let store = transaction.object_store(store).map_err(failed)?;
            for key in keys {
                requests.push(store.get(key).map_err(failed)?);
            }
        }
        // Requests are answered in their order: after the last one all are.
        if let Some(last) = requests.last() {
            settled(last).await?;
        }
        requests
            .iter()
            .map(|request| request.result().map_err(failed))
            .collect()
    }

    /// Reads all records of a store.
    async fn all(&self, store: &str) -> Result<Array, Error> {
        let transaction = self.begin(&[store], IdbTransactionMode::Readonly)?;
        let store = transaction.object_store(store).map_err(failed)?;
        let request = store.get_all().map_err(failed)?;
        settled(&request).await?;
        Ok(Array::from(&request.result().map_err(failed)?))
    }
}

fn names(stores: &[&str]) -> Array {
    stores.iter().map(|name| JsValue::from(*name)).collect()
}

/// Opens the database, and makes in it what a new or older one lacks.
async fn request_open(factory: &IdbFactory) -> Result<IdbDatabase, Error> {
    let request = factory
        .open_with_u32(schema::DATABASE, schema::VERSION)
        .map_err(|_| Error::Unavailable)?;
    let upgrade = |event: Event| {
        let request = target::<IdbOpenDbRequest>(&event);
        // What fails here aborts the upgrade, and opening then fails with the reason.
        if let Some(database) = request.and_then(|request| request.result().ok()) {
            let _ = create_missing(database.unchecked_ref());
        }
    };
    let upgrade = Closure::<dyn Fn(Event)>::new(upgrade).into_js_value();
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    if let Err(error) = settled(&request).await {
        let cause = request.error().ok().flatten();
        return Err(
            match cause.is_some_and(|cause| cause.name() == "VersionError") {
                true => Error::Newer,
                false => error,
            },
        );
    }
    let database = request.result().map_err(failed)?;
    database.dyn_into().map_err(failed)
}

/// Waits for a request. Its events settle a promise by themselves, so whoever stops waiting leaves
/// nothing behind that the browser could still call.
async fn settled(request: &IdbRequest) -> Result<(), Error> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(promise).await {
        Ok(_) => Ok(()),
        Err(_) => Err(why(request.error().ok().flatten())),
    }
}

/// Waits until a transaction has been committed.
async fn committed(transaction: &IdbTransaction) -> Result<(), Error> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    match JsFuture::from(promise).await {
        Ok(_) => Ok(()),
        Err(_) => Err(why(transaction.error())),
    }
}

fn why(error: Option<DomException>) -> Error {
    Error::Failed(error.map_or("aborted".to_owned(), |error| error.name()))
}

fn target<T: JsCast>(event: &Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}

impl Drop for IndexedDb {
    /// A connection left open would block every later version of the database.
    fn drop(&mut self) {
        self.0.close();
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
            Ok((
                records.first().and_then(decode),
                records.get(1).and_then(decode),
            ))
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

    fn write(&self, batch: Batch) -> LocalBoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let stores = [FEEDS, ITEMS, THREADS, USERS, JOBS, META];
            let transaction = self.begin(&stores, IdbTransactionMode::Readwrite)?;
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
            let marked = |record: JsValue| {
                let id = Reflect::get(&record, &"id".into()).ok()?.as_f64()?;
                Some((id as Id, body(&record)?))
            };
            Ok(records.iter().filter_map(marked).collect())
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
            let transaction = self.begin_strict(&[MARKS])?;
            let marks = transaction.object_store(MARKS).map_err(failed)?;
            let request = marks.get(&id.into()).map_err(failed)?;
            settled(&request).await?;
            let kept = request.result().map_err(failed)?;
            let mut mark: Option<Mark> = body(&kept);
            let record = records::kept(kept, mark.is_some());
            let mark = mark.get_or_insert_default();
            mark.apply(&marking, now);
            set(&record, "id", id);
            set(&record, "body", mark.json());
            marks.put(&record).map_err(failed)?;
            committed(&transaction).await?;
            Ok(std::mem::take(mark))
        })
    }

    fn counts(&self) -> LocalBoxFuture<'_, Result<Counts, Error>> {
        Box::pin(async move {
            let names = [ITEMS, THREADS, USERS, MARKS];
            let transaction = self.begin(&names, IdbTransactionMode::Readonly)?;
            let mut counts = [0; 4];
            for (count, name) in counts.iter_mut().zip(names) {
                let store = transaction.object_store(name).map_err(failed)?;
                let request = store.count().map_err(failed)?;
                settled(&request).await?;
                let number = request.result().map_err(failed)?.as_f64();
                *count = number.unwrap_or_default() as u32;
            }
            let [items, threads, users, marks] = counts;
            Ok(Counts {
                items,
                threads,
                users,
                marks,
            })
        })
    }

    fn clear(&self, marks: bool) -> LocalBoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let names = STORES.map(|(name, ..)| name);
            let transaction = self.begin(&names, IdbTransactionMode::Readwrite)?;
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
            Ok(records.iter().filter_map(job).collect())
        })
    }

    fn settings(&self) -> LocalBoxFuture<'_, Result<Settings, Error>> {
        Box::pin(async move {
            let records = self.read(&[META], &[SETTINGS.into()]).await?;
            Ok(records.first().and_then(body).unwrap_or_default())
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
    if let Some(settings) = batch.settings {
        let record = Object::new();
        set(&record, "name", SETTINGS);
        set(&record, "body", settings.json());
        transaction.object_store(META)?.put(&record)?;
    }
    Ok(())
}

fn create_missing(database: &IdbDatabase) -> Result<(), JsValue> {
    let existing = database.object_store_names();
    for (name, key, evicted) in STORES {
        if existing.contains(name) {
            continue;
        }
        let parameters = IdbObjectStoreParameters::new();
        parameters.set_key_path(&key.into());
        let store = database.create_object_store_with_optional_parameters(name, &parameters)?;
        if evicted {
            store.create_index_with_str(OPENED_AT, OPENED_AT)?;
        }
    }
    Ok(())
}

fn set(record: &Object, field: &str, value: impl Into<JsValue>) {
    Reflect::set(record, &field.into(), &value.into()).expect("a plain object takes any field");
}

/// A record's body and when it was fetched; `None` for a record that can't be read (any more).
fn decode<T: Decode>(record: &JsValue) -> Option<Stored<T>> {
    let fetched_at = Reflect::get(record, &"fetched_at".into()).ok()?.as_f64()?;
    Some(Stored {
        value: body(record)?,
        fetched_at: Timestamp(fetched_at as u64),
    })
}

fn body<T: Decode>(record: &JsValue) -> Option<T> {
    let text = Reflect::get(record, &"body".into()).ok()?.as_string()?;
    T::decode(&text).ok()
}

fn failed(error: JsValue) -> Error {
    why(error.dyn_into().ok())
}
