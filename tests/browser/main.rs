//! The adapters to the browser, in a real one: `fetch`, Web Locks and IndexedDB.

#![cfg(target_arch = "wasm32")]

mod fetch;
mod indexed_db;
mod locks;
mod replay;
mod upkeep;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
