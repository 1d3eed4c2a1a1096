//! One bad answer never costs the good ones, and every state is designed.

use std::collections::BTreeSet;

use e2e::{Browser, Case, LONG, Need, Page, Site, View, cases, generated, until};
use replay::{Config, Feed, Rule, Server};
use serde_json::json;

pub fn cases() -> Vec<Case> {
    cases![
        five_bad_answers_of_thirty_cost_nothing_but_their_own_rows
            .core()
            .needs(Need::Resets),
        all_that_failed_is_retried_at_once,
        silence_and_a_lost_connection_are_told_apart_while_they_last
            .core()
            .needs(Need::Resets),
        an_unknown_address_says_so,
        a_page_beyond_the_end_or_without_a_number_says_so,
        an_empty_feed_says_so,
        a_ranking_that_cant_be_read_says_so_and_can_be_tried_again,
    ]
}

/// Makes a rule for a path one that spoils the answer.
type Spoil = fn(Rule) -> Rule;

/// The words that say what went wrong, and what did.
const FAULTS: [(&str, Spoil); 5] = [
    ("(500)", |rule| rule.status(500)),
    ("(404)", |rule| rule.status(404)),
    ("No answer within", Rule::hang),
    ("It isn’t there", Rule::null),
    ("can’t be read", Rule::wrong_json),
];

/// Spoils the answers for five of the first thirty stories and returns their ids.
fn spoil(server: &Server) -> Vec<u64> {
    let world = server.world();
    let ids = world.feed(Feed::Top).iter().step_by(6).copied();
    let ids: Vec<u64> = ids.take(FAULTS.len()).collect();
    for (id, (_, fault)) in ids.iter().zip(FAULTS) {
        server.rule(fault(Rule::path(format!("/v0/item/{id}.json"))));
    }
    ids
}

async fn partly_failed<'a>(browser: &'a Browser, site: &'a Site) -> (Page<'a>, Vec<u64>) {
    let network = json!({"timeout_ms": 500, "attempts": 2});
    Page::settings(browser, site, network).await;
    let bad = spoil(&site.server);
    (Page::open(browser, site, "").await, bad)
}

async fn five_bad_answers_of_thirty_cost_nothing_but_their_own_rows(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let (page, bad) = partly_failed(browser, &site).await;
    let rest = page
        .when("the other 25 are there", |view| view.titles().len() == 25)
        .await;
    assert!(rest.busy, "nothing waits for what hangs: {rest:#?}");
    let view = page.settled(30).await;
    assert_eq!(view.progress, "25 of 30, 5 failed");
    assert_eq!(view.titles().len(), 25);
    let failed: Vec<_> = view.failures();
    let failed_ids: Vec<u64> = failed.iter().filter_map(|row| row.id).collect();
    assert_eq!(failed_ids, bad);
    for (row, (words, _)) in failed.iter().zip(FAULTS) {
        assert!(row.meta.contains(words), "{words}: {row:#?}");
    }
    let distinct: BTreeSet<&str> = failed.iter().map(|row| row.meta.as_str()).collect();
    assert_eq!(distinct.len(), FAULTS.len());

    site.server.clear_rules();
    for (at, id) in bad.iter().enumerate() {
        page.click(&format!("button[aria-label='Retry story {id}']"))
            .await;
        focus_is_at(browser, &format!("s{id}")).await;
        let left = FAULTS.len() - at - 1;
        page.when("the story is there", |view| {
            view.failures().len() == left && view.is_settled()
        })
        .await;
    }
    let view = page.view().await;
    assert_eq!(
        (view.titles().len(), view.progress.as_str()),
        (30, "30 of 30")
    );
}

/// The button that was pressed is gone: the focus isn't, it is at what has this id.
async fn focus_is_at(browser: &Browser, id: &str) {
    browser
        .gives("return document.activeElement.id", id.into())
        .await;
}

async fn all_that_failed_is_retried_at_once(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let (page, bad) = partly_failed(browser, &site).await;
    page.when("five rows failed", |view| view.failures().len() == 5)
        .await;
    site.server.clear_rules();
    site.server.reset();
    page.press("Retry all 5 that failed").await;
    focus_is_at(browser, "main").await;
    let view = page
        .when("nothing failed", |view| view.titles().len() == 30)
        .await;
    assert!(view.failures().is_empty(), "{view:#?}");
    let stats = site.server.stats();
    assert_eq!(stats.total, 5, "{stats:#?}");
    assert!(
        bad.iter()
            .all(|id| stats.at(&format!("/v0/item/{id}.json")) == 1),
        "{stats:#?}"
    );
}

async fn notice(page: &Page<'_>) -> (String, View) {
    let view = page
        .when("there is a notice", |view| view.notice.is_some())
        .await;
    let notice = view.notice.clone().expect("there is one");
    (notice.heading, view)
}

