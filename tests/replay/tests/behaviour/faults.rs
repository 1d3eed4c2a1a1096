use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use replay::{Config, Fault, Feed, Outcome, Rule, Server, World};
use serde_json::{Value, json};

use crate::{LONG, client, get, get_json, header, small, start};

const ITEM: &str = "/v0/item/1.json";

/// The body under a rule, or nothing if it didn't come whole.
async fn body(server: &Server, tls: bool) -> Option<Vec<u8>> {
    let answer = get(&client(tls), server, ITEM).await;
    assert_eq!(answer.status(), 200);
    answer.bytes().await.ok().map(|bytes| bytes.to_vec())
}

#[tokio::test]
async fn bodies_are_bent_as_ruled() {
    let whole = small().item(1).expect("it is there").to_string();
    for tls in [false, true] {
        for (rule, expected) in [
            (
                Rule::path(ITEM).truncated(),
                whole[..whole.len() / 2].to_owned(),
            ),
            (Rule::path(ITEM).wrong_json(), "{]".to_owned()),
            (Rule::path(ITEM).null(), "null".to_owned()),
            (
                Rule::path(ITEM).answer(json!({"id": 9})),
                "{\"id\":9}".to_owned(),
            ),
            (Rule::path(ITEM).drip(40, 1), whole.clone()),
            (Rule::path("/v0/item/*").no_cors(), whole.clone()),
        ] {
            let server = start(tls).await;
            server.rule(rule);
            let sent = body(&server, tls).await.expect("the answer is whole");
            assert_eq!(String::from_utf8_lossy(&sent), expected);
        }
        let server = start(tls).await;
        server.rule(Rule::prefix("/v0/item/").wrong_type());
        let sent = body(&server, tls).await.expect("the answer is whole");
        let sent: Value = serde_json::from_slice(&sent).expect("it is JSON");
        assert!(sent.is_string());
    }
}

#[tokio::test]
async fn a_cut_comes_in_the_middle_of_the_body() {
    for tls in [false, true] {
        let server = start(tls).await;
        server.rule(Rule::path(ITEM).cut());
        let mut answer = get(&client(tls), &server, ITEM).await;
        let declared = answer.content_length().expect("the length is declared");
        let first = answer.chunk().await.expect("half arrives").expect("some");
        assert_eq!(first.len() as u64, declared / 2);
        assert!(answer.chunk().await.is_err());
        let stats = server.until(LONG, |stats| stats.cut == 1).await;
        assert_eq!(stats.expect("it is counted").aborted, 0);
        assert_eq!(server.log()[0].outcome, Some(Outcome::Cut));
        assert_eq!(
            get(&client(tls), &server, "/v0/item/2.json").await.status(),
            200
        );
    }
}

#[tokio::test]
async fn a_body_can_hang_after_its_half() {
    for tls in [false, true] {
        let server = start(tls).await;
        server.rule(Rule::path(ITEM).hang_body());
        let mut answer = get(&client(tls), &server, ITEM).await;
        answer.chunk().await.expect("half arrives").expect("some");
        let more = tokio::time::timeout(Duration::from_millis(100), answer.chunk()).await;
        assert!(more.is_err(), "nothing more comes");
        assert_eq!(server.stats().in_flight, 1);
    }
}

#[tokio::test]
async fn a_status_carries_body_and_headers_hidden_or_exposed() {
    let server = start(false).await;
    server.rule(Rule::path(ITEM).status(503).body("busy").retry_after("3"));
    let answer = get(&client(false), &server, ITEM).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(header(&answer, "retry-after"), Some("3"));
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
    assert_eq!(header(&answer, "access-control-expose-headers"), None);
    assert_eq!(answer.text().await.expect("a body"), "busy");

    let exposed = Rule::path(ITEM)
        .status(429)
        .retry_after("9")
        .expose("retry-after");
    server.rule(exposed);
    let answer = get(&client(false), &server, ITEM).await;
    assert_eq!(answer.status(), 429);
    let exposed = header(&answer, "access-control-expose-headers");
    assert_eq!(exposed, Some("retry-after"));
}

