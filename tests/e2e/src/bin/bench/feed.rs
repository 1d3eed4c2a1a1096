//! One page of a feed, and what a cold start transfers.

use e2e::{Browser, Page, Site, generated};
use replay::Config;
use serde_json::json;

use crate::figure::{Figure, RUNS, median};

/// What a cold start may transfer, in bytes: HTML, CSS, JavaScript and WebAssembly.
const TRANSFER: f64 = 140_000.0;
/// The latency of every answer, in milliseconds.
const LATENCY: u64 = 100;
/// The ranking, then thirty stories six at a time.
const IDEAL: f64 = (1 + 30_u64.div_ceil(6)) as f64 * LATENCY as f64;
/// From the click on a feed's link to the last of its thirty stories painted, with six permits
/// and with one, in turn.
pub async fn feed(browser: &Browser) -> Vec<Figure> {
    let mut six = Vec::new();
    let mut one = Vec::new();
    for _ in 0..RUNS {
        six.push(click_to_painted(browser, 6).await);
        one.push(click_to_painted(browser, 1).await);
    }
    let (six, one) = (median(six), median(one));
    vec![
        Figure::plain("ideal with 6 permits", IDEAL, "ms"),
        Figure::plain("click to 30 stories painted, 6 permits", six, "ms").at_most(1.15 * IDEAL),
        Figure::plain("click to 30 stories painted, 1 permit", one, "ms"),
        Figure::plain("ratio to the ideal", six / IDEAL, "x").at_most(1.15),
        Figure::plain("6 permits against 1 permit", one / six, "x").at_least(4.0),
    ]
}

/// Resolves with the milliseconds once thirty whole rows have been painted: the frame that shows
/// them is over when the task after its callback runs.
const CLICK: &str = "
    const link = document.querySelector(\"nav.feeds a[href='best']\");
    const first = () => document.querySelector('.stories .title a')?.href;
    const before = first();
    const whole = () => first() !== before && document.querySelectorAll('ol.stories > li.story .title a').length === 30
        && !document.querySelector('.stories .skeleton');
    const start = performance.now();
    return await new Promise((resolve) => {
        const observer = new MutationObserver(() => {
            if (!whole()) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start), 0));
        });
        observer.observe(document.body, {subtree: true, childList: true, attributes: true});
        link.click();
    });";

async fn click_to_painted(browser: &Browser, permits: usize) -> f64 {
    let config = Config::api(generated()).tls().latency(LATENCY, 0);
    let site = Site::start(browser, config).await;
    Page::settings(browser, &site, json!({"permits": permits})).await;
    // An app that has shown a feed: what a first page costs is for `transfer` to tell.
    let page = Page::open(browser, &site, "ask").await;
    page.settled(30).await;
    page.at_rest().await;
    let before = site.server.stats().total;
    let took = browser.run_async(CLICK, Vec::new()).await;
    let stats = site.server.stats();
    assert_eq!(
        (stats.total - before, stats.peak),
        (31, permits as u64),
        "{stats:#?}"
    );
    browser.goto("about:blank").await;
    took.as_f64().expect("a time is a number")
}

/// What a cold start transfers, by the stand-in's own count of the bodies that it sent. The page
/// itself goes uncompressed here, because it is pointed at the stand-in on its way.
pub async fn transfer(browser: &Browser) -> Vec<Figure> {
    // Plain: what came with a certificate that nobody knows isn't in the browser's own cache, from
    // which the app is kept for offline.
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    page.at_rest().await;
    let stats = site.server.stats();
    // The worker comes when the app is there.
    let app = stats.files.iter().filter(|(path, _)| {
        let is_app = |ending: &&str| path.ends_with(ending) && *path != "/sw.js";
        [".js", ".css", ".wasm", "/"].iter().any(is_app)
    });
    let bytes: u64 = app.map(|(_, file)| file.bytes).sum();
    vec![
        Figure::plain("cold start, bytes of the app", bytes as f64, "bytes").at_most(TRANSFER),
        Figure::plain("requests for files", stats.file_requests() as f64, ""),
        Figure::plain("requests for data", stats.total as f64, ""),
    ]
}
