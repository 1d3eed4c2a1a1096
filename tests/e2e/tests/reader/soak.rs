//! Who reads for hours in one page pays no more for the last hour than for the first: what a reader
//! does is done over and over, and after each round the page is measured at rest.

use std::time::{Duration, Instant};

use e2e::suite::LIMIT;
use e2e::{Browser, Case, Need, Page, Site, cases, discussed};
use replay::{Config, World};
use serde_json::json;

pub fn cases() -> Vec<Case> {
    cases![
        reading_on_and_on_takes_no_more_and_more
            .needs(Need::Protocol)
            .within(LIMIT + length())
    ]
}

/// A minute; ten with `HACKERSHELF_LONG`.
fn length() -> Duration {
    match std::env::var_os("HACKERSHELF_LONG") {
        Some(_) => Duration::from_secs(600),
        None => Duration::from_secs(60),
    }
}

/// No round begins sooner after another: Chromium takes part in no more than two hundred navigations
/// in ten seconds.
const EVERY: Duration = Duration::from_millis(1_500);

/// So many rounds are looked at together, at least, early and late; as many go before them.
const ROUNDS: usize = 3;

/// Late may be more than early by a tenth and by this, which is what the browser's own upkeep takes.
const SLACK: [f64; GAUGES.len()] = [300e3, 60.0, 40.0, 0.0, 4.0, 300e3, 0.0];

/// What is measured.
const GAUGES: [&str; 7] = [
    "heap of JavaScript",
    "nodes of documents",
    "listeners anywhere",
    "listeners in use",
    "timers",
    "memory of wasm",
    "database",
];

/// Runs before a page's own scripts, so that what they set can be counted.
const WATCH: &str = include_str!("soak/watch.js");

/// What no browser measures by itself.
const OWN: &str = include_str!("soak/gauges.js");

type Sample = [f64; GAUGES.len()];

/// The page at rest, after all that nobody needs any more is gone.
async fn measured(browser: &Browser) -> Sample {
    let names = ["JSHeapUsedSize", "Nodes", "JSEventListeners"];
    let [heap, nodes, listeners] = browser.metrics(names).await;
    let found = browser.run_async(OWN, Vec::new()).await;
    let own = |at: usize| found[at].as_f64().expect("a number");
    let in_use = listeners_in_use(browser).await;
    [heap, nodes, listeners, in_use, own(0), own(1), own(2)]
}

/// How many the window has, its document and all that stands in it.
async fn listeners_in_use(browser: &Browser) -> f64 {
    let mut count = 0;
    for object in ["window", "document"] {
        let found = json!({"expression": object, "objectGroup": "soak"});
        let found = browser.command("Runtime.evaluate", found).await;
        let of = json!({"objectId": found["result"]["objectId"], "depth": -1});
        let told = browser.command("DOMDebugger.getEventListeners", of).await;
        count += told["listeners"].as_array().map_or(0, Vec::len);
    }
    let all = json!({"objectGroup": "soak"});
    browser.command("Runtime.releaseObjectGroup", all).await;
    count as f64
}

/// A story with some dozen comments, three of them with replies.
fn talk(world: &mut World, story: u64) {
    for number in 0..12 {
        let id = world.reply(
            story,
            "bob",
            &format!("Comment {number}<p>of <i>many</i> words."),
        );
        if number % 5 == 0 {
            let below = world.reply(id, "eve", "A reply to it.");
            world.reply(below, "ada", "And one to that.");
        }
    }
}

/// What a reader does.
const ROUND: &str = include_str!("soak/round.js");

/// As a line of blocks, the lowest for nothing and the highest for the most.
fn chart(values: &[f64]) -> String {
    let most = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let block = |value: &f64| {
        ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'][(value / most * 7.0).round() as usize]
    };
    values.iter().map(block).collect()
}

/// What the page comes down to: more is what the browser hasn't tidied up yet.
fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::MAX, f64::min)
}

async fn reading_on_and_on_takes_no_more_and_more(browser: &Browser) {
    // One of its own, so that nothing of what counts is left behind in the other, come what may.
    let own = Browser::start(browser.engine()).await;
    let (world, stories) = discussed(30, talk);
    let site = Site::start(&own, Config::api(world)).await;
    own.run_first(WATCH).await;
    let page = Page::open(&own, &site, "").await;
    page.settled(stories.len()).await;

    let (begun, mut samples) = (Instant::now(), Vec::new());
    while begun.elapsed() < length() || samples.len() < 3 * ROUNDS {
        let next = Instant::now() + EVERY;
        let arguments = vec![json!(stories), json!(samples.len())];
        own.run_async(ROUND, arguments).await;
        samples.push(measured(&own).await);
        tokio::time::sleep_until(next.into()).await;
    }
    let complaints = own.complaints().await;
    own.quit().await;
    assert_eq!(complaints, Vec::<String>::new());

    let third = samples.len() / 3;
    let mut faults = Vec::new();
    println!(
        "{} rounds in {:.0} s",
        samples.len(),
        begun.elapsed().as_secs_f64()
    );
    for (gauge, name) in GAUGES.into_iter().enumerate() {
        let values: Vec<f64> = samples.iter().map(|sample| sample[gauge]).collect();
        // The first third is for what comes once and stays.
        let (early, late) = (
            least(&values[third..2 * third]),
            least(&values[values.len() - third..]),
        );
        println!("{name:<20}{early:>12.0}{late:>12.0}  {}", chart(&values));
        if late - early > early / 10.0 + SLACK[gauge] {
            faults.push(format!("{name}: {early:.0} early, {late:.0} late"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