#[tokio::test]
async fn without_cors_the_header_is_missing() {
    let server = start(false).await;
    server.rule(Rule::path(ITEM).no_cors());
    let answer = get(&client(false), &server, ITEM).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_huge_body_is_valid_json_of_its_length() {
    for (tls, declared) in [(false, true), (true, true), (true, false), (false, false)] {
        let server = start(tls).await;
        server.rule(Rule::path(ITEM).fault(Fault::Huge {
            bytes: 300_001,
            declared,
        }));
        let answer = get(&client(tls), &server, ITEM).await;
        assert_eq!(answer.content_length(), declared.then_some(300_001));
        let body = answer.bytes().await.expect("the answer is whole");
        assert_eq!(body.len(), 300_001);
        assert!(serde_json::from_slice::<String>(&body).is_ok());
    }
}

#[tokio::test]
async fn latency_delays_and_other_paths_do_not_wait() {
    let server = start(true).await;
    server.rule(Rule::path(ITEM).latency(1_000, 20));
    let client = client(true);
    get(&client, &server, "/v0/item/2.json").await;
    let started = Instant::now();
    get(&client, &server, ITEM).await;
    assert!(started.elapsed() >= Duration::from_millis(1_000));
    let log = server.log();
    let quick = log[0].end.expect("it ended") - log[0].start;
    assert!(quick < 1_000.0, "{quick} ms");
}

#[tokio::test]
async fn a_gate_lets_through_in_order_of_arrival_and_stays_open_once_released() {
    let server = start(true).await;
    server.rule(Rule::any().hold("gate"));
    let client = client(true);
    let mut asked = Vec::new();
    for id in [3, 1, 2] {
        let url = format!("{}/v0/item/{id}.json", server.origin());
        asked.push(tokio::spawn(client.get(url).send()));
        let held = asked.len() as u64;
        let arrived = server.until(LONG, |stats| stats.held == held).await;
        arrived.expect("the request arrives");
    }
    server.release_some("gate", 2);
    let two = server.until(LONG, |stats| stats.answered == 2).await;
    assert_eq!(two.expect("two go").held, 1);
    assert_eq!(server.held("gate"), 1);
    let log = server.log();
    let waiting: Vec<_> = log.iter().filter(|entry| entry.end.is_none()).collect();
    assert_eq!(waiting[0].path, "/v0/item/2.json");
    server.release("gate");
    for one in asked {
        one.await.expect("no panic").expect("an answer");
    }
    get(&client, &server, ITEM).await;
    server.rule(Rule::path(ITEM).hold("gate"));
    let wait = tokio::time::timeout(Duration::from_millis(100), get(&client, &server, ITEM));
    assert!(wait.await.is_err(), "a new rule shuts its gate again");
}

#[tokio::test]
async fn limits_let_later_requests_pass_and_rules_can_go() {
    let server = start(false).await;
    let number = server.rule(Rule::prefix("/v0/").first(1).null());
    assert_eq!(get_json(&server, ITEM).await, Value::Null);
    assert_eq!(get_json(&server, ITEM).await["id"], 1);
    assert_eq!(get_json(&server, "/v0/item/2.json").await, Value::Null);
    assert_eq!(server.rules()[0].2, 2, "fired twice");
    server.remove_rule(number);
    assert_eq!(get_json(&server, "/v0/item/3.json").await["id"], 3);
}

/// The ids of a tree below its root by depth, and of those that are bare.
fn nodes(tree: &Value) -> (Vec<BTreeSet<u64>>, BTreeSet<u64>) {
    let (mut levels, mut bare) = (Vec::new(), BTreeSet::new());
    let mut level: Vec<&Value> = tree["children"].as_array().into_iter().flatten().collect();
    while !level.is_empty() {
        levels.push(
            level
                .iter()
                .filter_map(|node| node["id"].as_u64())
                .collect(),
        );
        let empty = level.iter().filter(|node| node.get("author").is_none());
        bare.extend(empty.filter_map(|node| node["id"].as_u64()));
        let children = level.iter().filter_map(|node| node["children"].as_array());
        level = children.flatten().collect();
    }
    (levels, bare)
}

#[tokio::test]
async fn half_a_tree_lacks_nodes_at_every_depth_and_never_a_parent() {
    let server = Server::start(Config::api(World::discussion(1, 300))).await;
    let server = server.expect("a free port");
    let story = server.world().feed(Feed::Top)[0];
    let path = format!("/api/v1/items/{story}");
    let (whole, bare) = nodes(&get_json(&server, &path).await);
    server.rule(Rule::prefix("/api/v1/items/").half_tree());
    let answer = get_json(&server, &path).await;
    let (half, _) = nodes(&answer);
    let count = |levels: &[BTreeSet<u64>]| levels.iter().map(BTreeSet::len).sum::<usize>();
    assert_eq!(count(&whole), 300);
    assert!((140..=160).contains(&count(&half)), "{}", count(&half));
    for (depth, all) in whole.iter().enumerate().take(6) {
        let missing = half
            .get(depth)
            .map_or(all.len(), |left| all.difference(left).count());
        assert!(missing > 0, "nothing is missing at depth {depth}");
    }
    assert_eq!(
        get_json(&server, &path).await,
        answer,
        "it is the same half again"
    );

    server.clear_rules();
    server.rule(Rule::prefix("/api/v1/items/").empty_nodes());
    let (all, more) = nodes(&get_json(&server, &path).await);
    assert_eq!(all, whole);
    let emptied = more.difference(&bare).count();
    assert!((70..=130).contains(&emptied), "{emptied}");
}
