//! Behind the page: what the engine tells of its work, and what the reader can set.

use e2e::{Browser, Case, LONG, Page, Site, cases, generated, until};
use replay::{Config, Feed, Rule};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        settings_hold_at_once_and_stay.core(),
        other_tabs_obey_what_is_set_in_one,
        the_look_is_there_before_the_app.core(),
        keys_of_one_character_can_be_switched_off,
        what_is_out_of_bounds_is_brought_within_them,
        activity_lists_what_the_engine_did,
        activity_draws_what_goes_on_with_the_same_few_elements,
    ]
}

/// Types a number into a field and leaves it, as a reader would.
async fn set(page: &Page<'_>, field: &str, value: &str) -> String {
    let script = "
        const field = document.getElementById(arguments[0]);
        field.value = arguments[1];
        field.dispatchEvent(new Event('change', {bubbles: true}));
        return field.value;";
    let shown = page.browser.run(script, vec![field.into(), value.into()]);
    shown
        .await
        .as_str()
        .expect("a field has a value")
        .to_owned()
}

/// What the page says at `selector`, in one line each.
async fn texts(page: &Page<'_>, selector: &str) -> Vec<String> {
    let script = "return [...document.querySelectorAll(arguments[0])]
        .map((element) => element.textContent.trim());";
    let texts = page.browser.run(script, vec![selector.into()]).await;
    serde_json::from_value(texts).expect("texts are strings")
}

async fn settings_page<'a>(browser: &'a Browser, site: &'a Site) -> Page<'a> {
    let page = Page::open(browser, site, "settings").await;
    until("the settings are there", async || {
        match texts(&page, ".settings h1").await.is_empty() {
            false => Ok(()),
            true => Err("not yet".to_owned()),
        }
    })
    .await;
    page
}

async fn settings_hold_at_once_and_stay(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    let page = settings_page(browser, &site).await;
    assert_eq!(set(&page, "permits", "2").await, "2");
    assert!(texts(&page, ".said").await[0].contains("Requests at once: 2"));

    // The engine that runs obeys, and so does the one that starts next.
    for load in ["nav.feeds a[href='./']", "nav.feeds a[href=new]"] {
        site.server.rule(Rule::prefix("/v0/item/").hold("full"));
        page.click(load).await;
        let full = site.server.until(LONG, |stats| stats.held >= 2).await;
        full.expect("two requests are held");
        site.server.clear_rules();
        page.settled(30).await;
        assert_eq!(site.server.stats().peak, 2);
        page.load("settings").await;
    }
}

async fn other_tabs_obey_what_is_set_in_one(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    let first = browser.tab().await;
    let page = settings_page(browser, &site).await;
    browser.new_tab().await;
    settings_page(browser, &site).await;
    set(&page, "permits", "2").await;
    let permits = async |permits: &str| {
        until("the number is kept", async || {
            let kept = page.kept("meta").await;
            let body = kept.first().and_then(|it| it["body"].as_str());
            match body.is_some_and(|body| body.contains(permits)) {
                true => Ok(()),
                false => Err(format!("{body:?}")),
            }
        })
        .await
    };
    permits("\"permits\":2").await;
    browser.close_tabs().await;
    browser.switch_to(&first).await;
    // The first tab changes something else, and works as the second wants it.
    set(&page, "attempts", "4").await;
    permits("\"permits\":2").await;
    site.server.rule(Rule::prefix("/v0/item/").hold("full"));
    page.click("nav.feeds a[href=new]").await;
    let full = site.server.until(LONG, |stats| stats.held >= 2).await;
    full.expect("two requests are held");
    site.server.clear_rules();
    page.settled(30).await;
    assert_eq!(site.server.stats().peak, 2);
}

async fn the_look_is_there_before_the_app(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = settings_page(browser, &site).await;
    set(&page, "colours", "dark").await;
    set(&page, "size", "large").await;
    assert!(texts(&page, ".said").await[0].contains("Larger"));
    let look = "const {colorScheme, fontSize} = getComputedStyle(document.documentElement);
        return [colorScheme, fontSize];";
    browser.gives(look, json!(["dark", "18px"])).await;
    // Also where only the page came, and nothing of the app.
    site.server.rule(Rule::prefix("/hackershelf-").status(503));
    page.reload().await;
    browser.gives(look, json!(["dark", "18px"])).await;
    site.server.clear_rules();
    let page = settings_page(browser, &site).await;
    set(&page, "colours", "").await;
    set(&page, "size", "").await;
    browser.gives(look, json!(["light dark", "16px"])).await;
}

async fn keys_of_one_character_can_be_switched_off(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = settings_page(browser, &site).await;
    let press = async |keys: &str| {
        let leave = "document.activeElement.blur()";
        browser.run(leave, Vec::new()).await;
        browser.press(keys).await;
    };
    let at = "return location.pathname";
    page.click("#keys-on").await;
    press("gn").await;
    assert!(texts(&page, ".said").await[0].contains("off"));
    browser.gives(at, "/settings".into()).await;
    page.click("#keys-on").await;
    press("gn").await;
    browser.gives(at, "/new".into()).await;
}

