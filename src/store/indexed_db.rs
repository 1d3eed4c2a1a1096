//! The browser's database.
//!
//! A write awaits its *transaction*, not its requests: a full disk may surface only as an abort
//! after every request has succeeded.

use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use futures_util::future::{Either, join_all, select};
use idb::{
    Database, DatabaseEvent, Factory, IndexParams, KeyPath, ObjectStoreParams, Transaction,
    TransactionMode, TransactionResult,
};
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::schema::{self, FEEDS, ITEMS, META, OPENED_AT, SETTINGS, STORES};
use super::{Batch, Error, Memory, Settings, Store, Stored};
use crate::hn::{Decode, Feed, Id, Item};
use crate::time::{Clock, Timestamp};

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
struct IndexedDb(Database);

impl IndexedDb {
    async fn open() -> Result<Self, Error> {
        let factory = Factory::new().map_err(|_| Error::Unavailable)?;
        let mut request = factory
            .open(schema::DATABASE, Some(schema::VERSION))
            .map_err(|_| Error::Unavailable)?;
        request.on_upgrade_needed(|event| {
            // What fails here aborts the upgrade, and opening then fails with the reason.
            if let Ok(database) = event.database() {
                let _ = create_missing(&database);
            }
        });
        let mut database = request.await.map_err(|error| {
            let text = error.to_string();
            if text.contains("VersionError") {
                Error::Newer
            } else {
                Error::Failed(text)
            }
        })?;
        // Another tab wants to upgrade or delete the database: let it. What is asked of this
        // connection afterwards fails, and the page says so.
        database.on_version_change(|event| {
            if let Some(database) = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::IdbDatabase>().ok())
            {
                database.close();
            }
        });
        Ok(Self(database))
    }

    fn begin(&self, stores: &[&str], mode: TransactionMode) -> Result<Transaction, Error> {
        self.0.transaction(stores, mode).map_err(failed)
    }

    /// Reads the records at `keys` in one transaction; `None` where there is none.
    async fn read(&self, store: &str, keys: &[JsValue]) -> Result<Vec<Option<JsValue>>, Error> {
        let transaction = self.begin(&[store], TransactionMode::ReadOnly)?;
        let object_store = transaction.object_store(store).map_err(failed)?;
        let requests: Result<Vec<_>, _> = keys
            .iter()
            .map(|key| object_store.get(key.clone()).map(IntoFuture::into_future))
            .collect();
        // In a task of its own, like opening: whoever asked may stop waiting, and the browser calls
        // back all the same.
        let (sender, receiver) = oneshot::channel();
        let requests = requests.map_err(failed)?;
        spawn_local(async move {
            let _ = sender.send(join_all(requests).await);
        });
        let records = receiver.await.map_err(failed)?;
        records
            .into_iter()
            .map(|record| record.map_err(failed))
            .collect()
    }

    async fn read_one(&self, store: &str, key: &str) -> Result<Option<JsValue>, Error> {
        Ok(self.read(store, &[key.into()]).await?.pop().flatten())
    }
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
            let record = self.read_one(FEEDS, feed.name()).await?;
            Ok(record.as_ref().and_then(decode))
        })
    }

    fn items(&self, ids: Vec<Id>) -> LocalBoxFuture<'_, Result<Vec<Stored<Item>>, Error>> {
        Box::pin(async move {
            let keys: Vec<_> = ids.into_iter().map(JsValue::from).collect();
            let records = self.read(ITEMS, &keys).await?;
            Ok(records.iter().flatten().filter_map(decode).collect())
        })
    }

    fn write(&self, batch: Batch) -> LocalBoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let stores = [FEEDS, ITEMS, META];
            let transaction = self.begin(&stores, TransactionMode::ReadWrite)?;
            if let Err(error) = put_all(&transaction, batch) {
                let _ = transaction.abort();
                return Err(failed(error));
            }
            match transaction.await {
                Ok(TransactionResult::Committed) => Ok(()),
                Ok(TransactionResult::Aborted) => Err(Error::Failed("aborted".into())),
                Err(error) => Err(failed(error)),
            }
        })
    }

    fn settings(&self) -> LocalBoxFuture<'_, Result<Settings, Error>> {
        Box::pin(async move {
            let record = self.read_one(META, SETTINGS).await?;
            Ok(record.as_ref().and_then(body).unwrap_or_default())
        })
    }
}

fn put_all(transaction: &Transaction, batch: Batch) -> Result<(), idb::Error> {
    if let Some((feed, ranking)) = batch.feed {
        let ids = json_array(&ranking.value);
        let record = record(&ids, ranking.fetched_at);
        set(&record, "name", feed.name());
        transaction.object_store(FEEDS)?.put(&record, None)?;
    }
    let items = transaction.object_store(ITEMS)?;
    for (id, item) in batch.items {
        let record = record(&item.value, item.fetched_at);
        set(&record, "id", id);
        set(&record, "bytes", item.value.len() as f64);
        set(&record, OPENED_AT, item.fetched_at.0 as f64);
        items.put(&record, None)?;
    }
    if let Some(settings) = batch.settings {
        let record = Object::new();
        set(&record, "name", SETTINGS);
        set(&record, "body", settings.json());
        transaction.object_store(META)?.put(&record, None)?;
    }
    Ok(())
}

fn json_array(ids: &[Id]) -> String {
    let mut json = String::from("[");
    for id in ids {
        if json.len() > 1 {
            json.push(',');
        }
        json += &id.to_string();
    }
    json + "]"
}

fn create_missing(database: &Database) -> Result<(), idb::Error> {
    let existing = database.store_names();
    for (name, key, evicted) in STORES {
        if existing.iter().any(|store| store == name) {
            continue;
        }
        let mut params = ObjectStoreParams::new();
        params.key_path(Some(KeyPath::new_single(key)));
        let store = database.create_object_store(name, params)?;
        if evicted {
            store.create_index(
                OPENED_AT,
                KeyPath::new_single(OPENED_AT),
                None::<IndexParams>,
            )?;
        }
    }
    Ok(())
}

fn record(body: &str, fetched_at: Timestamp) -> Object {
    let record = Object::new();
    set(&record, "body", body);
    set(&record, "fetched_at", fetched_at.0 as f64);
    record
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

fn failed(error: impl ToString) -> Error {
    Error::Failed(error.to_string())
}
