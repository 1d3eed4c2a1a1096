//! A whole feed, against what its latency allows and against a pool written by hand.

use std::time::Duration;

use e2e::{Browser, LONG, Page, Site, plain};
use replay::{Config, Entry, Server};
use serde_json::{Value, json};

use crate::figure::{Figure, RUNS, median};

const STORIES: u64 = 500;
const PERMITS: u64 = 6;
/// The latency of every answer, in milliseconds.
const LATENCY: u64 = 100;
/// So many rounds of answers there have to be.
const IDEAL: f64 = (STORIES.div_ceil(PERMITS) * LATENCY) as f64;

/// From the first request for a story to the last answer, as the stand-in sees them: the app's
/// engine and a pool of six loops around `fetch`, in turn and in the same page.
pub async fn schedule(browser: &Browser) -> Vec<Figure> {
    let (mut app, mut pool, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (world, [ids, _]) = plain(STORIES);
        let config = Config::api(world).tls().latency(LATENCY, 0);
        let site = Site::start(browser, config).await;
        Page::settings(browser, &site, json!({"permits": PERMITS})).await;
        let page = Page::open(browser, &site, "nowhere").await;
        page.when("the app has started", |view| view.notice.is_some())
            .await;
        page.at_rest().await;
        browser.run(WATCH, Vec::new()).await;
        site.server.reset();
        page.follow("best?p=all").await;
        let all = |stats: &replay::Stats| stats.answered == 1 + STORIES;
        let done = site.server.until(LONG, all).await;
        assert_eq!(done.expect("all stories come").peak, PERMITS);
        app.push(span(&site.server));
        let view = page.settled_within(Duration::from_secs(30), STORIES as usize);
        assert_eq!(view.await.titles().len(), STORIES as usize);
        let took = browser.run_async(TOOK, Vec::new()).await;
        shown.push(took.as_f64().expect("a time is a number"));

        site.server.reset();
        let base = site.server.firebase();
        let urls = ids.iter().map(|id| format!("{base}/item/{id}.json"));
        let urls: Vec<String> = urls.collect();
        browser
            .run_async(POOL, vec![json!(urls), Value::from(PERMITS)])
            .await;
        assert_eq!(site.server.stats().peak, PERMITS);
        pool.push(span(&site.server));
        browser.goto("about:blank").await;
    }
    let (app, pool, shown) = (median(app), median(pool), median(shown));
    vec![
        Figure::plain("ideal for 500 stories, 6 permits", IDEAL, "ms"),
        Figure::plain("first request to last answer", app, "ms").at_most(1.1 * IDEAL),
        Figure::plain("ratio to the ideal", app / IDEAL, "x").at_most(1.1),
        Figure::plain("the same, a pool of fetch by hand", pool, "ms"),
        Figure::plain("ratio to the pool", app / pool, "x").at_most(1.05),
        Figure::plain("click to 500 stories shown", shown, "ms"),
    ]
}

/// Notes how long after now all stories are there.
const WATCH: &str = "
    const start = performance.now();
    const whole = () => document.querySelectorAll('.stories .title a').length === 500;
    const timer = setInterval(() => {
        if (!whole()) return;
        clearInterval(timer);
        window.__took = performance.now() - start;
    }, 50);";

/// What was noted, once it is.
const TOOK: &str = "
    while (!window.__took) await new Promise((resolve) => setTimeout(resolve, 20));
    return window.__took;";

/// What somebody would write in a minute.
const POOL: &str = "
    const [urls, permits] = arguments;
    let next = 0;
    const loop = async () => {
        while (next < urls.length) {
            const response = await fetch(urls[next++], {cache: 'no-store'});
            await response.json();
        }
    };
    await Promise.all(Array.from({length: permits}, loop));";

fn span(server: &Server) -> f64 {
    let log = server.log();
    let stories: Vec<&Entry> = log
        .iter()
        .filter(|entry| entry.path.starts_with("/v0/item/"))
        .collect();
    assert_eq!(stories.len(), STORIES as usize);
    let start = stories.iter().map(|entry| entry.start);
    let end = stories.iter().filter_map(|entry| entry.end);
    end.fold(0.0, f64::max) - start.fold(f64::INFINITY, f64::min)
}
