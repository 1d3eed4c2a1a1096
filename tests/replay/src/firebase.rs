//! The Firebase API's paths below `/v0`.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use hyper::StatusCode;
use serde_json::{Value, json};

use crate::server::Shared;
use crate::server::answer::json as answer;
use crate::world::{Feed, World};

const NULL: Bytes = Bytes::from_static(b"null");
/// `updates.json` has about so many items and so many profiles.
const UPDATES: (usize, usize) = (60, 20);

pub(crate) async fn item(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Response {
    let world = shared.world();
    let id = file.strip_suffix(".json").and_then(|id| id.parse().ok());
    let found = id.and_then(|id| world.stored_item(id));
    answer(
        StatusCode::OK,
        found.map_or(NULL, |item| item.bytes().clone()),
    )
}

pub(crate) async fn user(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Response {
    let world = shared.world();
    let name = file.strip_suffix(".json");
    let found = name.and_then(|name| world.stored_user(name));
    answer(
        StatusCode::OK,
        found.map_or(NULL, |user| user.bytes().clone()),
    )
}

/// The feeds, `maxitem.json` and `updates.json`.
pub(crate) async fn list(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Response {
    let world = shared.world();
    let name = file.strip_suffix(".json").unwrap_or_default();
    let feed = Feed::ALL.into_iter().find(|feed| feed.name() == name);
    let body = match (feed, name) {
        (Some(feed), _) => json!(world.feed(feed)),
        (None, "maxitem") => json!(world.max_id()),
        (None, "updates") => updates(&world),
        _ => {
            let body = Bytes::from_static(b"{\"error\":\"Permission denied\"}");
            return answer(StatusCode::UNAUTHORIZED, body);
        }
    };
    answer(StatusCode::OK, Bytes::from(body.to_string()))
}

fn updates(world: &World) -> Value {
    let mut ids = world.ids();
    ids.reverse();
    ids.truncate(UPDATES.0);
    let authors: BTreeSet<&str> = ids
        .iter()
        .filter_map(|id| world.item(*id)?["by"].as_str())
        .collect();
    let profiles: Vec<&str> = authors.into_iter().take(UPDATES.1).collect();
    json!({ "items": ids, "profiles": profiles })
}
