//! Records as they are taken away and brought back.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbKeyRange, IdbTransaction};

use super::{IndexedDb, Mode, committed, failed, holds, number, result, set, text, why};
use crate::store::record::{FACTS, Key};
use crate::store::schema::{BYTES, OPENED_AT};
use crate::store::{Error, Part, Record, Stored};
use crate::time::Timestamp;

/// See [`Store::part`](crate::store::Store::part).
pub async fn slice(
    database: &IndexedDb,
    part: Part,
    after: Key,
    most: u32,
) -> Result<Vec<Record>, Error> {
    let transaction = database.begin(&[part.name()], Mode::Read).await?;
    let store = transaction.object_store(part.name()).map_err(failed)?;
    let beyond = IdbKeyRange::lower_bound_with_open(&key(&after), true);
    let beyond = beyond.map_err(failed)?;
    let records = result(store.get_all_with_key_and_limit(&beyond, most)).await?;
    let records: js_sys::Array = records.unchecked_into();
    Ok(records.iter().filter_map(|it| read(part, &it)).collect())
}

/// See [`Store::merge`](crate::store::Store::merge).
pub async fn merge(database: &IndexedDb, records: Vec<Record>) -> Result<u32, Error> {
    let transaction = database
        .begin(&Part::ALL.map(Part::name), Mode::WriteStrictly)
        .await?;
    let merged = merge_all(database, &transaction, records).await;
    if let Err(error) = merged {
        // It may have been aborted already: then a request tells only that, and not why.
        let _ = transaction.abort();
        return Err(match why(transaction.error()) {
            Error::Full => Error::Full,
            _ => error,
        });
    }
    committed(&transaction).await?;
    merged
}

/// One after the other: each sees what the one before it left.
async fn merge_all(
    database: &IndexedDb,
    transaction: &IdbTransaction,
    records: Vec<Record>,
) -> Result<u32, Error> {
    let mut changed = 0;
    for record in records {
        let store = transaction.object_store(record.part.name());
        let store = store.map_err(failed)?;
        let old = result(store.get(&key(&record.key))).await?;
        let before = read(record.part, &old);
        if let Some(record) = record.merge(before.as_ref()) {
            let new = match record.key {
                Key::Id(id) if record.part == Part::Marks => {
                    database.copy(Some(id));
                    kept(old, before.is_some_and(|it| it.flaw().is_none()))
                }
                _ => Object::new(),
            };
            write(&new, &record);
            store.put(&new).map_err(failed)?;
            changed += 1;
        }
    }
    Ok(changed)
}

/// The record of a mark that is to be changed: what else stands in it stays, and so does, aside, a
/// body that can't be read.
pub fn kept(record: JsValue, readable: bool) -> Object {
    let record: Object = record.dyn_into().unwrap_or_default();
    if !readable
        && let Ok(unreadable) = Reflect::get(&record, &"body".into())
        && !unreadable.is_undefined()
    {
        set(&record, "unreadable", unreadable);
    }
    record
}

/// A key as the database has it.
pub fn name(key: &JsValue) -> Option<Key> {
    match key.as_f64() {
        Some(id) => Some(Key::Id(id as u32)),
        None => Some(Key::Name(key.as_string()?)),
    }
}

/// A key as the database takes it.
pub fn key(key: &Key) -> JsValue {
    match key {
        Key::Id(id) => (*id).into(),
        Key::Name(name) => name.into(),
    }
}

/// What can't be read counts as empty: it must not end a walk through all.
fn read(part: Part, record: &JsValue) -> Option<Record> {
    let field = |name: &str| Reflect::get(record, &name.into()).ok();
    let moment = |name: &str| Timestamp(number(record, name).unwrap_or_default() as u64);
    let key = name(&field(part.key())?)?;
    Some(Record {
        part,
        key,
        body: Stored {
            value: text(record).unwrap_or_default(),
            fetched_at: moment("fetched_at"),
        },
        opened_at: moment(OPENED_AT),
        facts: FACTS.map(|fact| holds(record, fact)),
    })
}

/// Writes a record's fields.
pub fn write(to: &Object, record: &Record) {
    let Record { part, body, .. } = record;
    set(to, part.key(), key(&record.key));
    set(to, "body", &body.value);
    if *part != Part::Marks {
        set(to, "fetched_at", body.fetched_at.0 as f64);
    }
    if part.is_evicted() {
        set(to, OPENED_AT, record.opened_at.0 as f64);
        set(to, BYTES, body.value.len() as f64);
    }
    if *part == Part::Threads {
        for (fact, holds) in FACTS.into_iter().zip(record.facts) {
            set(to, fact, holds);
        }
    }
}
