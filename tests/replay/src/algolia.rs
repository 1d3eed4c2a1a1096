//! The Algolia API's paths below `/api/v1`: whole trees, and search.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use hyper::StatusCode;
use serde_json::{Map, Value, json};

use crate::server::Shared;
use crate::server::answer::json as answer;
use crate::world::World;

mod search;

pub(crate) use search::{by_date, by_relevance};

/// `/items/ID`: the item with everything below it.
pub(crate) async fn item(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let world = shared.world();
    let id = id.parse().ok();
    let found = id.filter(|id| world.item(*id).is_some() && world.is_reachable(*id));
    match found {
        Some(id) => {
            let story = world.root(id);
            let tree = node(&world, id, story, &mut BTreeSet::new());
            answer(StatusCode::OK, Bytes::from(tree.to_string()))
        }
        None => {
            let body = Bytes::from_static(b"{\"status\":404,\"error\":\"Not Found\"}");
            answer(StatusCode::NOT_FOUND, body)
        }
    }
}

/// One node of the tree. `seen` holds the ids that have their place, against cycles.
fn node(world: &World, id: u64, story: u64, seen: &mut BTreeSet<u64>) -> Value {
    let nothing = Value::Null;
    let item = world.item(id).unwrap_or(&nothing);
    let mut kids = world.kids(id);
    kids.sort_unstable();
    kids.dedup();
    seen.insert(id);
    let mut children = Vec::with_capacity(kids.len());
    for kid in kids {
        if world.is_indexed(kid) && world.item(kid).is_some() && !seen.contains(&kid) {
            children.push(node(world, kid, story, seen));
        }
    }

    if item["deleted"] == true || item["dead"] == true {
        return json!({ "id": id, "children": children });
    }
    let kind = item["type"].as_str().unwrap_or("comment");
    let is_comment = kind == "comment";
    let parts = world.parts(id);
    let options: Vec<Value> = parts
        .iter()
        .filter_map(|part| option(world, *part))
        .collect();
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("author", item["by"].clone());
    put("children", children.into());
    put(
        "created_at",
        timestamp(item["time"].as_u64().unwrap_or(0)).into(),
    );
    put("created_at_i", item["time"].clone());
    put("id", id.into());
    put("options", options.into());
    put("parent_id", item["parent"].clone());
    put(
        "points",
        if is_comment {
            Value::Null
        } else {
            item["score"].clone()
        },
    );
    put("story_id", story.into());
    put("text", text(id, is_comment, &item["text"]));
    put("title", item["title"].clone());
    put("type", kind.into());
    put("url", item["url"].clone());
    Value::Object(fields)
}

/// Some texts come wrapped in one more paragraph than Firebase's.
fn text(id: u64, is_comment: bool, text: &Value) -> Value {
    match text.as_str() {
        Some(text) if is_comment && id.is_multiple_of(2) => format!("<p>{text}</p>").into(),
        _ => text.clone(),
    }
}

fn option(world: &World, id: u64) -> Option<Value> {
    let item = world.item(id)?;
    let time = item["time"].as_u64().unwrap_or(0);
    Some(json!({
        "id": id,
        "type": "pollopt",
        "author": item["by"],
        "text": item["text"],
        "points": item["score"],
        "created_at": timestamp(time),
        "created_at_i": time,
        "parent_id": item["poll"],
        "story_id": item["poll"],
        "children": [],
        "options": [],
    }))
}

/// Seconds since 1970 as `2026-01-31T12:00:00.000Z`.
fn timestamp(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days since 1 March of year 0, in 400-year eras: the usual civil calendar arithmetic.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_the_civil_date() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_160_418_111, "2006-10-09T18:21:51.000Z"),
            (1_767_225_599, "2025-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(timestamp(seconds), text);
        }
    }

    #[test]
    fn a_cycle_of_kids_ends() {
        let mut world = World::empty();
        world.put_item(json!({"id": 1, "type": "story", "kids": [2]}));
        world.put_item(json!({"id": 2, "type": "comment", "parent": 1, "kids": [1, 2]}));
        let tree = node(&world, 1, 1, &mut BTreeSet::new());
        assert_eq!(tree["children"][0]["children"], json!([]));
    }
}
