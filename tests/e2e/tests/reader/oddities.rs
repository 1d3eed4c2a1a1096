//! What is odd in the data has its designed page or row.

use e2e::thread::{Order, becomes, expected, reaches};
use e2e::{Browser, Case, Need, Page, Site, cases, generated, until};
use replay::{Config, Oddity, Rule, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        lists_that_go_in_circles_end_and_show_everyone_once,
        a_comment_whose_parent_is_missing_is_shown_by_itself,
        deleted_dead_and_delayed_comments_are_shown_as_such_with_their_replies,
        an_id_that_nobody_has_says_so,
        numbers_that_no_id_can_be_say_so,
        a_wrong_clock_never_shows_a_time_to_come,
        ages_go_on_while_one_reads.needs(Need::Protocol),
        long_words_and_markup_are_at_home_in_polls_and_trails.needs(Need::Narrow),
    ]
}

async fn lists_that_go_in_circles_end_and_show_everyone_once(browser: &Browser) {
    let world = generated();
    let mixed = world.odd(Oddity::NoNumber)[0];
    let story = world.root(mixed);
    let expected = expected(browser, &world, story, Order::Ranked).await;
    for by_firebase in [false, true] {
        let site = Site::start(browser, Config::api(world.clone()).tls()).await;
        if by_firebase {
            site.server.rule(Rule::prefix("/api/v1/").status(404));
        }
        let page = Page::open(browser, &site, &format!("item/{story}")).await;
        reaches(&page, &["loaded", "ranked"]).await;
        becomes(&page, &expected, &format!("by Firebase {by_firebase}")).await;
        let stats = site.server.stats();
        let most = stats.requests.values().max();
        assert!(most <= Some(&2), "asked again and again: {stats:#?}");
        let strange = |path: &&String| path.starts_with("/v0/item/") && !is_item(path);
        let strange: Vec<_> = stats.requests.keys().filter(strange).collect();
        assert!(strange.is_empty(), "{strange:?}");
    }
}

/// Whether the path is that of an item with a sound id.
fn is_item(path: &str) -> bool {
    let id = path
        .strip_prefix("/v0/item/")
        .and_then(|file| file.strip_suffix(".json"));
    id.is_some_and(|id| id.parse::<u32>().is_ok_and(|id| id > 0))
}

async fn a_comment_whose_parent_is_missing_is_shown_by_itself(browser: &Browser) {
    let world = generated();
    let lost = world.odd(Oddity::LostParent)[0];
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    Page::settings(browser, &site, json!({"attempts": 1})).await;
    let page = Page::open(browser, &site, &format!("item/{lost}")).await;
    page.browser
        .says("main", "A reply to something that isn’t there.")
        .await;
    page.when("nothing is awaited", |view| view.started && !view.busy)
        .await;
}

/// A story with a comment that is odd and has a reply.
fn with_odd(mut world: World, fields: &[(&str, Value)]) -> (World, [u64; 3]) {
    let story = world.feed(replay::Feed::Top)[0];
    let odd = world.reply(story, "ada", "What was said.");
    let reply = world.reply(odd, "bob", "An answer to it.");
    for (field, value) in fields {
        world.set(odd, field, value.clone());
    }
    (world, [story, odd, reply])
}

async fn deleted_dead_and_delayed_comments_are_shown_as_such_with_their_replies(browser: &Browser) {
    let deleted = [
        ("deleted", json!(true)),
        ("by", Value::Null),
        ("text", Value::Null),
    ];
    let dead = [("dead", json!(true)), ("text", json!("[flagged]"))];
    let delayed = [("text", json!("[delayed]"))];
    let cases: [(&[_], &str); 3] = [
        (&deleted, "deleted"),
        (&dead, "dead"),
        (&delayed, "delayed"),
    ];
    for (fields, words) in cases {
        let (world, [story, odd, reply]) = with_odd(World::discussion(3, 5), fields);
        for by_firebase in [false, true] {
            let site = Site::start(browser, Config::api(world.clone()).tls()).await;
            if by_firebase {
                site.server.rule(Rule::prefix("/api/v1/").status(404));
            }
            let page = Page::open(browser, &site, &format!("item/{story}")).await;
            reaches(&page, &["loaded", "ranked"]).await;
            let script = "
                const row = document.getElementById(`c${arguments[0]}`);
                return [row?.firstElementChild.innerText ?? null,
                    row?.querySelector(`ol.replies > #c${arguments[1]}`)?.innerText ?? null];";
            let seen = browser.run(script, vec![odd.into(), reply.into()]).await;
            let has = |at: usize, words: &str| {
                let text = seen[at].as_str().unwrap_or_default().to_lowercase();
                text.contains(words)
            };
            assert!(has(0, words), "{words}: {seen:#}");
            assert!(has(1, "an answer to it."), "{words}: {seen:#}");
        }
    }
}

/// The page's notice or failure, once there is one and nothing is awaited.
async fn refusal(page: &Page<'_>) -> String {
    until("the page says what is the matter", async || {
        let script =
            "return document.querySelector('main :is(.notice, .failure)')?.innerText ?? null";
        let said = page.browser.try_run(script, Vec::new()).await?;
        said.as_str().map(str::to_owned).ok_or(said.to_string())
    })
    .await
}

