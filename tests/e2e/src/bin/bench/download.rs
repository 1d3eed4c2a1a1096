//! A hundred threads of two hundred comments each, kept for offline.

use e2e::{Browser, Page, Site, until_within};
use replay::{Config, Feed, World};
use serde_json::{Value, json};
use std::time::Duration;

use crate::figure::Figure;

const THREADS: usize = 100;
const COMMENTS: usize = 200;
/// So many of the threads have a comment more when they are downloaded again.
const CHANGED: usize = 5;
const PATIENCE: Duration = Duration::from_secs(120);

/// Counts the transactions that may write, and looks again and again how large the heaps are.
const WATCH: &str = "
    globalThis.writes = 0;
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, ...rest) {
        if (mode === 'readwrite') writes += 1;
        return begin.call(this, stores, mode, ...rest);
    };
    globalThis.peak = {script: 0, wasm: 0};
    const {memory} = await wasmBindings.default();
    setInterval(() => {
        peak.script = Math.max(peak.script, performance.memory.usedJSHeapSize);
        peak.wasm = Math.max(peak.wasm, memory.buffer.byteLength);
    }, 20);";

/// What is in the database, and what the browser says that it takes.
const WEIGH: &str = "
    const request = indexedDB.open('hackershelf');
    const database = await new Promise((resolve) => {
        request.onsuccess = () => resolve(request.result);
    });
    const sum = async (store) => {
        const all = database.transaction(store).objectStore(store).getAll();
        const records = await new Promise((resolve) => { all.onsuccess = () => resolve(all.result); });
        return new Blob(records.map((record) => record.body)).size;
    };
    const json = await sum('items') + await sum('threads');
    database.close();
    const {usageDetails} = await navigator.storage.estimate();
    return {json, used: usageDetails.indexedDB, writes, ...peak};";

/// Requests, transactions and bytes of a download, and of the next one.
pub async fn download(browser: &Browser) -> Vec<Figure> {
    let (mut world, stories) = discussed();
    let least: u64 = stories.iter().map(|id| world.least_requests(*id)).sum();
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    let page = Page::open(browser, &site, "shelf").await;
    page.when("the app has started", |view| view.started).await;
    browser.run_async(WATCH, Vec::new()).await;
    keep(&page, THREADS * COMMENTS).await;
    let asked = site.server.stats().total;
    let found = browser.run_async(WEIGH, Vec::new()).await;
    let of = |name: &str| number(&found[name]);

    for id in stories.iter().step_by(THREADS / CHANGED) {
        world.reply(*id, "joe", "one more");
    }
    let newer = world.clone();
    site.server.change(|world| *world = newer);
    site.server.reset();
    // What is fresh isn't asked for.
    page.age().await;
    keep(&page, THREADS * COMMENTS + CHANGED).await;
    let trees = site.server.stats().below("/api/v1/items/");

    let megabytes = |bytes: f64| bytes / 1_000_000.0;
    vec![
        Figure::plain("requests", asked as f64, ""),
        Figure::plain(
            "against the fewest that will do",
            asked as f64 / (1 + least) as f64,
            "x",
        )
        .at_most(1.1),
        Figure::plain(
            "write transactions a thread",
            of("writes") / THREADS as f64,
            "",
        )
        .at_most(1.1),
        Figure::plain("JSON kept", megabytes(of("json")), "MB"),
        Figure::plain("the database against it", of("used") / of("json"), "x").at_most(1.3),
        Figure::plain("largest JavaScript heap", megabytes(of("script")), "MB"),
        Figure::plain("largest WebAssembly memory", megabytes(of("wasm")), "MB"),
        Figure::plain("trees, once 5 threads changed", trees as f64, "").at_most(CHANGED as f64),
    ]
}

/// Stories that are discussed, first in the top feed.
fn discussed() -> (World, Vec<u64>) {
    let mut world = World::empty();
    let mut random = 1;
    let mut stories = Vec::new();
    for number in 0..THREADS {
        let id = world.max_id() + 1;
        world.put_item(
            json!({"id": id, "type": "story", "by": "ada", "time": world.now().max(1),
            "score": 9, "title": format!("Story {number}"), "descendants": 0}),
        );
        let mut parent = id;
        for comment in 0..COMMENTS {
            let reply = world.reply(parent, "bob", &text(&mut random));
            parent = if comment % 5 == 4 { id } else { reply };
        }
        stories.push(id);
    }
    world.set_feed(Feed::Top, stories.clone());
    (world, stories)
}

/// About 400 letters that don't repeat themselves, which a database could make use of.
fn text(random: &mut u64) -> String {
    const SYLLABLES: &str = "bacedifogulamenipiqorusatevixozu";
    let mut text = String::new();
    while text.len() < 400 {
        // Knuth's MMIX.
        *random = random.wrapping_mul(6_364_136_223_846_793_005);
        *random = random.wrapping_add(1_442_695_040_888_963_407);
        let at = (*random >> 33) as usize % (SYLLABLES.len() / 2);
        text.push_str(&SYLLABLES[2 * at..2 * at + 2]);
        if *random >> 62 == 0 {
            text.push(' ');
        }
    }
    text
}

async fn keep(page: &Page<'_>, comments: usize) {
    page.click("[aria-label='Keep 100 of Top']").await;
    let end = format!("is kept for offline: {THREADS} of {THREADS} stories, {comments} comments");
    until_within(PATIENCE, &end, async || {
        let script = "return document.getElementById('keeping')?.textContent ?? ''";
        let line = page.browser.try_run(script, Vec::new()).await?;
        match line.as_str() {
            Some(line) if line.contains(&end) => Ok(()),
            line => Err(format!("{line:?}")),
        }
    })
    .await;
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("it was counted")
}
