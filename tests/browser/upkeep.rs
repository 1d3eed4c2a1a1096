//! What happens to the database beside reading and writing: it is made, brought up to date, mended,
//! taken away and tidied.

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join;
use hackershelf::hn::Feed;
use hackershelf::store::indexed_db::open;
use hackershelf::store::record::Key;
use hackershelf::store::schema::{
    DATABASE, EVICTION, ITEMS, MARKS, NEWER, OPENED_AT, STORES, THREADS, USERS, VERSION,
};
use hackershelf::store::{Entry, Error, Mark, Marking, Part, Store};
use hackershelf::time::browser::BrowserClock;
use hackershelf::time::{Clock as _, ManualClock, Timestamp};
use idb::{Database, DatabaseEvent as _, Factory, IndexParams, KeyPath, ObjectStoreParams};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::IdbTransaction;

use crate::indexed_db::{delete, fresh, item, items, put, raw};
use crate::promised;

const HOUR: u64 = 60 * 60 * 1_000;

async fn opened() -> Rc<dyn Store> {
    let (store, not_kept) = open(Rc::new(BrowserClock)).await;
    assert_eq!(not_kept, None);
    store
}

/// A database of this version with these stores, the evicted ones with the index of the first
/// version.
async fn made(version: u32, stores: &[&str]) -> Database {
    delete().await;
    let factory = Factory::new().expect("a browser with IndexedDB");
    let mut request = factory.open(DATABASE, Some(version)).expect("allowed");
    let stores: Vec<_> = (STORES.iter().copied())
        .filter(|(name, _)| stores.contains(name))
        .collect();
    request.on_upgrade_needed(move |event| {
        let database = event.database().expect("being made");
        for (name, key) in stores {
            let mut parameters = ObjectStoreParams::new();
            parameters.key_path(Some(KeyPath::new_single(key)));
            let store = database.create_object_store(name, parameters);
            let store = store.expect("a new store");
            if EVICTED.contains(&name) {
                let path = KeyPath::new_single(OPENED_AT);
                let index = store.create_index(OPENED_AT, path, None::<IndexParams>);
                index.expect("a new index");
            }
        }
    });
    request.await.expect("made")
}

fn entry((part, key): (Part, Key), opened_at: u64, bytes: u64) -> Entry {
    Entry {
        part,
        key,
        opened_at: Timestamp(opened_at),
        bytes,
    }
}

/// The stores that the first version evicted from.
const EVICTED: [&str; 3] = [ITEMS, THREADS, USERS];

const ALL: [&str; 7] = ["feeds", ITEMS, THREADS, USERS, MARKS, "jobs", "meta"];

#[wasm_bindgen_test]
async fn a_new_database_has_every_object_store() {
    let _store = fresh().await;
    let database = raw(None).await;
    assert_eq!(database.version(), Ok(VERSION));
    let names = database.store_names();
    for (name, _) in STORES {
        assert!(names.iter().any(|made| made == name), "{name}");
    }
    database.close();
}

