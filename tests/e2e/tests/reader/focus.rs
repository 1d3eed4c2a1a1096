//! What has the focus keeps it, whatever comes in around it.

use e2e::{Browser, Case, LONG, Page, Site, View, cases, plain, until};
use replay::{Config, Feed, Rule, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        a_link_keeps_the_focus_while_its_feed_is_renewed,
        an_order_is_chosen_step_by_step,
        a_button_that_renews_a_person_keeps_the_focus,
        a_button_that_keeps_a_feed_keeps_the_focus,
        a_comment_stays_as_it_is_while_others_are_held_back,
        a_field_shows_what_another_tab_wrote_and_keeps_what_is_typed,
    ]
}

/// Gives the focus to what this finds first.
async fn focus(browser: &Browser, selector: &str) {
    let script = "
        const element = document.querySelector(arguments[0]);
        element?.focus();
        window.__focused = element;
        return element !== null && document.activeElement === element";
    until(
        &format!("{selector} takes the focus"),
        async || match browser.try_run(script, vec![selector.into()]).await? {
            Value::Bool(true) => Ok(()),
            other => Err(other.to_string()),
        },
    )
    .await;
}

async fn has_it_still(browser: &Browser) {
    let script = "return document.activeElement === window.__focused";
    let has = browser.run(script, Vec::new()).await;
    assert_eq!(has, Value::Bool(true), "something else has the focus");
}

async fn a_link_keeps_the_focus_while_its_feed_is_renewed(browser: &Browser) {
    let (world, [best, _]) = plain(30);
    let mut moved = best.clone();
    moved.swap(0, 29);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    page.at_rest().await;
    page.age().await;
    let later = moved.clone();
    site.server
        .change(|world| world.set_feed(Feed::Best, later));
    site.server.rule(Rule::prefix("/v0/").hold("all"));
    page.load("best").await;
    page.when("it is shown as it was kept", |view| {
        view.titles().len() == 30
    })
    .await;
    focus(browser, &format!("#s{} .title a", best[4])).await;
    site.server.release("all");
    let first = format!("Story {}", moved[0]);
    page.when("the new ranking is shown", |view| {
        view.is_settled() && view.titles()[0] == first
    })
    .await;
    has_it_still(browser).await;
}

async fn an_order_is_chosen_step_by_step(browser: &Browser) {
    let (world, _) = plain(30);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    focus(browser, ".sort select").await;
    for by in ["score", "time"] {
        // What a key does to a select in most browsers.
        let script = "
            const select = document.activeElement;
            select.value = arguments[0];
            select.dispatchEvent(new Event('change', {bubbles: true}));";
        browser.run(script, vec![by.into()]).await;
        let place = format!("?by={by}");
        browser.gives("return location.search", place.into()).await;
        has_it_still(browser).await;
    }
    page.follow("best?by=comments").await;
    let chosen = "return document.querySelector('.sort select').value";
    browser.gives(chosen, "comments".into()).await;
}

async fn a_button_that_renews_a_person_keeps_the_focus(browser: &Browser) {
    let (mut world, [best, _]) = plain(30);
    let profile = json!({"id": "ada", "karma": 3, "created": 1, "submitted": best});
    world.put_user(profile);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "user?id=ada").await;
    page.settled(30).await;
    focus(browser, ".toolbar button").await;
    let before = site.server.stats().total;
    browser.press("\u{e007}").await;
    let asked = |stats: &replay::Stats| stats.total > before + 30;
    let asked = site.server.until(LONG, asked).await;
    asked.expect("all is asked for anew");
    page.settled(30).await;
    has_it_still(browser).await;
}

