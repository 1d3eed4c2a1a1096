//! What may stand in the address bar.

#![no_main]

#[allow(dead_code, reason = "the other targets use the rest")]
#[path = "../tests/input/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    properties::address(path, query);
});
