//! The app itself without a network: it starts on any of its places once it said that it will.

use e2e::thread::reaches;
use e2e::{Browser, Case, Copy, Need, Page, Site, cases, discussed, generated, places, until};
use replay::{Config, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        a_first_visit_makes_the_app_ready_once_and_loads_nothing_twice
            .core()
            .needs(Need::Cache),
        every_place_opens_from_a_cold_start_without_a_network
            .core()
            .needs(Need::Restart),
        by_the_browser_s_own_offline_switch_the_app_starts_too.needs(Need::Protocol),
        below_a_path_the_app_starts_without_a_network_too.core(),
        files_that_were_cleared_away_come_back,
        a_host_that_refuses_the_worker_has_an_app_all_the_same,
        a_development_build_removes_what_an_earlier_one_left,
        the_app_can_be_installed.needs(Need::Protocol),
        links_to_what_is_not_kept_say_so_before_the_click,
    ]
}

/// What the app says of itself.
pub async fn note(browser: &Browser) -> Result<String, String> {
    let script = "return document.querySelector('.release')?.textContent ?? ''";
    let note = browser.try_run(script, Vec::new()).await?;
    Ok(note.as_str().unwrap_or_default().to_owned())
}

/// Waits until the app says that it starts without a network.
pub async fn ready(browser: &Browser) {
    until("the app is ready for offline", async || {
        match note(browser).await? {
            words if words.starts_with("Ready for offline") => Ok(()),
            words => Err(words),
        }
    })
    .await;
}

/// The addresses in the app's caches, cache by cache.
pub async fn cached(browser: &Browser) -> Vec<Vec<String>> {
    let script = "
        const list = [];
        for (const name of await caches.keys()) {
            const kept = await (await caches.open(name)).keys();
            list.push(kept.map(request => new URL(request.url).pathname));
        }
        return list;";
    let lists = browser.run_async(script, Vec::new()).await;
    serde_json::from_value(lists).expect("lists of paths")
}

async fn a_first_visit_makes_the_app_ready_once_and_loads_nothing_twice(browser: &Browser) {
    // Plain: what came with a certificate that nobody knows isn't in the browser's own cache.
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    ready(browser).await;
    page.settled(30).await;
    let stats = site.server.stats();
    for ending in [".wasm", ".js", ".css"] {
        let files = stats.files.iter();
        let files = files.filter(|(path, _)| path.ends_with(ending) && *path != "/sw.js");
        let requests: Vec<u64> = files.map(|(_, file)| file.requests).collect();
        assert_eq!(requests, [1], "{ending}: {:#?}", stats.files);
    }

    page.reload().await;
    page.settled(30).await;
    assert_eq!(note(browser).await.as_deref(), Ok(""));
    let [kept] = &cached(browser).await[..] else {
        panic!("there is one cache");
    };
    for ending in ["/", ".wasm", ".js", ".css", ".svg", ".webmanifest"] {
        assert!(kept.iter().any(|path| path.ends_with(ending)), "{kept:?}");
    }
    for path in kept {
        let data = path.starts_with("/v0/") || path.starts_with("/api/");
        assert!(!data && path != "/sw.js", "{path} is kept");
    }
}

/// A world with a story that has a comment by somebody, who said something of himself.
fn world() -> (World, u64) {
    let mut world = generated();
    let (story, time) = (world.max_id() + 1, world.now());
    world.put_item(
        json!({"id": story, "type": "story", "by": "ada", "time": time, "score": 9,
        "title": "Houses of Zürich", "url": "https://www.example.com/", "descendants": 1}),
    );
    world.reply(story, "bob", "<p>The Café Qwertz is closed");
    (world, story)
}

/// Waits until a script, run in a page that may be on its way, returns true.
async fn holds(browser: &Browser, script: &str) {
    until(script, async || {
        match browser.try_run(script, Vec::new()).await? {
            Value::Bool(true) => Ok(()),
            other => Err(other.to_string()),
        }
    })
    .await;
}

const COMMENT_IS_THERE: &str =
    "return document.querySelector('.comment')?.textContent.includes('Qwertz is closed') ?? false";
const STORY_IS_SAVED: &str =
    "return document.querySelector('.mark[aria-label^=Save]')?.ariaPressed === 'true'";

