//! Markup by strangers is text, wherever it stands: nothing runs, nothing is loaded, nothing of it
//! is an element, and the words are there. Put in raw, the same markup does what it threatens.

use std::collections::BTreeSet;

use e2e::{Browser, Case, Page, Site, cases, unguarded, until};
use replay::{Config, HOSTILE_MARK, HOSTILE_PATH, Server, Snippet, World};
use serde_json::{Value, json};

use crate::care::ALLOWED;

pub fn cases() -> Vec<Case> {
    cases![
        hostile_comments_are_text.core(),
        hostile_stories_are_text.core(),
        the_same_markup_put_in_raw_does_what_it_threatens.core(),
    ]
}

/// What the page's main part never is made of.
const FORBIDDEN: &str = "script, style, iframe, frame, object, embed, meta, base, link, img, \
    video, audio, source, math, foreignObject, animate, noscript, template, xmp, marquee";
/// What the browser's parser says of markup in a document that can't run anything: it is the
/// policy that speaks, and nothing else had to.
const INERT: [&str; 3] = [
    "inline event handler",
    "inline style",
    "Setting the document's base URI",
];

/// What stands where it mustn't.
const FAULTS: &str = "
    const [allowed, forbidden] = arguments;
    const faults = [];
    const fault = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 200)}`);
    for (const element of document.querySelectorAll('.prose *')) {
        if (!allowed.includes(element.nodeName)) fault('an element', element);
        for (const name of element.getAttributeNames()) {
            if (!['href', 'rel', 'dir', 'class'].includes(name)) fault(name, element);
        }
    }
    for (const element of document.querySelectorAll(`main :is(${forbidden})`)) {
        fault('an element', element);
    }
    for (const element of document.querySelectorAll('*')) {
        for (const name of element.getAttributeNames()) {
            if (name.startsWith('on')) fault(name, element);
        }
    }
    for (const link of document.links) {
        if (!['http:', 'https:'].includes(link.protocol)) fault('an address', link);
    }
    return faults;";

async fn assert_harmless(browser: &Browser, place: &str) {
    let arguments = vec![json!(ALLOWED), json!(FORBIDDEN)];
    let faults = browser.run(FAULTS, arguments).await;
    assert_eq!(faults, json!([]), "{place}: {faults:#}");
    let script = "return [window[arguments[0]] ?? null, location.pathname]";
    let seen = browser.run(script, vec![HOSTILE_MARK.into()]).await;
    assert_eq!(seen, json!([null, place]), "something ran");
}

/// Nothing was asked for but the app itself and its data.
async fn assert_quiet(browser: &Browser, server: &Server) {
    let stats = server.stats();
    let files = stats.files.keys();
    let strange: Vec<&String> = files
        .filter(|path| {
            let file = path.rsplit('/').next().unwrap_or_default();
            path.starts_with(HOSTILE_PATH) || file == "x"
        })
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
    for line in browser.complaints().await {
        assert!(INERT.iter().any(|words| line.contains(words)), "{line}");
    }
}

async fn hostile_comments_are_text(browser: &Browser) {
    let world = World::hostile();
    let story = world.feed(replay::Feed::Top)[0];
    let comments = world.thread(story);
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    for by_firebase in [false, true] {
        if by_firebase {
            site.server
                .rule(replay::Rule::prefix("/api/v1/").status(404));
        }
        let page = Page::open(browser, &site, &format!("item/{story}")).await;
        e2e::thread::reaches(&page, &["loaded", "ranked"]).await;
        let shown = e2e::thread::shown(&page).await;
        assert_eq!(shown.len(), comments.len());
        for comment in &shown {
            let item = world.item(comment.id).expect("it is shown");
            let said = comment.said.as_ref().map(|said| said.words.as_str());
            let said = said.unwrap_or_default();
            assert!(said.contains("seen"), "{comment:?}");
            assert!(!said.contains("@keyframes"), "{comment:?}");
            let name = item["by"].as_str().map(visible);
            assert_eq!(comment.by.as_deref().map(visible), name, "{comment:?}");
        }
        assert_harmless(browser, &format!("/item/{story}")).await;
        // Whatever the browser does a moment later.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_harmless(browser, &format!("/item/{story}")).await;
        assert_quiet(browser, &site.server).await;
        browser.goto("about:blank").await;
    }
}

/// A name without what no reader sees.
fn visible(name: &str) -> String {
    let shown = |c: &char| !c.is_whitespace() && *c != '\0' && *c != '\u{fffd}';
    name.chars().filter(shown).collect()
}

async fn hostile_stories_are_text(browser: &Browser) {
    let world = World::hostile();
    let stories = world.feed(replay::Feed::Top).to_vec();
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "?p=all").await;
    let view = page.settled(stories.len()).await;
    for row in &view.rows {
        let title = row.title.as_deref().unwrap_or_default();
        assert!(title.contains("seen"), "{row:#?}");
    }
    assert_harmless(browser, "/").await;
    for story in stories {
        let place = format!("/item/{story}");
        page.follow(&place[1..]).await;
        until(&format!("{place} is shown"), async || {
            let script = "return [location.pathname,
                document.querySelector('main h1')?.textContent ?? '',
                document.querySelector('main .prose')?.textContent ?? '']";
            let seen = browser.try_run(script, Vec::new()).await?;
            let says = |at: usize| seen[at].as_str().is_some_and(|text| text.contains("seen"));
            let there = seen[0] == place.as_str() && says(1) && says(2);
            there.then_some(()).ok_or(seen.to_string())
        })
        .await;
        assert_harmless(browser, &place).await;
    }
    assert_quiet(browser, &site.server).await;
}

/// Puts each snippet into a frame of its own, as markup.
const RAW: &str = "
    for (const html of arguments[0]) {
        const frame = document.createElement('iframe');
        document.body.append(frame);
        frame.contentDocument.body.innerHTML = html;
    }";

/// The numbers of the snippets that have run.
const RAN: &str = "return Object.keys(window[arguments[0]] ?? {}).map(Number);";

/// The control of the tests above.
async fn the_same_markup_put_in_raw_does_what_it_threatens(browser: &Browser) {
    let server = unguarded(browser).await;
    let snippets = Snippet::all();
    let html: Vec<&str> = snippets.iter().map(|snippet| &*snippet.html).collect();
    browser.run(RAW, vec![json!(html)]).await;
    let (ran, loaded) = until("twenty ran, and twenty were loaded", async || {
        let ran = browser.try_run(RAN, vec![HOSTILE_MARK.into()]).await?;
        let ran = ran.as_array().into_iter().flatten();
        let ran: BTreeSet<u64> = ran.filter_map(Value::as_u64).collect();
        let paths = server.stats().files.into_keys();
        let number = |path: String| path.strip_prefix(HOSTILE_PATH)?.parse().ok();
        let loaded: BTreeSet<u64> = paths.filter_map(number).collect();
        match ran.len() >= 20 && loaded.len() >= 20 {
            true => Ok((ran, loaded)),
            false => Err(format!("{ran:?}; {loaded:?}")),
        }
    })
    .await;
    let quiet = snippets.iter().filter(|snippet| {
        let number = snippet.number as u64;
        !ran.contains(&number) && !loaded.contains(&number)
    });
    println!(
        "of {} snippets {} ran and {} loaded; {} kept quiet",
        snippets.len(),
        ran.len(),
        loaded.len(),
        quiet.count()
    );
    browser.goto("about:blank").await;
    // It was without a policy, and said so.
    browser.complaints().await;
}
