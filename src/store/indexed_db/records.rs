//! Records as they are taken away and brought back.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbKeyRange, IdbTransaction, IdbTransactionMode};

use super::{IndexedDb, committed, failed, set, settled};
use crate::store::record::{FACTS, Key};
use crate::store::schema::OPENED_AT;
use crate::store::{Error, Part, Record, Stored};
use crate::time::Timestamp;

/// See [`Store::part`](crate::store::Store::part).
pub async fn slice(
    database: &IndexedDb,
    part: Part,
    after: Key,
    most: u32,
) -> Result<Vec<Record>, Error> {
    let transaction = database.begin(&[part.name()], IdbTransactionMode::Readonly)?;
    let store = transaction.object_store(part.name()).map_err(failed)?;
    let beyond = IdbKeyRange::lower_bound_with_open(&key(&after), true);
    let beyond = beyond.map_err(failed)?;
    let request = store.get_all_with_key_and_limit(&beyond, most);
    let request = request.map_err(failed)?;
    settled(&request).await?;
    let records: js_sys::Array = request.result().map_err(failed)?.unchecked_into();
    Ok(records.iter().filter_map(|it| read(part, &it)).collect())
}

/// See [`Store::merge`](crate::store::Store::merge).
pub async fn merge(database: &IndexedDb, records: Vec<Record>) -> Result<u32, Error> {
    let transaction = database.begin_strict(&Part::ALL.map(Part::name))?;
    let merged = merge_all(&transaction, records).await;
    if merged.is_err() {
        // It may have been aborted already.
        let _ = transaction.abort();
        return merged;
    }
    committed(&transaction).await?;
    merged
}

/// One after the other: each sees what the one before it left.
async fn merge_all(transaction: &IdbTransaction, records: Vec<Record>) -> Result<u32, Error> {
    let mut changed = 0;
    for record in records {
        let store = transaction.object_store(record.part.name());
        let store = store.map_err(failed)?;
        let request = store.get(&key(&record.key)).map_err(failed)?;
        settled(&request).await?;
        let old = request.result().map_err(failed)?;
        let before = read(record.part, &old);
        let readable = before.as_ref().is_some_and(|it| it.flaw().is_none());
        if let Some(record) = record.merge(before.as_ref()) {
            let new = match record.part {
                Part::Marks => kept(old, readable),
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

fn key(key: &Key) -> JsValue {
    match key {
        Key::Id(id) => (*id).into(),
        Key::Name(name) => name.into(),
    }
}

/// What can't be read counts as empty: it must not end a walk through all.
fn read(part: Part, record: &JsValue) -> Option<Record> {
    let field = |name: &str| Reflect::get(record, &name.into()).ok();
    let moment = |name: &str| {
        let moment = field(name).and_then(|moment| moment.as_f64());
        Timestamp(moment.unwrap_or_default() as u64)
    };
    let key = field(part.key())?;
    let key = match key.as_f64() {
        Some(id) => Key::Id(id as u32),
        None => Key::Name(key.as_string()?),
    };
    let body = field("body").and_then(|body| body.as_string());
    Some(Record {
        part,
        key,
        body: Stored {
            value: body.unwrap_or_default(),
            fetched_at: moment("fetched_at"),
        },
        opened_at: moment(OPENED_AT),
        facts: FACTS.map(|fact| field(fact).is_some_and(|fact| fact.is_truthy())),
    })
}

/// Writes a record's fields.
pub fn write(to: &Object, record: &Record) {
    let Record { part, body, .. } = record;
    set(to, part.key(), key(&record.key));
    set(to, "body", &body.value);
    if *part != Part::Marks {
        set(to, "fetched_at", body.fetched_at.0 as f64);
        if *part != Part::Feeds {
            set(to, OPENED_AT, record.opened_at.0 as f64);
            set(to, "bytes", body.value.len() as f64);
        }
    }
    if *part == Part::Threads {
        for (fact, holds) in FACTS.into_iter().zip(record.facts) {
            set(to, fact, holds);
        }
    }
}