async fn every_place_opens_from_a_cold_start_without_a_network(browser: &Browser) {
    let (world, story) = world();
    let site = Site::start(browser, Config::api(world).tls()).await;
    let profile = places::temporary();
    let own = Browser::start_in(browser.engine(), profile.path()).await;
    Page::settings(&own, &site, json!({"attempts": 1})).await;
    let page = Page::open(&own, &site, "").await;
    let top = page.settled(30).await;
    page.load(&format!("item/{story}")).await;
    holds(&own, COMMENT_IS_THERE).await;
    page.click(".mark[aria-label^=Save]").await;
    holds(&own, STORY_IS_SAVED).await;
    until("all of it is kept", async || {
        let saved = page.kept("marks").await;
        let saved = saved.iter().any(|mark| {
            let body = mark["body"].as_str().unwrap_or_default();
            mark["id"] == story && body.contains("\"saved\":")
        });
        let threads = page.kept("threads").await.len();
        let worker = "return (await navigator.serviceWorker.ready).active.state === 'activated'";
        match (saved, threads, own.run_async(worker, Vec::new()).await) {
            (true, 1, Value::Bool(true)) => Ok(()),
            state => Err(format!("{state:?}")),
        }
    })
    .await;
    own.quit().await;
    site.server.stop().await;

    let own = Browser::start_in(browser.engine(), profile.path()).await;
    let page = Page::open(&own, &site, &format!("item/{story}")).await;
    holds(&own, COMMENT_IS_THERE).await;
    holds(&own, STORY_IS_SAVED).await;
    page.load("").await;
    let view = page.when("the stories are there", |view| view.titles().len() == 30);
    assert_eq!(view.await.titles(), top.titles());
    page.load("saved").await;
    let view = page.when("the saved story is there", |view| !view.titles().is_empty());
    assert_eq!(view.await.titles(), ["Houses of Zürich"]);
    page.load("search?q=cafe+qwertz").await;
    holds(
        &own,
        "return document.querySelector('.finds .story')?.textContent.includes('Qwertz') ?? false",
    )
    .await;
    page.load("settings").await;
    page.when("the settings are there", |view| {
        view.heading.as_deref() == Some("Settings")
    })
    .await;
    page.load("show?p=2").await;
    let view = page.when("a feed never read says so", |view| view.notice.is_some());
    let notice = view.await.notice.expect("there is one");
    assert_eq!(notice.heading, "The stories can’t be loaded");
    let complaints = own.complaints().await;
    own.quit().await;
    assert_eq!(complaints, Vec::<String>::new());
}

/// Gives the worker commands of the browser's own protocol; what it answers isn't heard.
pub async fn tell_worker(browser: &Browser, site: &Site, commands: &[(&str, Value)]) {
    let all = browser.command("Target.getTargets", json!({})).await;
    let is_worker = |target: &&Value| {
        let url = target["url"].as_str().unwrap_or_default();
        target["type"] == "service_worker" && url.starts_with(&site.url(""))
    };
    let all = all["targetInfos"].as_array();
    let worker = all.and_then(|all| all.iter().find(is_worker));
    let worker = worker.expect("the worker runs");
    let attach = json!({"targetId": worker["targetId"], "flatten": false});
    let session = browser.command("Target.attachToTarget", attach).await;
    for (id, (method, parameters)) in commands.iter().enumerate() {
        let message = json!({"id": id, "method": method, "params": parameters}).to_string();
        let message = json!({"sessionId": session["sessionId"], "message": message});
        browser.command("Target.sendMessageToTarget", message).await;
    }
}