async fn an_unknown_address_says_so(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "no/such/place").await;
    assert_eq!(notice(&page).await.0, "There is nothing at this address");
    page.press("Go to the top stories").await;
    page.settled(30).await;
    page.load("item/abc").await;
    assert_eq!(notice(&page).await.0, "This isn’t the number of an item");
    page.press("Go to the top stories").await;
    page.settled(30).await;
}

async fn a_page_beyond_the_end_or_without_a_number_says_so(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "jobs?p=99").await;
    let (heading, view) = notice(&page).await;
    assert_eq!(heading, "There is no such page");
    let text = view.notice.map(|notice| notice.text).unwrap_or_default();
    assert!(text.contains("2 pages"), "{text}");
    page.press("Go to the first page").await;
    page.settled(30).await;
    for number in ["abc", "0", "-1", "99999999999999999999999999"] {
        page.load(&format!("best?p={number}")).await;
        assert_eq!(notice(&page).await.0, "There is no such page", "{number}");
    }
    page.press("Go to the first page").await;
    let view = page.settled(30).await;
    assert_eq!(view.place, "/best");
}

async fn an_empty_feed_says_so(browser: &Browser) {
    let mut world = generated();
    world.set_feed(Feed::Jobs, Vec::new());
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "jobs").await;
    let (heading, view) = notice(&page).await;
    assert_eq!(heading, "This feed is empty");
    assert!(view.rows.is_empty(), "{view:#?}");
    page.when("nothing is awaited", View::is_settled).await;
}

async fn a_ranking_that_cant_be_read_says_so_and_can_be_tried_again(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    for (words, fault) in [
        ("can’t be read", Rule::wrong_json as Spoil),
        ("can’t be read", Rule::wrong_type),
        ("(404)", |rule| rule.status(404)),
    ] {
        site.server.rule(fault(Rule::path("/v0/topstories.json")));
        let page = Page::open(browser, &site, "").await;
        let (heading, view) = notice(&page).await;
        assert_eq!(heading, "The stories can’t be loaded");
        let text = view.notice.map(|notice| notice.text).unwrap_or_default();
        assert!(text.contains(words), "{words}: {text}");
        site.server.clear_rules();
    }
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    site.server
        .rule(Rule::path("/v0/topstories.json").wrong_json());
    browser.run(LISTENS, Vec::new()).await;
    page.press("Refresh").await;
    let view = page
        .when("a banner says why", |view| !view.banners.is_empty())
        .await;
    assert_eq!(view.titles().len(), 30, "what was there stays: {view:#?}");
    browser.gives(&heard(".banner"), true.into()).await;
    site.server.clear_rules();
    site.server.reset();
    page.press("Try again").await;
    focus_is_at(browser, "main").await;
    let asked = site.server.until(LONG, |stats| stats.answered == 31).await;
    asked.expect("the page is loaded anew");
    page.when("the banner is gone", |view| {
        view.is_settled() && view.banners.is_empty()
    })
    .await;

    for place in ["new", "item/1"] {
        site.server.clear_rules();
        site.server.rule(Rule::any().hold("answer").status(404));
        page.follow(place).await;
        let held = site.server.until(LONG, |stats| stats.held > 0).await;
        held.expect("it is asked for");
        browser.run(LISTENS, Vec::new()).await;
        site.server.clear_rules();
        site.server.rule(Rule::any().status(404));
        site.server.release("answer");
        notice(&page).await;
        browser.gives(&heard(".notice"), true.into()).await;
    }
}

/// Notes to which places a screen reader listens by now.
const LISTENS: &str =
    "for (const it of document.querySelectorAll('main [role=status]')) it.listens = true;";

/// Whether what `selector` finds came to such a place.
fn heard(selector: &str) -> String {
    format!("return document.querySelector('{selector}')?.closest('[role=status]')?.listens")
}

/// Waits for a note at the window's lower edge that says this, or for none.
async fn noted(page: &Page<'_>, words: Option<&str>) {
    let script = "
        const notes = [...document.querySelectorAll('.release p')].map((note) => note.innerText);
        return notes.find((note) => note.includes('Hacker News')) ?? null;";
    until(&format!("{words:?} is noted"), async || {
        let note = page.browser.try_run(script, Vec::new()).await?;
        match (note.as_str(), words) {
            (None, None) => Ok(()),
            (Some(note), Some(words)) if note.contains(words) => Ok(()),
            (note, _) => Err(format!("{note:?}")),
        }
    })
    .await;
}

async fn silence_and_a_lost_connection_are_told_apart_while_they_last(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    noted(&page, None).await;
    site.server.rule(Rule::prefix("/v0/").hold("all"));
    page.press("Refresh").await;
    noted(&page, Some("doesn’t answer so far")).await;
    site.server.clear_rules();
    noted(&page, None).await;

    page.load("new").await;
    page.settled(30).await;
    site.server.rule(Rule::prefix("/v0/item/").cut());
    page.load("ask").await;
    noted(&page, Some("can’t be reached")).await;
    site.server.clear_rules();
    noted(&page, None).await;
    page.settled(30).await;
}
