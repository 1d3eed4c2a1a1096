//! A thread of thousands of comments, against what its latency allows and against plain
//! JavaScript.

use std::collections::VecDeque;
use std::time::Duration;

use e2e::{Browser, Page, Site, until_within};
use replay::{Config, Feed, Oddity, Rule, World};
use serde::Deserialize;
use serde_json::json;

use crate::figure::{Figure, RUNS, median};

const SIZES: [usize; 3] = [30, 300, 3_000];
const PERMITS: usize = 6;
/// The latency of every answer, in milliseconds.
const LATENCY: u64 = 100;
/// Firebase alone takes a large thread the better part of a minute.
const PATIENCE: Duration = Duration::from_secs(120);
const PLAIN: &str = include_str!("thread/plain.js");

/// When what was there, in milliseconds since the click, and what it took.
#[derive(Debug, Deserialize)]
struct Load {
    /// The first comment, painted.
    first: f64,
    loaded: f64,
    /// None if nobody waited for it.
    ranked: Option<f64>,
    /// The longest task; 0 if none took 50 ms.
    longest: f64,
    nodes: f64,
    #[serde(default)]
    heap: f64,
}

/// Threads of three sizes by Algolia, the largest by Firebase alone and by plain JavaScript.
pub async fn thread(browser: &Browser) -> Vec<Figure> {
    let mut figures = Vec::new();
    let (mut drawn, mut each) = (Vec::new(), Vec::new());
    for size in SIZES {
        let world = World::discussion(1, size);
        let mut loads = Vec::new();
        for _ in 0..RUNS {
            loads.push(load(browser, &world, LATENCY, "ranked").await);
        }
        let of = |what: fn(&Load) -> f64| median(loads.iter().map(what).collect());
        let name = |what: &str| format!("{size} comments: {what}");
        let (loaded, ranked) = (
            of(|load| load.loaded),
            of(|load| load.ranked.unwrap_or(f64::NAN)),
        );
        let longest = Figure::plain(&name("longest task"), of(|load| load.longest), "ms");
        figures.extend([
            Figure::plain(&name("click to first comment"), of(|load| load.first), "ms"),
            Figure::plain(&name("click to loaded"), loaded, "ms"),
            Figure::plain(&name("click to ranked"), ranked, "ms"),
            longest.at_most(50.0),
            Figure::plain(&name("DOM nodes"), of(|load| load.nodes), ""),
            Figure::plain(&name("heap"), of(|load| load.heap), "KB"),
        ]);
        each.push([of(|load| load.nodes), of(|load| load.heap)].map(|n| n / size as f64));
        let (app, plain) = against_plain(browser, &world).await;
        drawn.push(app / size as f64);
        if size == SIZES[2] {
            figures.extend(schedule(&world, app, loaded, ranked));
            figures.push(by_firebase_alone(browser, &world).await);
        }
        figures.push(Figure::plain(&name("loaded without latency"), app, "ms"));
        figures.push(Figure::plain(
            &name("the same by plain JavaScript"),
            plain,
            "ms",
        ));
        let ratio = Figure::plain(&name("ratio to plain JavaScript"), app / plain, "x");
        figures.push(match size == SIZES[2] {
            true => ratio.at_most(1.5),
            false => ratio,
        });
    }
    let growth =
        |name, small: f64, large: f64| Figure::plain(name, large / small, "x").at_most(1.1);
    figures.extend([
        growth("3,000 against 300, time a comment", drawn[1], drawn[2]),
        growth("3,000 against 300, nodes a comment", each[1][0], each[2][0]),
        growth("3,000 against 300, heap a comment", each[1][1], each[2][1]),
    ]);
    figures
}

/// What the latency allows by Algolia. What drawing takes, a load without latency tells.
fn schedule(world: &World, drawing: f64, loaded: f64, ranked: f64) -> [Figure; 2] {
    let story = world.feed(Feed::Top)[0];
    let thread = world.thread(story);
    let lists = thread.iter().filter(|id| world.kids(**id).len() > 1);
    let rounds = lists.count().div_ceil(PERMITS) as u64;
    let most = 1.15 * (rounds * LATENCY) as f64;
    let gone = world.odd(Oddity::Deleted).len() + world.odd(Oddity::Dead).len();
    let drawn = Figure::plain(
        "3000 comments: loaded, less drawing",
        loaded - drawing,
        "ms",
    );
    println!("{gone} comments that the tree can't tell; {rounds} rounds of ranks");
    [
        drawn.at_most((4 * LATENCY) as f64),
        Figure::plain("3000 comments: loaded to ranked", ranked - loaded, "ms").at_most(most),
    ]
}

async fn by_firebase_alone(browser: &Browser, world: &World) -> Figure {
    let took = load(browser, world, LATENCY, "alone").await;
    let ideal = (rounds_alone(world) * LATENCY) as f64;
    println!("by Firebase alone: {} ms, ideal {ideal} ms", took.loaded);
    let ratio = took.loaded / ideal;
    Figure::plain("3000 comments: Firebase alone, to the ideal", ratio, "x").at_most(1.15)
}

