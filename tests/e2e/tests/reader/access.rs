//! Pages are for everyone: no rule of axe-core is broken, and what a reader asked the system for
//! is respected.

use std::fs;

use e2e::{Browser, Case, Engine, LONG, Need, Page, Site, View, cases, generated, places, until};
use replay::{Config, Feed, Oddity, Rule, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        no_page_breaks_a_rule_of_axe.core(),
        a_button_without_words_breaks_one.core(),
        nothing_moves_by_itself_where_less_motion_is_asked_for.needs(Need::Media),
        pages_at_twice_their_size_scroll_one_way.needs(Need::Narrow),
        fields_have_an_edge_that_can_be_seen,
        forced_colours_leave_nothing_invisible.needs(Need::Media),
    ]
}

/// Each kind of page, and what is there once it is.
fn kinds(world: &World) -> Vec<(String, &'static str)> {
    let talk = world.feed(Feed::Ask).iter().copied();
    let story = talk.max_by_key(|id| world.thread(*id).len());
    let poll = world.odd(Oddity::Poll)[0];
    let nobody = world.max_id() + 1;
    let author = |id: &u64| world.item(*id)?["by"].as_str();
    let writer = world.feed(Feed::Top).iter().find_map(author);
    let writer = writer.expect("someone wrote something");
    vec![
        (String::new(), "ol.stories .title a"),
        (format!("item/{}", story.expect("someone asks")), THREAD),
        (format!("item/{poll}"), THREAD),
        (format!("item/{nobody}"), "main .failure, main .notice"),
        ("activity".to_owned(), "main h1"),
        ("settings".to_owned(), "main h1"),
        ("shelf".to_owned(), "main h1"),
        ("saved".to_owned(), "main h1"),
        (format!("user/{writer}"), "main h1"),
        ("search?q=the".to_owned(), "ol.finds li"),
        ("no/such/place".to_owned(), ".notice"),
        ("best?p=abc".to_owned(), ".notice"),
    ]
}

const THREAD: &str = "section.thread[data-state~=loaded][data-state~=ranked]";

/// Opens a place, and waits until `selector` finds something and nothing is awaited.
async fn open<'a>(browser: &'a Browser, site: &'a Site, place: &str, selector: &str) -> Page<'a> {
    let page = Page::open(browser, site, place).await;
    until(&format!("{place} shows {selector}"), async || {
        let script = "return document.querySelector(arguments[0]) !== null";
        let found = browser.try_run(script, vec![selector.into()]).await?;
        (found == true).then_some(()).ok_or(found.to_string())
    })
    .await;
    page.when("nothing is awaited", View::is_settled).await;
    page
}

/// The rules that the page breaks, each with the elements that break it.
async fn violations(browser: &Browser) -> Value {
    let script = fs::read_to_string(places::axe()).expect("axe-core can be read");
    browser.run(&script, Vec::new()).await;
    let run = "
        const {violations} = await axe.run(document, {resultTypes: ['violations'], preload: false});
        return violations.map(({id, help, nodes}) => ({
            rule: `${id}: ${help}`,
            elements: nodes.slice(0, 5).map(({html, any, all}) =>
                `${html.slice(0, 160)} ${[...any, ...all].map((it) => it.message).join('; ')}`),
        }));";
    browser.run_async(run, Vec::new()).await
}

