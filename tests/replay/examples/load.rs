//! How much time and memory the stand-in itself takes, so that measurements of an app against it
//! can be trusted: `cargo run --release --package replay --example load [SECONDS]`.
//!
//! 1,000 requests a second go over loopback for 10 seconds, in turns to a bare hyper server that
//! answers fixed bytes and to the stand-in that answers items by id. What the stand-in takes
//! longer is its own time.

use std::convert::Infallible;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use replay::{Config, Feed, Server, World};
use reqwest::Client;

const RATE: u32 = 1_000;
const WORKERS: u32 = 20;
const GOAL_MS: f64 = 0.5;

/// A server with nothing in it, on a thread of its own as the stand-in.
async fn bare(body: Bytes) -> io::Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let origin = format!("http://{}", listener.local_addr()?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                let body = body.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |_| {
                        let answer = Response::new(Body::from(body.clone()));
                        async move { Ok::<_, Infallible>(answer) }
                    });
                    let stream = TokioIo::new(stream);
                    let _ = Builder::new(TokioExecutor::new())
                        .serve_connection(stream, service)
                        .await;
                });
            }
            #[allow(unreachable_code)]
            io::Result::Ok(())
        })
    });
    Ok(origin)
}

/// Milliseconds of each answer, sorted, at the set rate.
async fn drive(client: &Client, urls: &[String], seconds: u32) -> reqwest::Result<Vec<f64>> {
    let start = Instant::now() + Duration::from_millis(50);
    let each = seconds * RATE / WORKERS;
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..WORKERS {
        let client = client.clone();
        let nth = move |round: u32| round * WORKERS + worker;
        let urls: Vec<String> = (0..each)
            .map(|round| urls[nth(round) as usize % urls.len()].clone())
            .collect();
        workers.spawn(async move {
            let mut took = Vec::with_capacity(urls.len());
            for (round, url) in (0..).zip(urls) {
                let at = start + Duration::from_secs(1) / RATE * nth(round);
                tokio::time::sleep_until(at.into()).await;
                let sent = Instant::now();
                client.get(url).send().await?.bytes().await?;
                took.push(sent.elapsed().as_secs_f64() * 1000.0);
            }
            reqwest::Result::Ok(took)
        });
    }
    let mut all = Vec::new();
    for took in workers.join_all().await {
        all.extend(took?);
    }
    all.sort_unstable_by(f64::total_cmp);
    Ok(all)
}

fn at(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// Resident memory in MB; 0 where the system doesn't tell.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seconds = std::env::args()
        .nth(1)
        .map_or(Ok(10), |text| text.parse())?;
    let mut out = io::stdout().lock();
    let world = World::generated(1);
    let ids = world.feed(Feed::Top).to_vec();
    let typical = world
        .item(ids[0])
        .map(ToString::to_string)
        .unwrap_or_default();
    let bare = bare(typical.into()).await?;
    writeln!(
        out,
        "{RATE} requests/s, {seconds} s a turn, {} items in the world",
        world.ids().len()
    )?;
    writeln!(out, "server   protocol  median ms  p99 ms  resident MB")?;

    let plain = Server::start(Config::api(world.clone())).await?;
    let mut met = true;
    for (protocol, client) in [
        ("HTTP/1.1", Client::builder().http1_only()),
        ("HTTP/2", Client::builder().http2_prior_knowledge()),
    ] {
        let client = client.no_proxy().build()?;
        let urls = |origin: &str| -> Vec<String> {
            let ids = ids.iter();
            ids.map(|id| format!("{origin}/v0/item/{id}.json"))
                .collect()
        };
        let (bare, replay) = (urls(&bare), urls(&plain.origin()));
        // Connections, page tables, allocator: not what is measured.
        drive(&client, &bare, 1).await?;
        drive(&client, &replay, 1).await?;
        let mut medians = Vec::new();
        for (name, urls) in [("bare", &bare), ("replay", &replay)] {
            let took = drive(&client, urls, seconds).await?;
            let (median, p99) = (at(&took, 0.5), at(&took, 0.99));
            medians.push((median, p99));
            writeln!(
                out,
                "{name:<8} {protocol:<9} {median:>9.3} {p99:>7.3} {:>12.1}",
                resident()
            )?;
        }
        let added = (medians[1].0 - medians[0].0, medians[1].1 - medians[0].1);
        met &= added.0 < GOAL_MS;
        writeln!(
            out,
            "added    {protocol:<9} {:>9.3} {:>7.3}",
            added.0, added.1
        )?;
    }

    let log = plain.log();
    let mut own: Vec<f64> = log.iter().filter_map(|e| Some(e.end? - e.start)).collect();
    own.sort_unstable_by(f64::total_cmp);
    writeln!(
        out,
        "head to last byte, by the log: median {:.3} ms, p99 {:.3} ms ({} requests)",
        at(&own, 0.5),
        at(&own, 0.99),
        own.len()
    )?;
    writeln!(
        out,
        "goal: less than {GOAL_MS} ms added: {}",
        if met { "met" } else { "MISSED" }
    )?;
    Ok(())
}
