use replay::World;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{client, get, get_json, header, small, start};

#[tokio::test]
async fn firebase_answers_feeds_items_and_users() {
    let server = start(false).await;
    let world = server.world();
    assert_eq!(get_json(&server, "/v0/topstories.json").await, json!([1]));
    assert_eq!(get_json(&server, "/v0/newstories.json").await, json!([]));
    assert_eq!(
        &get_json(&server, "/v0/item/1.json").await,
        world.item(1).expect("there")
    );
    assert_eq!(
        &get_json(&server, "/v0/user/ann.json").await,
        world.user("ann").expect("there")
    );
    assert_eq!(get_json(&server, "/v0/maxitem.json").await, json!(4));
    let updates = get_json(&server, "/v0/updates.json").await;
    assert_eq!(
        updates,
        json!({"items": [4, 3, 2, 1], "profiles": ["ann", "bob"]})
    );
}

#[tokio::test]
async fn what_is_missing_is_null_with_status_200() {
    let server = start(true).await;
    for path in ["/v0/item/99.json", "/v0/item/x.json", "/v0/user/Ann.json"] {
        let answer = get(&client(true), &server, path).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.text().await.expect("a body"), "null");
    }
}

#[tokio::test]
async fn answers_are_open_to_other_origins_and_not_to_caches() {
    let server = start(false).await;
    for path in [
        "/v0/item/1.json",
        "/v0/item/9.json",
        "/api/v1/items/1",
        "/api/v1/items/9",
    ] {
        let answer = get(&client(false), &server, path).await;
        assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
        assert_eq!(header(&answer, "access-control-expose-headers"), None);
        assert_eq!(
            header(&answer, "content-type"),
            Some("application/json; charset=utf-8")
        );
        assert_eq!(header(&answer, "cache-control"), Some("no-cache"));
    }
}

#[tokio::test]
async fn preflights_are_answered_and_counted_apart() {
    let server = start(true).await;
    let url = format!("{}/v0/item/1.json", server.origin());
    let asked = client(true).request(Method::OPTIONS, url);
    let asked = asked.header("access-control-request-headers", "x-firebase-etag");
    let answer = asked.send().await.expect("the server answers");
    assert_eq!(answer.status(), 204);
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
    assert_eq!(
        header(&answer, "access-control-allow-headers"),
        Some("x-firebase-etag")
    );
    let stats = server.stats();
    assert_eq!((stats.preflights, stats.total), (1, 0));
}

#[tokio::test]
async fn a_head_request_is_answered_whole() {
    let server = start(false).await;
    let url = format!("{}/v0/item/1.json", server.origin());
    let answer = client(false)
        .head(url)
        .send()
        .await
        .expect("the server answers");
    assert_eq!(answer.status(), 200);
    let stats = server.stats();
    assert_eq!((stats.answered, stats.in_flight, stats.aborted), (1, 0, 0));
}

fn ids(node: &Value) -> Vec<u64> {
    let children = node["children"].as_array().expect("a list");
    children
        .iter()
        .filter_map(|child| child["id"].as_u64())
        .collect()
}

#[tokio::test]
async fn a_tree_is_whole_and_ascends_by_id() {
    let server = start(false).await;
    let tree = get_json(&server, "/api/v1/items/1").await;
    assert_eq!(tree["points"], 7);
    assert_eq!(tree["created_at"], "1970-01-01T00:16:40.000Z");
    assert_eq!(
        (ids(&tree), ids(&tree["children"][0])),
        (vec![2, 3], vec![4])
    );
    let reply = &tree["children"][0]["children"][0];
    assert_eq!(reply["points"], Value::Null);
    assert_eq!(
        (&reply["parent_id"], &reply["story_id"]),
        (&json!(2), &json!(1))
    );
    let missing = get(&client(false), &server, "/api/v1/items/99").await;
    assert_eq!(missing.status(), 404);
    assert!(missing.json::<Value>().await.expect("JSON")["error"].is_string());
}

#[tokio::test]
async fn deleted_and_dead_nodes_are_bare_and_null_ones_absent() {
    let server = start(false).await;
    server.change(|world: &mut World| {
        world.set(2, "deleted", json!(true));
        world.set(1, "kids", json!([3, 2, 77]));
    });
    let tree = get_json(&server, "/api/v1/items/1").await;
    assert_eq!(ids(&tree), [2, 3]);
    let bare = tree["children"][0].as_object().expect("a node");
    assert_eq!(bare.keys().collect::<Vec<_>>(), ["children", "id"]);
    assert_eq!(ids(&tree["children"][0]), [4]);
}

