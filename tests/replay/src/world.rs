//! The data served: feeds, items and users, as the Firebase API would tell them.
//!
//! The world is plain data that a test can build, change and ask, so that it compares what an
//! app shows with what was served and never with a copy of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde_json::{Value, json};

mod generated;
mod hostile;
mod labels;
mod recorded;

pub use hostile::{HOSTILE_PATH, Snippet};
pub use labels::{Feed, HOSTILE_MARK, Oddity};

#[derive(Clone, Debug)]
pub(crate) struct Stored {
    value: Arc<Value>,
    bytes: Bytes,
    haystack: Arc<OnceLock<String>>,
}

impl Stored {
    fn new(value: Value) -> Self {
        Self {
            bytes: Bytes::from(value.to_string()),
            value: Arc::new(value),
            haystack: Arc::default(),
        }
    }

    pub fn value(&self) -> &Value {
        &self.value
    }

    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What is searched, in lower case, made at the first search.
    pub fn haystack(&self) -> &str {
        self.haystack.get_or_init(|| {
            let field = |name: &&str| self.value.get(*name).and_then(Value::as_str);
            let fields: Vec<&str> = ["title", "url", "by", "text"]
                .iter()
                .filter_map(field)
                .collect();
            fields.join("\n").to_lowercase()
        })
    }
}

/// Everything that is served. Cloning is cheap enough for a test: bodies are shared.
#[derive(Clone, Debug, Default)]
pub struct World {
    items: HashMap<u64, Stored>,
    users: BTreeMap<String, Stored>,
    feeds: BTreeMap<Feed, Vec<u64>>,
    unindexed: BTreeSet<u64>,
    oddities: BTreeMap<Oddity, Vec<u64>>,
    now: u64,
}

impl World {
    /// A world with nothing in it.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The moment, in seconds since 1970, before which everything happened; 0 if unknown.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The item, if there is one.
    pub fn item(&self, id: u64) -> Option<&Value> {
        self.items.get(&id).map(Stored::value)
    }

