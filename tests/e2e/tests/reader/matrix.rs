//! Every fault on every kind of page: it says what happened and offers the next step, and after the
//! fault the page is what it would have been without, and nothing had to be loaded anew.

use e2e::{Browser, Case, LONG, Need, Page, Site, cases, generated, until};
use replay::{Config, Feed, Rule, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        a_feed_gets_over_every_fault,
        a_thread_gets_over_every_fault.core(),
        a_thread_without_the_index_gets_over_every_fault,
        a_person_gets_over_every_fault,
        a_search_gets_over_every_fault,
        a_download_gets_over_every_fault,
    ]
}

/// What a reader is told of a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    /// These words, and “Try again”.
    Words(&'static str),
    /// Nothing: it comes in the end.
    Nothing,
    /// Nothing: it comes by itself once the fault is over.
    Waits,
}

struct Fault {
    name: &'static str,
    bend: fn(Rule) -> Rule,
    told: Told,
}

const fn fault(name: &'static str, bend: fn(Rule) -> Rule, told: Told) -> Fault {
    Fault { name, bend, told }
}

/// What is said where no answer came in time.
const SILENCE: &str = "No answer within";

const FAULTS: [Fault; 14] = [
    fault(
        "latency and jitter",
        |rule| rule.latency(100, 100),
        Told::Nothing,
    ),
    fault("status 404", |rule| rule.status(404), Told::Words("(404)")),
    fault("status 500", |rule| rule.status(500), Told::Words("(500)")),
    fault("status 503", |rule| rule.status(503), Told::Words("(503)")),
    fault(
        "status 429, hidden Retry-After",
        |rule| rule.status(429).retry_after("1"),
        Told::Waits,
    ),
    fault(
        "status 429, readable Retry-After",
        |rule| rule.status(429).retry_after("1").expose("retry-after"),
        Told::Waits,
    ),
    fault("hangs before the headers", Rule::hang, Told::Words(SILENCE)),
    fault("hangs in the body", Rule::hang_body, Told::Words(SILENCE)),
    fault("drips", |rule| rule.drip(1, 200), Told::Words(SILENCE)),
    fault("cut", Rule::cut, Told::Words("The connection failed")),
    fault("truncated", Rule::truncated, Told::Words("can’t be read")),
    fault("wrong JSON", Rule::wrong_json, Told::Words("can’t be read")),
    fault("wrong type", Rule::wrong_type, Told::Words("can’t be read")),
    fault("huge", |rule| rule.huge(9 << 20), Told::Words("too large")),
];

/// A kind of page.
struct Kind {
    name: &'static str,
    place: String,
    algolia: bool,
    /// What is bent.
    asked: fn() -> Rule,
    /// How many stories are to be kept, if any.
    keeps: Option<usize>,
    /// Where the words are.
    words: &'static str,
    /// What is there in the end.
    content: &'static str,
    /// How much of it there is.
    least: usize,
}

const TITLES: &str = "main .stories .title a";

async fn gets_over_every_fault(browser: &Browser, world: World, kind: Kind) {
    let resets = browser.engine().lacks(Need::Resets).is_none();
    let mut wanted = None;
    for fault in [None].into_iter().chain(FAULTS.iter().map(Some)) {
        let config = Config::api(world.clone());
        let config = if resets { config.tls() } else { config };
        let site = Site::start(browser, config).await;
        // Short where it is waited for; a busy machine takes longer to answer than that.
        let hangs = fault.is_some_and(|fault| matches!(fault.told, Told::Words(SILENCE)));
        let timeout = if hangs { 1_000 } else { 10_000 };
        let settings = json!({"timeout_ms": timeout, "attempts": 2, "algolia": kind.algolia});
        Page::settings(browser, &site, settings).await;
        if let Some(fault) = fault {
            site.server.rule((fault.bend)((kind.asked)()));
        }
        let page = Page::open(browser, &site, &kind.place).await;
        if let Some(amount) = kind.keeps {
            page.keep_top(amount).await;
        }
        let name = format!(
            "{}, {}",
            kind.name,
            fault.map_or("no fault", |fault| fault.name)
        );
        match fault.map_or(Told::Nothing, |fault| fault.told) {
            Told::Words(words) => {
                browser.says(kind.words, words).await;
                site.server.clear_rules();
                page.press("Try again").await;
            }
            Told::Waits => {
                let asked = site.server.until(LONG, |stats| stats.answered > 0).await;
                asked.expect("it was turned away");
                site.server.clear_rules();
            }
            Told::Nothing => {}
        }
        wanted = Some(content(browser, &name, &kind, wanted).await);
        if resets {
            let idle = site.server.until(LONG, |stats| stats.in_flight == 0).await;
            idle.expect("nothing is left in flight");
        }
        println!("  {name}: {:?}", fault.map(|fault| fault.told));
    }
}

