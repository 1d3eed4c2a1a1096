//! The same few steps behind every kind of web host that `docs/deploy.md` tells how to set up.

use std::path::Path;

use e2e::{Browser, Case, Copy, Need, Page, Site, WebHost, cases, generated, places, until};
use replay::{Config, Host, Rewrite, Server};
use reqwest::Response;
use serde_json::{Value, json};

use crate::offline::ready;
use crate::updates::{becomes, build_in, offered};

pub fn cases() -> Vec<Case> {
    cases![
        behind_a_plain_host_the_app_works,
        below_a_path_with_nothing_but_a_404_page_the_app_works,
        behind_nginx_the_app_works.needs(Need::Nginx),
        behind_caddy_the_app_works.needs(Need::Caddy),
    ]
}

const FOREVER: &str = "public, max-age=31536000, immutable";
const BELOW: &str = "/hackershelf/";
/// A file of a build that is no more.
const LOST: &str = "hackershelf-0123456789abcdef.js";
/// What every answer of a host with rules says.
const SAFE: [(&str, &str); 4] = [
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
];
const PAGE_POLICY: &str = "frame-ancestors 'none'";
const WORKER_POLICY: &str =
    "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";

async fn behind_a_plain_host_the_app_works(browser: &Browser) {
    let (api, story) = api().await;
    let host = Host::new(places::dist()).rewrite(Rewrite::To {
        firebase: api.firebase(),
        algolia: api.algolia(),
    });
    let host = Server::start(Config::files(host)).await;
    let host = host.expect("a port is free");
    let site = Site::hosted(browser, &host.origin(), "/", api).await;
    sends_files_as_it_should(&site, &places::dist()).await;
    follows_the_rules(&site).await;
    works(browser, &site, story).await;
    host.stop().await;
    works_without_a_network(browser, &site, story).await;
}

async fn below_a_path_with_nothing_but_a_404_page_the_app_works(browser: &Browser) {
    let (api, story) = api().await;
    let build = asking(&api, &places::dist(), BELOW);
    let host = Host::new(build.dir()).base(BELOW).fallback(false);
    let host = Server::start(Config::files(host)).await;
    let host = host.expect("a port is free");
    let site = Site::hosted(browser, &host.origin(), BELOW, api).await;
    sends_files_as_it_should(&site, build.dir()).await;
    let deep = get(&site, "item/1", "text/html", "br").await;
    assert_eq!(deep.status(), 404);
    works(browser, &site, story).await;
    host.stop().await;
    works_without_a_network(browser, &site, story).await;
}

async fn behind_nginx_the_app_works(browser: &Browser) {
    let nginx = places::nginx().expect("it is needed");
    for base in ["/", BELOW] {
        let (api, story) = api().await;
        let build = asking(&api, &places::dist(), base);
        let host = WebHost::nginx(&nginx, build.dir(), base).await;
        behind(host, browser, (api, story), &build, base).await;
    }
}

async fn behind_caddy_the_app_works(browser: &Browser) {
    let caddy = places::caddy().expect("it is needed");
    for base in ["/", BELOW] {
        let (api, story) = api().await;
        let build = asking(&api, &places::dist(), base);
        let host = WebHost::caddy(&caddy, build.dir(), base).await;
        behind(host, browser, (api, story), &build, base).await;
    }
}

async fn behind(
    mut host: WebHost,
    browser: &Browser,
    (api, story): (Server, u64),
    build: &Copy,
    base: &str,
) {
    let site = Site::hosted(browser, host.origin(), base, api).await;
    sends_files_as_it_should(&site, build.dir()).await;
    follows_the_rules(&site).await;
    works(browser, &site, story).await;
    a_release_reaches_readers(browser, &site, build, base).await;
    host.stop().await;
    works_without_a_network(browser, &site, story).await;
}

/// The next build is deployed as reproducible images have it: every file of the same time as
/// before. Pages and workers of two builds are of one size, too, so a host that tells files apart
/// by both would never send the new ones.
async fn a_release_reaches_readers(browser: &Browser, site: &Site, build: &Copy, base: &str) {
    let next = asking(&site.server, &places::next(), base);
    let sizes = ["index.html", "sw.js"].map(|name| {
        let size = |dir: &Path| std::fs::metadata(dir.join(name)).map(|file| file.len());
        (size(build.dir()).ok(), size(next.dir()).ok())
    });
    assert!(sizes.iter().all(|(old, new)| old == new), "{sizes:?}");
    next.put_in_place_of(build);
    Page::open(browser, site, "new").await;
    offered(browser).await;
    Page::here(browser, site).press("Use it now").await;
    let name = build_in(build.dir());
    becomes(browser, &name).await;
}

/// Both APIs, on an origin of their own as in life, with a story that has a comment.
async fn api() -> (Server, u64) {
    let mut world = generated();
    let (story, time) = (world.max_id() + 1, world.now());
    world.put_item(
        json!({"id": story, "type": "story", "by": "ada", "time": time, "score": 9,
        "title": "Deep links", "url": "https://www.example.com/", "descendants": 1}),
    );
    world.reply(story, "bob", "<p>Straight to the comment");
    let server = Server::start(Config::api(world)).await;
    (server.expect("a port is free"), story)
}

