//! What nobody else has comes back into a database that was deleted.

use std::rc::Rc;

use hackershelf::store::indexed_db::open;
use hackershelf::store::record::Key;
use hackershelf::store::schema::MARKS;
use hackershelf::store::{Error, Marking, Part, Reading, Record, Settings, Store, Stored};
use hackershelf::time::Timestamp;
use hackershelf::time::browser::BrowserClock;
use idb::TransactionMode;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::indexed_db::{delete_database, fresh, raw};
use crate::promised;

const NOW: Timestamp = Timestamp(42);

/// Deletes the copy, after all that is being written of it.
pub async fn delete() {
    locked("caches.delete('hackershelf-second-copy')").await;
}

/// Waits until all that was asked for is copied, and then for this.
async fn locked(script: &str) {
    let script = format!("navigator.locks.request('hackershelf-second-copy', () => {script})");
    promised(&script).await;
}

/// What there is after the browser deleted the database, and what is said of it.
async fn after_loss() -> (Rc<dyn Store>, Option<Error>) {
    locked("0").await;
    delete_database().await;
    open(Rc::new(BrowserClock)).await
}

fn told() -> Option<Error> {
    Some(Error::Lost { restored: true })
}

async fn saved(store: &Rc<dyn Store>) -> Vec<u32> {
    let marks = store.marks().await.expect("readable");
    let saved = marks.iter().filter(|(_, mark)| mark.saved == Some(NOW));
    saved.map(|(id, _)| *id).collect()
}

async fn save(store: &Rc<dyn Store>, id: u32) {
    let mark = store.set_mark(id, Marking::Saved(true), NOW).await;
    mark.expect("room");
}

#[wasm_bindgen_test]
async fn marks_and_settings_come_back_into_a_database_made_anew() {
    let store = fresh().await;
    for id in [7, 8, 40_000_000, u32::MAX] {
        save(&store, id).await;
    }
    let settings = Settings {
        reading: Reading {
            hide_read: true,
            filter: "site:example.com".to_owned(),
        },
        ..Settings::default()
    };
    let choose = |kept: &mut Settings| *kept = settings.clone();
    store.change_settings(&choose).await.expect("room");
    let (store, lost) = after_loss().await;
    assert_eq!(lost, told());
    assert_eq!(saved(&store).await, [7, 8, 40_000_000, u32::MAX]);
    assert_eq!(store.settings().await, Ok(settings));
    // What was brought back can be lost again.
    let (store, lost) = after_loss().await;
    assert_eq!(lost, told());
    assert_eq!(saved(&store).await.len(), 4);
}

#[wasm_bindgen_test]
async fn of_two_copies_the_newer_counts_and_one_is_enough() {
    for broken in [
        "it.delete('/0a')",
        "it.delete('/0b')",
        r#"it.put('/0a', new Response('{"store":"mar'))"#,
        r#"it.put('/0b', new Response('{"store":"marks","records":[{"id":7,"body":"{}"}]}'))"#,
    ] {
        let store = fresh().await;
        save(&store, 7).await;
        save(&store, 8).await;
        let script = format!("caches.open('hackershelf-second-copy').then((it) => {broken})");
        locked(&script).await;
        let (store, lost) = after_loss().await;
        assert_eq!(lost, told(), "{broken}");
        assert_eq!(saved(&store).await, [7, 8], "{broken}");
    }
}

#[wasm_bindgen_test]
async fn a_copy_that_is_missing_is_made_of_all() {
    let store = fresh().await;
    for id in [7, 40_000_000] {
        save(&store, id).await;
    }
    delete().await;
    save(&store, 20_000_000).await;
    let (store, lost) = after_loss().await;
    assert_eq!(lost, told());
    assert_eq!(saved(&store).await, [7, 20_000_000, 40_000_000]);
}

#[wasm_bindgen_test]
async fn a_copy_that_broke_off_is_made_whole() {
    let store = fresh().await;
    for id in [7, 40_000_000] {
        save(&store, id).await;
    }
    let gone = ["/whole", "/0a", "/0b"].map(|entry| format!("it.delete('{entry}')"));
    let script = format!("Promise.all([{}])", gone.join(", "));
    locked(&format!(
        "caches.open('hackershelf-second-copy').then((it) => {script})"
    ))
    .await;
    save(&store, 20_000_000).await;
    let (store, lost) = after_loss().await;
    assert_eq!(lost, told());
    assert_eq!(saved(&store).await, [7, 20_000_000, 40_000_000]);
}

#[wasm_bindgen_test]
async fn imported_marks_are_copied() {
    let store = fresh().await;
    save(&store, 7).await;
    let body = Stored {
        value: r#"{"saved":42}"#.to_owned(),
        fetched_at: NOW,
    };
    let record = Record::new(Part::Marks, Key::Id(40_000_000), body);
    assert_eq!(store.merge(vec![record]).await, Ok(1));
    let (store, lost) = after_loss().await;
    assert_eq!(lost, told());
    assert_eq!(saved(&store).await, [7, 40_000_000]);
}

#[wasm_bindgen_test]
async fn marks_that_the_reader_deleted_stay_away() {
    let store = fresh().await;
    save(&store, 7).await;
    store.clear(false).await.expect("allowed");
    let (store, lost) = after_loss().await;
    assert_eq!(lost, told());
    store.clear(true).await.expect("allowed");
    let (store, lost) = after_loss().await;
    assert_eq!(lost, None);
    assert_eq!(store.marks().await, Ok(Vec::new()));
}

#[wasm_bindgen_test]
async fn a_database_that_lost_its_marks_alone_has_them_again() {
    let store = fresh().await;
    save(&store, 7).await;
    locked("0").await;
    let database = raw(None).await;
    let transaction = database.transaction(&[MARKS], TransactionMode::ReadWrite);
    let marks = transaction.expect("its store").object_store(MARKS);
    let cleared = marks.expect("its store").clear().expect("allowed");
    cleared.await.expect("cleared");
    database.close();
    let (store, lost) = open(Rc::new(BrowserClock)).await;
    assert_eq!(lost, told());
    assert_eq!(saved(&store).await, [7]);
}
