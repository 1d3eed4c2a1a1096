//! A story that is opened while a feed is kept for offline.

use e2e::{Browser, LONG, Page, Site, plain};
use replay::Config;
use serde_json::json;

use crate::figure::{Figure, median};

const RUNS: usize = 10;
/// The page that is shown, and what is kept besides.
const STORIES: u64 = 30 + 300;
/// The latency of every answer, in milliseconds.
const LATENCY: u64 = 100;

/// Which story is opened.
#[derive(Clone, Copy, PartialEq)]
enum Story {
    /// One that nothing else asks for, on an engine that does nothing.
    Idle,
    /// The same while 300 others are on their way.
    Another,
    /// The last of these 300.
    Last,
    /// Another, in another tab.
    Elsewhere,
}

/// From the click to the story, in turn on an idle engine and while 300 stories are being kept.
pub async fn background(browser: &Browser) -> Vec<Figure> {
    let [mut idle, mut another, mut last, mut elsewhere] = [const { Vec::new() }; 4];
    for run in 0..RUNS {
        for (story, times) in [
            (Story::Idle, &mut idle),
            (Story::Another, &mut another),
            (Story::Last, &mut last),
            (Story::Elsewhere, &mut elsewhere),
        ] {
            times.push(click_to_story(browser, story, run).await);
        }
    }
    let idle = median(idle);
    let against = |name, times| {
        let time = median(times);
        let ratio = Figure::plain(name, time / idle, "x").at_most(1.3);
        [Figure::plain(name, time, "ms"), ratio]
    };
    let mut figures = vec![Figure::plain("a story on an idle engine", idle, "ms")];
    figures.extend(against("while 300 others are kept", another));
    figures.extend(against("the last of the 300", last));
    figures.extend(against("from a second tab", elsewhere));
    figures
}

async fn click_to_story(browser: &Browser, story: Story, run: usize) -> f64 {
    let (world, [best, others]) = plain(STORIES);
    let config = Config::api(world).tls().latency(LATENCY, 0);
    let site = Site::start(browser, config).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    page.at_rest().await;
    if story != Story::Idle {
        site.server.reset();
        page.press("Keep for offline").await;
        let begun = |stats: &replay::Stats| stats.answered > 8 && stats.in_flight == 4;
        let begun = site.server.until(LONG, begun).await;
        begun.expect("the feed is being kept");
    }
    if story == Story::Elsewhere {
        browser.new_tab().await;
        let page = Page::open(browser, &site, "nowhere").await;
        page.when("the app has started", |view| view.notice.is_some())
            .await;
    }
    let id = match story {
        Story::Last => best[best.len() - 1],
        _ => others[run],
    };
    let took = browser.run_async(OPEN, vec![json!(id)]).await;
    let stats = site.server.stats();
    assert_eq!(stats.at(&format!("/v0/item/{id}.json")), 1);
    assert!(
        story == Story::Idle || stats.total < STORIES - 50,
        "the feed was kept too soon: {} requests",
        stats.total
    );
    browser.close_tabs().await;
    browser.goto("about:blank").await;
    took.as_f64().expect("a time is a number")
}

/// Resolves with the milliseconds from a click on a story's link to its page.
const OPEN: &str = "
    const link = document.createElement('a');
    link.href = `item/${arguments[0]}`;
    document.body.append(link);
    const start = performance.now();
    return await new Promise((resolve) => {
        const observer = new MutationObserver(() => {
            if (!document.querySelector('article.item h1')) return;
            observer.disconnect();
            resolve(performance.now() - start);
        });
        observer.observe(document.body, {subtree: true, childList: true});
        link.click();
        link.remove();
    });";
