//! How many requests there are, and how many at once. Over HTTP/1.1 the browser itself never has
//! more than six, so a limit of six is proven over HTTP/2 only.

use e2e::{Browser, Case, LONG, Need, Page, Site, cases, generated};
use replay::{Config, Rule, Stats};
use serde_json::json;

pub fn cases() -> Vec<Case> {
    cases![
        a_cold_front_page_asks_for_the_ranking_and_thirty_stories_six_at_a_time.core(),
        three_permits_are_three_requests_at_once_over_http_2.core(),
        three_permits_are_three_requests_at_once_over_http_1,
        without_the_limit_all_thirty_are_in_flight_at_once.core(),
        six_loops_of_fetch_abort_and_next_fetch_never_exceed_the_limit
            .core()
            .needs(Need::Resets),
        what_a_left_page_had_queued_is_never_sent.needs(Need::Resets),
        another_origin_serves_the_data.core(),
    ]
}

/// Both APIs, slow enough that requests overlap as much as they may.
fn slow() -> Config {
    Config::api(generated()).latency(100, 0)
}

async fn cold(browser: &Browser, config: Config, permits: Option<usize>) -> Stats {
    let site = Site::start(browser, config).await;
    if let Some(permits) = permits {
        Page::settings(browser, &site, json!({"permits": permits})).await;
    }
    // However busy this machine is, as many requests overlap once as the app lets.
    site.server.rule(Rule::prefix("/v0/item/").hold("full"));
    let page = Page::open(browser, &site, "").await;
    let most = permits.unwrap_or(6).min(30) as u64;
    let full = site.server.until(LONG, |stats| stats.held >= most).await;
    full.expect("the app has as many requests in flight as it may");
    site.server.clear_rules();
    let view = page.settled(30).await;
    assert_eq!(view.titles().len(), 30);
    assert_eq!(view.progress, "30 of 30");
    let stats = site.server.stats();
    assert_eq!(stats.at("/v0/topstories.json"), 1, "{stats:#?}");
    assert_eq!(stats.below("/v0/item/"), 30, "{stats:#?}");
    assert_eq!(stats.total, 31, "{stats:#?}");
    assert!(stats.requests.values().all(|&n| n == 1), "{stats:#?}");
    stats
}

async fn a_cold_front_page_asks_for_the_ranking_and_thirty_stories_six_at_a_time(
    browser: &Browser,
) {
    assert_eq!(cold(browser, slow().tls(), None).await.peak, 6);
}

async fn three_permits_are_three_requests_at_once_over_http_2(browser: &Browser) {
    assert_eq!(cold(browser, slow().tls(), Some(3)).await.peak, 3);
}

async fn three_permits_are_three_requests_at_once_over_http_1(browser: &Browser) {
    assert_eq!(cold(browser, slow(), Some(3)).await.peak, 3);
}

/// The control of the tests above: nothing but the limit keeps their peak down.
async fn without_the_limit_all_thirty_are_in_flight_at_once(browser: &Browser) {
    assert_eq!(cold(browser, slow().tls(), Some(32)).await.peak, 30);
}

async fn six_loops_of_fetch_abort_and_next_fetch_never_exceed_the_limit(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    // On a slow machine what is held here would be held for longer than an attempt may take.
    Page::settings(browser, &site, json!({"timeout_ms": 60_000})).await;
    site.server.rule(Rule::prefix("/v0/item/").hold("items"));
    let page = Page::open(browser, &site, "").await;
    for (left, feed) in ["best", "new", "ask", "show", "best", "new"]
        .into_iter()
        .enumerate()
    {
        // In the middle of a load, with as many in flight as there may be; held there, so that a
        // slow machine can't finish it first.
        let full = site.server.until(LONG, |stats| stats.in_flight == 6).await;
        full.expect("six requests are in flight");
        page.click(&format!("nav.feeds a[href='{feed}']")).await;
        let aborted = 6 * (left as u64 + 1);
        let gone = site.server.until(LONG, |stats| stats.aborted == aborted);
        gone.await.expect("the left page's six are aborted");
    }
    site.server.release("items");
    page.settled(30).await;
    let stats = site.server.stats();
    assert_eq!(stats.peak, 6, "{stats:#?}");
    assert_eq!(stats.aborted, 6 * 6, "{stats:#?}");
}

async fn what_a_left_page_had_queued_is_never_sent(browser: &Browser) {
    let world = generated();
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    site.server.rule(Rule::prefix("/v0/item/").hold("items"));
    let page = Page::open(browser, &site, "").await;
    let held = site.server.until(LONG, |stats| stats.held == 6).await;
    held.expect("six stories wait for their answers");
    page.click("nav.feeds a[href=jobs]").await;
    let gone = site.server.until(LONG, |stats| stats.aborted == 6).await;
    let gone = gone.expect("the six are aborted");
    site.server.clear_rules();
    let jobs = world.feed(replay::Feed::Jobs);
    page.settled(jobs.len().min(30)).await;

    let stats = site.server.stats();
    let top = world.feed(replay::Feed::Top).iter().take(30);
    let asked = |id: &&u64| !jobs.contains(id) && stats.at(&format!("/v0/item/{id}.json")) > 0;
    assert_eq!(top.filter(asked).count(), 6, "{gone:#?}\n{stats:#?}");
    assert_eq!(stats.aborted, 6, "{stats:#?}");
}

async fn another_origin_serves_the_data(browser: &Browser) {
    let started = replay::Server::start(slow().tls()).await;
    let api = started.expect("a port is free");
    let site = Site::start_asking(browser, &api).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    let stats = api.stats();
    assert_eq!((stats.total, stats.preflights, stats.peak), (31, 0, 6));
}
