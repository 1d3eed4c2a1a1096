//! Hackershelf: a reader for Hacker News that runs in the browser.
//!
//! The modules stand in dependency order: each uses only those above it, and a host test reads
//! the sources and enforces it.
//!
//! | module | job |
//! | --- | --- |
//! | [`time`] | sleep and now: the browser's, or a manual clock in tests |
//! | [`sync`] | semaphore, rate limiter, single flight, task group: who goes next |
//! | [`http`] | one request's life: its turn, timeout, abort, retry; what the engine tells of it |
//! | [`hn`] | Hacker News: its types, and the client from paths to typed values |
//! | [`store`] | what is kept: IndexedDB, or memory where there is none |
//! | [`loader`] | what to fetch, keep and show: a pure plan and what runs it |
//! | [`ui`] | pages and parts; `ui/state` alone writes what they show |
//!
//! Data flows one way: `ui` sends intents to `loader`, which asks `store` first and then `hn`,
//! `http`, `sync`; results come back as [`loader::Change`] values. All but the files that talk to
//! the browser compile and are tested on the host.

pub mod hn;
pub mod http;
pub mod loader;
pub mod store;
pub mod sync;
pub mod time;
pub mod ui;
