//! The adapters to the browser, in a real one: `fetch`, Web Locks, IndexedDB, caches and
//! its parser.

#![cfg(target_arch = "wasm32")]

mod fetch;
mod indexed_db;
mod locks;
mod prose;
mod replay;
mod second_copy;
mod upkeep;

use std::time::Duration;

use hackershelf::time::Clock as _;
use hackershelf::time::browser::BrowserClock;
use js_sys::Promise;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Long enough for what happens by itself to have happened, where nothing tells that it has.
async fn soon() {
    BrowserClock.sleep(Duration::from_millis(100)).await;
}

/// What a script of the test's own comes to.
fn evaluate(script: &str) -> JsValue {
    js_sys::eval(script).expect("the test's own script")
}

/// What the promise that a script comes to is settled with.
async fn promised(script: &str) -> JsValue {
    let promise: Promise = evaluate(script).unchecked_into();
    JsFuture::from(promise).await.expect("it is kept")
}

/// Waits until it holds: long only where it never does, for machines may be slow.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        if holds().await {
            return;
        }
        soon().await;
    }
    panic!("not in 20 s: {what}");
}
