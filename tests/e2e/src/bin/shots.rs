//! Takes a picture of every page and state, small and wide, light and dark, into `target/shots`,
//! with a contact sheet. Words on the command line select states by name.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use e2e::thread::reaches;
use e2e::{Browser, Engine, LONG, Page, Site, View, places};
use replay::{Config, Feed, Rule, World};
use serde_json::json;

const WIDTHS: [(u32, u32); 2] = [(1280, 900), (360, 780)];
const SCHEMES: [&str; 2] = ["light", "dark"];
const STATES: [&str; 16] = [
    "loading", "full", "order", "failed", "stale", "offline", "empty", "notfound", "item",
    "person", "search", "nothing", "activity", "settings", "shelf", "room",
];

#[tokio::main]
async fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |state: &&str| asked.is_empty() || asked.iter().any(|word| word == state);
    let states: Vec<&str> = STATES.into_iter().filter(wanted).collect();
    let unknown = asked.iter().find(|word| !STATES.contains(&word.as_str()));
    assert_eq!(unknown, None, "there are {STATES:?}");
    let target = places::workspace().join("target/shots");
    fs::create_dir_all(&target).expect("target can be written");
    let browser = Browser::start(Engine::Chromium).await;
    let world = World::generated(1);
    for state in &states {
        for (width, height) in WIDTHS {
            browser.resize(width, height).await;
            for scheme in SCHEMES {
                let feature = json!([{"name": "prefers-color-scheme", "value": scheme}]);
                let media = json!({"features": feature});
                browser.command("Emulation.setEmulatedMedia", media).await;
                let file = target.join(file_name(state, width, scheme));
                shoot(&browser, world.clone(), state, &file).await;
                println!("{}", file.display());
            }
        }
    }
    browser.quit().await;
    let sheet = target.join("index.html");
    fs::write(&sheet, contact_sheet(&states)).expect("target can be written");
    println!("{}", sheet.display());
}

fn file_name(state: &str, width: u32, scheme: &str) -> String {
    format!("{state}-{width}-{scheme}.png")
}