async fn no_page_breaks_a_rule_of_axe(browser: &Browser) {
    let world = generated();
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    let mut broken = Vec::new();
    // Colours are the same in every engine.
    let schemes: &[&str] = match browser.engine() {
        Engine::Chromium => &["light", "dark"],
        _ => &["light"],
    };
    for (place, selector) in kinds(&world) {
        open(browser, &site, &place, selector).await;
        for &scheme in schemes {
            let wish = "document.documentElement.style.colorScheme = arguments[0]";
            browser.run(wish, vec![scheme.into()]).await;
            // Colours may fade from one scheme to the other.
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let found = violations(browser).await;
            if found != json!([]) {
                broken.push(format!("/{place}, {scheme}: {found:#}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The control of the test above.
async fn a_button_without_words_breaks_one(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    open(browser, &site, "settings", "main h1").await;
    let script = "document.querySelector('main').append(document.createElement('button'))";
    browser.run(script, Vec::new()).await;
    let found = violations(browser).await.to_string();
    assert!(found.contains("button-name"), "{found}");
}

/// How many animations and transitions the page runs, and how many elements would have one.
const MOTION: &str = "
    const long = (times) => times.split(',').some((time) => Number.parseFloat(time) > 0.01);
    const moves = (style) => long(style.transitionDuration)
        || (style.animationName !== 'none' && long(style.animationDuration));
    const all = [...document.querySelectorAll('*')];
    return {
        running: document.getAnimations().length,
        moving: all.filter((element) => moves(getComputedStyle(element)))
            .map((element) => element.outerHTML.slice(0, 100)).slice(0, 5),
        smooth: getComputedStyle(document.documentElement).scrollBehavior,
    };";

async fn nothing_moves_by_itself_where_less_motion_is_asked_for(browser: &Browser) {
    let world = generated();
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    site.server.rule(Rule::prefix("/v0/item/").hold("items"));
    for (asked, still) in [("no-preference", false), ("reduce", true)] {
        browser.prefer(&[("prefers-reduced-motion", asked)]).await;
        let page = Page::open(browser, &site, "").await;
        let held = site.server.until(LONG, |stats| stats.held > 0).await;
        held.expect("stories are on their way");
        page.when("placeholders wait", |view| {
            view.rows.iter().any(|row| row.waiting)
        })
        .await;
        let motion = browser.run(MOTION, Vec::new()).await;
        let found = (&motion["running"], &motion["moving"], &motion["smooth"]);
        let is_still = found == (&json!(0), &json!([]), &json!("auto"));
        assert_eq!(is_still, still, "{asked}: {motion:#}");
    }
}

/// What sticks out of the window to the right, though nothing around it scrolls.
const WIDE: &str = "
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const sticking = [...document.querySelectorAll('body *')].filter((element) =>
        element.getBoundingClientRect().right > clientWidth + 0.5);
    return [`${scrollWidth} of ${clientWidth}`,
        ...sticking.slice(0, 5).map((element) => element.outerHTML.slice(0, 120))];";

async fn pages_at_twice_their_size_scroll_one_way(browser: &Browser) {
    let world = World::discussion(1, 300);
    let deep = world.feed(Feed::Top)[0];
    let threads = Site::start(browser, Config::api(world).tls()).await;
    let world = generated();
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    let mut wide = Vec::new();
    // Of a window of 1280 pixels 640 are left at twice the size, and 320 at four times.
    for (width, scale) in [(640, 2), (320, 4)] {
        let size = json!({
            "width": width, "height": 450, "deviceScaleFactor": scale, "mobile": false,
        });
        browser
            .command("Emulation.setDeviceMetricsOverride", size)
            .await;
        let deep = (&threads, (format!("item/{deep}"), THREAD));
        let kinds = kinds(&world).into_iter().map(|kind| (&site, kind));
        for (site, (place, selector)) in kinds.chain([deep]) {
            open(browser, site, &place, selector).await;
            let found = browser.run(WIDE, Vec::new()).await;
            if found != json!([]) {
                wide.push(format!("/{place} at {width}: {found:#}"));
            }
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

/// Buttons, links and fields of which nothing but a colour would show what they are, and icons
/// that keep a colour of their own.
const INVISIBLE: &str = "
    const shown = (element) => element.checkVisibility({visibilityProperty: true});
    const faults = [];
    if (!matchMedia('(forced-colors: active)').matches) faults.push('colours are not forced');
    const paper = getComputedStyle(document.body).backgroundColor;
    // What isn't seen in any colours has a label that is.
    for (const button of document.querySelectorAll('button, select, input:not(.unseen)')) {
        const {borderTopStyle, outlineStyle, textDecorationLine} = getComputedStyle(button);
        const marked = [borderTopStyle, outlineStyle, textDecorationLine]
            .some((style) => style !== 'none');
        const written = getComputedStyle(button, '::before').content;
        const named = button.textContent.trim() !== '' || /^['\\u0022]/.test(written)
            || button.type === 'checkbox';
        if (shown(button) && !marked && !named) faults.push(button.outerHTML.slice(0, 160));
    }
    for (const icon of document.querySelectorAll('svg')) {
        const {stroke, fill, forcedColorAdjust} = getComputedStyle(icon);
        const drawn = [stroke, fill].some((colour) => colour !== 'none' && colour !== paper);
        if (shown(icon) && !drawn && forcedColorAdjust !== 'none') {
            faults.push(icon.outerHTML.slice(0, 160));
        }
    }
    for (const link of [...document.querySelectorAll('main a, nav a')].filter(shown).slice(0, 20)) {
        link.focus({focusVisible: true});
        const {outlineStyle, outlineColor, outlineWidth} = getComputedStyle(link);
        if (outlineStyle === 'none' || outlineWidth === '0px' || outlineColor === paper) {
            faults.push(`no focus: ${link.outerHTML.slice(0, 160)}`);
        }
    }
    return faults;";

/// The least contrast of a field's edge, with what is in it and with what is around it.
const EDGES: &str = "
    const channel = (value) => value <= 10 ? value / 3295 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const light = (colour) => {
        const [red, green, blue] = colour.match(/\\d+/g).map((value) => channel(Number(value)));
        return 0.05 + 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const paper = getComputedStyle(document.documentElement).backgroundColor;
    const contrast = (one, other) =>
        Math.max(light(one), light(other)) / Math.min(light(one), light(other));
    const fields = document.querySelectorAll('select, textarea, input:not([type=checkbox])');
    const least = [...fields].flatMap((field) => {
        const {borderTopColor, backgroundColor} = getComputedStyle(field);
        return [contrast(borderTopColor, backgroundColor), contrast(borderTopColor, paper)];
    });
    return Math.min(...least);";

async fn fields_have_an_edge_that_can_be_seen(browser: &Browser) {
    let world = generated();
    let site = Site::start(browser, Config::api(world).tls()).await;
    for place in ["", "search", "settings", "activity"] {
        open(browser, &site, place, "main :is(input, select)").await;
        for scheme in ["light", "dark"] {
            let wish = "document.documentElement.style.colorScheme = arguments[0]";
            browser.run(wish, vec![scheme.into()]).await;
            let least = browser.run(EDGES, Vec::new()).await;
            let least = least.as_f64();
            assert!(least >= Some(3.0), "/{place}, {scheme}: {least:?}");
        }
    }
}

async fn forced_colours_leave_nothing_invisible(browser: &Browser) {
    let world = generated();
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    browser
        .prefer(&[
            ("forced-colors", "active"),
            ("prefers-color-scheme", "dark"),
        ])
        .await;
    let page = open(browser, &site, "", "ol.stories .mark").await;
    page.click(".mark[aria-label^=Save]").await;
    let differs = "
        const look = (pressed) => {
            const mark = document.querySelector(`.mark[aria-pressed=${pressed}]`);
            return mark && getComputedStyle(mark).backgroundColor;
        };
        return look(true) !== null && look(true) !== look(false)";
    browser.gives(differs, true.into()).await;
    let mut broken = Vec::new();
    for (place, selector) in kinds(&world) {
        open(browser, &site, &place, selector).await;
        let found = browser.run(INVISIBLE, Vec::new()).await;
        if found != json!([]) {
            broken.push(format!("/{place}: {found:#}"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
