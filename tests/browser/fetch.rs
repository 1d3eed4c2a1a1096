use std::rc::Rc;
use std::time::Duration;

use hackershelf::http::fetch::Fetch;
use hackershelf::http::{Client, Error, Transport as _};
use hackershelf::sync::{Priority, Semaphore};
use hackershelf::time::Clock as _;
use hackershelf::time::browser::BrowserClock;
use wasm_bindgen_test::wasm_bindgen_test;

/// Nothing listens on the reserved port 1.
const NOBODY: &str = "http://127.0.0.1:1/";

#[wasm_bindgen_test]
async fn a_body_arrives_whole_and_its_permit_comes_back() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().expect("free");
    let answer = Fetch
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
    assert_eq!(Fetch.get(NOBODY, permit.into()).await, Err(Error::Connect));
}

#[wasm_bindgen_test]
async fn a_dropped_request_gives_its_permit_back_later_and_not_at_once() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().expect("free");
    drop(Fetch.get("data:,x", permit.into()));
    assert_eq!(semaphore.available_permits(), 0);
    // Returned by the clean-up task: this waits for it.
    drop(semaphore.acquire().await.expect("open"));
}

#[wasm_bindgen_test]
async fn the_engine_gives_up_after_its_attempts() {
    let clock = Rc::new(BrowserClock);
    let before = clock.now();
    let engine = Client::new(Rc::new(Fetch), clock.clone(), 7);
    assert_eq!(
        engine.get(NOBODY, Priority::Now.into()).await,
        Err(Error::Connect)
    );
    assert!(clock.now() - before < Duration::from_secs(8));
}
