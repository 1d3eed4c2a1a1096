//! Answers of both APIs, and what the app keeps of its own.

#![no_main]

#[allow(dead_code, reason = "the other targets use the rest")]
#[path = "../tests/input/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for property in [
        properties::item,
        properties::tree,
        properties::hits,
        properties::user,
        properties::ranking,
        properties::own,
    ] {
        property(text);
    }
});