    /// Every item's id, ascending.
    pub fn ids(&self) -> Vec<u64> {
        let mut ids: Vec<u64> = self.items.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// Adds or replaces an item under its `id`.
    ///
    /// # Panics
    /// If the item has no numeric `id`.
    pub fn put_item(&mut self, item: Value) {
        let id = item["id"].as_u64().expect("an item has a numeric id");
        self.items.insert(id, Stored::new(item));
    }

    /// Changes one field of an item; JSON `null` takes the field away. Unknown ids are ignored.
    pub fn set(&mut self, id: u64, field: &str, value: Value) {
        let Some(stored) = self.items.get(&id) else {
            return;
        };
        let mut item = stored.value().clone();
        if let Some(fields) = item.as_object_mut() {
            if value.is_null() {
                fields.remove(field);
            } else {
                fields.insert(field.to_owned(), value);
            }
        }
        self.items.insert(id, Stored::new(item));
    }

    /// Takes an item away: from now on its id answers `null`.
    pub fn remove_item(&mut self, id: u64) {
        self.items.remove(&id);
    }

    /// Adds a comment at the end of its parent's `kids` and returns its id, the highest of all.
    pub fn reply(&mut self, parent: u64, by: &str, text: &str) -> u64 {
        let id = self.max_id() + 1;
        let time = self.now.max(1);
        self.put_item(json!({
            "by": by, "id": id, "parent": parent, "text": text, "time": time, "type": "comment",
        }));
        let mut kids = self.kids(parent);
        kids.push(id);
        self.set(parent, "kids", json!(kids));
        let root = self.root(parent);
        let known = self
            .item(root)
            .and_then(|story| story["descendants"].as_u64());
        if let Some(descendants) = known {
            self.set(root, "descendants", json!(descendants + 1));
        }
        id
    }

    /// The item's `kids` in rank order; empty if it has none.
    pub fn kids(&self, id: u64) -> Vec<u64> {
        self.ids_in(id, "kids")
    }

    /// The poll's options in order; empty for anything else.
    pub fn parts(&self, id: u64) -> Vec<u64> {
        self.ids_in(id, "parts")
    }

    fn ids_in(&self, id: u64, field: &str) -> Vec<u64> {
        let list = self.item(id).and_then(|item| item.get(field));
        let list = list.and_then(Value::as_array);
        list.map(|ids| ids.iter().filter_map(Value::as_u64).collect())
            .unwrap_or_default()
    }

    /// Ids of all comments below an item that have an item, in rank order, depth first. Deleted
    /// and dead ones are among them; ids that answer `null` are not.
    pub fn thread(&self, id: u64) -> Vec<u64> {
        let mut seen = BTreeSet::from([id]);
        let mut found = Vec::new();
        let mut open: Vec<u64> = self.kids(id).into_iter().rev().collect();
        while let Some(next) = open.pop() {
            if self.items.contains_key(&next) && seen.insert(next) {
                found.push(next);
                open.extend(self.kids(next).into_iter().rev());
            }
        }
        found
    }

    /// The fewest requests by which a reader can have an item with all comments below it: the item
    /// itself, its tree if anything is below it, and one for each comment of which the tree tells
    /// nothing, because it is deleted, dead, `null` or not in the index.
    pub fn least_requests(&self, id: u64) -> u64 {
        let mut seen = BTreeSet::from([id]);
        let mut open = self.kids(id);
        let mut least = 1 + u64::from(!open.is_empty() || !self.parts(id).is_empty());
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                least += u64::from(!self.is_told(next));
                open.extend(self.kids(next));
            }
        }
        least
    }

    /// Whether the tree above a comment says who wrote it, and what.
    fn is_told(&self, id: u64) -> bool {
        self.item(id).is_some_and(|item| {
            let is_gone = item["deleted"] == true || item["dead"] == true;
            !is_gone && item["by"].is_string() && item["text"].is_string() && self.is_reachable(id)
        })
    }

    /// The story, job or poll that an item belongs to; itself if it has no parent.
    pub fn root(&self, id: u64) -> u64 {
        let mut id = id;
        // No thread is that deep: a bound against parents in a circle.
        for _ in 0..10_000 {
            let parent = self.item(id).and_then(|item| {
                let parent = item.get("parent").or_else(|| item.get("poll"));
                parent.and_then(Value::as_u64)
            });
            match parent {
                Some(parent) => id = parent,
                None => break,
            }
        }
        id
    }

    /// The highest id; 0 in an empty world.
    pub fn max_id(&self) -> u64 {
        self.items.keys().copied().max().unwrap_or(0)
    }

    /// The user, if there is one. Names are case-sensitive.
    pub fn user(&self, name: &str) -> Option<&Value> {
        self.users.get(name).map(Stored::value)
    }

    /// All users' names, sorted.
    pub fn user_names(&self) -> Vec<&str> {
        self.users.keys().map(String::as_str).collect()
    }

    /// Adds or replaces a user under its `id`.
    ///
    /// # Panics
    /// If the user has no `id` string.
    pub fn put_user(&mut self, user: Value) {
        let name = user["id"].as_str().expect("a user has a name as id");
        self.users.insert(name.to_owned(), Stored::new(user));
    }

    /// Ids of a feed in rank order.
    pub fn feed(&self, feed: Feed) -> &[u64] {
        self.feeds.get(&feed).map_or(&[], Vec::as_slice)
    }

    /// Replaces a feed.
    pub fn set_feed(&mut self, feed: Feed, ids: Vec<u64>) {
        self.feeds.insert(feed, ids);
    }

    /// What is odd in a generated world: ids by oddity, ascending. Empty in a recorded one.
    pub fn odd(&self, oddity: Oddity) -> &[u64] {
        self.oddities.get(&oddity).map_or(&[], Vec::as_slice)
    }

    /// Makes the Algolia index lag behind: the comment and all below it are absent from trees
    /// and searches.
    pub fn hide_from_index(&mut self, id: u64) {
        self.unindexed.insert(id);
    }

    /// Lets the Algolia index catch up with everything hidden.
    pub fn catch_up_index(&mut self) {
        self.unindexed.clear();
    }

    pub(crate) fn is_indexed(&self, id: u64) -> bool {
        !self.unindexed.contains(&id)
    }

    /// Whether the index knows the item: neither it nor one above it is hidden.
    pub(crate) fn is_reachable(&self, id: u64) -> bool {
        let mut id = Some(id);
        let mut steps = 0;
        while let Some(this) = id {
            steps += 1;
            if steps > 10_000 {
                break;
            }
            if !self.is_indexed(this) {
                return false;
            }
            id = self.item(this).and_then(|item| item["parent"].as_u64());
        }
        true
    }

    pub(crate) fn stored_item(&self, id: u64) -> Option<&Stored> {
        self.items.get(&id)
    }

    pub(crate) fn stored_items(&self) -> impl Iterator<Item = (u64, &Stored)> {
        self.items.iter().map(|(id, stored)| (*id, stored))
    }

    pub(crate) fn stored_user(&self, name: &str) -> Option<&Stored> {
        self.users.get(name)
    }
}
