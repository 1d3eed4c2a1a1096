//! What the stand-in promises, seen from outside by an ordinary HTTP client.

use std::time::Duration;

use replay::{Config, Server, World};
use reqwest::{Client, Response};
use serde_json::{Value, json};

mod apis;
mod control;
mod counts;
mod faults;
mod host;
mod lifecycle;
mod worlds;

/// Far beyond what anything here takes on a busy machine.
const LONG: Duration = Duration::from_secs(20);

/// A client of HTTP/1.1, or of HTTP/2 over TLS, that takes any certificate.
fn client(tls: bool) -> Client {
    let builder = Client::builder()
        .danger_accept_invalid_certs(true)
        .no_proxy();
    let builder = if tls { builder } else { builder.http1_only() };
    builder.build().expect("the options are sound")
}

/// A story with two comments, one with a reply, and a user.
fn small() -> World {
    let mut world = World::empty();
    world.put_item(json!({
        "by": "ann", "descendants": 3, "id": 1, "kids": [3, 2], "score": 7, "time": 1_000,
        "title": "Semaphores in Rust", "type": "story", "url": "https://example.com/",
    }));
    for (id, parent, kids) in [(2, 1, json!([4])), (3, 1, json!([])), (4, 2, json!([]))] {
        world.put_item(json!({
            "by": "bob", "id": id, "kids": kids, "parent": parent, "text": "rust never sleeps",
            "time": 1_000 + id, "type": "comment",
        }));
    }
    world.put_user(json!({"created": 1, "id": "ann", "karma": 5, "submitted": [1]}));
    world.set_feed(replay::Feed::Top, vec![1]);
    world
}

async fn start(tls: bool) -> Server {
    let config = Config::api(small());
    let config = if tls { config.tls() } else { config };
    Server::start(config).await.expect("a free port is there")
}

async fn get(client: &Client, server: &Server, path: &str) -> Response {
    let url = format!("{}{path}", server.origin());
    client.get(url).send().await.expect("the server answers")
}

async fn get_json(server: &Server, path: &str) -> Value {
    let answer = get(&client(false), server, path).await;
    answer.json().await.expect("the body is JSON")
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    let value = answer.headers().get(name)?;
    Some(value.to_str().expect("headers are ASCII"))
}
