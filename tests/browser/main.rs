//! The adapters to the browser, in a real one: `fetch` and IndexedDB.

#![cfg(target_arch = "wasm32")]

mod fetch;
mod indexed_db;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
