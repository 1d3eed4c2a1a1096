//! What is left when the app has stopped: a page in plain JavaScript, which tells what happened,
//! starts anew, and saves the reader's marks.

use std::panic::set_hook;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "/src/ui/rescue.js")]
extern "C" {
    fn panicked(message: &str);
}

/// Makes a panic leave its message in the console and on the page. A trap without a panic, as for
/// want of memory, shows that page by itself.
pub fn on_panic() {
    set_hook(Box::new(|panic| {
        let message = panic.to_string();
        web_sys::console::error_1(&message.as_str().into());
        panicked(&message);
    }));
}
