//! The build that runs, and the one that may take its place.
//!
//! The talk with the service worker is a few lines of JavaScript: they cost less there, and a new
//! build is announced even while this one is busy.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};

use super::state::State;

/// What is to be said of the build that runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Release {
    /// Nothing.
    Usual,
    /// From now on it starts without a network.
    Kept,
    /// A newer one waits for the reader's word.
    Old,
}

#[wasm_bindgen(module = "/src/ui/release.js")]
extern "C" {
    #[wasm_bindgen(js_name = watch)]
    fn register(tell: &js_sys::Function);
    /// The newer build takes over, and this tab starts anew with it.
    pub fn take();
}

/// Registers the service worker, if the build has one, and keeps `state` informed.
pub fn watch(state: State) {
    let tell: Box<dyn FnMut(bool)> = Box::new(move |newer| {
        state.set_release(if newer { Release::Old } else { Release::Kept });
    });
    register(Closure::wrap(tell).into_js_value().unchecked_ref());
}
