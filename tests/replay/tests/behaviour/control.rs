use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use replay::Server;

use crate::{LONG, client, get, get_json, start};

async fn send(server: &Server, method: Method, path: &str, body: Value) -> Response {
    let url = format!("{}/__replay/{path}", server.origin());
    let request = client(false).request(method, url).body(body.to_string());
    request.send().await.expect("the server answers")
}

#[tokio::test]
async fn rules_are_set_listed_and_cleared_over_http() {
    let server = start(false).await;
    let rules = json!([
        {"path": "/v0/item/*", "skip": 1, "every": 2, "fault": {"kind": "status", "status": 500}},
        {"path": "/v0/user/*", "latency_ms": 5, "jitter_ms": 1, "fault": {"kind": "null"}},
    ]);
    let answer = send(&server, Method::POST, "rules", rules).await;
    assert_eq!(answer.json::<Value>().await.expect("JSON"), json!([1, 2]));
    assert_eq!(get_json(&server, "/v0/user/ann.json").await, Value::Null);
    let listed = get_json(&server, "/__replay/rules").await;
    assert_eq!(listed[1]["fired"], 1);
    assert_eq!(listed[0]["fault"]["status"], 500);
    send(&server, Method::DELETE, "rules", Value::Null).await;
    assert_eq!(get_json(&server, "/v0/user/ann.json").await["id"], "ann");
}

#[tokio::test]
async fn a_wrong_rule_is_refused_with_the_reason() {
    let server = start(false).await;
    for wrong in [
        json!({"path": "*", "fault": {"kind": "explode"}}),
        json!({"path": "*", "latency": 5}),
        json!({"fault": {"kind": "null"}}),
    ] {
        let answer = send(&server, Method::POST, "rules", wrong).await;
        assert_eq!(answer.status(), 400);
        assert!(!answer.text().await.expect("a body").is_empty());
    }
    assert!(server.rules().is_empty());
}

#[tokio::test]
async fn stats_are_told_and_reset_over_http() {
    let server = start(false).await;
    get_json(&server, "/v0/item/1.json").await;
    let stats = get_json(&server, "/__replay/stats").await;
    assert_eq!(stats["requests"], json!({"/v0/item/1.json": 1}));
    assert_eq!((&stats["total"], &stats["peak"]), (&json!(1), &json!(1)));
    assert_eq!(stats["log"][0]["outcome"], "answered");
    let without = get_json(&server, "/__replay/stats?log=0").await;
    assert_eq!(without.get("log"), None);
    let reset = send(&server, Method::POST, "reset", Value::Null).await;
    assert_eq!(reset.status(), 204);
    assert_eq!(get_json(&server, "/__replay/stats").await["total"], 0);
}

#[tokio::test]
async fn held_answers_are_released_over_http() {
    let server = start(false).await;
    let rule = json!({"path": "/v0/*", "hold": "first"});
    send(&server, Method::POST, "rules", rule).await;
    let url = format!("{}/v0/item/1.json", server.origin());
    let asked = tokio::spawn(Client::new().get(url).send());
    let held = server.until(LONG, |stats| stats.held == 1).await;
    held.expect("the request arrives");
    send(&server, Method::POST, "release?gate=other", Value::Null).await;
    assert_eq!(server.held("first"), 1);
    send(&server, Method::POST, "release?gate=first&n=1", Value::Null).await;
    asked.await.expect("no panic").expect("an answer");
    send(&server, Method::POST, "reset?rules=1", Value::Null).await;
    get(&client(false), &server, "/v0/item/1.json").await;
}
