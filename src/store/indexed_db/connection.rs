//! The way into the database: opening it, mending it, and waiting for what it does.
//!
//! A database that lacks a store gets it, whatever version it comes from, and keeps all else; one
//! that a later version of the app wrote is left alone. It is always given up when another tab
//! wants to change it as a whole: whoever holds on to it would make all others wait.
//!
//! After a crash Chromium may take all of it for damaged, and delete it. Against one cause of that
//! something can be done, see [`begin_log`]; otherwise the reader is told, and has the marks again
//! from their [second copy](second_copy).

use std::cell::Cell;
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
    IdbRequest, IdbTransaction,
};

use super::{second_copy, set};
use crate::store::schema::{BYTES, DATABASE, EVICTION, NEWER, OPENED_AT, STORES, VERSION};
use crate::store::{Error, Part};
use crate::time::Clock;

/// A database that hasn't opened by then is done without.
const OPEN_WITHIN: Duration = Duration::from_secs(3);

/// What a transaction is for.
#[derive(Clone, Copy)]
pub enum Mode {
    Read,
    Write,
    /// A write that, once committed, survives even a loss of power.
    WriteStrictly,
}

/// A database for [`begin_log`].
const EMPTY: &str = "hackershelf-empty";

/// An open database.
pub struct Connection {
    database: IdbDatabase,
    lost: Option<Error>,
    has_written: Cell<bool>,
}

impl Drop for Connection {
    /// A connection left open would block every later version of the database.
    fn drop(&mut self) {
        self.database.close();
    }
}

impl Connection {
    /// What the reader is to be told, if what was there had gone.
    pub fn lost(&self) -> Option<Error> {
        self.lost.clone()
    }

    /// The database itself.
    pub fn database(&self) -> &IdbDatabase {
        &self.database
    }

    /// Opens the database, unless that takes too long.
    pub async fn open(clock: &dyn Clock) -> Result<Self, Error> {
        // Opening goes on in a task of its own: giving up on it must not drop callbacks that the
        // browser is still going to call.
        let (sender, receiver) = oneshot::channel();
        spawn_local(async move {
            // If nobody waits any more, this closes it again.
            let _ = sender.send(Self::whole().await);
        });
        match select(receiver, clock.sleep(OPEN_WITHIN)).await {
            Either::Left((Ok(opened), _)) => opened,
            Either::Left((Err(_), _)) => Err(Error::Unavailable),
            Either::Right(_) => Err(Error::Slow),
        }
    }

    /// Opens the database; if that has lost a store, with a new one in its place.
    async fn whole() -> Result<Self, Error> {
        let factory = factory()?;
        let opened = match Self::request(&factory, Some(VERSION)).await {
            // Perhaps not newer, but mended.
            Err(Error::Newer) => Self::request(&factory, None).await?,
            opened => opened?,
        };
        let version = opened.database.version() as u32;
        let made = opened.database.object_store_names();
        if version >= NEWER {
            return Err(Error::Newer);
        }
        if STORES.iter().all(|(name, _)| made.contains(name)) {
            return Ok(opened);
        }
        drop(opened);
        match version + 1 {
            NEWER.. => Err(Error::Failed("it loses its stores".to_owned())),
            mended => Self::request(&factory, Some(mended)).await,
        }
    }

