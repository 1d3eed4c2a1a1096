//! Search on the shelf: from a key press to what it finds, painted.

use e2e::{Browser, Page, Site, generated};
use replay::Config;
use serde_json::json;

use crate::figure::{Figure, RUNS, median};

/// How much is on the shelf.
const STORIES: usize = 500;
const COMMENTS: usize = 20_000;

/// Fills the database as reading does: stories one by one, and threads of forty comments of about
/// 400 letters each. The words are made by a generator, so that some are frequent and most are rare.
const SEED: &str = "
    const [stories, comments] = arguments;
    let state = 1;
    const dice = (sides) => (state = (state * 48271) % 2147483647) % sides;
    const syllables = 'ba ce di fo gu la me ni po ru sa te vi xo zu'.split(' ');
    const word = () => Array.from({length: 1 + dice(4)}, () => syllables[dice(15)]).join('');
    const words = (count) => Array.from({length: count}, word).join(' ');
    const request = indexedDB.open('hackershelf');
    const database = await new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const transaction = database.transaction(['items', 'threads'], 'readwrite');
    const now = Date.now(), time = Math.floor(now / 1000);
    const record = (id, body) => ({
        id, body, bytes: body.length, fetched_at: now, opened_at: now,
        loaded: true, ranked: true, verified: true,
    });
    for (let nth = 0; nth < stories; nth++) {
        const id = 1000000 + nth * 1000;
        const story = {id, type: 'story', by: word(), time: time - nth, title: words(8),
            url: `https://${word()}.example/`, score: nth, descendants: comments / stories};
        transaction.objectStore('items').put(record(id, JSON.stringify(story)));
        const thread = [story];
        for (let reply = 1; reply <= comments / stories; reply++) {
            const text = nth === 7 && reply === 7 ? 'the Quetzalcóatl' : words(60);
            thread.push({id: id + reply, type: 'comment', by: word(), parent: id,
                time: time - reply, text});
        }
        transaction.objectStore('threads').put(record(id, JSON.stringify(thread)));
    }
    await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
    });
    database.close();";

/// Resolves with the milliseconds of each key press, when what it finds has been painted, and with
/// the longest task meanwhile.
const TYPE: &str = "
    const field = document.getElementById('search');
    const times = [];
    let longest = 0;
    const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
    });
    observer.observe({type: 'longtask'});
    for (const word of arguments[0]) {
        for (let typed = 1; typed <= word.length; typed++) {
            await new Promise((resolve) => setTimeout(resolve, 60));
            const start = performance.now();
            field.value = word.slice(0, typed);
            field.dispatchEvent(new Event('input', {bubbles: true}));
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
            times.push(performance.now() - start);
        }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    observer.disconnect();
    return {times, longest, found: document.querySelectorAll('.finds .story').length};";

/// Resolves with the milliseconds until all is on the shelf, and the longest task until then.
const FILL: &str = "
    const start = performance.now();
    let longest = 0;
    const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
    });
    observer.observe({type: 'longtask'});
    const status = () => document.querySelector('.found-status')?.textContent ?? 'looking';
    document.querySelector('.to-search').click();
    while (status().includes('looking')) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 50));
    observer.disconnect();
    return {took: performance.now() - start, longest, status: status()};";

/// From a key press to its results, while one types and once the shelf is whole.
pub async fn search(browser: &Browser) -> Vec<Figure> {
    let (mut keys, mut fills, mut typing, mut filling) = (vec![], vec![], vec![], vec![]);
    for _ in 0..RUNS {
        let site = Site::start(browser, Config::api(generated()).tls()).await;
        Page::settings(browser, &site, json!({"algolia": false})).await;
        let size = vec![STORIES.into(), COMMENTS.into()];
        browser.run_async(SEED, size).await;
        let page = Page::open(browser, &site, "activity").await;
        page.when("the app is there", |view| view.started).await;
        page.at_rest().await;
        let filled = browser.run_async(FILL, Vec::new()).await;
        let status = filled["status"].as_str().unwrap_or_default();
        assert!(
            status.contains("500 stories and 20000 comments"),
            "{status}"
        );
        fills.push(number(&filled["took"]));
        filling.push(number(&filled["longest"]));
        let words = json!(["quetzalcoatl", "gula", "xozuxo poru", "nothing"]);
        let typed = browser.run_async(TYPE, vec![words]).await;
        let times = typed["times"].as_array().expect("a list of times");
        keys.push(median(times.iter().map(number).collect()));
        typing.push(number(&typed["longest"]));
        browser.goto("about:blank").await;
    }
    vec![
        Figure::plain(
            "key press to results painted, 20,500 texts",
            median(keys),
            "ms",
        )
        .at_most(50.0),
        Figure::plain("longest task while typing", median(typing), "ms").at_most(50.0),
        Figure::plain("shelf filled", median(fills), "ms"),
        Figure::plain("longest task while it fills", median(filling), "ms").at_most(50.0),
    ]
}

fn number(value: &serde_json::Value) -> f64 {
    value.as_f64().expect("a time is a number")
}
