use std::rc::Rc;

use futures_util::future::select;
use hackershelf::http::fetch::Fetch;
use hackershelf::http::{Answer, Client, Error, MAX_BODY, Transport as _};
use hackershelf::sync::{Priority, Semaphore};
use hackershelf::time::browser::BrowserClock;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{replay, soon, until};

/// Nothing listens on the reserved port 1.
const NOBODY: &str = "http://127.0.0.1:1/";

#[wasm_bindgen_test]
async fn a_body_arrives_whole_and_its_permit_comes_back() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().expect("free");
    let answer = Fetch::default()
        .get("data:application/json,%5B1%2C2%5D", permit.into())
        .await;
    let answer = answer.expect("a data URL needs no network");
    assert_eq!((answer.status, answer.body.as_str()), (200, "[1,2]"));
    assert_eq!(semaphore.available_permits(), 1);
}

#[wasm_bindgen_test]
async fn nobody_there_is_a_failed_connection() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().expect("free");
    assert_eq!(
        Fetch::default().get(NOBODY, permit.into()).await,
        Err(Error::Connect)
    );
}

#[wasm_bindgen_test]
async fn a_dropped_request_gives_its_permit_back_later_and_not_at_once() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().expect("free");
    drop(Fetch::default().get("data:,x", permit.into()));
    assert_eq!(semaphore.available_permits(), 0);
    // Returned by the clean-up task: this waits for it.
    drop(semaphore.acquire().await.expect("open"));
}

async fn get(id: u32) -> Result<Answer, Error> {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().expect("free");
    let answer = Fetch::default().get(&replay::item(id), permit.into()).await;
    // It comes back, sooner or later.
    drop(semaphore.acquire().await.expect("open"));
    answer
}

#[wasm_bindgen_test]
async fn a_body_of_eight_mebibytes_is_read_whole() {
    let answer = get(1).await.expect("an answer");
    assert_eq!(answer.body.len(), MAX_BODY);
    assert!(answer.body.starts_with("\"x") && answer.body.ends_with("x\""));
}

#[wasm_bindgen_test]
async fn a_larger_body_is_refused_whether_its_length_is_told_or_not() {
    assert_eq!(get(2).await, Err(Error::TooLarge));
    assert_eq!(get(3).await, Err(Error::TooLarge));
}

#[wasm_bindgen_test]
async fn retry_after_is_handed_up_where_the_server_exposes_it() {
    let answer = get(4).await.expect("an answer");
    assert_eq!(
        (answer.status, answer.retry_after.as_deref()),
        (429, Some("7"))
    );
    let answer = get(5).await.expect("an answer");
    assert_eq!((answer.status, answer.retry_after), (503, None));
}

#[wasm_bindgen_test]
async fn a_body_that_stops_in_the_middle_is_aborted_by_dropping() {
    replay::reset().await;
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().expect("free");
    let answer = Fetch::default().get(&replay::item(6), permit.into());
    let sent = Box::pin(async {
        until("sent", async || replay::count("total").await == 1).await;
        soon().await;
    });
    drop(select(answer, sent).await);
    drop(semaphore.acquire().await.expect("open"));
    until("aborted", async || replay::count("aborted").await == 1).await;
    assert_eq!(replay::count("total").await, 1);
}

#[wasm_bindgen_test]
async fn the_engine_gives_up_after_its_attempts() {
    let engine = Client::new(Rc::new(Fetch::default()), Rc::new(BrowserClock), 7);
    assert_eq!(
        engine.get(NOBODY, Priority::Now.into()).await,
        Err(Error::Connect)
    );
    assert_eq!(engine.trace().records[0].attempts, 3);
}
