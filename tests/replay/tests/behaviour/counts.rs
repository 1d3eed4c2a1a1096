use std::time::Duration;

use replay::{Outcome, Rule};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

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

/// An HTTP/2 frame.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short frame");
    let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, stream];
    frame.extend(payload);
    frame
}

/// HEADERS that ask for the item and end the stream.
fn ask(stream: u8) -> Vec<u8> {
    let mut block = vec![0x82, 0x86, 0x04, ITEM.len() as u8];
    block.extend(ITEM.as_bytes());
    block.extend(b"\x01\x09localhost");
    frame(1, 0x5, stream, &block)
}

/// Asks for a hanging item; then, in one packet, aborts it and asks for the next, in this order
/// or the other. Returns the peak.
async fn peak_of_an_abort_and_a_request(abort_first: bool) -> u64 {
    let server = start(false).await;
    server.rule(Rule::any().hang());
    let address = server.origin().replace("http://", "");
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let mut hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    hello.extend(frame(4, 0, 0, &[]));
    hello.extend(ask(1));
    socket.write_all(&hello).await.expect("it reads");
    let arrived = server.until(LONG, |stats| stats.total == 1).await;
    arrived.expect("the request arrives");
    let abort = frame(3, 0, 1, &[0, 0, 0, 8]);
    let packet = if abort_first {
        [abort, ask(3)]
    } else {
        [ask(3), abort]
    };
    socket.write_all(&packet.concat()).await.expect("it reads");
    let both = server
        .until(LONG, |stats| stats.total == 2 && stats.aborted == 1)
        .await;
    both.expect("both arrive").peak
}

#[tokio::test]
async fn an_abort_counts_before_a_request_sent_after_it_and_only_then() {
    for _ in 0..20 {
        assert_eq!(peak_of_an_abort_and_a_request(true).await, 1);
        assert_eq!(peak_of_an_abort_and_a_request(false).await, 2);
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