async fn what_is_out_of_bounds_is_brought_within_them(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = settings_page(browser, &site).await;
    for (field, typed, shown) in [
        ("permits", "99", "32"),
        ("permits", "0", "1"),
        ("permits", "", "1"),
        ("timeout", "1", "100"),
        ("attempts", "-3", "3"),
        ("rate", "1e3", "0"),
        ("rate", "5", "5"),
    ] {
        assert_eq!(set(&page, field, typed).await, shown, "{field}: {typed:?}");
    }
    page.press("Reset").await;
    let script = "return [...document.querySelectorAll('.settings input[type=number]')]
        .map((field) => field.value);";
    let values = browser.run(script, Vec::new()).await;
    assert_eq!(values, json!(["6", "0", "10", "10000", "3"]));
    let kept = page.kept("meta").await;
    let body: Value = serde_json::from_str(kept[0]["body"].as_str().expect("text")).expect("JSON");
    assert_eq!(body["network"]["permits"], 6);
}

async fn activity_lists_what_the_engine_did(browser: &Browser) {
    let world = generated();
    let missing = world.feed(Feed::Top)[3];
    let site = Site::start(browser, Config::api(world)).await;
    let gone = format!("/v0/item/{missing}.json");
    site.server.rule(Rule::path(&gone).status(404));
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    page.press("Activity").await;
    let figure = async |name: &str| {
        let selector = format!("[data-figure='{name}']");
        texts(&page, &selector).await.pop().unwrap_or_default()
    };
    until("the figures add up", async || {
        let (done, failed) = (figure("done").await, figure("failed").await);
        match (done.as_str(), failed.as_str()) {
            ("30", "1") => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    assert_eq!(figure("in flight").await, "0 of 6");
    assert!(figure("p50").await.ends_with(" ms"));
    let paths = texts(&page, ".requests tbody th").await;
    assert_eq!(paths.len(), 31);
    assert_eq!(paths[30], "/v0/topstories.json");

    // By outcome, by path, and back.
    page.click(".requests select option[value=failed]").await;
    until("the failed one is listed alone", async || {
        let paths = texts(&page, ".requests tbody th").await;
        if paths == [gone.clone()] {
            Ok(())
        } else {
            Err(format!("{paths:?}"))
        }
    })
    .await;
    page.click(".requests select option[value=all]").await;
    let script = "
        const field = document.querySelector('.requests input');
        field.value = 'topstories';
        field.dispatchEvent(new Event('input', {bubbles: true}));";
    browser.run(script, Vec::new()).await;
    until("the ranking is listed alone", async || {
        let paths = texts(&page, ".requests tbody th").await;
        if paths.len() == 1 {
            Ok(())
        } else {
            Err(format!("{paths:?}"))
        }
    })
    .await;

    // Read where it was put: a driven browser doesn't give a page its clipboard.
    browser
        .run(
            "navigator.clipboard.writeText = async (text) => { window.copied = text; };",
            Vec::new(),
        )
        .await;
    page.press("Copy as JSON").await;
    until("it was copied", async || {
        match texts(&page, ".requests .said").await.join("").as_str() {
            "Copied." => Ok(()),
            other => Err(other.to_owned()),
        }
    })
    .await;
    let copied = browser
        .run("return JSON.parse(window.copied);", Vec::new())
        .await;
    assert_eq!(copied[0]["state"], "done");
    assert_eq!(copied[0]["status"], 200);
}

async fn activity_draws_what_goes_on_with_the_same_few_elements(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    page.press("Activity").await;
    let count = async || texts(&page, ".chart *").await.len();
    let before = count().await;
    assert!(before > 0 && before < 20, "{before}");
    page.press("Top").await;
    page.settled(30).await;
    site.server.rule(Rule::prefix("/v0/item/").hold("full"));
    page.press("Keep for offline").await;
    // What nobody waits for leaves two places free.
    let full = site.server.until(LONG, |stats| stats.held >= 4).await;
    full.expect("four requests are held");
    page.press("Activity").await;
    let drawn = "return ['flying', 'waiting', 'later'].map((name) =>
        document.querySelector('.lanes .' + name)?.getAttribute('d')?.split('M').length - 1);";
    until("four flights are drawn", async || {
        let bars = browser.run(drawn, Vec::new()).await;
        match bars[0] == 4 && bars[1].as_u64() > Some(0) && bars[2].as_u64() >= Some(4) {
            true => Ok(()),
            false => Err(bars.to_string()),
        }
    })
    .await;
    assert_eq!(count().await, before);
    site.server.clear_rules();
    until("a hundred stories are kept", async || {
        let words = texts(&page, ".keeping-words").await.join("");
        let done = words.split(' ').find_map(|word| word.parse::<usize>().ok());
        match done {
            Some(100..) => Ok(()),
            _ => Err(words),
        }
    })
    .await;
    assert_eq!(count().await, before);
}
