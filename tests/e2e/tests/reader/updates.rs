//! A new build takes over whole, on the reader's word, or not at all.

use std::path::Path;

use e2e::{Browser, Case, Copy, LONG, Need, Page, Site, cases, generated, named, places, until};
use replay::{Config, Feed, Rule, Server};
use serde_json::{Value, json};

use crate::offline::{cached, note, ready};

pub fn cases() -> Vec<Case> {
    cases![
        a_new_build_takes_over_on_the_reader_s_word_in_the_tab_that_asked.core(),
        a_build_that_misses_a_file_never_takes_over,
        a_build_whose_file_has_other_bytes_never_takes_over,
        an_interrupted_install_leaves_the_old_build,
        a_browser_closed_during_an_install_starts_the_old_build.needs(Need::Restart),
        a_new_page_without_its_worker_is_not_shown,
        an_edited_page_alone_reaches_readers_at_the_next_start.needs(Need::Protocol),
        only_the_build_that_runs_and_the_one_before_are_kept,
    ]
}

/// A site whose build is ready for offline in the tab that is open.
async fn start(browser: &Browser) -> Site {
    start_by(browser, Config::api(generated())).await
}

/// The same by a certificate that nobody knows: the browser's own cache keeps nothing then, and
/// can't stand in for the app's.
async fn start_uncached(browser: &Browser) -> Site {
    start_by(browser, Config::api(generated()).tls()).await
}

async fn start_by(browser: &Browser, config: Config) -> Site {
    let site = Site::start(browser, config).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    ready(browser).await;
    site
}

/// The build that the page is of.
async fn build(browser: &Browser) -> String {
    let script = "return document.querySelector('meta[name=build]')?.content ?? ''";
    let build = browser.run(script, Vec::new()).await;
    build.as_str().unwrap_or_default().to_owned()
}

/// The build in a directory.
pub fn build_in(dir: &Path) -> String {
    let html = std::fs::read_to_string(dir.join("index.html")).expect("a build has a page");
    let (_, rest) = html
        .split_once("name=\"build\" content=\"")
        .expect("it names its build");
    rest.chars().take_while(|c| *c != '"').collect()
}

/// Waits until the page says that there is a newer build.
pub async fn offered(browser: &Browser) {
    until("a new version is announced", async || {
        match note(browser).await? {
            words if words.starts_with("A new version") => Ok(()),
            words => Err(words),
        }
    })
    .await;
}

pub async fn becomes(browser: &Browser, expected: &str) {
    until("the other build runs", async || {
        let script = "return document.querySelector('meta[name=build]')?.content ?? ''";
        match browser.try_run(script, Vec::new()).await? {
            Value::String(build) if build == expected => Ok(()),
            other => Err(other.to_string()),
        }
    })
    .await;
}

/// With which status a file of the app comes to the page.
async fn status(browser: &Browser, name: &str) -> u64 {
    let script = "return (await fetch(arguments[0])).status";
    let status = browser.run_async(script, vec![name.into()]).await;
    status.as_u64().expect("a status is a number")
}

/// The names with a hash in them that the page has asked for.
async fn asked(browser: &Browser) -> Vec<String> {
    let script = "
        const names = performance.getEntriesByType('resource').map(({name}) => name.split('/').pop());
        return [...new Set(names.filter(name => /-[0-9a-f]{16}\\./.test(name)))].sort();";
    let names = browser.run(script, Vec::new()).await;
    serde_json::from_value(names).expect("a list of names")
}

async fn a_new_build_takes_over_on_the_reader_s_word_in_the_tab_that_asked(browser: &Browser) {
    let (old, new) = (places::dist(), places::next());
    let site = start_uncached(browser).await;
    let first = browser.tab().await;
    let second = browser.new_tab().await;
    let other = Page::open(browser, &site, "best").await;
    other.settled(30).await;
    browser.run("window.same = true", Vec::new()).await;
    browser.switch_to(&first).await;

    site.deploy(&new);
    let page = Page::open(browser, &site, "new").await;
    offered(browser).await;
    assert_eq!(build(browser).await, build_in(&old));
    page.reload().await;
    offered(browser).await;
    page.settled(30).await;
    assert_eq!(build(browser).await, build_in(&old), "nobody gave the word");
    let own: Vec<String> = ["hackershelf-", "main-"].map(str::to_owned).into();
    let files = asked(browser).await;
    assert_eq!(files.len(), 3, "{files:?}");
    for file in &files {
        assert!(own.iter().any(|stem| file.starts_with(stem)), "{file}");
        assert!(old.join(file).is_file(), "{file} is of another build");
    }

    page.press("Use it now").await;
    becomes(browser, &build_in(&new)).await;
    page.settled(30).await;
    assert_eq!(note(browser).await.as_deref(), Ok(""));
    assert!(asked(browser).await.contains(&named(&new, ".wasm")));

    // The other tab runs on as it was, and finds its own files, which the host has no more.
    browser.switch_to(&second).await;
    assert_eq!(browser.run("return window.same", Vec::new()).await, true);
    assert_eq!(build(browser).await, build_in(&old));
    assert!(!new.join(named(&old, ".wasm")).exists());
    assert_eq!(status(browser, &named(&old, ".wasm")).await, 200);
    other.press("New").await;
    other.settled(30).await;
    offered(browser).await;
    other.press("Later").await;
    assert_eq!(note(browser).await.as_deref(), Ok(""));
    other.reload().await;
    becomes(browser, &build_in(&new)).await;
}

