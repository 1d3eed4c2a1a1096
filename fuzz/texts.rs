//! Texts of Hacker News, and words that are looked for in them.

#![no_main]

#[allow(dead_code, reason = "the other targets use the rest")]
#[path = "../tests/input/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (query, text) = text.split_once('\n').unwrap_or(("", text));
    properties::prose(text);
    properties::search_in(text, query);
});
