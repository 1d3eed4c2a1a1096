//! Hacker News: its types and the client that turns paths into typed values.
//!
//! Only an item's `id` is always there. Decoding is therefore lenient field by field: what is
//! absent or `null` becomes `None` or empty, unknown fields are ignored, ids are kept in their
//! order and once each. The text of an answer is kept beside its value, so that the store holds
//! what the API said and not what today's types make of it.

use std::collections::BinaryHeap;

mod algolia;
mod client;
mod entities;
mod feed;
mod item;
mod json;
mod link;
mod percent;
mod plain;
mod search;
mod thread;
mod user;

pub use algolia::Tree;
pub use client::{Client, Error, Fetched};
pub use entities::decode_entities;
pub use feed::Feed;
pub use item::{Item, Kind, RawItem};
pub use json::{Decode, quoted};
pub use link::Link;
pub use percent::{decoded, encoded};
pub use plain::plain_text;
pub use search::{Hit, Hits, Query, Sought, Span};
pub use thread::{Facts, News, Reply, Thread};
pub use user::User;

/// The number of an item: stories, comments, jobs and polls share one sequence.
pub type Id = u32;

/// Puts numbers, ids as a rule, in order. There are never many, and the standard library's sorts
/// are ten times as much code as its heap.
pub fn sort(numbers: &mut Vec<u32>) {
    *numbers = BinaryHeap::from(std::mem::take(numbers)).into_sorted_vec();
}