/// Takes the network from the page and from the worker, as the switch in the browser's tools does.
async fn switch_off(browser: &Browser, site: &Site) {
    let off = json!({
        "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    let method = "Network.emulateNetworkConditions";
    browser.command(method, off.clone()).await;
    let commands = [("Network.enable", json!({})), (method, off)];
    tell_worker(browser, site, &commands).await;
}

async fn by_the_browser_s_own_offline_switch_the_app_starts_too(browser: &Browser) {
    let (world, story) = world();
    let site = Site::start(browser, Config::api(world)).await;
    // The switch is the tab's, and goes with it.
    browser.new_tab().await;
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    holds(browser, COMMENT_IS_THERE).await;
    ready(browser).await;
    until("the thread is kept", async || {
        let threads = page.kept("threads").await;
        (threads.len() == 1)
            .then_some(())
            .ok_or_else(|| format!("{threads:?}"))
    })
    .await;
    switch_off(browser, &site).await;
    site.server.reset();
    page.load(&format!("item/{story}")).await;
    holds(browser, COMMENT_IS_THERE).await;
    // Chromium up to 150 tells a page that begins behind the switch only when it is set once more.
    switch_off(browser, &site).await;
    let view = page.when("the page says so", |view| !view.banners.is_empty());
    assert!(view.await.banners[0].starts_with("You’re offline"));
    let stats = site.server.stats();
    assert_eq!((stats.total, stats.file_requests()), (0, 0), "{stats:#?}");
}

async fn below_a_path_the_app_starts_without_a_network_too(browser: &Browser) {
    let site = Site::start_below(browser, Config::api(generated()), "/hackershelf/").await;
    let page = Page::open(browser, &site, "best").await;
    let best = page.settled(30).await;
    ready(browser).await;
    site.server.stop().await;
    page.load("best").await;
    let view = page.when("the stories are there", |view| view.titles().len() == 30);
    assert_eq!(view.await.titles(), best.titles());
    let scope = "return new URL((await navigator.serviceWorker.ready).scope).pathname";
    let scope = browser.run_async(scope, Vec::new()).await;
    assert_eq!(scope, "/hackershelf/");
}

async fn files_that_were_cleared_away_come_back(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    ready(browser).await;
    let before = cached(browser).await;
    let clear = "for (const name of await caches.keys()) await caches.delete(name)";
    browser.run_async(clear, Vec::new()).await;
    page.load("").await;
    let sorted = |lists: Vec<Vec<String>>| {
        let mut paths = lists.concat();
        paths.retain(|path| path != "/.in-use");
        paths.sort();
        paths
    };
    let before = sorted(before);
    until("all files are back", async || {
        match sorted(cached(browser).await) {
            paths if paths == before => Ok(()),
            paths => Err(format!("{paths:?}")),
        }
    })
    .await;
    site.server.stop().await;
    page.load("best").await;
    page.when("the app is there", |view| view.started).await;
}

async fn a_host_that_refuses_the_worker_has_an_app_all_the_same(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let copy = Copy::of(&places::dist());
    copy.remove("sw.js");
    site.deploy(copy.dir());
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    let asked = site
        .server
        .until(e2e::LONG, |stats| stats.files.contains_key("/sw.js"));
    asked.await.expect("it is asked for");
    page.press("New").await;
    page.settled(30).await;
    assert_eq!(note(browser).await.as_deref(), Ok(""));
}

async fn a_development_build_removes_what_an_earlier_one_left(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    ready(browser).await;
    let development = Copy::of(&places::dist());
    development.take("sw.js", &places::workspace().join("public"));
    development.change("index.html", |html| {
        html.replace("name=\"build\"", "name=\"none\"")
    });
    site.deploy(development.dir());
    page.load("best").await;
    let left = "return [
        document.querySelector('meta[name=none]') !== null,
        (await navigator.serviceWorker.getRegistrations()).length,
        (await caches.keys()).length,
    ]";
    until("nothing is left", async || {
        match browser.try_run_async(left, Vec::new()).await? {
            state if state == json!([true, 0, 0]) => Ok(()),
            state => Err(state.to_string()),
        }
    })
    .await;
    page.settled(30).await;
}

async fn the_app_can_be_installed(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    Page::open(browser, &site, "").await.settled(30).await;
    let manifest = browser.command("Page.getAppManifest", json!({})).await;
    assert_eq!(manifest["errors"], json!([]), "{manifest:#}");
    let read: Value = serde_json::from_str(manifest["data"].as_str().unwrap_or_default())
        .expect("the manifest is JSON");
    for shortcut in read["shortcuts"].as_array().expect("there are some") {
        let place = shortcut["url"].as_str().expect("it leads somewhere");
        let link = format!("nav.feeds a[href='{place}']");
        let is_there = "return document.querySelector(arguments[0]) !== null";
        assert_eq!(
            browser.run(is_there, vec![link.into()]).await,
            true,
            "{place}"
        );
    }
    // As wide as they say, and each of a type of its own.
    let sizes = "
        return Promise.all(arguments[0].map(async ({src, sizes}) => {
            const image = new Image();
            image.src = src;
            await image.decode();
            return sizes === 'any' || sizes === `${image.naturalWidth}x${image.naturalHeight}`;
        }))";
    let right = browser.run_async(sizes, vec![read["icons"].clone()]).await;
    assert_eq!(
        right,
        json!([true, true, true, true, true, true]),
        "{manifest:#}"
    );
    // Without a display there is nothing to install into; nothing else may be in the way.
    let obstacles = browser.command("Page.getInstallabilityErrors", json!({}));
    let obstacles = obstacles.await["installabilityErrors"].clone();
    assert_eq!(obstacles, json!([]));
}

async fn links_to_what_is_not_kept_say_so_before_the_click(browser: &Browser) {
    let (world, stories) = discussed(3, |world, id| {
        world.reply(id, "bob", "one");
    });
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(3).await;
    page.at_rest().await;
    page.load(&format!("item/{}", stories[1])).await;
    reaches(&page, &["loaded"]).await;
    page.keeps("threads", 1).await;
    site.server.stop().await;
    page.load("").await;
    for (at, story) in stories.iter().enumerate() {
        let comments = match at {
            1 => "1 comment",
            _ => "1 comment, not kept",
        };
        let link = format!("#s{story} .meta a[href='item/{story}']");
        let script = "return document.querySelector(arguments[0])?.textContent ?? ''";
        until(comments, async || {
            let said = browser.try_run(script, vec![link.as_str().into()]).await?;
            (said == comments).then_some(()).ok_or(said.to_string())
        })
        .await;
    }
    browser
        .says(&format!("#s{} .by", stories[0]), "not kept")
        .await;
    let script =
        "return [...document.querySelectorAll('.feeds a')].map((link) => link.textContent)";
    let links = browser.run(script, Vec::new()).await;
    assert_eq!(links[0], "Top");
    assert_eq!(links[1], "New, not kept");

    site.server.restart().await.expect("its port is free");
    page.load("").await;
    page.settled(3).await;
    let words = browser.words("body").await.expect("the page can be read");
    assert!(!words.contains("not kept"), "{words}");
}
