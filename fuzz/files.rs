//! Files to be brought back.

#![no_main]

#[allow(dead_code, reason = "the other targets use the rest")]
#[path = "../tests/input/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| properties::file(text));
