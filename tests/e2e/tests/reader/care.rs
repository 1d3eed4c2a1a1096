//! Nothing jumps, nothing runs that shouldn't, and everything works by keyboard.

use e2e::{Browser, Case, Need, Page, Site, cases, generated, plain, until};
use replay::{Config, HOSTILE_MARK, Oddity};
use serde_json::{Value, json};
use thirtyfour::Key;

pub fn cases() -> Vec<Case> {
    cases![
        a_cold_load_moves_nothing.needs(Need::Shifts),
        a_newer_ranking_is_offered_and_moves_nothing.core(),
        hostile_text_is_text.core(),
        hostile_titles_are_text.needs(Need::Narrow),
        the_keyboard_reaches_everything.core(),
    ]
}

/// The most that may move, of the window's area times its height, by the window's width: where it
/// is narrow, a title may take a line more than was kept free for it.
const LITTLE: [(u32, f64); 2] = [(1280, 0.02), (360, 0.02)];

async fn a_cold_load_moves_nothing(browser: &Browser) {
    for (width, little) in LITTLE {
        browser.resize(width, 800).await;
        let site = Site::start(browser, Config::api(generated()).latency(20, 150)).await;
        let page = Page::open(browser, &site, "").await;
        page.settled(30).await;
        let shifts = browser.run_async(SHIFTS, Vec::new()).await;
        let sum = total(&shifts);
        assert!(sum < little, "{width} px: {sum}\n{shifts:#}");
    }
}

async fn a_newer_ranking_is_offered_and_moves_nothing(browser: &Browser) {
    let (world, [best, _]) = plain(30);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    let mut other = best.clone();
    other.reverse();
    site.server
        .change(|world| world.set_feed(replay::Feed::Best, other.clone()));
    let place = "return document.querySelectorAll('.story')[9].offsetTop";
    let before = browser.run(place, Vec::new()).await;
    let refresh = "scrollTo(0, 300);
        [...document.querySelectorAll('.toolbar button')].find((it) =>
            it.textContent === 'Refresh').click()";
    browser.run(refresh, Vec::new()).await;
    browser
        .says("main > .newer", "Show the newer ranking")
        .await;
    browser.gives(place, before).await;
    page.press("Show the newer ranking").await;
    let first = "return [document.querySelector('.story').id, scrollY, document.activeElement.id]";
    let expected = json!([format!("s{}", other[0]), 0, "main"]);
    browser.gives(first, expected).await;
}

/// The page's score.
pub fn total(shifts: &Value) -> f64 {
    let entries = shifts.as_array().expect("a list of shifts");
    let values = entries.iter().filter_map(|entry| entry["value"].as_f64());
    values.sum()
}

/// Every layout shift so far, and what it moved.
pub const SHIFTS: &str = "
    const shifts = [];
    const take = (entries) => {
        for (const entry of entries) {
            // The notes lie above the page, at the window's edge: they come and go, and move nothing.
            const isNote = ({node}) => node?.nodeType === 1 && node.closest('.release');
            if (entry.sources.length > 0 && entry.sources.every(isNote)) continue;
            const moved = entry.sources.map(({node, previousRect: a, currentRect: b}) =>
                `${node?.nodeName}.${node?.className} ${a.y}+${a.height} -> ${b.y}+${b.height}`);
            shifts.push({value: entry.value, at: entry.startTime, moved});
        }
    };
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({type: 'layout-shift', buffered: true});
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    take(observer.takeRecords());
    return shifts;";

/// What a text may be made of.
pub const ALLOWED: [&str; 9] = [
    "P",
    "A",
    "I",
    "EM",
    "B",
    "STRONG",
    "PRE",
    "CODE",
    "BLOCKQUOTE",
];

/// What the page made of a text: every element, and every attribute.
const ANATOMY: &str = "
    return [...document.querySelectorAll('.prose *')].map((element) => ({
        name: element.nodeName,
        attributes: element.getAttributeNames(),
        href: element.getAttribute('href'),
    }));";

