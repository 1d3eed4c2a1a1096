use std::time::Duration;

use replay::{Outcome, Rule};

use crate::{LONG, client, get, start};

const ITEM: &str = "/v0/item/1.json";

async fn peak_is_the_number_of_simultaneous_requests(tls: bool) {
    let server = start(tls).await;
    server.rule(Rule::any().hold("all"));
    let client = client(tls);
    let asked: Vec<_> = (0..12)
        .map(|_| {
            let request = client.get(format!("{}{ITEM}", server.origin())).send();
            tokio::spawn(async move { request.await?.bytes().await })
        })
        .collect();
    let held = server.until(LONG, |stats| stats.held == 12).await;
    assert_eq!(held.expect("all arrive").in_flight, 12);
    server.release("all");
    for one in asked {
        one.await.expect("no panic").expect("an answer");
    }
    let stats = server.stats();
    assert_eq!((stats.peak, stats.in_flight, stats.total), (12, 0, 12));
    assert_eq!((stats.answered, stats.at(ITEM)), (12, 12));

    for _ in 0..20 {
        let answer = get(&client, &server, ITEM).await;
        answer.bytes().await.expect("an answer");
    }
    assert_eq!(server.stats().peak, 12);
    server.reset();
    get(&client, &server, ITEM).await;
    assert_eq!(
        server.stats().peak,
        1,
        "one after the other is one at a time"
    );
}

#[tokio::test]
async fn peak_is_the_number_of_simultaneous_requests_over_http1() {
    peak_is_the_number_of_simultaneous_requests(false).await;
}

#[tokio::test]
async fn peak_is_the_number_of_simultaneous_requests_over_http2() {
    peak_is_the_number_of_simultaneous_requests(true).await;
}

/// Aborts a request that got as far as `rule` lets it, and expects to see that.
async fn an_abort_is_seen(tls: bool, rule: Rule) {
    let server = start(tls).await;
    let what = format!("{rule:?}, tls {tls}");
    server.rule(rule);
    let request = client(tls).get(format!("{}{ITEM}", server.origin())).send();
    let asked = tokio::spawn(async move { request.await?.bytes().await });
    let arrived = server.until(LONG, |stats| stats.in_flight == 1).await;
    arrived.expect("the request arrives");
    tokio::time::sleep(Duration::from_millis(60)).await;
    asked.abort();
    let gone = server.until(LONG, |stats| stats.in_flight == 0).await;
    let stats = gone.unwrap_or_else(|stats| panic!("still in flight: {what}: {stats:?}"));
    assert_eq!((stats.aborted, stats.answered), (1, 0), "{what}");
    assert_eq!(stats.held, 0, "{what}");
    assert_eq!(server.log()[0].outcome, Some(Outcome::Aborted), "{what}");
}

#[tokio::test]
async fn an_abort_is_seen_at_every_stage_over_both_protocols() {
    for tls in [false, true] {
        for rule in [
            Rule::any().hang(),
            Rule::any().hang_body(),
            Rule::any().latency(600_000, 0),
            Rule::any().hold("never"),
            Rule::any().drip(1, 10_000),
            Rule::any().huge(1 << 40),
        ] {
            an_abort_is_seen(tls, rule).await;
        }
    }
}

/// A client that aborts a request and sends the next in the same moment is never seen with two.
#[tokio::test]
async fn an_abort_and_the_next_request_do_not_overlap() {
    for tls in [false, true] {
        let server = start(tls).await;
        let client = client(tls);
        get(&client, &server, ITEM).await;
        server.reset();
        server.rule(Rule::any().hang());
        for nth in 1..=60 {
            let request = client.get(format!("{}{ITEM}", server.origin())).send();
            let asked = tokio::spawn(request);
            let arrived = server.until(LONG, |stats| stats.total == nth).await;
            arrived.expect("the request arrives");
            asked.abort();
            let _ = asked.await;
        }
        let stats = server.until(LONG, |stats| stats.in_flight == 0).await;
        let stats = stats.expect("all are gone");
        assert_eq!((stats.aborted, stats.peak), (60, 1), "tls {tls}");
    }
}

#[tokio::test]
async fn the_log_tells_order_time_protocol_and_outcome() {
    for (tls, version) in [(false, "HTTP/1.1"), (true, "HTTP/2.0")] {
        let server = start(tls).await;
        let client = client(tls);
        server.rule(Rule::path("/v0/item/2.json").latency(30, 0));
        for path in ["/v0/item/2.json", "/api/v1/search?query=rust"] {
            get(&client, &server, path)
                .await
                .bytes()
                .await
                .expect("an answer");
        }
        let log = server.log();
        let paths: Vec<&str> = log.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["/v0/item/2.json", "/api/v1/search?query=rust"]);
        assert!(log.iter().all(|entry| entry.version == version));
        assert!(
            log.iter()
                .all(|entry| entry.outcome == Some(Outcome::Answered))
        );
        let took = log[0].end.expect("it ended") - log[0].start;
        assert!(took >= 30.0, "{took} ms");
        assert_eq!(server.stats().at("/api/v1/search"), 1);
    }
}

#[tokio::test]
async fn a_reset_leaves_what_is_in_flight() {
    let server = start(true).await;
    server.rule(Rule::any().hold("gate"));
    let request = client(true)
        .get(format!("{}{ITEM}", server.origin()))
        .send();
    let asked = tokio::spawn(request);
    let held = server.until(LONG, |stats| stats.held == 1).await;
    held.expect("the request arrives");
    server.reset();
    let stats = server.stats();
    assert_eq!((stats.total, stats.in_flight, stats.peak), (0, 1, 1));
    server.release("gate");
    asked.await.expect("no panic").expect("an answer");
    let stats = server.until(LONG, |stats| stats.in_flight == 0).await;
    let stats = stats.expect("it ends");
    assert_eq!((stats.total, stats.answered), (0, 0));
    assert!(server.log().is_empty());
}
