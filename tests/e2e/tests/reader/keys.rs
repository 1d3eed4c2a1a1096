//! Reading by keyboard alone, and coming back to where one was.

use e2e::{Browser, Case, Page, Site, cases, plain, until};
use replay::Config;
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        the_whole_reading_path_goes_by_keyboard_alone.core(),
        back_returns_to_the_same_place_and_story.core(),
        a_whole_feed_is_where_it_was_after_back_and_reload,
        a_link_to_the_page_itself_renews_it_and_leaves_the_history_alone,
        keys_are_left_to_fields_and_to_the_browser,
        a_link_is_copied_where_nothing_else_is_offered,
    ]
}

/// Waits until the row or comment with this id holds the focus, in view.
async fn at(browser: &Browser, id: &str) {
    let script = "const at = document.activeElement.closest('li[id]');
        const box = document.activeElement.getBoundingClientRect();
        return [at?.id, box.bottom > 0 && box.top < innerHeight]";
    browser.gives(script, json!([id, true])).await;
}

async fn place(browser: &Browser, place: &str) {
    browser
        .gives("return location.pathname + location.search", place.into())
        .await;
}

async fn the_whole_reading_path_goes_by_keyboard_alone(browser: &Browser) {
    let (mut world, [best, _]) = plain(30);
    let story = best[1];
    let first = world.reply(story, "ann", "First");
    let nested = world.reply(first, "ben", "Nested");
    let second = world.reply(story, "cat", "Second");
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    browser.press("gb").await;
    place(browser, "/best").await;
    let view = page.when("the feed is there", |view| {
        view.is_settled() && view.rows.len() == 30
    });
    assert_eq!(view.await.current.as_deref(), Some("Best"));

    browser.press("jj").await;
    at(browser, &format!("s{story}")).await;
    browser.press("jk").await;
    at(browser, &format!("s{story}")).await;
    browser.press("s").await;
    let saved =
        format!("return document.querySelector('#s{story} .mark[aria-label^=Save]').ariaPressed");
    browser.gives(&saved, "true".into()).await;
    browser.press("\u{e007}").await;
    place(browser, &format!("/item/{story}")).await;
    let loaded = "return document.querySelector('.thread').dataset.state.includes('loaded')
        && document.querySelectorAll('.comment').length";
    browser.gives(loaded, 3.into()).await;
    browser.press("jj").await;
    at(browser, &format!("c{nested}")).await;
    browser.press("J").await;
    at(browser, &format!("c{second}")).await;
    browser.press("K").await;
    at(browser, &format!("c{first}")).await;
    browser.press("x").await;
    browser
        .gives(
            "return document.querySelector('[data-folded]')?.id",
            format!("c{first}").into(),
        )
        .await;
    browser.press("j").await;
    at(browser, &format!("c{second}")).await;

    // Of a comment there is nothing to follow or to save: its page's story is meant, or nothing.
    let follows = "document.querySelector('.item h1 a').addEventListener('click', (event) => {
        event.preventDefault();
        window.__followed = true;
    })";
    browser.run(follows, Vec::new()).await;
    browser.press("o").await;
    browser.gives("return window.__followed", true.into()).await;
    browser.press("?").await;
    browser
        .gives("return document.querySelector('dialog').open", true.into())
        .await;
    browser.press("k").await;
    browser.press("\u{e00c}").await;
    browser
        .gives("return document.querySelector('dialog').open", false.into())
        .await;
    at(browser, &format!("c{second}")).await;
    browser.press("u").await;
    place(browser, "/best").await;
    at(browser, &format!("s{story}")).await;

    browser.press("h").await;
    let text = format!("return document.querySelector('#s{story}').innerText.includes('Undo')");
    browser.gives(&text, true.into()).await;
    browser.press("h").await;
    browser.gives(&text, false.into()).await;
    at(browser, &format!("s{story}")).await;
    browser.press("gv").await;
    place(browser, "/saved").await;
    let view = page.when("what was saved is there", |view| view.titles().len() == 1);
    assert_eq!(view.await.titles(), [format!("Story {story}")]);

    page.load(&format!("item/{second}")).await;
    browser.says("main article.item", "Second").await;
    browser.press("sh").await;
    browser.press("gv").await;
    place(browser, "/saved").await;
    let marked = page.kept("marks").await;
    let marked = marked.iter().find(|mark| mark["id"] == second);
    assert_eq!(marked, None, "a comment has no marks");
}

/// How far down the page is, in whole pixels.
async fn depth(browser: &Browser) -> f64 {
    let depth = browser.run("return scrollY", Vec::new()).await;
    depth.as_f64().expect("a number")
}