    /// Opens the database, and makes in it what a new, an older or a damaged one lacks. Without a
    /// version, it is opened as it is.
    async fn request(factory: &IdbFactory, version: Option<u32>) -> Result<Self, Error> {
        let request = match version {
            Some(version) => factory.open_with_u32(DATABASE, version),
            None => factory.open(DATABASE),
        };
        let request = request.map_err(|_| Error::Unavailable)?;
        let is_lost = Rc::new(Cell::new(false));
        let finds = Rc::clone(&is_lost);
        let upgrade = move |event: Event| {
            // Chromium's alone, and only where the database was made anew.
            let loss = Reflect::get(&event, &"dataLoss".into()).ok();
            finds.set(loss.is_some_and(|loss| loss == "total"));
            // Opening then fails as well.
            if let Some(request) = target(&event)
                && upgrade(&request).is_err()
                && let Some(transaction) = request.transaction()
            {
                let _ = transaction.abort();
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
        let database: IdbDatabase = database.dyn_into().map_err(failed)?;
        let give_way = |event: Event| {
            if let Some(database) = target::<IdbDatabase>(&event) {
                database.close();
            }
        };
        let give_way = Closure::<dyn Fn(Event)>::new(give_way).into_js_value();
        database.set_onversionchange(Some(give_way.unchecked_ref()));
        let restored = second_copy::restore(&database).await;
        let lost = (is_lost.get() || restored).then_some(Error::Lost { restored });
        Ok(Self {
            database,
            lost,
            has_written: Cell::new(false),
        })
    }

    /// Begins a transaction over these stores; none if the connection is lost.
    pub fn begin(&self, stores: &[&str], mode: Mode) -> Result<Option<IdbTransaction>, Error> {
        let begin = || -> Result<JsValue, JsValue> {
            let names: Array = stores.iter().map(|name| JsValue::from(*name)).collect();
            let (access, durability) = match mode {
                Mode::Read => ("readonly", "default"),
                Mode::Write => ("readwrite", "default"),
                Mode::WriteStrictly => ("readwrite", "strict"),
            };
            let options = Object::new();
            set(&options, "durability", durability);
            // web-sys counts the options as unstable.
            let begin = Reflect::get(&self.database, &"transaction".into())?;
            let begin: Function = begin.dyn_into()?;
            begin.call3(&self.database, &names, &access.into(), &options)
        };
        if !matches!(mode, Mode::Read) && !self.has_written.replace(true) {
            spawn_local(async { drop(begin_log().await) });
        }
        match begin().map_err(failed) {
            Ok(begun) => Ok(Some(begun.unchecked_into())),
            Err(Error::Failed(name)) if name == "InvalidStateError" => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn factory() -> Result<IdbFactory, Error> {
    web_sys::window()
        .and_then(|window| window.indexed_db().ok().flatten())
        .ok_or(Error::Unavailable)
}

/// Has Chromium begin a new log, by a database that is made and deleted again.
///
/// A browser that is killed may leave the last record of its log torn. The next one reads what
/// stands before that, and writes on behind it; the one after that takes the log for damaged and
/// deletes all that the site has kept. (LevelDB's `reuse_logs`, and what crbug.com/460568 tells of
/// it.) Deleting a database is what makes it put the log's content into tables.
async fn begin_log() -> Result<(), Error> {
    let factory = factory()?;
    let request = factory.open(EMPTY).map_err(failed)?;
    settled(&request).await?;
    let empty: IdbDatabase = request.result().map_err(failed)?.unchecked_into();
    empty.close();
    factory.delete_database(EMPTY).map(drop).map_err(failed)
}

fn upgrade(request: &IdbOpenDbRequest) -> Result<(), JsValue> {
    let database: IdbDatabase = request.result()?.dyn_into()?;
    let transaction = request.transaction().ok_or(JsValue::UNDEFINED)?;
    let made = database.object_store_names();
    let evicted = Part::EVICTED.map(Part::name);
    for (name, key) in STORES {
        let store = match made.contains(name) {
            true => transaction.object_store(name)?,
            false => {
                let parameters = IdbObjectStoreParameters::new();
                parameters.set_key_path(&key.into());
                database.create_object_store_with_optional_parameters(name, &parameters)?
            }
        };
        let indices = store.index_names();
        if indices.contains(OPENED_AT) {
            store.delete_index(OPENED_AT)?;
        }
        if evicted.contains(&name) && !indices.contains(EVICTION) {
            let fields = Array::of2(&OPENED_AT.into(), &BYTES.into());
            store.create_index_with_str_sequence(EVICTION, &fields)?;
        }
    }
    Ok(())
}

fn target<T: JsCast>(event: &Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}

/// Reads the records at `keys`; `undefined` where there is none.
pub fn get<'a>(
    transaction: &'a IdbTransaction,
    store: &'a str,
    keys: &'a [JsValue],
) -> LocalBoxFuture<'a, Result<Vec<JsValue>, Error>> {
    Box::pin(async move {
        let store = transaction.object_store(store).map_err(failed)?;
        let mut requests = Vec::with_capacity(keys.len());
        for key in keys {
            requests.push(store.get(key).map_err(failed)?);
        }
        // Requests are answered in their order: after the last one all are.
        if let Some(last) = requests.last() {
            settled(last).await?;
        }
        requests
            .iter()
            .map(|request| request.result().map_err(failed))
            .collect()
    })
}

/// What a request gives once it is answered.
pub fn result(
    request: Result<IdbRequest, JsValue>,
) -> LocalBoxFuture<'static, Result<JsValue, Error>> {
    Box::pin(async {
        let request = request.map_err(failed)?;
        settled(&request).await?;
        request.result().map_err(failed)
    })
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
pub async fn committed(transaction: &IdbTransaction) -> Result<(), Error> {
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    match JsFuture::from(promise).await {
        Ok(_) => Ok(()),
        Err(_) => Err(why(transaction.error())),
    }
}

/// An exception's meaning; none is what a script's own abort leaves.
pub fn why(error: Option<DomException>) -> Error {
    match error.map(|error| error.name()) {
        Some(name) if name == "QuotaExceededError" => Error::Full,
        name => Error::Failed(name.unwrap_or_else(|| "aborted".to_owned())),
    }
}

/// An exception as an error.
pub fn failed(error: JsValue) -> Error {
    why(error.dyn_into().ok())
}
