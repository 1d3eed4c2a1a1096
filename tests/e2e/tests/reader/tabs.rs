//! The limit holds over all tabs of the app together.

use e2e::{Browser, Case, LONG, Need, Page, Site, cases, generated, until};
use replay::{Config, Rule};
use serde_json::json;
use thirtyfour::WindowHandle;

pub fn cases() -> Vec<Case> {
    cases![
        two_tabs_share_one_permit,
        three_tabs_share_six_permits.core(),
        tabs_that_know_nothing_of_each_other_have_a_limit_each.needs(Need::Protocol),
        a_tab_that_is_closed_frees_its_places
            .core()
            .needs(Need::Resets),
        a_tab_that_crashes_frees_its_places.needs(Need::Protocol),
    ]
}

/// The feeds that the tabs read: none asks for what another does, so that nothing is kept.
const FEEDS: [&str; 3] = ["", "best", "new"];

async fn start(browser: &Browser, permits: usize) -> Site {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    Page::settings(browser, &site, json!({"permits": permits})).await;
    site.server.rule(Rule::prefix("/v0/item/").hold("items"));
    site
}

/// Waits until a request of this tab waits for a place beside the other tabs.
async fn waits_for_a_place(browser: &Browser) {
    let script = "const {pending} = await navigator.locks.query(); return pending.length;";
    until("a request waits for a place", async || {
        let pending = browser.run_async(script, Vec::new()).await;
        match pending.as_u64() {
            Some(0) | None => Err(pending.to_string()),
            Some(_) => Ok(()),
        }
    })
    .await;
}

/// Opens this many tabs, the first of which takes all places; the others wait.
async fn open(browser: &Browser, site: &Site, tabs: usize, permits: u64) -> Vec<WindowHandle> {
    let mut open = Vec::new();
    for feed in &FEEDS[..tabs] {
        if open.is_empty() {
            open.push(browser.tab().await);
            Page::open(browser, site, feed).await;
            let held = site.server.until(LONG, |stats| stats.held == permits).await;
            held.expect("the first tab takes all places");
        } else {
            open.push(browser.new_tab().await);
            Page::open(browser, site, feed).await;
            waits_for_a_place(browser).await;
        }
    }
    open
}

async fn share(browser: &Browser, tabs: usize, permits: usize) {
    let site = start(browser, permits).await;
    let open = open(browser, &site, tabs, permits as u64).await;
    // From now on the answers take a while, so that all tabs want to send at once.
    site.server.latency(20, 0);
    site.server.release("items");
    let all = site
        .server
        .until(LONG, |stats| stats.answered == 31 * tabs as u64);
    all.await.expect("all tabs have all of their stories");
    for tab in &open {
        browser.switch_to(tab).await;
        let page = Page::here(browser, &site);
        assert_eq!(page.settled(30).await.titles().len(), 30);
    }
    let stats = site.server.stats();
    assert_eq!(stats.peak, permits as u64, "{stats:#?}");
    assert_eq!(stats.aborted, 0, "{stats:#?}");
}

async fn two_tabs_share_one_permit(browser: &Browser) {
    share(browser, 2, 1).await;
}

async fn three_tabs_share_six_permits(browser: &Browser) {
    share(browser, 3, 6).await;
}

/// The control of the tests above: nothing but the places that they share keeps the peak down.
async fn tabs_that_know_nothing_of_each_other_have_a_limit_each(browser: &Browser) {
    for (tabs, permits) in [(2, 1), (3, 6)] {
        let site = start(browser, permits).await;
        for feed in &FEEDS[..tabs] {
            browser.new_tab().await;
            browser.run_first("delete Navigator.prototype.locks").await;
            Page::open(browser, &site, feed).await;
        }
        let all = (tabs * permits) as u64;
        let held = site.server.until(LONG, |stats| stats.held == all).await;
        held.expect("each tab takes all its permits");
        site.server.release("items");
        let done = |stats: &replay::Stats| stats.answered == 31 * tabs as u64;
        let done = site.server.until(LONG, done).await;
        assert_eq!(done.expect("all come").peak, all);
        browser.close_tabs().await;
    }
}

/// Ends a tab that holds all places while another waits for one: the other goes on.
async fn ended(browser: &Browser, end: impl AsyncFn(&Browser, &WindowHandle)) {
    let site = start(browser, 6).await;
    let survivor = browser.tab().await;
    let doomed = browser.new_tab().await;
    Page::open(browser, &site, "").await;
    let held = site.server.until(LONG, |stats| stats.held == 6).await;
    held.expect("the tab takes all places");
    browser.switch_to(&survivor).await;
    let page = Page::open(browser, &site, "best").await;
    waits_for_a_place(browser).await;

    end(browser, &doomed).await;
    let gone = site.server.until(LONG, |stats| stats.aborted == 6).await;
    gone.expect("what it had in flight is aborted");
    let held = site.server.until(LONG, |stats| stats.held == 6).await;
    held.expect("the other tab has all places");
    site.server.release("items");
    assert_eq!(page.settled(30).await.titles().len(), 30);
    let stats = site.server.stats();
    assert_eq!((stats.peak, stats.aborted), (6, 6), "{stats:#?}");
}

async fn a_tab_that_is_closed_frees_its_places(browser: &Browser) {
    ended(browser, Browser::end_tab).await;
}

async fn a_tab_that_crashes_frees_its_places(browser: &Browser) {
    ended(browser, Browser::crash_tab).await;
}
