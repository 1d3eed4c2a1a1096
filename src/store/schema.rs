//! The names in the database.
//!
//! A database that lacks a store or an index gets it, whatever version it comes from; a step of its
//! own is needed only for what has to be changed or has to go.

/// The database's name within the page's origin.
pub const DATABASE: &str = "hackershelf";

/// The version that this code writes. Raise it by ten with each new migration step: those between
/// are the same, of a database that had lost its stores and got new ones.
///
/// 1: the first. 20: `opened_at` alone isn't indexed any more, but together with `bytes`.
pub const VERSION: u32 = 20;

/// The first version that this code knows nothing of.
pub const NEWER: u32 = 30;

/// Ranked ids by feed name: `{name, body, fetched_at}`.
pub const FEEDS: &str = "feeds";
/// Stories, jobs and polls by id: `{id, body, bytes, fetched_at, opened_at}`.
pub const ITEMS: &str = "items";
/// Whole comment trees by story id.
pub const THREADS: &str = "threads";
/// Profiles by user name.
pub const USERS: &str = "users";
/// The reader's own marks by story id, never evicted: `{id, body}`, and in `unreadable` a body that
/// couldn't be read when the next mark was set.
pub const MARKS: &str = "marks";
/// The last download of each feed: `{id, body}`, the id being the feed's name.
pub const JOBS: &str = "jobs";
/// Settings and notes by name: `{name, body}`.
pub const META: &str = "meta";

/// Every object store and its key. What is evicted has an index for it besides.
pub const STORES: [(&str, &str); 7] = [
    (FEEDS, "name"),
    (ITEMS, "id"),
    (THREADS, "id"),
    (USERS, "name"),
    (MARKS, "id"),
    (JOBS, "id"),
    (META, "name"),
];

/// The key of the settings in [`META`].
pub const SETTINGS: &str = "settings";

/// When a record was opened or, if it wasn't since, fetched; and the index of the first version.
pub const OPENED_AT: &str = "opened_at";
/// The length of a record's text.
pub const BYTES: &str = "bytes";
/// The index over both: it tells what goes without a look at the texts.
pub const EVICTION: &str = "eviction";
