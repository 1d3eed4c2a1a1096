//! What is kept in the browser, and what it is good for.

use std::collections::BTreeSet;

use e2e::{Browser, Case, LONG, Page, Site, View, cases, generated, until};
use replay::{Config, Rule};
use serde_json::Value;

pub fn cases() -> Vec<Case> {
    cases![
        a_second_visit_paints_every_story_before_any_answer.core(),
        a_page_left_early_keeps_what_had_arrived,
        a_page_left_while_it_makes_the_database_holds_nobody_up,
        a_page_left_while_it_starts_holds_nobody_up.core(),
        without_a_network_what_was_read_before_is_there.core(),
    ]
}

fn ids(records: &[Value]) -> BTreeSet<u64> {
    records.iter().filter_map(|it| it["id"].as_u64()).collect()
}

/// Put to sleep for a return, it would go on making it only then.
async fn a_page_left_while_it_makes_the_database_holds_nobody_up(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "new").await;
    page.load("").await;
    page.settled(30).await;
    assert_eq!(page.view().await.banners, Vec::<String>::new());
    kept_items(&page, 30).await;
}

async fn a_page_left_while_it_starts_holds_nobody_up(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    let page = Page::open(browser, &site, "settings").await;
    // From now on each start comes upon these, and upon their second copy.
    page.click("#keys-on").await;
    until("the settings have a second copy", async || {
        match page.copied("meta").await.len() {
            2.. => Ok(()),
            copies => Err(copies.to_string()),
        }
    })
    .await;
    for round in 0..25 {
        page.load("settings").await;
        let leave = "setTimeout(() => location.assign('saved'), arguments[0])";
        browser.run(leave, vec![(round * 7 % 60).into()]).await;
        let saved = page.when("the next page is there", |view| {
            view.started && view.place == "/saved"
        });
        assert_eq!(saved.await.banners, Vec::<String>::new(), "{round}");
    }
}

async fn a_second_visit_paints_every_story_before_any_answer(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    let first = page.settled(30).await;
    kept_items(&page, 30).await;

    site.server.reset();
    site.server.rule(Rule::any().hold("all"));
    page.reload().await;
    let painted = page.when("thirty stories are painted", |view| {
        view.titles().len() == 30
    });
    let painted = painted.await;
    let held = site.server.until(LONG, |stats| stats.held > 0).await;
    let held = held.expect("the ranking is asked for");
    assert_eq!(held.answered, 0, "{held:#?}");
    assert_eq!(painted.titles(), first.titles());

    site.server.clear_rules();
    let renewed = page.settled(30).await;
    assert_eq!(renewed.titles(), first.titles());
    assert_eq!(ids(&kept_items(&page, 30).await).len(), 30);
    assert_eq!(page.kept("feeds").await.len(), 1);
}

/// Waits until so many items are kept: writing goes on after the last row is painted.
async fn kept_items(page: &Page<'_>, count: usize) -> Vec<Value> {
    until(&format!("{count} items are kept"), async || {
        let items = page.kept("items").await;
        if items.len() == count {
            Ok(items)
        } else {
            Err(format!("{} are", items.len()))
        }
    })
    .await
}

async fn a_page_left_early_keeps_what_had_arrived(browser: &Browser) {
    let world = generated();
    let site = Site::start(browser, Config::api(world.clone())).await;
    let top: Vec<u64> = world.feed(replay::Feed::Top)[..30].to_vec();
    for id in &top[10..] {
        site.server
            .rule(Rule::path(format!("/v0/item/{id}.json")).hold("late"));
    }
    let page = Page::open(browser, &site, "").await;
    page.when("ten stories are there", |view| view.titles().len() == 10)
        .await;
    page.click("nav.feeds a[href=jobs]").await;
    page.when("the page is left", |view| view.place == "/jobs")
        .await;
    let early: BTreeSet<u64> = top[..10].iter().copied().collect();
    until("what had arrived is kept", async || {
        let kept = ids(&page.kept("items").await);
        if kept.is_superset(&early) {
            Ok(())
        } else {
            Err(format!("{kept:?}"))
        }
    })
    .await;
}

async fn without_a_network_what_was_read_before_is_there(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    // One attempt, so that nobody waits for a back-off.
    Page::settings(browser, &site, serde_json::json!({"attempts": 1})).await;
    let page = Page::open(browser, &site, "").await;
    let top = page.settled(30).await;
    page.click("nav.feeds a[href=best]").await;
    let at = |place: &'static str| move |view: &View| view.place == place && view.is_settled();
    page.when("another feed is there", at("/best")).await;

    site.server.stop().await;
    page.click("nav.feeds a[href='./']").await;
    let view = page.when("the kept stories are there", at("/")).await;
    assert_eq!(view.titles(), top.titles());
    page.press("Refresh").await;
    let view = page.when("a banner says why nothing is newer", |view| {
        !view.banners.is_empty()
    });
    let view = view.await;
    assert!(
        view.banners[0].contains("The connection failed."),
        "{view:#?}"
    );
    assert_eq!(view.titles(), top.titles());

    page.click("nav.feeds a[href=show]").await;
    let view = page
        .when("a feed never read says so", |view| view.notice.is_some())
        .await;
    let notice = view.notice.expect("there is one");
    assert_eq!(notice.heading, "The stories can’t be loaded");
    assert!(notice.text.contains("The connection failed."), "{notice:?}");

    site.server.restart().await.expect("the port is still free");
    page.press("Try again").await;
    let view = page.settled(30).await;
    assert!(
        view.notice.is_none() && view.banners.is_empty(),
        "{view:#?}"
    );
    page.click("nav.feeds a[href='./']").await;
    page.when("the banner is gone", |view| {
        view.place == "/" && view.is_settled() && view.banners.is_empty()
    })
    .await;
}
