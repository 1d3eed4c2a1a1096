//! What nobody else has, once more where the browser keeps it apart from the database.

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbDatabase;

use super::{Error, failed};
use crate::hn::Id;

mod js {
    use super::{Id, IdbDatabase, Promise, wasm_bindgen};

    #[wasm_bindgen(module = "/src/store/indexed_db/second_copy.js")]
    extern "C" {
        pub fn copy(database: &IdbDatabase, id: Option<Id>);
        pub fn restore(database: &IdbDatabase) -> Promise;
        pub fn forget() -> Promise;
    }
}

pub use js::copy;

/// Brings back what a database without any marks lacks. Returns whether that were marks.
pub async fn restore(database: &IdbDatabase) -> bool {
    let restored = JsFuture::from(js::restore(database)).await;
    restored.is_ok_and(|it| it.is_truthy())
}

/// Deletes the copy.
pub async fn forget() -> Result<(), Error> {
    JsFuture::from(js::forget()).await.map(drop).map_err(failed)
}
