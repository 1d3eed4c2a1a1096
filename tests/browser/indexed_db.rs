use std::rc::Rc;

use futures_util::future::join;
use hackershelf::hn::Feed;
use hackershelf::http::policy::Limits;
use hackershelf::store::indexed_db::open;
use hackershelf::store::schema::{DATABASE, ITEMS, MARKS, META, SETTINGS};
use hackershelf::store::{
    Batch, Bounds, KeptThread, Mark, Marking, Reading, Settings, Store, Stored,
};
use hackershelf::time::Timestamp;
use hackershelf::time::browser::BrowserClock;
use idb::{Database, Factory, Query, TransactionMode};
use js_sys::{JSON, JsString};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::second_copy;

/// The tests share the page's one database, and this makes it new. Each closes what it opened.
pub async fn fresh() -> Rc<dyn Store> {
    delete().await;
    let (store, not_kept) = open(Rc::new(BrowserClock)).await;
    assert_eq!(not_kept, None);
    store
}

/// Deletes the database, and what of it is kept elsewhere.
pub async fn delete() {
    delete_database().await;
    second_copy::delete().await;
}

pub async fn delete_database() {
    let factory = Factory::new().expect("a browser with IndexedDB");
    factory
        .delete(DATABASE)
        .expect("allowed")
        .await
        .expect("deleted");
}

pub async fn raw(version: Option<u32>) -> Database {
    let factory = Factory::new().expect("a browser with IndexedDB");
    factory
        .open(DATABASE, version)
        .expect("allowed")
        .await
        .expect("opened")
}

