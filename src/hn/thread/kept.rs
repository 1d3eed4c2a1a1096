//! A thread as the store keeps it: one JSON text, a list of items in the official API's own form
//! with parents before their replies.

use std::fmt::Write;

use super::{Reply, Thread};
use crate::hn::{Decode, Error, Id, Item, RawItem, quoted};

impl Thread {
    /// All that is here of the thread, to be [recalled](Self::recall) another time.
    pub fn to_json(&self) -> String {
        let mut text = String::from("[");
        for id in self
            .in_order()
            .into_iter()
            .chain(self.options.iter().copied())
        {
            let entry = &self.entries[&id];
            if let Some(item) = entry.item() {
                text.push_str(if text.len() > 1 { ",{" } else { "{" });
                let parts: &[Id] = if id == self.root { &self.options } else { &[] };
                fields(&mut text, item, parts);
                // Also where they aren't here: what stands below them would belong to nothing.
                if !entry.replies.is_empty() {
                    list(&mut text, "kids", &entry.replies);
                }
                if !entry.ranked {
                    text += ",\"partial\":true";
                }
                text.push('}');
                for reply in &entry.replies {
                    if self.entries[reply].reply == Reply::Failed(Error::Missing) {
                        let _ = write!(
                            text,
                            ",{{\"id\":{reply},\"type\":\"comment\",\"parent\":{id},\"partial\":true}}"
                        );
                    }
                }
            }
        }
        text + "]"
    }
}

/// Whether this was kept of an id that had answered `null`.
pub fn is_nothing(item: &Item) -> bool {
    item.partial && item.by.is_none() && item.text.is_none() && !item.deleted && !item.dead
}

/// Writes an item's own fields, but for its kids.
fn fields(text: &mut String, item: &Item, parts: &[Id]) {
    // Writing to a string can't fail.
    let _ = write!(text, "\"id\":{},\"type\":\"{}\"", item.id, item.kind.name());
    for (name, value) in [
        ("by", &item.by),
        ("title", &item.title),
        ("text", &item.text),
        ("url", &item.url),
    ] {
        if let Some(value) = value {
            let _ = write!(text, ",\"{name}\":{}", quoted(value));
        }
    }
    for (name, value) in [
        ("time", item.time),
        ("descendants", item.descendants.map(u64::from)),
        ("parent", item.parent.map(u64::from)),
        ("poll", item.poll.map(u64::from)),
    ] {
        if let Some(value) = value {
            let _ = write!(text, ",\"{name}\":{value}");
        }
    }
    if let Some(score) = item.score {
        let _ = write!(text, ",\"score\":{score}");
    }
    for (name, value) in [("deleted", item.deleted), ("dead", item.dead)] {
        if value {
            let _ = write!(text, ",\"{name}\":true");
        }
    }
    if !parts.is_empty() {
        list(text, "parts", parts);
    }
}

fn list(text: &mut String, name: &str, ids: &[Id]) {
    let ids = ids.iter().map(Id::to_string).collect::<Vec<_>>().join(",");
    let _ = write!(text, ",\"{name}\":[{ids}]");
}

/// The items of a kept thread.
impl Decode for Vec<Item> {
    type Raw = Vec<RawItem>;

    fn from_raw(raw: Vec<RawItem>) -> Self {
        raw.into_iter().map(Item::from_raw).collect()
    }
}
