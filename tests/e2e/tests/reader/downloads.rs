//! Stories with all their comments are kept for offline, and are whole when the network is gone.

use std::collections::HashMap;

use e2e::thread::{Order, becomes, expected, holds, reaches};
use e2e::{Browser, Case, LONG, Need, Page, Site, cases, discussed, generated, recorded, until};
use replay::{Config, Feed, Rule, World};

pub fn cases() -> Vec<Case> {
    cases![
        thirty_recorded_stories_are_read_with_every_comment_once_the_servers_are_gone
            .needs(Need::Recorded),
        thirty_made_up_stories_are_read_with_every_comment_once_the_servers_are_gone,
        a_second_download_fetches_only_the_threads_that_changed,
        a_download_goes_on_where_it_was_however_often_its_page_is_loaded_again,
        another_tab_finishes_the_download_of_one_that_crashed.needs(Need::Protocol),
        a_download_is_seen_and_ended_in_another_tab
            .core()
            .needs(Need::Resets),
        all_is_deleted_but_the_marks,
        one_story_is_told_of_as_one,
    ]
}

async fn begin(page: &Page<'_>, amount: usize) {
    page.load("shelf").await;
    page.keep_top(amount).await;
}

/// Looks at so many of the threads.
async fn read_offline(browser: &Browser, world: World, threads_at_most: usize) {
    let stories = world.feed(Feed::Top)[..30].to_vec();
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    let page = Page::open(browser, &site, "shelf").await;
    begin(&page, 30).await;
    browser
        .says(KEEPING, "“Top” is kept for offline: 30 of 30 stories")
        .await;
    let asked = site.server.stats().total;
    let least: u64 = stories.iter().map(|id| world.least_requests(*id)).sum();
    let least = 1 + least;
    assert!(
        asked * 10 <= least * 11,
        "{asked} requests, {least} would do"
    );
    page.at_rest().await;
    site.server.stop().await;

    let mut threads = 0;
    for &story in &stories {
        if world.thread(story).len() > 1 && threads < threads_at_most {
            let expected = expected(browser, &world, story, Order::TopRanked).await;
            page.load(&format!("item/{story}")).await;
            holds(&page, &world, expected, &format!("{story} offline")).await;
            threads += 1;
        }
    }
    assert!(threads > 5, "{threads} threads");
    page.load("").await;
    let view = page.when("the stories are there", |view| view.titles().len() == 30);
    assert!(view.await.failures().is_empty());
}

async fn thirty_recorded_stories_are_read_with_every_comment_once_the_servers_are_gone(
    browser: &Browser,
) {
    read_offline(browser, recorded(), 30).await;
}

async fn thirty_made_up_stories_are_read_with_every_comment_once_the_servers_are_gone(
    browser: &Browser,
) {
    read_offline(browser, generated(), 10).await;
}

/// The line on top that tells how far a download is.
const KEEPING: &str = "#keeping";

/// Three comments below a story.
fn three(world: &mut World, story: u64) {
    world.reply(story, "bob", "one");
    let second = world.reply(story, "eve", "two");
    world.reply(second, "ada", "three");
}

fn trees(stats: &replay::Stats, stories: &[u64]) -> HashMap<u64, u64> {
    let asked = |id: &u64| (*id, stats.at(&format!("/api/v1/items/{id}")));
    stories.iter().map(asked).collect()
}

async fn a_second_download_fetches_only_the_threads_that_changed(browser: &Browser) {
    let (mut world, stories) = discussed(30, three);
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    let page = Page::open(browser, &site, "shelf").await;
    begin(&page, 30).await;
    browser.says(KEEPING, "30 of 30 stories, 90 comments").await;

    let changed = [stories[3], stories[17]];
    let grow = |world: &mut World| {
        for id in changed {
            world.reply(id, "joe", "four");
        }
    };
    grow(&mut world);
    site.server.change(grow);
    site.server.reset();
    page.age().await;
    begin(&page, 30).await;
    browser.says(KEEPING, "30 of 30 stories, 92 comments").await;
    for (id, asked) in trees(&site.server.stats(), &stories) {
        assert_eq!(asked, u64::from(changed.contains(&id)), "{id}");
    }
    site.server.stop().await;
    let expected = expected(browser, &world, stories[3], Order::TopRanked).await;
    page.load(&format!("item/{}", stories[3])).await;
    becomes(&page, &expected, "the thread with its fourth comment").await;
}

/// Begins to keep the stories: ten trees come, and the others are held, as many as are asked for at a
/// time.
async fn begin_ten(page: &Page<'_>, site: &Site, stories: &[u64]) {
    for id in &stories[10..] {
        let tree = Rule::path(format!("/api/v1/items/{id}"));
        site.server.rule(tree.hold("trees"));
    }
    begin(page, 30).await;
    let held = site.server.until(LONG, |stats| stats.held == 4).await;
    held.expect("ten trees came, four are held");
}