pub fn item(id: u32, title: &str, at: u64) -> (u32, Stored<String>) {
    let json = format!(r#"{{"id":{id},"type":"story","title":"{title}"}}"#);
    (
        id,
        Stored {
            value: json,
            fetched_at: Timestamp(at),
        },
    )
}

pub fn items(items: impl IntoIterator<Item = (u32, Stored<String>)>) -> Batch {
    Batch {
        items: items.into_iter().collect(),
        ..Batch::default()
    }
}

pub async fn put(database: &Database, store: &str, json: &str) {
    let transaction = database
        .transaction(&[store], TransactionMode::ReadWrite)
        .expect("its store");
    let record = JSON::parse(json).expect("the test's own JSON");
    let object_store = transaction.object_store(store).expect("its store");
    object_store
        .put(&record, None)
        .expect("allowed")
        .await
        .expect("put");
    transaction.await.expect("committed");
}

#[wasm_bindgen_test]
async fn a_feed_and_its_items_come_back_as_they_were_written() {
    let store = fresh().await;
    assert_eq!(store.feed(Feed::Top).await, Ok(None));
    let ranking = Stored {
        value: vec![3, 1, 2],
        fetched_at: Timestamp(42),
    };
    let batch = Batch {
        feed: Some((Feed::Top, ranking.clone())),
        items: vec![item(1, "é — 日本", 42), item(3, "three", 42)],
        ..Batch::default()
    };
    store.write(batch).await.expect("room");
    assert_eq!(store.feed(Feed::Top).await, Ok(Some(ranking)));
    assert_eq!(store.feed(Feed::New).await, Ok(None));
    let found = store.items(vec![3, 2, 1]).await.expect("readable");
    let titles: Vec<_> = found
        .iter()
        .map(|item| item.value.title.as_deref())
        .collect();
    assert_eq!(titles, [Some("three"), Some("é — 日本")]);
    assert_eq!(found[0].fetched_at, Timestamp(42));
}

#[wasm_bindgen_test]
async fn writing_again_replaces_and_never_duplicates() {
    let store = fresh().await;
    for (title, at) in [("old", 1), ("new", 2)] {
        store
            .write(items((1..=50).map(|id| item(id, title, at))))
            .await
            .expect("room");
    }
    let found = store.items((1..=50).collect()).await.expect("readable");
    assert_eq!(found.len(), 50);
    assert!(
        found
            .iter()
            .all(|item| item.value.title.as_deref() == Some("new"))
    );

    let database = raw(None).await;
    let transaction = database
        .transaction(&[ITEMS], TransactionMode::ReadOnly)
        .expect("its store");
    let count = transaction
        .object_store(ITEMS)
        .expect("its store")
        .count(None::<Query>);
    assert_eq!(count.expect("allowed").await, Ok(50));
    database.close();
}

#[wasm_bindgen_test]
async fn a_whole_thread_gives_way_to_a_larger_part_and_not_to_a_smaller() {
    let store = fresh().await;
    let write = |ids: &[u32], loaded| {
        let items = ids.iter().map(|id| format!(r#"{{"id":{id},"parent":1}}"#));
        let items = Stored {
            value: format!("[{}]", items.collect::<Vec<_>>().join(",")),
            fetched_at: Timestamp(1),
        };
        let thread = KeptThread {
            id: 1,
            items,
            loaded,
            ranked: false,
            verified: loaded,
        };
        store.write(Batch {
            thread: Some(thread),
            ..Batch::default()
        })
    };
    let kept = async || {
        let stored = store.thread(1).await.expect("readable");
        let items = stored.items.map(|items| items.value.len());
        (items, stored.verified)
    };
    write(&[1, 2, 3], true).await.expect("room");
    write(&[1, 2], false).await.expect("room");
    assert_eq!(kept().await, (Some(3), true));
    write(&[1, 2, 3, 4], false).await.expect("room");
    assert_eq!(kept().await, (Some(4), false));
    write(&[1, 2], false).await.expect("room");
    assert_eq!(kept().await, (Some(2), false));
    write(&[1], true).await.expect("room");
    assert_eq!(kept().await, (Some(1), true));
}

#[wasm_bindgen_test]
async fn a_record_that_cant_be_read_counts_as_absent() {
    let store = fresh().await;
    store
        .write(items([item(1, "good", 1)]))
        .await
        .expect("room");
    let database = raw(None).await;
    put(&database, ITEMS, r#"{"id":2,"body":"{]","fetched_at":1}"#).await;
    put(&database, ITEMS, r#"{"id":3,"body":7,"fetched_at":1}"#).await;
    put(&database, ITEMS, r#"{"id":4,"body":"{\"id\":4}"}"#).await;
    database.close();
    let found = store.items(vec![1, 2, 3, 4, 5]).await.expect("readable");
    assert_eq!(
        found.iter().map(|item| item.value.id).collect::<Vec<_>>(),
        [1]
    );
}

#[wasm_bindgen_test]
async fn settings_are_read_and_broken_ones_are_the_defaults() {
    let store = fresh().await;
    assert_eq!(store.settings().await, Ok(Default::default()));
    let database = raw(None).await;
    for (body, permits) in [
        (r#"{"network":{"permits":3}}"#, 3),
        (r#"{"network":{"permits":99}}"#, 32),
        ("{]", Limits::default().permits),
        (r#"{"network":7}"#, Limits::default().permits),
    ] {
        let record = format!(r#"{{"name":"{SETTINGS}","body":{}}}"#, quoted(body));
        put(&database, META, &record).await;
        let settings = store.settings().await.expect("readable");
        assert_eq!(settings.network.permits, permits, "{body}");
    }
    database.close();
}

#[wasm_bindgen_test]
async fn settings_come_back_as_they_were_chosen() {
    let store = fresh().await;
    let network = Limits {
        permits: 3,
        rate: 7,
        algolia: false,
        ..Limits::default()
    };
    let reading = Reading {
        hide_read: true,
        filter: "site:example.com\n\"quoted\"".to_owned(),
    };
    let bounds = Bounds {
        megabytes: 9,
        days: 0,
    };
    let settings = Settings {
        network,
        reading,
        bounds,
        keys_off: true,
    };
    let choose = |kept: &mut Settings| *kept = settings.clone();
    store.change_settings(&choose).await.expect("room");
    assert_eq!(store.settings().await, Ok(settings.clone()));
    // Another tab, which doesn't know of these, changes one thing.
    let change = |kept: &mut Settings| kept.network.permits = 4;
    let changed = store.change_settings(&change).await;
    let mut expected = settings;
    change(&mut expected);
    assert_eq!(changed, Ok(expected));
}

#[wasm_bindgen_test]
async fn a_marking_changes_what_another_left_and_nothing_else() {
    let store = fresh().await;
    let (other, _) = open(Rc::new(BrowserClock)).await;
    let now = Timestamp(42);
    let both = join(
        store.set_mark(7, Marking::Saved(true), now),
        other.set_mark(7, Marking::Collapsed(vec![9], true), now),
    );
    let (first, second) = both.await;
    assert_ne!(first, second, "one came after the other");
    let mark = store.mark(7).await.expect("readable");
    assert_eq!((mark.saved, &mark.collapsed[..]), (Some(now), &[9][..]));
    assert_eq!(store.marks().await, Ok(vec![(7, mark)]));
    assert_eq!(store.mark(8).await, Ok(Mark::default()));
}

#[wasm_bindgen_test]
async fn a_mark_that_cannot_be_read_counts_as_none_and_is_put_aside() {
    let store = fresh().await;
    let database = raw(None).await;
    put(
        &database,
        MARKS,
        r#"{"id":7,"body":"{\"saved\":","extra":1}"#,
    )
    .await;
    put(&database, MARKS, r#"{"id":8,"body":"{\"saved\":5}"}"#).await;
    let marks = store.marks().await.expect("the other can be read");
    assert_eq!(marks.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [8]);
    assert_eq!(store.mark(7).await, Ok(Mark::default()));
    for _ in 0..2 {
        let mark = store.set_mark(7, Marking::Read(true), Timestamp(42)).await;
        assert_eq!(mark.expect("room").read, Some(Timestamp(42)));
    }
    let transaction = database
        .transaction(&[MARKS], TransactionMode::ReadOnly)
        .expect("its store");
    let marks = transaction.object_store(MARKS).expect("its store");
    let record = marks.get(Query::Key(7.into())).expect("allowed").await;
    let record = record.expect("readable").expect("there");
    let record: String = JSON::stringify(&record).expect("plain").into();
    assert!(record.contains(r#""unreadable":"{\"saved\":""#), "{record}");
    assert!(record.contains(r#""extra":1"#), "{record}");
    database.close();
}

fn quoted(text: &str) -> String {
    JSON::stringify(&JsValue::from(JsString::from(text)))
        .expect("a string")
        .into()
}
