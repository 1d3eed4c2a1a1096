//! Measures the build in a browser: a table on the screen, and the figures in
//! `target/bench/NAME.json`. Words on the command line select benchmarks by name.

use std::process::ExitCode;

use e2e::{Browser, Engine};
use figure::{Figure, report};

mod background;
mod download;
mod feed;
mod figure;
mod lighthouse;
mod schedule;
mod search;
mod start;
mod thread;

const NAMES: [&str; 9] = [
    "feed",
    "transfer",
    "start",
    "schedule",
    "background",
    "download",
    "thread",
    "search",
    "lighthouse",
];

#[tokio::main]
async fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = asked.iter().find(|name| !NAMES.contains(&name.as_str())) {
        eprintln!(
            "no benchmark is called {unknown}: there are {}",
            NAMES.join(", ")
        );
        return ExitCode::FAILURE;
    }
    let wanted = |name: &&str| asked.is_empty() || asked.iter().any(|word| word == name);
    let browser = Browser::start(Engine::Chromium).await;
    let mut met = true;
    for name in NAMES.iter().filter(|name| wanted(name)) {
        let figures = match *name {
            "feed" => feed::feed(&browser).await,
            "transfer" => feed::transfer(&browser).await,
            "start" => start::start(&browser).await,
            "schedule" => schedule::schedule(&browser).await,
            "download" => download::download(&browser).await,
            "lighthouse" => lighthouse::lighthouse(&browser).await,
            "thread" => thread::thread(&browser).await,
            "search" => search::search(&browser).await,
            _ => background::background(&browser).await,
        };
        report(name, &figures);
        met &= figures.iter().all(Figure::is_met);
    }
    browser.quit().await;
    if met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