async fn back_returns_to_the_same_place_and_story(browser: &Browser) {
    let (world, [best, _]) = plain(30);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    browser.press(&"j".repeat(25)).await;
    let id = format!("s{}", best[24]);
    at(browser, &id).await;
    let before = depth(browser).await;
    assert!(before > 300.0, "{before}");
    // Another ranking, so that a page made anew would show it.
    site.server.change(|world| {
        let mut other = best.clone();
        other.reverse();
        world.set_feed(replay::Feed::Best, other);
    });
    browser.press("\u{e007}").await;
    place(browser, &format!("/item/{}", best[24])).await;
    browser.gives("return scrollY", 0.into()).await;

    let total = site.server.stats().total;
    browser
        .driver()
        .back()
        .await
        .expect("there is a page before");
    at(browser, &id).await;
    let there = async || (depth(browser).await - before).abs();
    until("the page is where it was", async || match there().await {
        off if off < 2.0 => Ok(()),
        off => Err(format!("{off} pixels off")),
    })
    .await;
    assert_eq!(page.view().await.rows[24].id, Some(best[24]));
    assert_eq!(
        site.server.stats().total,
        total,
        "nothing is asked for again"
    );

    // And by mouse: what was clicked is where the focus returns to.
    page.click(&format!("#s{} .meta a[href^='item']", best[22]))
        .await;
    place(browser, &format!("/item/{}", best[22])).await;
    browser
        .driver()
        .back()
        .await
        .expect("there is a page before");
    at(browser, &format!("s{}", best[22])).await;
}

async fn a_whole_feed_is_where_it_was_after_back_and_reload(browser: &Browser) {
    let (world, [best, _]) = plain(200);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best?p=all").await;
    page.settled(200).await;
    let script = format!(
        "document.querySelector('#s{}').scrollIntoView({{block: 'start'}});
         return true",
        best[150]
    );
    browser.run(&script, Vec::new()).await;
    let top = format!("return Math.round(document.querySelector('#s{}')?.getBoundingClientRect().top ?? 9999) <= 40
        && Math.round(document.querySelector('#s{}').getBoundingClientRect().top) >= -40", best[150], best[150]);
    browser.gives(&top, true.into()).await;
    // The place is kept a moment after the last move.
    browser
        .gives("return (history.state ?? '').includes(' s')", true.into())
        .await;
    page.click(&format!("#s{} .meta a[href^='item']", best[152]))
        .await;
    place(browser, &format!("/item/{}", best[152])).await;
    browser
        .driver()
        .back()
        .await
        .expect("there is a page before");
    browser.gives(&top, true.into()).await;
    at(browser, &format!("s{}", best[152])).await;
    page.reload().await;
    page.settled(200).await;
    browser.gives(&top, true.into()).await;
}

async fn a_link_to_the_page_itself_renews_it_and_leaves_the_history_alone(browser: &Browser) {
    let (world, [best, _]) = plain(30);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    let length = "return history.length";
    let before = browser.run(length, Vec::new()).await;
    let top = best[29];
    site.server.change(|world| {
        let mut other = best.clone();
        other.reverse();
        world.set_feed(replay::Feed::Best, other);
    });
    page.click("nav.feeds a[href=best]").await;
    page.when("the new ranking is there", |view| {
        view.rows.first().is_some_and(|row| row.id == Some(top))
    })
    .await;
    assert_eq!(browser.run(length, Vec::new()).await, before);

    // `u` leads to the page before, whichever way the reader came.
    page.click(&format!("#s{top} .meta a[href^='item']")).await;
    let story = format!("/item/{top}");
    place(browser, &story).await;
    browser.run("history.back()", Vec::new()).await;
    place(browser, "/best").await;
    browser.run("history.forward()", Vec::new()).await;
    place(browser, &story).await;
    page.reload().await;
    page.when("the story is there", |view| view.started).await;
    browser.press("u").await;
    place(browser, "/best").await;
}

async fn keys_are_left_to_fields_and_to_the_browser(browser: &Browser) {
    let (world, [best, _]) = plain(30);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    page.press("Filter").await;
    page.click("#filter-text").await;
    browser.press("jgbs?").await;
    let typed = "return [document.activeElement.value, document.querySelector('dialog').open, location.pathname]";
    browser.gives(typed, json!(["jgbs?", false, "/best"])).await;
    page.press("Filter").await;
    let chain = browser.driver().action_chain();
    let modified = chain
        .key_down(thirtyfour::Key::Alt)
        .send_keys("j")
        .key_up(thirtyfour::Key::Alt);
    modified.perform().await.expect("the browser takes keys");
    let focused = "return document.activeElement.closest('li[id]')?.id ?? null";
    browser.gives(focused, Value::Null).await;
    browser.press("j").await;
    at(browser, &format!("s{}", best[0])).await;
    page.press("Keys").await;
    browser
        .gives("return document.querySelector('dialog').open", true.into())
        .await;
    page.press("Close").await;
    browser
        .gives("return document.activeElement.textContent", "Keys".into())
        .await;
}

async fn a_link_is_copied_where_nothing_else_is_offered(browser: &Browser) {
    let (world, [best, _]) = plain(30);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, &format!("item/{}", best[0])).await;
    page.press("Copy link").await;
    let said = "return document.querySelector('.share [role=status]').textContent";
    browser.gives(said, "Copied.".into()).await;
}
