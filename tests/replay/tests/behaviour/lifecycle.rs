use std::time::{Duration, Instant};

use replay::{Config, Outcome, Rule, Server};

use crate::{LONG, client, get, small, start};

const ITEM: &str = "/v0/item/1.json";

#[tokio::test]
async fn both_protocols_are_served_at_once_and_counted_together() {
    let server = Server::start(Config {
        https: Some(0),
        ..Config::api(small())
    });
    let server = server.await.expect("free ports are there");
    for (tls, origin, version) in [
        (false, server.http_origin(), reqwest::Version::HTTP_11),
        (true, server.https_origin(), reqwest::Version::HTTP_2),
    ] {
        let url = format!("{}{ITEM}", origin.expect("it is served"));
        let answer = client(tls).get(url).send().await.expect("an answer");
        assert_eq!(answer.version(), version);
    }
    assert_eq!(server.stats().at(ITEM), 2);
    assert!(server.origin().starts_with("https://"));
}

#[tokio::test]
async fn http1_is_spoken_over_tls_to_who_asks_for_it() {
    let server = start(true).await;
    let answer = client(false).get(format!("{}{ITEM}", server.origin()));
    let answer = answer.send().await.expect("an answer");
    assert_eq!(answer.version(), reqwest::Version::HTTP_11);
}

#[tokio::test]
async fn stopping_ends_everything_promptly_and_restarting_serves_again() {
    for tls in [false, true] {
        let server = start(tls).await;
        let client = client(tls);
        get(&client, &server, ITEM).await;
        server.rule(Rule::path("/v0/item/2.json").hang());
        let hanging = client.get(format!("{}/v0/item/2.json", server.origin()));
        let hanging = tokio::spawn(hanging.send());
        let arrived = server.until(LONG, |stats| stats.in_flight == 1).await;
        arrived.expect("the request arrives");

        let started = Instant::now();
        server.stop().await;
        assert!(started.elapsed() < Duration::from_secs(2));
        assert!(hanging.await.expect("no panic").is_err());
        let stats = server.stats();
        assert_eq!((stats.in_flight, stats.stopped, stats.aborted), (0, 1, 0));
        assert_eq!(server.log()[1].outcome, Some(Outcome::Stopped));
        let offline = client
            .get(format!("{}{ITEM}", server.origin()))
            .send()
            .await;
        assert!(offline.is_err_and(|error| error.is_connect()));

        server.restart().await.expect("the port is free again");
        assert_eq!(get(&client, &server, ITEM).await.status(), 200);
        assert_eq!(server.stats().at(ITEM), 2, "counts go on");
        assert_eq!(server.rules().len(), 1, "rules stay");
    }
}

#[tokio::test]
async fn stopping_twice_and_restarting_a_running_server_are_fine() {
    let server = start(false).await;
    server.restart().await.expect("the port is free again");
    assert_eq!(get(&client(false), &server, ITEM).await.status(), 200);
    server.stop().await;
    server.stop().await;
    server.restart().await.expect("the port is free again");
    assert_eq!(get(&client(false), &server, ITEM).await.status(), 200);
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let server = start(false).await;
    let url = format!("{}{ITEM}", server.origin());
    drop(server);
    let until = Instant::now() + LONG;
    while client(false).get(&url).send().await.is_ok() {
        assert!(Instant::now() < until, "it still answers");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let server = start(false).await;
    let origin = server.http_origin().expect("it is served");
    let port = origin.rsplit(':').next().and_then(|port| port.parse().ok());
    let taken = Server::start(Config {
        http: port,
        ..Config::api(small())
    });
    let error = taken.await.expect_err("the port is taken").to_string();
    assert!(
        error.contains(&port.expect("a number").to_string()),
        "{error}"
    );
}
