//! Nothing is lost when tabs mark the same story at once.

use std::time::Duration;

use e2e::thread::reaches;
use e2e::{Browser, Case, Page, Site, cases, generated, until, until_within};
use replay::Config;
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![two_tabs_that_mark_one_story_at_once_lose_nothing,]
}

/// Folds so many comments, of which this is the first, without waiting for one to be kept.
const FOLD: &str = "
    const folds = [...document.querySelectorAll('.comment .fold')].slice(arguments[0], arguments[1]);
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => {
        folds.shift()?.click();
        if (folds.length) port2.postMessage(0);
    };
    port2.postMessage(0);
    return folds.length;";

async fn two_tabs_that_mark_one_story_at_once_lose_nothing(browser: &Browser) {
    let mut world = generated();
    let (story, time) = (world.max_id() + 1, world.now());
    world.put_item(
        json!({"id": story, "type": "story", "by": "ada", "time": time,
        "score": 9, "title": "A long talk", "descendants": 400}),
    );
    for comment in 0..400 {
        world.reply(story, "bob", &format!("comment {comment}"));
    }
    let site = Site::start(browser, Config::api(world)).await;
    let place = format!("item/{story}");
    let first = browser.tab().await;
    let page = Page::open(browser, &site, &place).await;
    reaches(&page, &["loaded"]).await;
    let second = browser.new_tab().await;
    page.load(&place).await;
    reaches(&page, &["loaded"]).await;
    for (tab, from) in [(&first, 0), (&second, 200)] {
        browser.switch_to(tab).await;
        let count = browser.run(FOLD, vec![from.into(), (from + 200).into()]);
        assert_eq!(count.await, 200);
    }
    let within = Duration::from_secs(60);
    until_within(within, "all marks are there", async || {
        let marks = page.kept("marks").await;
        let body = marks.iter().find_map(|mark| mark["body"].as_str());
        let mark: Value = serde_json::from_str(body.unwrap_or("{}")).expect("a mark is JSON");
        match mark["collapsed"].as_array().map(Vec::len) {
            Some(400) if mark["read"].is_u64() => Ok(()),
            other => Err(format!("{other:?} folded")),
        }
    })
    .await;
    page.reload().await;
    until("all are folded", async || {
        let folded = "return document.querySelectorAll('[data-folded]').length";
        let folded = browser.try_run(folded, Vec::new()).await?;
        match folded == 400 {
            true => Ok(()),
            false => Err(folded.to_string()),
        }
    })
    .await;
}
