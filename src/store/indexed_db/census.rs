//! What is kept and may go. An index tells it without the texts: every version has written the age
//! and the size that it is made of.

use std::time::Duration;

use js_sys::{Array, Object};
use wasm_bindgen::JsCast;
use web_sys::IdbCursor;

use super::connection::{Mode, committed, failed, get, result};
use super::records::{key, name};
use super::{IndexedDb, body, number, set};
use crate::store::record::Key;
use crate::store::schema::{EVICTION, MARKS, OPENED_AT};
use crate::store::{Entry, Error, Mark, Part};
use crate::time::Timestamp;

/// What was opened within this time before isn't written again.
const SAME_VISIT: Duration = Duration::from_secs(60 * 60);

impl IndexedDb {
    pub(super) async fn entries(&self) -> Result<Vec<Entry>, Error> {
        let mut entries = Vec::new();
        let stores = Part::EVICTED.map(Part::name);
        let transaction = self.begin(&stores, Mode::Read).await?;
        for part in Part::EVICTED {
            let store = transaction.object_store(part.name()).map_err(failed)?;
            let request = store.index(EVICTION).and_then(|it| it.open_key_cursor());
            let request = request.map_err(failed)?;
            while let Ok(cursor) = result(Ok(request.clone())).await?.dyn_into::<IdbCursor>() {
                let figures: Array = cursor.key().map_err(failed)?.unchecked_into();
                let figure = |at| figures.get(at).as_f64().unwrap_or_default() as u64;
                let key = cursor.primary_key().map_err(failed)?;
                entries.extend(name(&key).map(|key| Entry {
                    part,
                    key,
                    opened_at: Timestamp(figure(0)),
                    bytes: figure(1),
                }));
                cursor.continue_().map_err(failed)?;
            }
        }
        Ok(entries)
    }

    pub(super) async fn delete(&self, names: Vec<(Part, Key)>) -> Result<(), Error> {
        let stores: Vec<_> = Part::EVICTED
            .map(Part::name)
            .into_iter()
            .chain([MARKS])
            .collect();
        let transaction = self.begin(&stores, Mode::Write).await?;
        let keys: Vec<_> = names.iter().map(|(_, name)| key(name)).collect();
        let marks = get(&transaction, MARKS, &keys).await?;
        for ((part, _), (key, mark)) in names.iter().zip(keys.iter().zip(&marks)) {
            let is_saved = |mark: Mark| mark.saved.is_some();
            if !body(mark).is_some_and(is_saved) {
                let store = transaction.object_store(part.name()).map_err(failed)?;
                store.delete(key).map_err(failed)?;
            }
        }
        committed(&transaction).await
    }

    pub(super) async fn note_opened(
        &self,
        names: Vec<(Part, Key)>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let stores = Part::EVICTED.map(Part::name);
        let transaction = self.begin(&stores, Mode::Write).await?;
        for (part, name) in names {
            for record in get(&transaction, part.name(), &[key(&name)]).await? {
                let before = number(&record, OPENED_AT).unwrap_or_default() as u64;
                if let Ok(record) = record.dyn_into::<Object>()
                    && Timestamp(before).age(now) > SAME_VISIT
                {
                    set(&record, OPENED_AT, now.0 as f64);
                    let store = transaction.object_store(part.name()).map_err(failed)?;
                    store.put(&record).map_err(failed)?;
                }
            }
        }
        committed(&transaction).await
    }
}