#[tokio::test]
async fn the_index_can_lag_and_catch_up() {
    let server = start(false).await;
    let new = server.change(|world| {
        let new = world.reply(2, "ann", "fresh");
        world.hide_from_index(new);
        new
    });
    let new = new.expect("the server has a world");
    assert_eq!(
        get_json(&server, &format!("/v0/item/{new}.json")).await["by"],
        "ann"
    );
    assert_eq!(get_json(&server, "/v0/item/1.json").await["descendants"], 4);
    let tree = get_json(&server, "/api/v1/items/1").await;
    assert_eq!(ids(&tree["children"][0]), [4]);
    server.change(World::catch_up_index);
    let tree = get_json(&server, "/api/v1/items/1").await;
    assert_eq!(ids(&tree["children"][0]), [4, new]);
}

#[tokio::test]
async fn a_poll_has_its_options() {
    let server = start(false).await;
    server.change(|world| {
        world.put_item(json!({"id": 10, "type": "poll", "parts": [12, 11], "title": "Poll"}));
        for id in [11, 12] {
            world.put_item(json!({"id": id, "type": "pollopt", "poll": 10, "score": id}));
        }
    });
    let tree = get_json(&server, "/api/v1/items/10").await;
    let options = tree["options"].as_array().expect("a list");
    let points: Vec<_> = options.iter().map(|option| &option["points"]).collect();
    assert_eq!(points, [12, 11]);
}

fn hits(answer: &Value) -> Vec<&str> {
    let hits = answer["hits"].as_array().expect("a list");
    hits.iter()
        .filter_map(|hit| hit["objectID"].as_str())
        .collect()
}

#[tokio::test]
async fn search_matches_words_tags_and_numbers() {
    let server = start(false).await;
    for (query, found) in [
        ("search?query=RUST", vec!["1", "4", "3", "2"]),
        ("search?query=rust&tags=story", vec!["1"]),
        ("search?query=rust%20semaphores", vec!["1"]),
        ("search_by_date?query=rust", vec!["4", "3", "2", "1"]),
        (
            "search_by_date?tags=comment,author_bob,story_1",
            vec!["4", "3", "2"],
        ),
        (
            "search?tags=(story,poll)&numericFilters=points%3E6",
            vec!["1"],
        ),
        (
            "search?tags=story&numericFilters=points%3E6,num_comments%3C3",
            vec![],
        ),
        (
            "search_by_date?numericFilters=created_at_i%3E=1003",
            vec!["4", "3"],
        ),
        ("search_by_date?query=rust&hitsPerPage=3&page=1", vec!["1"]),
        ("search?query=ANN&tags=(story,poll)", vec!["1"]),
        ("search?query=example.com&tags=story,author_ann", vec!["1"]),
        (
            "search?query=rust&tags=comment&numericFilters=created_at_i%3E1002,created_at_i%3C1004",
            vec!["3"],
        ),
        (
            "search?query=rust&tags=comment&hitsPerPage=2&page=9",
            vec![],
        ),
        ("search?query=cobol", vec![]),
    ] {
        let answer = get_json(&server, &format!("/api/v1/{query}")).await;
        assert_eq!(hits(&answer), found, "{query}");
    }
    let answer = get_json(&server, "/api/v1/search?query=rust&hitsPerPage=3").await;
    let facts = (&answer["nbHits"], &answer["nbPages"], &answer["page"]);
    assert_eq!(facts, (&json!(4), &json!(2), &json!(0)));
    let title = &answer["hits"][0]["_highlightResult"]["title"]["value"];
    assert_eq!(title, "Semaphores in <em>Rust</em>");
    assert_eq!(answer["hits"][1]["story_title"], "Semaphores in Rust");
}

#[tokio::test]
async fn a_changed_world_is_served_at_once() {
    let server = start(false).await;
    server.change(|world| {
        world.set(1, "score", json!(8));
        world.remove_item(3);
    });
    assert_eq!(get_json(&server, "/v0/item/1.json").await["score"], 8);
    assert_eq!(get_json(&server, "/v0/item/3.json").await, Value::Null);
    assert_eq!(
        small().item(1).expect("there")["score"],
        7,
        "other worlds stay"
    );
}
