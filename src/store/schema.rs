//! The names in the database. Version 1 makes all object stores at once, so that a later version
//! adds a step only for what it changes.

/// The database's name within the page's origin.
pub const DATABASE: &str = "hackershelf";

/// The version that this code writes. Raise it with each new migration step.
pub const VERSION: u32 = 1;

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

/// Every object store, its key, and whether it is evicted by its `opened_at` index.
pub const STORES: [(&str, &str, bool); 7] = [
    (FEEDS, "name", false),
    (ITEMS, "id", true),
    (THREADS, "id", true),
    (USERS, "name", true),
    (MARKS, "id", false),
    (JOBS, "id", false),
    (META, "name", false),
];

/// The key of the settings in [`META`].
pub const SETTINGS: &str = "settings";

/// The index, and the field, by which what was opened longest ago is found.
pub const OPENED_AT: &str = "opened_at";
