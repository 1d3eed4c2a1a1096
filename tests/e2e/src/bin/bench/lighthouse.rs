//! What Lighthouse says of the first page on a slow phone with a slow network, both simulated.

use std::fs;

use e2e::{Browser, Site, generated, places};
use replay::Config;
use serde_json::Value;
use tokio::process::Command;

use crate::figure::{Figure, RUNS, median};

/// Its categories, and what each has to reach.
const CATEGORIES: [(&str, f64); 4] = [
    ("performance", 95.0),
    ("accessibility", 100.0),
    ("best-practices", 100.0),
    ("seo", 100.0),
];

/// Medians of its scores. It starts browsers of its own; `browser` takes no part.
pub async fn lighthouse(browser: &Browser) -> Vec<Figure> {
    browser.goto("about:blank").await;
    let mut scores = CATEGORIES.map(|_| Vec::new());
    for _ in 0..RUNS {
        let site = Site::start(browser, Config::api(generated())).await;
        let report = rate(&site.url("")).await;
        for (scores, (name, _)) in scores.iter_mut().zip(CATEGORIES) {
            let score = report["categories"][name]["score"].as_f64();
            scores.push(100.0 * score.expect("every category has a score"));
        }
    }
    let figure = |(scores, (name, least)): (Vec<f64>, (&str, f64))| {
        Figure::plain(name, median(scores), "").at_least(least)
    };
    scores.into_iter().zip(CATEGORIES).map(figure).collect()
}

async fn rate(url: &str) -> Value {
    let dir = places::temporary();
    // Not by its standard output, of which Node may lose the end.
    let report = dir.path().join("report.json");
    let status = Command::new("node")
        .arg(places::lighthouse())
        .args([url, "--quiet", "--output=json", "--output-path"])
        .arg(&report)
        .arg("--chrome-flags=--headless --no-sandbox --disable-gpu")
        .env("CHROME_PATH", places::chromium())
        .status();
    let status = status.await.expect("Node can be started");
    assert!(status.success(), "Lighthouse failed: {status}");
    let report = fs::read(report).expect("Lighthouse writes a report");
    serde_json::from_slice(&report).expect("the report is JSON")
}