/// The build as `cargo xtask dist --firebase … --algolia … --base …` would make it for these APIs.
fn asking(api: &Server, build: &Path, base: &str) -> Copy {
    let build = Copy::of(build);
    for page in ["index.html", "404.html"] {
        build.change(page, |html| {
            html.replace("https://hacker-news.firebaseio.com", &api.origin())
                .replace("https://hn.algolia.com", &api.origin())
                .replace("<base href=\"/\"", &format!("<base href=\"{base}\""))
        });
    }
    build.date();
    build
}

async fn get(site: &Site, place: &str, accept: &str, encoding: &str) -> Response {
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.expect("the options are sound");
    let request = client.get(site.url(place)).header("accept", accept);
    let sent = request.header("accept-encoding", encoding).send().await;
    sent.expect("the host answers")
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("")
}

/// The bytes that were compressed beforehand, for as long as they hold.
async fn sends_files_as_it_should(site: &Site, build: &Path) {
    for (ending, kind) in [
        (".wasm", "application/wasm"),
        (".js", "javascript"),
        (".css", "text/css"),
    ] {
        let name = hashed(build, ending);
        for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz"), ("", "")] {
            let answer = get(site, &name, "*/*", encoding).await;
            assert_eq!(answer.status(), 200, "{name}");
            assert_eq!(header(&answer, "content-encoding"), encoding, "{name}");
            assert_eq!(header(&answer, "cache-control"), FOREVER, "{name}");
            assert!(header(&answer, "content-type").contains(kind), "{answer:?}");
            let vary = header(&answer, "vary").to_lowercase();
            assert!(vary.contains("accept-encoding") || encoding.is_empty());
            let file = std::fs::read(build.join(format!("{name}{suffix}")));
            let sent = answer.bytes().await.expect("the file comes whole");
            assert!(
                file.expect("the build has it") == *sent,
                "{name} {encoding}"
            );
        }
    }
    for name in ["", "sw.js", "manifest.webmanifest", "icon.svg"] {
        let answer = get(site, name, "*/*", "br").await;
        assert_eq!(answer.status(), 200, "{name}");
        assert_eq!(header(&answer, "cache-control"), "no-cache", "{name}");
    }
    // Also to a reader who asks for it by hand, and never for longer than until it is there.
    for accept in ["*/*", "text/html,*/*;q=0.8"] {
        let answer = get(site, LOST, accept, "br").await;
        assert_eq!(answer.status(), 404, "{accept}");
        let cache = header(&answer, "cache-control");
        assert!(["", "no-cache"].contains(&cache), "{cache}");
    }
}

/// What a host says that can be told how to answer.
async fn follows_the_rules(site: &Site) {
    let page = get(site, "item/1", "text/html,*/*;q=0.8", "br").await;
    assert_eq!(page.status(), 200);
    let stray = get(site, "item/1", "*/*", "br").await;
    assert_eq!(stray.status(), 404, "it is no page that is asked for");
    let (start, worker) = (
        get(site, "", "text/html", "br").await,
        get(site, "sw.js", "*/*", "br").await,
    );
    for (answer, policy) in [
        (&page, PAGE_POLICY),
        (&start, PAGE_POLICY),
        (&worker, WORKER_POLICY),
    ] {
        assert_eq!(header(answer, "content-security-policy"), policy);
        for (name, value) in SAFE {
            assert_eq!(header(answer, name), value, "{}", answer.url());
        }
    }
    assert!(header(&page, "content-type").starts_with("text/html"));
    assert_eq!(header(&page, "cache-control"), "no-cache");
}

/// The file with a hash in its name that ends so.
fn hashed(build: &Path, ending: &str) -> String {
    let entries = std::fs::read_dir(build).expect("the build can be read");
    let names = entries.map(|entry| entry.expect("the build can be read").file_name());
    let mut names = names.map(|name| name.to_string_lossy().into_owned());
    let found = names.find(|name| name.contains('-') && name.ends_with(ending));
    found.unwrap_or_else(|| panic!("{} has no {ending}", build.display()))
}

/// Shows the first page, a story by its address, and gets ready for offline.
async fn works(browser: &Browser, site: &Site, story: u64) {
    let page = Page::open(browser, site, &format!("item/{story}")).await;
    has_comment(browser).await;
    ready(browser).await;
    page.load("").await;
    page.settled(30).await;
    until("the page is kept", async || {
        let feeds = page.kept("feeds").await;
        let there = feeds.iter().any(|feed| feed["name"] == "top");
        there.then_some(()).ok_or_else(|| format!("{feeds:?}"))
    })
    .await;
}

/// The web host is gone, and here the APIs go, too.
async fn works_without_a_network(browser: &Browser, site: &Site, story: u64) {
    site.server.stop().await;
    let page = Page::open(browser, site, &format!("item/{story}")).await;
    has_comment(browser).await;
    page.load("").await;
    page.when("the stories are there", |view| view.titles().len() == 30)
        .await;
}

async fn has_comment(browser: &Browser) {
    let script = "return document.querySelector('.comment')?.textContent ?? ''";
    until("the comment is there", async || {
        match browser.try_run(script, Vec::new()).await? {
            Value::String(words) if words.contains("Straight to the comment") => Ok(()),
            other => Err(other.to_string()),
        }
    })
    .await;
}