/// Brings a fresh site into `state` and takes its picture.
async fn shoot(browser: &Browser, mut world: World, state: &str, file: &Path) {
    let top: Vec<u64> = world.feed(Feed::Top).to_vec();
    let mut ask = world.feed(Feed::Ask).iter().copied();
    let with_text = |id: &u64| world.item(*id).is_some_and(|item| item["text"].is_string());
    let talk = ask.find(with_text).unwrap_or(top[0]);
    let writer = writer(&world);
    if state == "empty" {
        world.set_feed(Feed::Jobs, Vec::new());
    }
    // Over HTTP/2, where held answers don't keep the browser from asking for others.
    let site = Site::start(browser, Config::api(world).tls()).await;
    let settings = json!({"timeout_ms": 500, "attempts": 1});
    Page::settings(browser, &site, settings).await;
    let place = match state {
        "empty" => "jobs".to_owned(),
        "notfound" => "no/such/place".to_owned(),
        "item" => format!("item/{talk}"),
        "order" => "?by=score".to_owned(),
        "search" => "search?q=the".to_owned(),
        "nothing" => "search?q=qwertzuiop".to_owned(),
        "person" => format!("user/{writer}"),
        "settings" | "shelf" => state.to_owned(),
        "room" => "ask".to_owned(),
        _ => String::new(),
    };
    match state {
        "loading" => {
            // Half of the stories stay on their way, and nothing gives up on them.
            for id in top.iter().skip(1).step_by(2) {
                let path = format!("/v0/item/{id}.json");
                site.server.rule(Rule::path(path).hold("half"));
            }
            Page::settings(browser, &site, json!({"permits": 32, "timeout_ms": 60_000})).await;
        }
        "failed" | "activity" => spoil(&site, &top),
        _ => {}
    }
    if state == "search" {
        // Something is on the shelf.
        Page::open(browser, &site, "ask").await.settled(30).await;
    }
    let page = Page::open(browser, &site, &place).await;
    match state {
        "loading" => {
            page.when("half is there", |view| view.titles().len() == 15)
                .await;
        }
        "search" => {
            let all = |view: &View| view.rows.len() > 20;
            page.when("both sources have answered", all).await;
        }
        "empty" | "notfound" | "nothing" => {
            page.when("there is a notice", |view| view.notice.is_some())
                .await;
        }
        "item" => {
            let is_there = |view: &View| view.heading.is_some() && view.started;
            page.when("the item is there", is_there).await;
        }
        "settings" => {
            page.when("the settings are there", |view| view.started)
                .await;
        }
        "room" => {
            page.settled(30).await;
            page.load(&format!("item/{}", top[0])).await;
            reaches(&page, &["loaded"]).await;
            // Not all of it was read today.
            let older = "record.opened_at -= [0, 3, 9, 50][record.id % 4] * 24 * 3600 * 1000";
            page.change("items", older).await;
            page.load("shelf").await;
            page.when("the shelf is there", |view| view.heading.is_some())
                .await;
        }
        "shelf" => {
            let hold = |id: &u64| Rule::path(format!("/api/v1/items/{id}")).hold("trees");
            for id in &top[15..30] {
                site.server.rule(hold(id));
            }
            page.when("the shelf is there", |view| view.started).await;
            page.keep_top(30).await;
            let held = site.server.until(LONG, |stats| stats.held >= 4).await;
            held.expect("four threads are held");
        }
        "activity" => {
            page.settled(30).await;
            for id in top.iter().skip(40) {
                let path = format!("/v0/item/{id}.json");
                site.server.rule(Rule::path(path).hold("on their way"));
            }
            page.press("Keep for offline").await;
            page.press("Activity").await;
            let held = site.server.until(LONG, |stats| stats.held >= 4).await;
            held.expect("four requests are held");
        }
        "stale" | "offline" => {
            page.settled(30).await;
            site.server.stop().await;
            if state == "stale" {
                page.press("Refresh").await;
                page.when("a banner", |view| !view.banners.is_empty()).await;
            } else {
                page.click("nav.feeds a[href=show]").await;
                page.when("a notice", |view| view.notice.is_some()).await;
            }
        }
        _ => {
            page.settled(30).await;
        }
    }
    // Transitions are over and fonts are there once two frames have been drawn.
    let drawn = "for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);";
    browser.run_async(drawn, Vec::new()).await;
    let taken = browser.driver().screenshot(file).await;
    taken.expect("a picture can be taken");
    browser.goto("about:blank").await;
}

/// Somebody who says something of themselves, and says much.
fn writer(world: &World) -> String {
    let names = world.user_names().into_iter();
    let said = |name: &&str| {
        let user = world.user(name).filter(|user| user["about"].is_string());
        user.and_then(|user| Some(user["submitted"].as_array()?.len()))
    };
    let most = names.max_by_key(said);
    most.unwrap_or("nobody").to_owned()
}

fn spoil(site: &Site, top: &[u64]) {
    let faults: [fn(Rule) -> Rule; 4] = [
        |rule| rule.status(500),
        |rule| rule.status(404),
        Rule::hang,
        Rule::wrong_json,
    ];
    for (id, fault) in top.iter().skip(1).step_by(2).zip(faults) {
        let path = format!("/v0/item/{id}.json");
        site.server.rule(fault(Rule::path(path)));
    }
}

fn contact_sheet(states: &[&str]) -> String {
    let mut sheet = "<!doctype html><meta charset=utf-8><title>Pages and states</title>\
        <style>body{font:16px sans-serif;background:#888}\
        div{display:flex;gap:8px;align-items:start}img{height:600px}</style>"
        .to_owned();
    for state in states {
        // Writing to a string can't fail.
        let _ = write!(sheet, "<h2>{state}</h2><div>");
        for (width, _) in WIDTHS {
            for scheme in SCHEMES {
                let file = file_name(state, width, scheme);
                let _ = write!(sheet, "<a href={file}><img src={file} alt='{file}'></a>");
            }
        }
        sheet.push_str("</div>");
    }
    sheet
}