async fn a_download_goes_on_where_it_was_however_often_its_page_is_loaded_again(browser: &Browser) {
    let (world, stories) = discussed(30, three);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "shelf").await;
    begin_ten(&page, &site, &stories).await;
    let mut kept = HashMap::new();
    for times in 0..3 {
        page.keeps("threads", 10 + 2 * times).await;
        for thread in page.kept("threads").await {
            let id = thread["id"].as_u64().expect("a thread has an id");
            kept.entry(id)
                .or_insert_with(|| trees(&site.server.stats(), &[id])[&id]);
        }
        page.reload().await;
        let aborted = 4 * (times as u64 + 1);
        let again = |stats: &replay::Stats| stats.aborted >= aborted && stats.held == 4;
        let again = site.server.until(LONG, again).await;
        again.expect("it asks again for what was in flight");
        site.server.release_some("trees", 2);
    }
    page.keeps("threads", 16).await;
    site.server.clear_rules();
    browser
        .says(KEEPING, "“Top” is kept for offline: 30 of 30 stories")
        .await;
    let stats = site.server.stats();
    assert!(
        stats.peak <= 6,
        "a page on its way out sends nothing: {}",
        stats.peak
    );
    for (id, asked) in trees(&stats, &stories[..10]) {
        assert_eq!(asked, 1, "the tree of {id}, which had come");
    }
    assert_eq!(kept.len(), 14);
    for (id, asked) in kept {
        assert_eq!(
            trees(&stats, &[id])[&id],
            asked,
            "the tree of {id}, which had come"
        );
    }
    for id in &stories {
        assert_eq!(stats.at(&format!("/v0/item/{id}.json")), 1, "{id}");
    }
    page.reload().await;
    page.when("the app has started", |view| view.started).await;
    assert_eq!(page.view().await.keeping, None, "it is over");
}

async fn another_tab_finishes_the_download_of_one_that_crashed(browser: &Browser) {
    let (world, stories) = discussed(30, three);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let here = browser.tab().await;
    let page = Page::open(browser, &site, "nowhere").await;
    page.when("the app has started", |view| view.started).await;

    browser.new_tab().await;
    let page = Page::open(browser, &site, "settings").await;
    page.when("the app has started", |view| view.started).await;
    let other = browser.new_tab().await;
    let page = Page::open(browser, &site, "shelf").await;
    begin_ten(&page, &site, &stories).await;
    browser.switch_to(&here).await;
    browser.crash_tab(&other).await;
    site.server.clear_rules();
    browser
        .says(KEEPING, "“Top” is kept for offline: 30 of 30 stories")
        .await;
    let page = Page::here(browser, &site);
    assert_eq!(page.kept("threads").await.len(), 30);
    assert!(site.server.stats().peak <= 6);
    browser.close_tabs().await;
}

async fn a_download_is_seen_and_ended_in_another_tab(browser: &Browser) {
    let (world, stories) = discussed(30, three);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let here = browser.tab().await;
    let page = Page::open(browser, &site, "nowhere").await;
    page.when("the app has started", |view| view.started).await;
    browser.new_tab().await;
    let page = Page::open(browser, &site, "shelf").await;
    begin_ten(&page, &site, &stories).await;
    browser.switch_to(&here).await;
    browser
        .says(KEEPING, "Keeping “Top” for offline: 10 of 30 stories")
        .await;
    Page::here(browser, &site).press("Stop").await;
    let aborted = site.server.until(LONG, |stats| stats.in_flight == 0).await;
    aborted.expect("nothing is in flight any more");
    browser
        .says(KEEPING, "Stopped. Kept of “Top”: 10 of 30 stories")
        .await;
    browser.close_tabs().await;
}

async fn all_is_deleted_but_the_marks(browser: &Browser) {
    let (world, stories) = discussed(30, three);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, &format!("item/{}", stories[0])).await;
    reaches(&page, &["loaded"]).await;
    page.click(".mark[aria-label^=Save]").await;
    begin(&page, 30).await;
    browser.says(KEEPING, "30 of 30 stories, 90 comments").await;
    page.press("Delete all").await;
    assert_eq!(page.kept("threads").await.len(), 30, "asked twice");
    page.press("Really delete all").await;
    until("all is deleted", async || {
        let script = "return document.querySelector('.stored').textContent";
        let words = browser.run(script, Vec::new()).await;
        match words.as_str() {
            Some(words) if words.starts_with("Nothing is kept yet. You marked 1 story.") => Ok(()),
            words => Err(format!("{words:?}")),
        }
    })
    .await;
    for store in ["items", "threads", "feeds", "jobs"] {
        assert_eq!(page.kept(store).await.len(), 0, "{store}");
    }
    let marks = page.kept("marks").await;
    assert_eq!(marks.len(), 1);
    assert_eq!(marks[0]["id"], stories[0]);
}

async fn one_story_is_told_of_as_one(browser: &Browser) {
    let (mut world, stories) = discussed(1, |world, story| {
        world.reply(story, "ada", "The only one.");
    });
    // It wasn't yesterday: that is the day before, not the day before that.
    world.set(stories[0], "time", (world.now() - 47 * 3_600).into());
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(1).await;
    browser.says(".story time", "1 day ago").await;
    begin(&page, 30).await;
    let words = "“Top” is kept for offline: 1 of 1 story, 1 comment,";
    browser.says(KEEPING, words).await;
    let words = "Kept: 1 story, 1 with comments,";
    browser.says(".stored", words).await;
}
