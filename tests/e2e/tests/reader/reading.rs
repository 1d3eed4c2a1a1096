//! What a page shows: the ranking, and every story in it.

use e2e::{Browser, Case, Need, Page, Site, View, cases, generated, recorded};
use replay::{Config, Feed, World};

pub fn cases() -> Vec<Case> {
    cases![
        recorded_feeds_are_shown_exactly.needs(Need::Recorded),
        generated_feeds_are_shown_exactly.core(),
        an_order_is_chosen_and_carried_by_the_address,
        back_and_forward_return_to_pages_and_orders.core(),
        a_deep_link_works_from_a_cold_start,
        everything_works_below_a_base_path,
    ]
}

const STORIES_A_PAGE: usize = 30;

async fn recorded_feeds_are_shown_exactly(browser: &Browser) {
    let world = recorded();
    let site = Site::start(browser, Config::api(world.clone())).await;
    let page = Page::open(browser, &site, "").await;
    for feed in Feed::ALL {
        let pages = world.feed(feed).len().div_ceil(STORIES_A_PAGE);
        let shown = walk(&page, &world, feed, 1..=pages).await;
        assert_eq!(shown, world.feed(feed).len(), "{feed:?}");
    }
}

async fn generated_feeds_are_shown_exactly(browser: &Browser) {
    let world = generated();
    let site = Site::start(browser, Config::api(world.clone())).await;
    let page = Page::open(browser, &site, "").await;
    walk(&page, &world, Feed::Top, 1..=4).await;
    walk(&page, &world, Feed::Top, 17..=17).await;
    walk(&page, &world, Feed::Jobs, 1..=2).await;
}

/// Reads pages of a feed one after the other; how many stories they showed.
async fn walk(
    page: &Page<'_>,
    world: &World,
    feed: Feed,
    pages: std::ops::RangeInclusive<usize>,
) -> usize {
    let mut shown = 0;
    for number in pages {
        let first = (number - 1) * STORIES_A_PAGE;
        let ids = world.feed(feed).iter().skip(first).take(STORIES_A_PAGE);
        let ids: Vec<u64> = ids.copied().collect();
        let query = if number > 1 {
            format!("?p={number}")
        } else {
            String::new()
        };
        page.load(&format!("{}{query}", place(feed))).await;
        let view = page.settled(ids.len()).await;
        compare(&view, world, &ids, first);
        shown += view.rows.len();
    }
    shown
}

fn place(feed: Feed) -> &'static str {
    match feed {
        Feed::Top => "",
        Feed::New => "new",
        Feed::Best => "best",
        Feed::Ask => "ask",
        Feed::Show => "show",
        Feed::Jobs => "jobs",
    }
}

/// Each row is the story of the same place in the ranking.
fn compare(view: &View, world: &World, ids: &[u64], first: usize) {
    for (at, (row, &id)) in view.rows.iter().zip(ids).enumerate() {
        assert_eq!(row.rank, (first + at + 1).to_string(), "{row:#?}");
        let Some(item) = world.item(id) else {
            assert_eq!(
                (row.id, row.failure.is_some()),
                (Some(id), true),
                "{row:#?}"
            );
            continue;
        };
        // A job with a link has no comments, and so nothing that tells its id.
        assert!(row.id.is_none_or(|shown| shown == id), "{id}: {row:#?}");
        let is_job = item["type"] == "job";
        assert!(row.id == Some(id) || is_job, "{id}: {row:#?}");
        let title = row.title.as_deref().expect("a story has a title");
        match item["title"].as_str() {
            // No two decoders agree on a character that must not be.
            Some(told) if told.contains("&#0;") => assert!(title.contains("😀"), "{title}"),
            Some(told) => assert_eq!(title, html_escape::decode_html_entities(told), "{id}"),
            None => assert!(title.starts_with('['), "{id}: {title}"),
        }
    }
}

fn score(world: &World, view: &View, field: &str) -> Vec<u64> {
    let ids = view.rows.iter().filter_map(|row| row.id);
    ids.filter_map(|id| world.item(id)?[field].as_u64())
        .collect()
}

fn falls(values: &[u64]) -> bool {
    values.is_sorted_by(|a, b| a >= b)
}