/// Waits until an attempt to install has ended, and says whether a new worker waits.
async fn waits(browser: &Browser) -> bool {
    let script = "const {installing, waiting} = await navigator.serviceWorker.getRegistration();
        return [installing !== null, waiting !== null];";
    until("nothing is being installed", async || {
        let state = browser.run_async(script, Vec::new()).await;
        match state[0] == false {
            true => Ok(state[1] == true),
            false => Err(state.to_string()),
        }
    })
    .await
}

/// Waits until a new build has asked for its file twice, in vain, and given up.
async fn gives_up(browser: &Browser, site: &Site, file: &str) {
    let path = format!("/{file}");
    let refused = site.server.until(LONG, |stats| {
        let asked = stats.files.get(&path);
        asked.is_some_and(|file| file.requests >= 2)
    });
    refused.await.expect("its file is asked for");
    assert!(!waits(browser).await);
    let page = Page::here(browser, site);
    for place in ["", "best"] {
        page.load(place).await;
        page.settled(30).await;
        assert_eq!(build(browser).await, build_in(&places::dist()));
        assert_eq!(note(browser).await.as_deref(), Ok(""));
    }
}

async fn a_build_that_misses_a_file_never_takes_over(browser: &Browser) {
    let site = start(browser).await;
    let broken = Copy::of(&places::next());
    let wasm = broken.named(".wasm");
    broken.remove(&wasm);
    site.deploy(broken.dir());
    let page = Page::open(browser, &site, "").await;
    gives_up(browser, &site, &wasm).await;
    // The same build, whole, is taken.
    site.deploy(&places::next());
    page.load("").await;
    offered(browser).await;
}

async fn a_build_whose_file_has_other_bytes_never_takes_over(browser: &Browser) {
    let site = start(browser).await;
    let next = places::next();
    let wasm = named(&next, ".wasm");
    site.server.rule(Rule::path(format!("/{wasm}")).truncated());
    site.deploy(&next);
    let page = Page::open(browser, &site, "").await;
    gives_up(browser, &site, &wasm).await;
    site.server.clear_rules();
    page.load("").await;
    offered(browser).await;
}

async fn an_interrupted_install_leaves_the_old_build(browser: &Browser) {
    let site = start(browser).await;
    let next = places::next();
    let path = format!("/{}", named(&next, ".wasm"));
    site.server.rule(Rule::path(&*path).hang_body());
    site.deploy(&next);
    let page = Page::open(browser, &site, "").await;
    let begun = site
        .server
        .until(LONG, |stats| stats.files.contains_key(&path));
    begun.await.expect("its file is asked for");
    site.server.stop().await;
    page.load("").await;
    page.when("the stories are there", |view| view.titles().len() == 30)
        .await;
    assert!(!waits(browser).await);
    assert_eq!(build(browser).await, build_in(&places::dist()));
    assert_eq!(note(browser).await.as_deref(), Ok(""));

    site.server.clear_rules();
    site.server.restart().await.expect("the port is still free");
    page.load("").await;
    offered(browser).await;
    page.press("Use it now").await;
    becomes(browser, &build_in(&next)).await;
}

async fn a_browser_closed_during_an_install_starts_the_old_build(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let profile = places::temporary();
    let own = Browser::start_in(browser.engine(), profile.path()).await;
    let page = Page::open(&own, &site, "").await;
    page.settled(30).await;
    ready(&own).await;
    let next = places::next();
    let path = format!("/{}", named(&next, ".wasm"));
    site.server.rule(Rule::path(&*path).hang_body());
    site.deploy(&next);
    page.load("").await;
    let begun = site
        .server
        .until(LONG, |stats| stats.files.contains_key(&path));
    begun.await.expect("its file is asked for");
    own.quit().await;
    site.server.stop().await;

    let own = Browser::start_in(browser.engine(), profile.path()).await;
    let page = Page::open(&own, &site, "").await;
    page.when("the stories are there", |view| view.titles().len() == 30)
        .await;
    assert_eq!(build(&own).await, build_in(&places::dist()));
    assert!(!waits(&own).await);
    own.quit().await;
}