async fn hostile_text_is_text(browser: &Browser) {
    let mut world = generated();
    let texts = [
        "<script>window.__hostile=1</script>seen",
        "seen<img src=x onerror='window.__hostile=2'><svg onload='window.__hostile=3'><p>",
        "<a href='javascript:window.__hostile=4'>seen</a><a href=' java&#10;script:1'>b</a>",
        "<p onclick='window.__hostile=5' style='position:fixed' class='x' id='main'>seen",
        "<iframe srcdoc='<script>parent.__hostile=6</script>'></iframe><b>seen</b>",
        "<form action='https://evil.example'><input autofocus onfocus='__hostile=7'></form>seen",
        "<math><mtext><table><mglyph><style><img src onerror='__hostile=8'></style>seen",
        "<noscript><p title='</noscript><img src=x onerror=__hostile=9>'></noscript>seen",
        "<template><script>__hostile=10</script></template><base href='https://evil.example/'>seen",
        "<a href='data:text/html,<script>1</script>' target=_top ping='https://e.example'>seen</a>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'><link rel=stylesheet>seen",
    ];
    let ask = world.feed(replay::Feed::Ask)[..texts.len()].to_vec();
    for (&id, text) in ask.iter().zip(texts) {
        world.set(id, "text", json!(text));
    }
    let mut ids = ask.clone();
    let odd = world.odd(Oddity::Hostile).iter().copied();
    let has_text = |id: &u64| world.item(*id).is_some_and(|item| item["text"].is_string());
    ids.extend(odd.filter(has_text).take(6));
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "nowhere").await;
    page.when("the app runs", |view| view.notice.is_some())
        .await;
    for id in ids {
        page.load(&format!("item/{id}")).await;
        until("the text is there", async || {
            let text = browser
                .run(
                    "return document.querySelector('.prose')?.textContent",
                    Vec::new(),
                )
                .await;
            let text = text.as_str().ok_or(format!("{id} has none"))?;
            // What others made up may hold nothing that is text.
            if text.contains("seen") || !ask.contains(&id) {
                Ok(())
            } else {
                Err(format!("{id}: {text}"))
            }
        })
        .await;
        let anatomy = browser.run(ANATOMY, Vec::new()).await;
        for element in anatomy.as_array().into_iter().flatten() {
            assert_harmless(element);
        }
        let mark = browser.run(
            "return window[arguments[0]] ?? null",
            vec![HOSTILE_MARK.into()],
        );
        assert_eq!(mark.await, Value::Null, "{id} ran code");
        let place = page.view().await.place;
        assert_eq!(place, format!("/item/{id}"), "the page was led away");
    }
    // An inert document has its maker's policy, and Chromium reports what its parser meets there;
    // that it is the policy which speaks shows that nothing else had to.
    for line in browser.complaints().await {
        assert!(
            line.contains("violates the following Content Security Policy"),
            "{line}"
        );
    }
}

fn assert_harmless(element: &Value) {
    let name = element["name"].as_str().unwrap_or_default();
    assert!(ALLOWED.contains(&name), "{element:#}");
    for attribute in element["attributes"].as_array().into_iter().flatten() {
        let known = ["href", "rel", "dir"].map(Value::from);
        assert!(known.contains(attribute), "{element:#}");
    }
    if let Some(href) = element["href"].as_str() {
        let web = href.starts_with("https://") || href.starts_with("http://");
        assert!(
            web || href.starts_with("item/") || href.starts_with("user/"),
            "{element:#}"
        );
    }
}

async fn hostile_titles_are_text(browser: &Browser) {
    let mut world = generated();
    let odd = [
        Oddity::Hostile,
        Oddity::HostileName,
        Oddity::LongWord,
        Oddity::RightToLeft,
    ];
    let ids = odd.iter().flat_map(|&odd| world.odd(odd)).copied();
    let stories = ids.filter(|&id| world.item(id).is_some_and(|item| item["title"].is_string()));
    let stories: Vec<u64> = stories.take(30).collect();
    let count = stories.len();
    assert!(count > 5, "the generated world has hostile stories");
    world.set_feed(replay::Feed::Top, stories);
    browser.resize(360, 800).await;
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "").await;
    let view = page.settled(count).await;
    for row in &view.rows {
        let href = row.href.as_deref().unwrap_or_default();
        let good = ["https://", "http://", "item/"]
            .iter()
            .any(|start| href.starts_with(start));
        assert!(good, "{row:#?}");
    }
    let seen = browser
        .run(
            "return {mark: window.__hostile ?? null,
                     made: document.querySelectorAll('main script, main img, main iframe').length,
                     wide: document.documentElement.scrollWidth > innerWidth}",
            Vec::new(),
        )
        .await;
    assert_eq!(seen, json!({"mark": null, "made": 0, "wide": false}));
}

async fn the_keyboard_reaches_everything(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated())).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    let mut reached = Vec::new();
    for _ in 0..20 {
        reached.push(tab(browser).await);
    }
    let words: Vec<&str> = reached.iter().map(String::as_str).collect();
    let expected = [
        "Skip to the stories",
        "Hackershelf",
        "Top",
        "New",
        "Best",
        "Ask",
        "Show",
    ];
    assert_eq!(words[..7], expected);
    let first = page.view().await.rows[0].title.clone().unwrap_or_default();
    for wanted in ["Refresh", first.as_str()] {
        assert!(words.contains(&wanted), "{wanted} isn't among {words:?}");
    }

    // Another page: this one would give the focus back to the story that had it.
    page.load("new").await;
    page.settled(30).await;
    for _ in 0..5 {
        tab(browser).await;
    }
    press(browser, Key::Enter).await;
    page.when("Enter follows a link", |view| view.place == "/best")
        .await;

    page.load("").await;
    page.settled(30).await;
    tab(browser).await;
    press(browser, Key::Enter).await;
    let focused = browser
        .run("return document.activeElement.id", Vec::new())
        .await;
    assert_eq!(focused, json!("main"), "the skip link leads to the stories");
}

/// Moves on by the Tab key; the words of what has the focus then.
async fn tab(browser: &Browser) -> String {
    press(browser, Key::Tab).await;
    let script = "
        const focused = document.activeElement;
        return (focused.innerText || focused.value || focused.nodeName).trim();";
    let words = browser.run(script, Vec::new()).await;
    words.as_str().unwrap_or_default().to_owned()
}

async fn press(browser: &Browser, key: Key) {
    browser.press(&char::from(key).to_string()).await;
}
