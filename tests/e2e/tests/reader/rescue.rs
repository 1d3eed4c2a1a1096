//! When the app itself breaks, the reader is told, loses nothing and can start again.

use e2e::{Browser, Case, Need, Page, Site, cases, generated, named, places, until};
use replay::{Config, Feed, Rule};
use serde_json::Value;

pub fn cases() -> Vec<Case> {
    cases![
        a_trap_stops_the_app_and_the_reader_starts_again.core(),
        a_stack_that_runs_over_stops_the_app,
        an_app_that_cant_be_loaded_says_so.needs(Need::Modules),
        a_browser_without_webassembly_is_told_so.needs(Need::Protocol),
        what_fails_elsewhere_stops_nothing,
    ]
}

/// What is told of it for those who look for the cause.
async fn report(browser: &Browser) -> String {
    let script = "return document.querySelector('textarea').value";
    let report = browser.run(script, Vec::new()).await;
    report.as_str().expect("a text").to_owned()
}

/// Calls the code of the app that runs with an address that its memory hasn't got; by a timer each,
/// because what fails within a driver's script is the script's own.
const TRAP: &str = "
    wasmBindings.default().then((wasm) => {
        for (const code of Object.values(wasm)) {
            if (typeof code === 'function' && code.length > 2) {
                setTimeout(code, 0, 0x7ffffff0, 0x7ffffff0, 8, 8);
            }
        }
    });";

async fn a_trap_stops_the_app_and_the_reader_starts_again(browser: &Browser) {
    let world = generated();
    let first = world.feed(Feed::Top)[0];
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "search?q=private+matter").await;
    page.when("the app has started", |view| view.started).await;
    page.load("").await;
    page.settled(30).await;
    page.click(".mark[aria-label^=Save]").await;
    page.keeps("marks", 1).await;
    browser.run(TRAP, Vec::new()).await;
    browser.says("h1", "Hackershelf has stopped").await;

    let report = report(browser).await;
    assert!(report.contains("RuntimeError"), "{report}");
    assert!(report.contains("/v0/item/"), "{report}");
    assert!(!report.contains("private"), "{report}");
    let keep = "
        window.saved = [];
        const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => {
            blob.text().then((text) => window.saved.push(text));
            return make.call(URL, blob);
        };";
    browser.run(keep, Vec::new()).await;
    page.press("Save my marks as a file").await;
    let mut saved = Value::Null;
    until("the marks are saved", async || {
        saved = browser
            .try_run("return window.saved[0] ?? null", Vec::new())
            .await?;
        saved.as_str().map(|_| ()).ok_or("not yet".to_owned())
    })
    .await;
    let text = saved.as_str().expect("it is there");
    let saved: Value = serde_json::from_str(text).expect("the file is JSON");
    assert_eq!(saved["records"][0]["id"], first);
    assert!(text.contains("saved"), "{text}");

    page.press("Start again").await;
    page.settled(30).await;
    let told = browser.engine().lacks(Need::Console).is_none();
    let complaints = browser.complaints().await;
    assert_eq!(!complaints.is_empty(), told, "{complaints:?}");
}

async fn a_stack_that_runs_over_stops_the_app(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    // A module with one function, which calls itself.
    let fall = "
        const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0,
            7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 16, 0, 11];
        const module = new window.WebAssembly.Module(new Uint8Array(bytes));
        setTimeout(new window.WebAssembly.Instance(module).exports.f);";
    browser.run(fall, Vec::new()).await;
    browser.says("h1", "Hackershelf has stopped").await;
    let report = report(browser).await;
    let named = ["call stack", "recursion"].map(|words| report.contains(words));
    assert!(named.contains(&true), "{report}");
    page.reload().await;
    page.settled(30).await;
    browser.complaints().await;
}

async fn an_app_that_cant_be_loaded_says_so(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    let wasm = Rule::path(format!("/{}", named(&places::dist(), ".wasm")));
    site.server.rule(wasm.status(500));
    Page::open(browser, &site, "").await;
    browser.says("h1", "Hackershelf can’t start").await;
    site.server.clear_rules();
    let page = Page::here(browser, &site);
    page.press("Start again").await;
    page.settled(30).await;
    browser.complaints().await;
}

async fn a_browser_without_webassembly_is_told_so(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    browser.new_tab().await;
    browser.run_first("delete window.WebAssembly").await;
    Page::open(browser, &site, "").await;
    browser.says("h1", "Hackershelf can’t start").await;
    let report = report(browser).await;
    assert!(report.contains("WebAssembly"), "{report}");
    browser.complaints().await;
}

/// An extension's mistake, or a promise that nobody waits for.
async fn what_fails_elsewhere_stops_nothing(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    let fail = "
        setTimeout(() => { throw new TypeError('elsewhere'); });
        Promise.reject(new Error('elsewhere'));
        await new Promise((resolve) => setTimeout(resolve, 100));";
    browser.run_async(fail, Vec::new()).await;
    page.settled(30).await;
    browser.complaints().await;
}
