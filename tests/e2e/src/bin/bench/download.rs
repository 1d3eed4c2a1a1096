//! A hundred threads of two hundred comments each, kept for offline.

use e2e::{Browser, Page, Site, discussed, noise};
use replay::{Config, World};
use serde_json::Value;
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
    let (mut world, stories) = threads();
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

/// Stories with comments of about 400 letters, five deep.
fn threads() -> (World, Vec<u64>) {
    let mut random = 1;
    discussed(THREADS as u64, |world, id| {
        let mut parent = id;
        for comment in 0..COMMENTS {
            let reply = world.reply(parent, "bob", &noise(400, &mut random));
            parent = if comment % 5 == 4 { id } else { reply };
        }
    })
}

async fn keep(page: &Page<'_>, comments: usize) {
    page.keep_top(100).await;
    let end = format!("is kept for offline: {THREADS} of {THREADS} stories, {comments} comments");
    page.browser.says_within(PATIENCE, "#keeping", &end).await;
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("it was counted")
}