async fn a_button_that_keeps_a_feed_keeps_the_focus(browser: &Browser) {
    let (world, _) = plain(30);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    page.at_rest().await;
    page.age().await;
    let tab = browser.tab().await;
    let other = browser.new_tab().await;
    page.load("jobs").await;
    page.when("the jobs are there", View::is_settled).await;
    browser.switch_to(&tab).await;
    site.server.rule(Rule::prefix("/v0/").hold("download"));
    focus(browser, ".toolbar button[aria-describedby]").await;
    let busy = "return document.querySelector('[aria-describedby=keeping]').ariaDisabled";
    browser.press("\u{e007}").await;
    browser.gives(busy, "true".into()).await;
    has_it_still(browser).await;
    let under_way = site.server.until(LONG, |stats| stats.held > 0).await;
    under_way.expect("the download asks for stories");

    // In another tab it does nothing meanwhile.
    browser.switch_to(&other).await;
    browser.says("#keeping", "Keeping “Best”").await;
    browser.gives(busy, "true".into()).await;
    page.click("[aria-describedby=keeping]").await;
    // One that waits for another tab says so after 300 ms.
    let later = "
        await new Promise((resolve) => setTimeout(resolve, 600));
        return document.getElementById('keeping').textContent";
    let said = browser.run_async(later, Vec::new()).await;
    assert!(
        said.as_str().is_some_and(|said| said.contains("“Best”")),
        "{said}"
    );
    browser.switch_to(&tab).await;
    site.server.clear_rules();
    site.server.release("download");
    browser.says("#keeping", "is kept for offline").await;
    has_it_still(browser).await;
}

async fn a_comment_stays_as_it_is_while_others_are_held_back(browser: &Browser) {
    let mut world = World::empty();
    let story = 1;
    world.put_item(json!({
        "id": story, "type": "story", "by": "ada", "time": world.now(), "score": 9,
        "title": "Held back", "descendants": 0,
    }));
    let long = "Much is said here. ".repeat(60);
    let all: Vec<u64> = (0..12).map(|_| world.reply(story, "bob", &long)).collect();
    let replies = [0, 1].map(|_| world.reply(all[0], "eve", "late"));
    world.set(story, "descendants", json!(14));
    let site = Site::start(browser, Config::api(world).tls()).await;
    site.server.rule(Rule::prefix("/api/v1/").status(404));
    for id in replies {
        let path = format!("/v0/item/{id}.json");
        site.server.rule(Rule::path(path).hold("late"));
    }
    Page::open(browser, &site, &format!("item/{story}")).await;
    let there = "return document.querySelectorAll('li.comment .prose').length";
    browser.gives(there, 12.into()).await;
    let held = site.server.until(LONG, |stats| stats.held == 2).await;
    held.expect("the replies are asked for");
    site.server.release("late");
    let more = format!("#c{} > article button.more", all[0]);
    focus(browser, &more).await;
    for _ in 0..4 {
        let scroll = "
            scrollBy(0, 5);
            for (let n = 0; n < 4; n++) await new Promise((next) => requestAnimationFrame(next));";
        browser.run_async(scroll, Vec::new()).await;
        has_it_still(browser).await;
    }
    browser.press("\u{e007}").await;
    browser.gives(there, 14.into()).await;
}

async fn a_field_shows_what_another_tab_wrote_and_keeps_what_is_typed(browser: &Browser) {
    let (world, _) = plain(30);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    page.press("Filter").await;
    let tab = browser.tab().await;
    browser.new_tab().await;
    page.load("best").await;
    page.settled(30).await;
    page.press("Filter").await;
    page.click("#filter-text").await;
    browser.press("other").await;
    browser
        .run("document.activeElement.blur()", Vec::new())
        .await;
    browser.switch_to(&tab).await;
    let typed = "return document.getElementById('filter-text').value";
    browser.gives(typed, "other".into()).await;
    // As when a reader comes back to the window.
    let again = "
        const field = document.getElementById('filter-text');
        field.value = 'other words';
        field.dispatchEvent(new FocusEvent('focus'));";
    browser.run(again, Vec::new()).await;
    browser.gives(typed, "other words".into()).await;
}