async fn an_order_is_chosen_and_carried_by_the_address(browser: &Browser) {
    let world = generated();
    let site = Site::start(browser, Config::api(world.clone())).await;
    let page = Page::open(browser, &site, "?by=comments").await;
    let cold = page.settled(30).await;
    assert!(falls(&score(&world, &cold, "descendants")), "{cold:#?}");
    page.order_by("rank").await;
    let ranked = page
        .when("the ranking is there", |view| view.place == "/")
        .await;
    let total = site.server.stats().total;
    for (order, field) in [
        ("score", "score"),
        ("time", "time"),
        ("comments", "descendants"),
    ] {
        page.order_by(order).await;
        let place = format!("/?by={order}");
        let view = page.when("the address carries the order", |view| view.place == place);
        let view = view.await;
        let values = score(&world, &view, field);
        assert!(falls(&values) && values.len() > 25, "{order}: {values:?}");
    }
    assert!(
        !falls(&score(&world, &ranked, "score")),
        "the ranking is another order"
    );
    page.order_by("rank").await;
    let view = page
        .when("the ranking is back", |view| view.place == "/")
        .await;
    assert_eq!(view.titles(), ranked.titles());
    assert_eq!(site.server.stats().total, total, "sorting asks for nothing");

    page.load("?by=score").await;
    let view = page.settled(30).await;
    assert_eq!(view.order.as_deref(), Some("score"));
    assert!(falls(&score(&world, &view, "score")), "{view:#?}");
}

/// The address changes before the page does: its first rank tells that it is there.
fn at(place: &'static str, rank: &'static str) -> impl Fn(&View) -> bool {
    move |view| {
        let first = view.rows.first();
        view.place == place && view.is_settled() && first.is_some_and(|row| row.rank == rank)
    }
}

async fn back_and_forward_return_to_pages_and_orders(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    let first = page.settled(30).await;
    page.press("Next →").await;
    let second = page
        .when("the second page is there", at("/?p=2", "31"))
        .await;
    page.click("nav.feeds a[href=best]").await;
    let best = page.when("another feed is there", at("/best", "1")).await;
    assert_eq!(best.current.as_deref(), Some("Best"));

    let driver = browser.driver();
    driver.back().await.expect("there is a page before");
    let view = page
        .when("back is the second page", at("/?p=2", "31"))
        .await;
    assert_eq!(view.titles(), second.titles());
    driver.back().await.expect("there is a page before");
    let view = page.when("back is the first page", at("/", "1")).await;
    assert_eq!(view.titles(), first.titles());
    driver.forward().await.expect("there is a page after");
    let view = page
        .when("forward is the second page", at("/?p=2", "31"))
        .await;
    assert_eq!(view.titles(), second.titles());
}

async fn a_deep_link_works_from_a_cold_start(browser: &Browser) {
    let world = generated();
    let site = Site::start(browser, Config::api(world.clone())).await;
    let page = Page::open(browser, &site, "best?p=2").await;
    let view = page.settled(30).await;
    compare(&view, &world, &world.feed(Feed::Best)[30..60], 30);
    assert_eq!(view.current.as_deref(), Some("Best"));
    assert_eq!(site.server.stats().total, 31);
}

async fn everything_works_below_a_base_path(browser: &Browser) {
    let world = generated();
    let base = "/hackershelf/";
    let site = Site::start_below(browser, Config::api(world.clone()), base).await;
    let page = Page::open(browser, &site, "").await;
    let view = page.settled(30).await;
    assert_eq!(
        (view.place.as_str(), view.current.as_deref()),
        (base, Some("Top"))
    );
    page.click("nav.feeds a[href=ask]").await;
    let view = page
        .when("a feed is below the base", at("/hackershelf/ask", "1"))
        .await;
    assert_eq!(view.current.as_deref(), Some("Ask"));
    page.press("Next →").await;
    let view = page
        .when("so is a page", at("/hackershelf/ask?p=2", "31"))
        .await;
    compare(&view, &world, &world.feed(Feed::Ask)[30..], 30);
    page.reload().await;
    let view = page.settled(world.feed(Feed::Ask).len() - 30).await;
    assert_eq!(view.place, "/hackershelf/ask?p=2");
}