#[wasm_bindgen_test]
async fn a_database_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it() {
    let first = made(1, &ALL).await;
    for (store, record) in [
        (
            ITEMS,
            r#"{"id":1,"body":"{\"id\":1,\"type\":\"story\",\"title\":\"kept\"}","bytes":40,"fetched_at":7,"opened_at":7}"#,
        ),
        (
            THREADS,
            r#"{"id":1,"body":"[]","bytes":2,"fetched_at":5,"opened_at":6}"#,
        ),
        (
            USERS,
            r#"{"name":"ada","body":"{\"id\":\"ada\"}","bytes":12,"fetched_at":3,"opened_at":3}"#,
        ),
        (MARKS, r#"{"id":1,"body":"{\"saved\":5}"}"#),
    ] {
        put(&first, store, record).await;
    }
    first.close();

    let store = opened().await;
    let mark = store.mark(1).await.expect("readable");
    assert_eq!(mark.saved, Some(Timestamp(5)));
    let found = store.items(vec![1]).await.expect("readable");
    assert_eq!(found[0].value.title.as_deref(), Some("kept"));
    let census = store.census().await.expect("readable");
    let expected = [
        entry((Part::Items, Key::Id(1)), 7, 40),
        entry((Part::Threads, Key::Id(1)), 6, 2),
        entry((Part::Users, Key::Name("ada".to_owned())), 3, 12),
    ];
    assert_eq!(census, expected);
}

#[wasm_bindgen_test]
async fn the_oldest_come_first_and_new_records_stand_in_the_census_by_themselves() {
    let store = fresh().await;
    let batch = items([item(5, "late", 90), item(6, "early", 30)]);
    store.write(batch).await.expect("room");
    let census = store.census().await.expect("readable");
    let ids: Vec<_> = census.iter().map(|entry| entry.key.id()).collect();
    assert_eq!(ids, [6, 5]);
    assert!(census[0].bytes > 30, "{census:?}");
}

#[wasm_bindgen_test]
async fn what_is_opened_again_is_young_again_and_otherwise_as_it_was() {
    let store = fresh().await;
    let batch = items([item(5, "late", 2), item(6, "early", 1)]);
    store.write(batch).await.expect("room");
    let before = store.items(vec![6]).await.expect("readable");
    let keys = vec![(Part::Items, Key::Id(6)), (Part::Threads, Key::Id(6))];
    let now = Timestamp(2 * HOUR);
    store.touch(keys.clone(), now).await.expect("room");
    // Within the same visit it isn't written again.
    let soon = Timestamp(2 * HOUR + 1);
    store.touch(keys, soon).await.expect("room");
    let census = store.census().await.expect("readable");
    let opened: Vec<_> = census.iter().map(|entry| entry.opened_at).collect();
    assert_eq!(opened, [Timestamp(2), now]);
    assert_eq!(store.items(vec![6]).await, Ok(before));
}

#[wasm_bindgen_test]
async fn what_was_saved_in_the_meantime_does_not_go() {
    let store = fresh().await;
    let batch = items((1..=3).map(|id| item(id, "story", 1)));
    store.write(batch).await.expect("room");
    let now = Timestamp(42);
    let saved = store.set_mark(2, Marking::Saved(true), now).await;
    saved.expect("room");
    let read = store.set_mark(3, Marking::Read(true), now).await;
    read.expect("room");
    let keys = vec![
        (Part::Items, Key::Id(1)),
        (Part::Items, Key::Id(2)),
        (Part::Items, Key::Id(3)),
        (Part::Users, Key::Name("x".to_owned())),
    ];
    store.evict(keys).await.expect("possible");
    let left = store.items(vec![1, 2, 3]).await.expect("readable");
    assert_eq!(left.iter().map(|it| it.value.id).collect::<Vec<_>>(), [2]);
    assert_eq!(store.marks().await.map(|marks| marks.len()), Ok(2));
}

#[wasm_bindgen_test]
async fn a_database_that_lost_its_stores_gets_new_ones_and_keeps_the_others() {
    for (version, lost) in [(VERSION, ITEMS), (1, THREADS), (VERSION + 3, "meta")] {
        let left: Vec<_> = ALL.into_iter().filter(|name| *name != lost).collect();
        let damaged = made(version, &left).await;
        put(&damaged, MARKS, r#"{"id":7,"body":"{\"saved\":5}"}"#).await;
        damaged.close();
        for _visit in 0..2 {
            let store = opened().await;
            let marks = store.marks().await.expect("readable");
            assert_eq!(marks.len(), 1, "{lost}");
            assert_eq!(marks[0].1.saved, Some(Timestamp(5)));
            let batch = items([item(1, "new", 1)]);
            store.write(batch).await.expect("its store is there");
            assert_eq!(store.items(vec![1]).await.map(|found| found.len()), Ok(1));
            assert!(store.census().await.is_ok(), "{lost}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_database_without_any_store_is_as_a_new_one() {
    for version in [1, VERSION] {
        made(version, &[]).await.close();
        let store = opened().await;
        store.write(items([item(1, "new", 1)])).await.expect("room");
        assert_eq!(store.census().await.map(|all| all.len()), Ok(1));
    }
}

#[wasm_bindgen_test]
async fn a_newer_database_is_left_alone_and_memory_takes_its_place() {
    for newer in [NEWER, 1_000] {
        delete().await;
        raw(Some(newer)).await.close();
        let (store, not_kept) = open(Rc::new(BrowserClock)).await;
        assert_eq!(not_kept, Some(Error::Newer));
        let batch = items([item(1, "kept for now", 1)]);
        store.write(batch).await.expect("memory");
        assert_eq!(store.items(vec![1]).await.expect("memory").len(), 1);
        let database = raw(None).await;
        assert_eq!(database.version(), Ok(newer));
        assert_eq!(database.store_names(), Vec::<String>::new());
        database.close();
    }
    delete().await;
}

#[wasm_bindgen_test]
async fn another_tab_that_brings_a_newer_version_is_let_through() {
    let store = fresh().await;
    raw(Some(NEWER)).await.close();
    // The connection gave way; what is asked of it now fails instead of hanging.
    assert_eq!(store.feed(Feed::Top).await, Err(Error::Newer));
    delete().await;
}

#[wasm_bindgen_test]
async fn a_connection_that_was_lost_is_made_anew_at_the_next_use() {
    let store = fresh().await;
    store.write(items([item(1, "one", 1)])).await.expect("room");
    raw(Some(VERSION + 1)).await.close();
    let (first, second) = join(store.items(vec![1]), store.items(vec![1])).await;
    assert_eq!(first.map(|found| found.len()), Ok(1));
    assert_eq!(second.map(|found| found.len()), Ok(1));

    // Deleted as a whole, as from the browser's own tools.
    delete().await;
    assert_eq!(store.mark(7).await, Ok(Mark::default()));
    store.write(items([item(2, "two", 1)])).await.expect("room");
    assert_eq!(
        store.items(vec![1, 2]).await.map(|found| found.len()),
        Ok(1)
    );
}

#[wasm_bindgen_test]
async fn a_database_that_does_not_open_in_time_is_done_without_and_let_go_later() {
    // Another tab holds an older version and doesn't hear that it is in the way.
    let deaf = made(1, &ALL).await;
    let clock = ManualClock::new();
    let opening = open(Rc::new(clock.clone()));
    let passing = async {
        BrowserClock.sleep(Duration::from_millis(200)).await;
        clock.advance(Duration::from_secs(3));
    };
    let ((store, not_kept), ()) = join(opening, passing).await;
    assert_eq!(not_kept, Some(Error::Slow));
    store
        .write(items([item(1, "kept for now", 1)]))
        .await
        .expect("memory");
    assert_eq!(store.items(vec![1]).await.map(|found| found.len()), Ok(1));

    // Once it can be opened, nobody holds it: it can be deleted.
    deaf.close();
    delete().await;
    let store = opened().await;
    assert_eq!(store.items(vec![1]).await.map(|found| found.len()), Ok(0));
}

#[wasm_bindgen_test]
async fn a_read_that_is_not_answered_in_time_is_done_without_and_the_next_is_read_again() {
    let store = fresh().await;
    let batch = items([item(1, "one", 1)]);
    store.write(batch).await.expect("room");
    let clock = ManualClock::new();
    let (store, _) = open(Rc::new(clock.clone())).await;
    // A transaction that goes on for as long as it asks for more, and lets nobody else in.
    let held = promised(
        "new Promise(held => {
            const opening = indexedDB.open('hackershelf');
            opening.onsuccess = () => {
                const transaction = opening.result.transaction('items', 'readwrite');
                const items = transaction.objectStore('items');
                const ask = () => { items.get(0).onsuccess = () => { held(transaction); ask(); } };
                ask();
                transaction.onabort = () => opening.result.close();
            };
        })",
    )
    .await;
    let held: IdbTransaction = held.unchecked_into();
    let passing = async { clock.advance(Duration::from_secs(5)) };
    let (read, ()) = join(store.items(vec![1]), passing).await;
    assert_eq!(read, Err(Error::Slow));

    held.abort().expect("it goes on still");
    assert_eq!(store.items(vec![1]).await.map(|found| found.len()), Ok(1));
}

#[wasm_bindgen_test]
async fn the_index_of_the_first_version_is_gone() {
    made(1, &ALL).await.close();
    drop(opened().await);
    let database = raw(None).await;
    let transaction = database.transaction(&[ITEMS], idb::TransactionMode::ReadOnly);
    let transaction = transaction.expect("its store");
    let store = transaction.object_store(ITEMS).expect("its store");
    assert_eq!(store.index_names(), [EVICTION]);
    database.close();
}