async fn a_new_page_without_its_worker_is_not_shown(browser: &Browser) {
    let site = start(browser).await;
    let half = Copy::of(&places::next());
    half.take("sw.js", &places::dist());
    site.deploy(half.dir());
    site.server.reset();
    let page = Page::open(browser, &site, "").await;
    let looked = site
        .server
        .until(LONG, |stats| stats.files.contains_key("/"));
    looked.await.expect("the page is looked at");
    page.settled(30).await;
    site.server.stop().await;
    page.load("best").await;
    page.when("the app is there", |view| view.started).await;
    assert_eq!(build(browser).await, build_in(&places::dist()));
}

async fn an_edited_page_alone_reaches_readers_at_the_next_start(browser: &Browser) {
    let site = start(browser).await;
    let mut world = generated();
    let story = world.feed(Feed::Top)[0];
    world.set(story, "title", "From another address".into());
    let other = Server::start(Config::api(world)).await;
    let other = other.expect("a port is free");
    let edited = Copy::of(&places::dist());
    edited.change("index.html", |html| {
        html.replace("https://hacker-news.firebaseio.com", &other.origin())
            .replace("https://hn.algolia.com", &other.origin())
    });
    site.deploy(edited.dir());

    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    assert_eq!(other.stats().total, 0, "the page was kept");
    let script = "const page = await caches.match(location.origin + '/');
        return (await page.text()).includes(arguments[0])";
    until("the edited page is kept", async || {
        let arguments = vec![other.origin().into()];
        match browser.run_async(script, arguments).await {
            Value::Bool(true) => Ok(()),
            found => Err(found.to_string()),
        }
    })
    .await;
    site.server.reset();
    page.load("").await;
    page.press("Refresh").await;
    page.when("the other address is asked", |view| {
        view.titles().first() == Some(&"From another address")
    })
    .await;
    assert_eq!(site.server.stats().total, 0);
    assert_eq!(
        note(browser).await.as_deref(),
        Ok(""),
        "it is the same build"
    );

    // It doesn't keep new readers from being ready for offline.
    let all = json!({"origin": site.server.origin(), "storageTypes": "all"});
    browser.command("Storage.clearDataForOrigin", all).await;
    page.load("").await;
    ready(browser).await;
}

/// A build of the same files as `next`, by another name.
fn third() -> Copy {
    let copy = Copy::of(&places::next());
    let name = build_in(copy.dir());
    for file in ["index.html", "sw.js"] {
        copy.change(file, |text| text.replace(&name, "0123456789abcdef"));
    }
    copy
}

async fn only_the_build_that_runs_and_the_one_before_are_kept(browser: &Browser) {
    let site = start_uncached(browser).await;
    let (next, third) = (places::next(), third());
    let fourth = Copy::of(third.dir());
    for file in ["index.html", "sw.js"] {
        fourth.change(file, |text| {
            text.replace("0123456789abcdef", "fedcba9876543210")
        });
    }
    let page = Page::here(browser, &site);
    let names = async || {
        let names = browser.run_async("return caches.keys()", Vec::new()).await;
        let names: Vec<String> = serde_json::from_value(names).expect("a list of names");
        let builds = names.iter().map(|name| name.split(' ').next_back());
        builds.flatten().map(str::to_owned).collect::<Vec<_>>()
    };
    let first = build_in(&places::dist());
    let second = build_in(&next);
    site.deploy(&next);
    page.load("").await;
    offered(browser).await;
    assert_eq!(names().await, [first.clone(), second.clone()]);
    page.press("Use it now").await;
    becomes(browser, &second).await;
    assert_eq!(names().await, [first, second.clone()]);

    // The third waits, and never runs: the fourth takes over in its place.
    let files = cached(browser).await.concat();
    site.server.reset();
    site.deploy(third.dir());
    page.load("").await;
    offered(browser).await;
    site.deploy(fourth.dir());
    page.load("").await;
    until("the fourth waits", async || match &names().await[..] {
        names if names.len() == 4 && !waits(browser).await => Err(format!("{names:?}")),
        names if names.len() == 4 => Ok(()),
        names => Err(format!("{names:?}")),
    })
    .await;
    page.press("Use it now").await;
    becomes(browser, "fedcba9876543210").await;
    assert_eq!(names().await, [second, "fedcba9876543210".to_owned()]);
    let stats = site.server.stats();
    for file in files.iter().filter(|file| file.contains("hackershelf-")) {
        assert!(!stats.files.contains_key(file), "{file} was there already");
    }
}