async fn an_id_that_nobody_has_says_so(browser: &Browser) {
    let world = generated();
    let nobody = world.max_id() + 5;
    let lost = world.odd(Oddity::NullKid)[0];
    let site = Site::start(browser, Config::api(world).tls()).await;
    for id in [nobody, lost] {
        let page = Page::open(browser, &site, &format!("item/{id}")).await;
        let said = refusal(&page).await;
        assert!(said.contains("isn’t there"), "{id}: {said}");
    }
}

async fn numbers_that_no_id_can_be_say_so(browser: &Browser) {
    let site = Site::start(browser, Config::api(generated()).tls()).await;
    for id in [
        "abc",
        "-1",
        "1.5",
        "1e3",
        "99999999999999999999999999",
        "1%00",
        "%E2%80%AE12",
    ] {
        let page = Page::open(browser, &site, &format!("item/{id}")).await;
        let said = refusal(&page).await;
        assert!(said.contains("isn’t the number of an item"), "{id}: {said}");
    }
    assert_eq!(site.server.stats().total, 0, "nothing is asked for");
}

async fn a_wrong_clock_never_shows_a_time_to_come(browser: &Browser) {
    // A device that is ten years behind, and one that is ten years ahead.
    let now = generated().now();
    for shift in [-315_360_000_i64, 315_360_000] {
        let mut world = World::discussion(3, 20);
        let story = world.feed(replay::Feed::Top)[0];
        for id in world.ids() {
            let time = world.item(id).and_then(|item| item["time"].as_i64());
            world.set(id, "time", json!(time.unwrap_or(0) - shift));
        }
        assert!(world.now() >= now);
        let site = Site::start(browser, Config::api(world).tls()).await;
        let page = Page::open(browser, &site, &format!("item/{story}")).await;
        reaches(&page, &["loaded", "ranked"]).await;
        let script = "return [...document.querySelectorAll('main article time')].map((it) => it.textContent)";
        let times = browser.run(script, Vec::new()).await;
        let times: Vec<&str> = times
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        assert!(times.len() > 20, "{times:?}");
        let ahead = |time: &&&str| time.starts_with("in ") || time.contains("from now");
        assert_eq!(times.iter().find(ahead), None, "{times:?}");
        let expected = if shift < 0 { "just now" } else { "years ago" };
        assert!(
            times.iter().all(|time| time.contains(expected)),
            "{times:?}"
        );
    }
}

async fn long_words_and_markup_are_at_home_in_polls_and_trails(browser: &Browser) {
    let mut world = generated();
    let long = "x".repeat(200);
    let poll = world.odd(Oddity::Poll)[0];
    let option = world.item(poll).and_then(|poll| poll["parts"][0].as_u64());
    let option = option.expect("a poll has options");
    world.set(option, "text", json!(format!("<i>A</i> &amp; B {long}")));
    world.set(poll, "title", json!(format!("Poll {long}")));
    let comment = world.reply(poll, "ada", "Neither.");
    browser.resize(360, 800).await;
    let site = Site::start(browser, Config::api(world).tls()).await;
    for (id, place, words) in [
        (poll, ".poll", format!("A & B {long}")),
        (comment, ".trail", format!("Poll {long}")),
    ] {
        Page::open(browser, &site, &format!("item/{id}")).await;
        browser.says(place, &words).await;
        let wide = "return document.documentElement.scrollWidth > innerWidth";
        browser.gives(wide, false.into()).await;
    }
}

/// An hour and a half passes with each tick of the page's clock, and the ticks come faster.
const HURRY: &str = "
    const [now, every] = [Date.now, setInterval];
    let passed = 0;
    Date.now = () => now() + passed;
    window.setInterval = (tick, wait) => wait !== 30_000 ? every(tick, wait) : every(() => {
        passed += 5_400_000;
        tick();
    }, 1_000);";

async fn ages_go_on_while_one_reads(browser: &Browser) {
    let mut world = World::discussion(3, 20);
    let story = world.feed(replay::Feed::Top)[0];
    let comment = world.reply(story, "ada", "Just said.");
    let site = Site::start(browser, Config::api(world).tls()).await;
    let hurry = browser.run_first(HURRY).await;
    Page::open(browser, &site, &format!("item/{story}")).await;
    let time = format!("#c{comment} time");
    browser.says(&time, "hour").await;
    let first = browser.words(&time).await.expect("it is there");
    until("its age goes on", async || {
        match browser.words(&time).await? {
            age if age == first => Err(age),
            _ => Ok(()),
        }
    })
    .await;
    let point = format!("return document.querySelector('{time}').title");
    browser.gives(&point, "".into()).await;
    let over = format!(
        "document.querySelector('{time}')
            .dispatchEvent(new PointerEvent('pointerover', {{bubbles: true}}));
         return document.querySelector('{time}').title !== ''"
    );
    browser.gives(&over, true.into()).await;
    browser
        .command("Page.removeScriptToEvaluateOnNewDocument", hurry)
        .await;
}
