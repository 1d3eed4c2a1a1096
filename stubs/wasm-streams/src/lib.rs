//! Stands in for a library that Leptos brings along, to stream what server functions send and
//! receive. This app has no server.
//!
//! The real one gives JavaScript three classes. Whatever is given to JavaScript stays in the app
//! with all that it calls, though nobody ever asks for it: 3 KB of Brotli.

use futures_util::stream::{Empty, empty};
use wasm_bindgen::JsValue;

/// A stream of the browser's, of which there is none.
#[derive(Debug)]
pub struct ReadableStream(());

impl ReadableStream {
    /// The browser's for one of Rust's.
    ///
    /// # Panics
    /// Always.
    pub fn from_stream<S>(_: S) -> Self {
        unreachable!("nothing is sent to a server function")
    }

    /// The browser's for what it gave.
    ///
    /// # Panics
    /// Always.
    pub fn from_raw<R>(_: R) -> Self {
        unreachable!("nothing comes from a server function")
    }

    /// What the browser is given.
    pub fn into_raw(self) -> JsValue {
        JsValue::UNDEFINED
    }

    /// One of Rust's for the browser's.
    pub fn into_stream(self) -> Empty<Result<JsValue, JsValue>> {
        empty()
    }
}
