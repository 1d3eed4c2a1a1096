//! A whole feed: on one page, and kept for offline.

use std::time::Duration;

use e2e::{Browser, Case, LONG, Need, Page, Site, View, cases, plain, until};
use replay::{Config, Rule};

pub fn cases() -> Vec<Case> {
    cases![
        the_whole_feed_stands_on_one_page_in_any_order,
        a_whole_feed_fails_row_by_row_and_is_retried_at_once,
        a_feed_is_kept_for_offline_while_its_reader_goes_elsewhere.core(),
        what_could_not_be_kept_is_said_and_tried_again,
        a_download_is_stopped_at_once_and_keeps_what_it_has.needs(Need::Resets),
    ]
}

const PATIENCE: Duration = Duration::from_secs(60);

async fn the_whole_feed_stands_on_one_page_in_any_order(browser: &Browser) {
    let (world, [ids, _]) = plain(500);
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    page.press("All").await;
    let view = page.settled_within(PATIENCE, 500).await;
    assert_eq!((view.place.as_str(), view.pages), ("/best?p=all", 17));
    let shown = |view: &View| -> Vec<u64> { view.rows.iter().filter_map(|row| row.id).collect() };
    assert_eq!(shown(&view), ids);
    assert_eq!(view.rows[499].rank, "500");
    // What the first page had is as good as new.
    assert_eq!(site.server.stats().total, 501);

    page.order_by("score").await;
    let score = |id: &u64| world.item(*id).and_then(|item| item["score"].as_u64());
    let mut by_score = ids.clone();
    by_score.sort_by_key(|id| std::cmp::Reverse(score(id)));
    let view = page
        .when("the order is by score", |view| shown(view) == by_score)
        .await;
    assert_eq!(view.place, "/best?p=all&by=score");
    assert_eq!(site.server.stats().total, 501);
}

async fn a_whole_feed_fails_row_by_row_and_is_retried_at_once(browser: &Browser) {
    let (world, [ids, _]) = plain(200);
    let site = Site::start(browser, Config::api(world).tls()).await;
    for id in ids.iter().step_by(5) {
        let path = format!("/v0/item/{id}.json");
        site.server.rule(Rule::path(path).status(404));
    }
    let page = Page::open(browser, &site, "best?p=all").await;
    let view = page.settled_within(PATIENCE, 200).await;
    assert_eq!(view.progress, "160 of 200, 40 failed");
    assert!(view.failures().iter().all(|row| row.meta.contains("(404)")));
    site.server.clear_rules();
    page.press("Retry all 40 that failed").await;
    let view = page.when("all are there", |view| view.titles().len() == 200);
    assert_eq!(view.await.progress, "200 of 200");
    assert_eq!(site.server.stats().total, 1 + 200 + 40);
}

async fn keeping(page: &Page<'_>, words: &str) -> View {
    let said = |view: &View| view.keeping.as_deref().is_some_and(|it| it.contains(words));
    page.when(&format!("the line says “{words}”"), said).await
}

async fn a_feed_is_kept_for_offline_while_its_reader_goes_elsewhere(browser: &Browser) {
    let (world, [ids, others]) = plain(100);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "best").await;
    let first = page.settled(30).await;
    assert_eq!(first.keeping, None);
    site.server.rule(Rule::prefix("/v0/item/").hold("items"));
    page.press("Keep for offline").await;
    keeping(&page, "Keeping “Best” for offline: 30 of 100 stories").await;
    let held = site.server.until(LONG, |stats| stats.held == 4).await;
    held.expect("it leaves two permits to the reader");

    // The page that is opened goes first, and leaving one more ends nothing.
    page.click("nav.feeds a[href=new]").await;
    let held = site.server.until(LONG, |stats| stats.held == 6).await;
    held.expect("the page has the others");
    site.server.clear_rules();
    let view = page.settled(30).await;
    let shown: Vec<u64> = view.rows.iter().filter_map(|row| row.id).collect();
    assert_eq!(shown, others[..30]);
    let view = keeping(&page, "“Best” is kept for offline: 100 of 100 stories.").await;
    assert_eq!(view.place, "/new");
    let stats = site.server.stats();
    assert_eq!(
        (stats.total, stats.aborted, stats.peak),
        (2 + 100 + 30, 0, 6)
    );

    site.server.stop().await;
    page.click("nav.feeds a[href=best]").await;
    page.press("All").await;
    let view = page.when("the whole feed is there", |view| view.titles().len() == 100);
    let shown: Vec<u64> = view.await.rows.iter().filter_map(|row| row.id).collect();
    assert_eq!(shown, ids);
    page.press("Dismiss").await;
    page.when("the line is gone", |view| view.keeping.is_none())
        .await;
}

async fn what_could_not_be_kept_is_said_and_tried_again(browser: &Browser) {
    let (world, [ids, _]) = plain(60);
    let site = Site::start(browser, Config::api(world).tls()).await;
    for id in &ids[40..43] {
        let path = format!("/v0/item/{id}.json");
        site.server.rule(Rule::path(path).status(404));
    }
    let page = Page::open(browser, &site, "best").await;
    page.press("Keep for offline").await;
    keeping(&page, "57 of 60 stories, 3 failed.").await;
    site.server.clear_rules();
    site.server.reset();
    page.press("Try again").await;
    keeping(&page, "60 of 60 stories.").await;
    assert_eq!(site.server.stats().total, 3);
    let kept = page.kept("items").await;
    assert_eq!(kept.len(), 60);
}

async fn a_download_is_stopped_at_once_and_keeps_what_it_has(browser: &Browser) {
    let (world, [ids, _]) = plain(100);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    site.server.rule(Rule::prefix("/v0/item/").hold("items"));
    page.press("Keep for offline").await;
    let held = site.server.until(LONG, |stats| stats.held == 4).await;
    held.expect("it is under way");
    page.click("nav.feeds a[href=new]").await;
    let busy = "return document.querySelector('.toolbar button[aria-disabled]')?.title";
    until("another can't be begun meanwhile", async || {
        let title = browser.run(busy, Vec::new()).await;
        match title.as_str() {
            Some("One feed is kept at a time.") => Ok(()),
            _ => Err(title.to_string()),
        }
    })
    .await;
    page.click("nav.feeds a[href=jobs]").await;
    page.press("Stop").await;
    keeping(&page, "Stopped. Kept of “Best”: 30 of 100 stories").await;
    site.server.clear_rules();
    page.settled(30).await;
    let stats = site.server.stats();
    let asked = |id: &&u64| stats.at(&format!("/v0/item/{id}.json")) > 0;
    assert_eq!(ids[30..].iter().filter(asked).count(), 4, "{stats:#?}");
}