/// So many rounds of six requests it takes to walk a thread breadth first.
fn rounds_alone(world: &World) -> u64 {
    let mut waiting = VecDeque::from([world.feed(Feed::Top)[0]]);
    let mut rounds = 0;
    while !waiting.is_empty() {
        rounds += 1;
        let round: Vec<u64> = waiting.drain(..waiting.len().min(PERMITS)).collect();
        waiting.extend(round.into_iter().flat_map(|id| world.kids(id)));
    }
    rounds
}

/// An app that has started, on a site that nothing is kept of.
async fn started<'a>(browser: &'a Browser, site: &'a Site) -> Page<'a> {
    let page = Page::open(browser, site, "nowhere").await;
    page.when("the app has started", |view| view.notice.is_some())
        .await;
    page.at_rest().await;
    page
}

/// Opens the thread in a started app, and waits until it is `loaded` or `ranked`, or until it is
/// loaded from Firebase `alone`.
async fn load(browser: &Browser, world: &World, latency: u64, until: &str) -> Load {
    let config = Config::api(world.clone()).tls().latency(latency, 0);
    let site = Site::start(browser, config).await;
    if until == "alone" {
        site.server.rule(Rule::prefix("/api/v1/").status(404));
    }
    started(browser, &site).await;
    let before = heap(browser).await;
    click(browser, world).await;
    let what = if until == "ranked" { until } else { "loaded" };
    let script = "return window.__load[arguments[0]] === null ? null : window.__load.report()";
    let found = until_within(PATIENCE, "the thread is there", async || {
        let found = browser.try_run(script, vec![what.into()]).await?;
        let waits = found.is_null();
        (!waits).then_some(found).ok_or("it isn't yet".to_owned())
    })
    .await;
    let mut load: Load = serde_json::from_value(found).expect("times are numbers");
    load.heap = heap(browser).await - before;
    browser.goto("about:blank").await;
    println!("{} items, {latency} ms: {load:?}", world.ids().len());
    load
}

/// Follows a link to the thread, and notes what happens.
async fn click(browser: &Browser, world: &World) {
    let story = world.feed(Feed::Top)[0];
    browser.run(CLICK, vec![json!(story)]).await;
}

/// The frame that shows something is over when the task after its callback runs.
const CLICK: &str = "
    const load = {first: null, loaded: null, ranked: null, longest: 0};
    window.__load = load;
    new PerformanceObserver((list) => {
        for (const {duration} of list.getEntries()) load.longest = Math.max(load.longest, duration);
    }).observe({type: 'longtask'});
    const start = performance.now();
    const note = (what) => requestAnimationFrame(() => setTimeout(() => {
        load[what] ??= performance.now() - start;
    }, 0));
    const comments = new MutationObserver(() => {
        if (document.querySelector('li.comment .prose') === null) return;
        comments.disconnect();
        note('first');
    });
    comments.observe(document.body, {subtree: true, childList: true});
    const states = new MutationObserver(() => {
        const state = document.querySelector('section.thread')?.dataset.state ?? '';
        const is = (word) => state.split(' ').includes(word);
        if (is('loaded') && load.loaded === null) note('loaded');
        if (is('loaded') && is('ranked')) {
            states.disconnect();
            note('ranked');
        }
    });
    states.observe(document.body, {subtree: true, attributes: true, attributeFilter: ['data-state']});
    load.report = () => ({...load, nodes: document.querySelectorAll('section.thread *').length});
    const link = document.createElement('a');
    link.href = `item/${arguments[0]}`;
    document.body.append(link);
    link.click();
    link.remove();";

/// The JavaScript heap in KB, without what nobody holds any more.
async fn heap(browser: &Browser) -> f64 {
    let [used] = browser.metrics(["JSHeapUsedSize"]).await;
    used / 1024.0
}

/// From the click to the whole thread painted, without latency: by the app, and by plain
/// JavaScript in a page of the app's with its style sheet, in turn.
async fn against_plain(browser: &Browser, world: &World) -> (f64, f64) {
    let story = world.feed(Feed::Top)[0];
    let (mut app, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        app.push(load(browser, world, 0, "loaded").await.loaded);
        let site = Site::start(browser, Config::api(world.clone()).tls()).await;
        started(browser, &site).await;
        let urls = [
            format!("{}/item/{story}.json", site.server.firebase()),
            format!("{}/items/{story}", site.server.algolia()),
        ];
        let took = browser.run_async(PLAIN, vec![json!(urls)]).await;
        assert_eq!(took["comments"], json!(world.thread(story).len()));
        println!("by plain JavaScript: {took}");
        plain.push(took["took"].as_f64().expect("a time is a number"));
        browser.goto("about:blank").await;
    }
    (median(app), median(plain))
}
