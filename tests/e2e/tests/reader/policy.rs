//! The policy alone: what code in the page tries, as if a stranger's text had become code after
//! all, comes to nothing. Where there is no policy, the same attempts succeed.

use e2e::{Browser, Case, LONG, Need, Page, Site, cases, generated, unguarded, until};
use replay::{Config, Feed, Server};
use serde_json::{Value, json};

use crate::offline::tell_worker;

pub fn cases() -> Vec<Case> {
    cases![
        what_code_in_the_page_tries_comes_to_nothing.core(),
        without_a_policy_the_same_attempts_succeed.core(),
        no_other_site_can_frame_the_app.needs(Need::Protocol),
        the_worker_reaches_nothing_but_its_own_host.needs(Need::Protocol),
        a_linked_site_does_not_learn_where_its_reader_came_from,
    ]
}

/// Tries everything; `attempted` then tells what ran and which directives spoke. From a timer
/// and by the window's own functions, because a driver's script itself may do what the page's own
/// may not.
const ATTEMPTS: &str = "
    const [foreign] = arguments;
    const done = new Set(), spoke = new Set();
    window.ran = (what) => void done.add(what);
    document.addEventListener('securitypolicyviolation', (event) => spoke.add(event.effectiveDirective));
    const put = (name, attributes, text = '') => {
        const element = document.createElement(name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        element.textContent = text;
        document.body.append(element);
        return element;
    };
    const attempts = [
        () => put('script', {}, `ran('inline script')`),
        () => put('button', {onclick: `ran('inline handler')`}).click(),
        () => put('a', {href: `javascript:ran('script address')`}).click(),
        () => window.eval(`ran('eval')`),
        () => new window.Function(`ran('function')`)(),
        () => setTimeout(`ran('timer')`),
        () => put('script', {src: `${foreign}/script.js`}),
        () => import(`${foreign}/module.js`).catch(() => {}),
        () => put('script', {src: `data:text/javascript,ran('data script')`}),
        () => new Worker(URL.createObjectURL(new Blob([`postMessage(1)`])))
            .onmessage = () => ran('worker'),
        () => put('link', {rel: 'stylesheet', href: `${foreign}/style.css`}),
        () => put('style', {}, `@import '${foreign}/import.css'`),
        () => put('img', {src: `${foreign}/image.png`}),
        () => put('video', {src: `${foreign}/video.mp4`}),
        () => put('iframe', {src: `${foreign}/frame.html`}),
        () => put('object', {data: `${foreign}/object.html`}),
        () => fetch(`${foreign}/fetch`, {mode: 'no-cors'}).catch(() => {}),
        () => { const x = new XMLHttpRequest(); x.open('GET', `${foreign}/xhr`); x.send(); },
        () => navigator.sendBeacon(`${foreign}/beacon`, 'secret'),
        () => new EventSource(`${foreign}/events`),
        () => new WebSocket(`${foreign.replace('http', 'ws')}/socket`),
        () => {
            const form = put('form', {action: `${foreign}/form`, method: 'post', target: 'posted'});
            put('iframe', {name: 'posted'});
            form.submit();
        },
        () => {
            const base = put('base', {href: `${foreign}/base/`});
            document.head.prepend(base);
            if (document.baseURI.startsWith(foreign)) ran('base');
            base.remove();
        },
    ];
    window.attempted = () => [[...done].sort(), [...spoke].sort()];
    setTimeout(() => {
        for (const attempt of attempts) {
            try { attempt(); } catch {}
        }
    });";

/// What runs where nothing stops it.
const RUNS: [&str; 9] = [
    "base",
    "data script",
    "eval",
    "function",
    "inline handler",
    "inline script",
    "script address",
    "timer",
    "worker",
];
/// What is asked for where nothing stops it.
const ASKS: [&str; 14] = [
    "/beacon",
    "/events",
    "/fetch",
    "/form",
    "/frame.html",
    "/image.png",
    "/import.css",
    "/module.js",
    "/object.html",
    "/script.js",
    "/socket",
    "/style.css",
    "/video.mp4",
    "/xhr",
];
/// The directives that speak against it.
const SPEAK: [&str; 12] = [
    "base-uri",
    "connect-src",
    "form-action",
    "frame-src",
    "img-src",
    "media-src",
    "object-src",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src-elem",
    "worker-src",
];

/// A server of somebody else, which has nothing and counts what it is asked for.
async fn foreign() -> Server {
    let server = Server::start(Config::default()).await;
    server.expect("a port is free")
}

fn asked(server: &Server) -> Vec<String> {
    server.stats().files.into_keys().collect()
}

/// Tries everything, and waits until just that has run, was asked for and spoke against it.
async fn attempt(browser: &Browser, foreign: &Server, ran: &[&str], asks: &[&str], spoke: &[&str]) {
    browser.run(ATTEMPTS, vec![foreign.origin().into()]).await;
    let came = async || {
        let told = browser.try_run("return attempted()", Vec::new()).await?;
        match told == json!([ran, spoke]) && asked(foreign) == asks {
            true => Ok(()),
            false => Err(format!("{told}; asked for is {:?}", asked(foreign))),
        }
    };
    until("all was tried", came).await;
    // What comes a moment later would be one too many.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    until("no more than that came", came).await;
}

async fn what_code_in_the_page_tries_comes_to_nothing(browser: &Browser) {
    let foreign = foreign().await;
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    attempt(browser, &foreign, &[], &[], &SPEAK).await;
    for line in browser.complaints().await {
        assert!(line.contains("Content Security Policy"), "{line}");
    }
}

async fn without_a_policy_the_same_attempts_succeed(browser: &Browser) {
    let foreign = foreign().await;
    let _server = unguarded(browser).await;
    attempt(browser, &foreign, &RUNS, &ASKS, &[]).await;
    // What was asked for isn't there, and the console says so.
    browser.goto("about:blank").await;
    browser.complaints().await;
}

async fn no_other_site_can_frame_the_app(browser: &Browser) {
    let foreign = foreign().await;
    let site = Site::start(browser, Config::api(generated())).await;
    browser.goto(&foreign.origin()).await;
    // Data isn't the app, and shows what a frame looks like that isn't refused.
    let data = format!("{}/topstories.json", site.server.firebase());
    assert_eq!(framed(browser, &data).await, data);
    let refused = "chrome-error://chromewebdata/";
    assert_eq!(framed(browser, &site.url("")).await, refused);
    Page::open(browser, &site, "").await.at_rest().await;
    browser.goto(&foreign.origin()).await;
    assert_eq!(framed(browser, &site.url("new")).await, refused);
    for line in browser.complaints().await {
        assert!(line.contains("frame-ancestors"), "{line}");
    }
}

/// What a frame with this address shows in the end.
async fn framed(browser: &Browser, address: &str) -> String {
    let script = "
        const frame = document.createElement('iframe');
        const loaded = new Promise((resolve) => frame.onload = resolve);
        frame.src = arguments[0];
        document.body.replaceChildren(frame);
        await loaded;";
    browser.run_async(script, vec![address.into()]).await;
    until("the frame is there", async || {
        let tree = browser.command("Page.getFrameTree", json!({})).await;
        match &tree["frameTree"]["childFrames"][0]["frame"]["url"] {
            Value::String(url) if url != "about:blank" => Ok(url.clone()),
            other => Err(other.to_string()),
        }
    })
    .await
}

async fn the_worker_reaches_nothing_but_its_own_host(browser: &Browser) {
    let foreign = foreign().await;
    let site = Site::start(browser, Config::api(generated())).await;
    Page::open(browser, &site, "").await.at_rest().await;
    // One after the other, so that what the host was asked last comes after what it wasn't.
    let script = format!(
        "(async () => {{
            for (const url of ['{}/secret', '{}/own']) await fetch(url, {{mode: 'no-cors'}}).catch(() => {{}});
        }})()",
        foreign.origin(),
        site.server.origin()
    );
    let evaluate = ("Runtime.evaluate", json!({"expression": script}));
    tell_worker(browser, &site, &[evaluate]).await;
    let own = |stats: &replay::Stats| stats.files.contains_key("/own");
    let asked_own = site.server.until(LONG, own).await;
    asked_own.expect("its own host may be asked");
    assert_eq!(asked(&foreign), Vec::<String>::new());
    browser.complaints().await;
}

async fn a_linked_site_does_not_learn_where_its_reader_came_from(browser: &Browser) {
    let foreign = foreign().await;
    let mut world = generated();
    let story = world.feed(Feed::Top)[0];
    world.set(story, "title", "A linked site".into());
    world.set(story, "url", foreign.origin().into());
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    page.press("A linked site").await;
    let came_from = async || {
        let script = "return [location.origin, document.referrer, opener === null]";
        until("the linked site is there", async || {
            let seen = browser.try_run(script, Vec::new()).await?;
            let there = seen[0] == foreign.origin().as_str();
            there.then_some(()).ok_or(seen.to_string()).map(|()| seen)
        })
        .await
    };
    assert_eq!(came_from().await, json!([foreign.origin(), "", true]));
    // From where nothing forbids it, it does learn.
    let data = Server::start(Config::api(generated())).await;
    let data = data.expect("a port is free");
    let stories = format!("{}/topstories.json", data.firebase());
    browser.goto(&stories).await;
    page.follow(&foreign.origin()).await;
    let origin = format!("{}/", data.origin());
    assert_eq!(came_from().await, json!([foreign.origin(), origin, true]));
}