/// What the page holds, once it is complete, at rest and what is `wanted`. Takes the order by rank
/// where the page keeps another for the reader's sake.
async fn content(browser: &Browser, name: &str, kind: &Kind, wanted: Option<Value>) -> Value {
    let script = r"
        const main = document.querySelector('main');
        if (!main || main.querySelector('[aria-busy=true], .progress.busy, .failure')) return [];
        const reorder = document.querySelector('button.reorder');
        if (reorder?.checkVisibility()) reorder.click();
        const words = ({textContent}) => textContent.replace(/\d+ \w+ ago/g, '');
        return [...document.querySelectorAll(arguments[0])].map(words);";
    until(&format!("{name}: all is there"), async || {
        let found = browser.try_run(script, vec![kind.content.into()]).await?;
        let is_all = match &wanted {
            Some(wanted) => found == *wanted,
            None => found.as_array().map_or(0, Vec::len) >= kind.least,
        };
        if is_all {
            return Ok(found);
        }
        let seen = "return document.body.innerText.slice(0, 600)";
        let seen = browser.try_run(seen, Vec::new()).await?;
        Err(format!("{seen}: {found} instead of {wanted:?}"))
    })
    .await
}

async fn a_feed_gets_over_every_fault(browser: &Browser) {
    let kind = Kind {
        name: "feed",
        place: String::new(),
        algolia: true,
        asked: Rule::any,
        keeps: None,
        words: "main",
        content: TITLES,
        least: 30,
    };
    gets_over_every_fault(browser, generated(), kind).await;
}

fn thread(world: &World, algolia: bool) -> Kind {
    let story = world.feed(Feed::Top)[0];
    Kind {
        name: if algolia {
            "thread"
        } else {
            "thread without the index"
        },
        place: format!("item/{story}"),
        algolia,
        asked: Rule::any,
        keeps: None,
        words: "main",
        content: "main li.comment article",
        least: 30,
    }
}

async fn a_thread_gets_over_every_fault(browser: &Browser) {
    let world = World::discussion(7, 30);
    let kind = thread(&world, true);
    gets_over_every_fault(browser, world, kind).await;
}

async fn a_thread_without_the_index_gets_over_every_fault(browser: &Browser) {
    let world = World::discussion(7, 30);
    let kind = thread(&world, false);
    gets_over_every_fault(browser, world, kind).await;
}

async fn a_person_gets_over_every_fault(browser: &Browser) {
    let world = generated();
    let posts = |name: &&str| {
        let user = world.user(name);
        user.and_then(|user| user["submitted"].as_array())
            .map_or(0, Vec::len)
    };
    let names = world.user_names();
    let busy = names
        .into_iter()
        .max_by_key(posts)
        .expect("there are users");
    let kind = Kind {
        name: "person",
        place: format!("user/{busy}"),
        algolia: true,
        asked: Rule::any,
        keeps: None,
        words: "main",
        content: "main .posts > li",
        least: posts(&busy).min(30),
    };
    gets_over_every_fault(browser, world.clone(), kind).await;
}

async fn a_search_gets_over_every_fault(browser: &Browser) {
    let kind = Kind {
        name: "search",
        place: "search?q=the".to_owned(),
        algolia: true,
        asked: || Rule::prefix("/api/v1/search"),
        keeps: None,
        words: "main",
        content: "main .finds .title",
        least: 20,
    };
    gets_over_every_fault(browser, World::discussion(7, 60), kind).await;
}

async fn a_download_gets_over_every_fault(browser: &Browser) {
    let kind = Kind {
        name: "download",
        place: "shelf".to_owned(),
        algolia: true,
        asked: Rule::any,
        keeps: Some(30),
        words: "#keeping",
        content: ".keeping:has(+ *) [role=status]:not(:empty)",
        least: 1,
    };
    gets_over_every_fault(browser, generated(), kind).await;
}
