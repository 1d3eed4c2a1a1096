//! What was kept outlives a browser that is killed, and tabs that mark the same story at once.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use e2e::suite::LIMIT;
use e2e::thread::reaches;
use e2e::{
    Browser, Case, LONG, Need, Page, Site, View, cases, discussed, generated, places, until,
    until_within,
};
use replay::{Config, Rule};
use serde_json::{Value, json};
use tempfile::TempDir;

pub fn cases() -> Vec<Case> {
    cases![
        two_tabs_that_mark_one_story_at_once_lose_nothing.core(),
        a_killed_browser_loses_no_mark_and_breaks_no_thread
            .needs(Need::Restart)
            .within(4 * rounds() * LIMIT),
        a_log_that_a_killed_browser_left_torn_costs_nothing.needs(Need::LevelDb),
        marks_come_back_when_the_browser_deletes_what_is_damaged.needs(Need::LevelDb),
    ]
}

/// So often it all begins anew: once; ten times with `HACKERSHELF_LONG`.
fn rounds() -> u32 {
    match std::env::var_os("HACKERSHELF_LONG") {
        Some(_) => 10,
        None => 1,
    }
}

/// So many times the browser is killed in a round.
const KILLS: usize = 20;

/// Where the trees of comments wait, so that there is something to download until the last kill.
const GATE: &str = "trees";

/// Comments of each story.
const COMMENTS: u64 = 20;

/// The ids of the stories that are saved, as these marks have it.
fn saved_in(marks: &[Value]) -> BTreeSet<u64> {
    let is_saved = |mark: &&Value| mark["body"].as_str().is_some_and(|it| it.contains("saved"));
    let marks = marks.iter().filter(is_saved);
    marks.filter_map(|mark| mark["id"].as_u64()).collect()
}

/// The ids of the stories that are saved, as the database has it.
async fn saved(page: &Page<'_>) -> BTreeSet<u64> {
    saved_in(&page.kept("marks").await)
}

/// Saves a story, and waits until that is kept, and copied.
async fn save(page: &Page<'_>, story: u64) {
    page.click(&format!("#s{story} .mark[aria-label^=Save]"))
        .await;
    until("it is saved", async || {
        let copied = saved_in(&page.copied("marks").await);
        let known: BTreeSet<u64> = saved(page).await.intersection(&copied).copied().collect();
        match known.contains(&story) {
            true => Ok(()),
            false => Err(format!("{known:?}")),
        }
    })
    .await;
}

/// Saves a story while a feed is being kept, and kills the browser some time after it is certainly
/// saved, with more marks on their way. `false` if there was nothing left to be saved beside; what
/// was saved before is there in any case.
async fn interrupted(
    own: Browser,
    profile: &Path,
    site: &Site,
    wait: Duration,
    (story, before): (u64, &[u64]),
) -> bool {
    let page = Page::open(&own, site, "").await;
    if tells_of_loss(&page.settled(30).await) {
        assert_eq!(saved(&page).await, before.iter().copied().collect());
        own.kill(profile).await;
        return false;
    }
    let threads = page.kept("threads").await.len();
    save(&page, story).await;
    // What is marked from here on may be lost, but nothing before it.
    let endless = "
        const buttons = [...document.querySelectorAll('.mark[aria-label^=Read]')];
        let turn = 0;
        setInterval(() => buttons[turn++ % buttons.length].click(), 10);";
    own.run(endless, Vec::new()).await;
    let enough = site.server.until(LONG, |stats| stats.held >= 4).await;
    enough.expect("trees are asked for");
    site.server.release_some(GATE, 2);
    until("the download goes on", async || {
        match page.kept("threads").await.len() {
            more if more > threads => Ok(()),
            none => Err(format!("{none} threads")),
        }
    })
    .await;
    site.server.release_some(GATE, 2);
    tokio::time::sleep(wait).await;
    own.kill(profile).await;
    true
}

async fn a_killed_browser_loses_no_mark_and_breaks_no_thread(browser: &Browser) {
    let mut deleted = 0;
    for round in 1..=rounds() {
        while !kill_on_and_on(browser).await {
            deleted += 1;
            assert!(deleted <= 3 * round, "the browser deletes all too often");
        }
    }
    if deleted > 0 {
        println!(
            "the browser itself deleted the database, and the marks came back: {deleted} times"
        );
    }
}

/// Whether the page says that the browser deleted the database. Chromium does that after some kills
/// in a hundred, if it is busy writing: it takes what it finds for damaged.
fn tells_of_loss(view: &View) -> bool {
    view.banners.iter().any(|banner| banner.contains("damaged"))
}

/// `false` if the browser deleted the database: the marks are there, but the rest isn't.
async fn kill_on_and_on(browser: &Browser) -> bool {
    let (world, stories) = discussed(100, |world, id| {
        for comment in 0..COMMENTS {
            world.reply(id, "bob", &format!("comment {comment} ").repeat(50));
        }
    });
    let site = Site::start(browser, Config::api(world).tls()).await;
    site.server.rule(Rule::prefix("/api/v1/items/").hold(GATE));
    let profile = places::temporary();
    let own = Browser::start_in(browser.engine(), profile.path()).await;
    let page = Page::open(&own, &site, "shelf").await;
    page.keep_top(100).await;
    page.keeps("jobs", 1).await;
    own.quit().await;

    let mut seed = SystemTime::UNIX_EPOCH
        .elapsed()
        .map_or(0, |it| it.subsec_nanos());
    let mut partly = 0;
    for kill in 0..KILLS {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let wait = Duration::from_millis(u64::from(seed >> 16) % 400);
        let own = Browser::start_in(browser.engine(), profile.path()).await;
        let next = (stories[kill], &stories[..kill]);
        if !interrupted(own, profile.path(), &site, wait, next).await {
            return false;
        }

        let own = Browser::start_in(browser.engine(), profile.path()).await;
        let page = Page::open(&own, &site, "settings").await;
        let view = page.when("the app is there", |view| view.started).await;
        let what = format!("after kill {kill}, which came after {wait:?}");
        let marks = saved(&page).await;
        let expected: BTreeSet<u64> = stories[..=kill].iter().copied().collect();
        let threads = page.kept("threads").await;
        assert_eq!(marks, expected, "{what}, beside {} threads", threads.len());
        if tells_of_loss(&view) {
            own.quit().await;
            return false;
        }
        partly += usize::from((1..100).contains(&threads.len()));
        for thread in &threads {
            let body = thread["body"].as_str().unwrap_or_default();
            let items: Vec<Value> = serde_json::from_str(body).expect("a thread is JSON");
            assert!(items.len() as u64 >= COMMENTS, "{what}: {}", thread["id"]);
            assert_eq!(thread["loaded"], true, "{what}: {}", thread["id"]);
            assert_eq!(thread["bytes"], body.len(), "{what}: {}", thread["id"]);
        }
        let complaints = own.complaints().await;
        assert_eq!(complaints, Vec::<String>::new(), "{what}");
        own.quit().await;
    }
    assert_eq!(partly, KILLS, "all come in the middle of the download");

    site.server.clear_rules();
    let own = Browser::start_in(browser.engine(), profile.path()).await;
    let page = Page::open(&own, &site, "shelf").await;
    page.keeps("threads", 100).await;
    own.quit().await;
    // Each life may have had as many under way as are fetched at a time.
    let lives = 2 + 2 * KILLS as u64;
    let asked = site.server.stats().below("/api/v1/items/");
    assert!(asked <= 100 + 8 * lives, "{asked} trees in {lives} lives");
    true
}

/// The last log of a browser's database.
fn log(profile: &Path) -> PathBuf {
    let within = |dir: &Path, end: &str| {
        let files = std::fs::read_dir(dir).expect("a directory");
        let files = files.map(|file| file.expect("a file").path());
        let found = files.filter(|path| path.to_string_lossy().ends_with(end));
        found.max().unwrap_or_else(|| panic!("no {end} in {dir:?}"))
    };
    within(
        &within(&profile.join("Default/IndexedDB"), ".leveldb"),
        ".log",
    )
}

/// Appends to a log, as the browser does.
fn append(log: &Path, bytes: &[u8]) {
    let file = OpenOptions::new().append(true).open(log);
    file.and_then(|mut file| file.write_all(bytes))
        .expect("a file that can be written");
}

/// What stands before a record of a hundred bytes: a checksum, which is wrong, the length and the
/// kind. (LevelDB's `doc/log_format.md`.)
const HEADER: [u8; 7] = [1, 2, 3, 4, 100, 0, 1];

/// A site, its stories, and what a browser kept that saved the first of them and was killed as it
/// wrote on.
async fn torn(browser: &Browser) -> (Site, Vec<u64>, TempDir) {
    let (world, stories) = discussed(30, |_, _| {});
    let site = Site::start(browser, Config::api(world)).await;
    let profile = places::temporary();
    visit(browser, &site, profile.path(), stories[0]).await;
    append(&log(profile.path()), &HEADER);
    (site, stories, profile)
}

/// Saves a story in a browser of its own.
async fn visit(browser: &Browser, site: &Site, profile: &Path, story: u64) {
    let own = Browser::start_in(browser.engine(), profile).await;
    let page = Page::open(&own, site, "").await;
    page.settled(30).await;
    save(&page, story).await;
    own.quit().await;
}

async fn a_log_that_a_killed_browser_left_torn_costs_nothing(browser: &Browser) {
    let (site, stories, profile) = torn(browser).await;
    visit(browser, &site, profile.path(), stories[1]).await;

    let own = Browser::start_in(browser.engine(), profile.path()).await;
    let page = Page::open(&own, &site, "settings").await;
    let view = page.when("the app is there", |view| view.started).await;
    assert_eq!(view.banners, Vec::<String>::new());
    assert_eq!(saved(&page).await, BTreeSet::from([stories[0], stories[1]]));
    own.quit().await;
}

async fn marks_come_back_when_the_browser_deletes_what_is_damaged(browser: &Browser) {
    let (site, stories, profile) = torn(browser).await;
    append(&log(profile.path()), &[0; 200]);

    let own = Browser::start_in(browser.engine(), profile.path()).await;
    let page = Page::open(&own, &site, "").await;
    let view = page.settled(30).await;
    let told = "Your marks are back";
    assert!(view.banners[0].contains(told), "{:?}", view.banners);
    assert_eq!(saved(&page).await, BTreeSet::from([stories[0]]));
    let pressed = format!(
        "return document.querySelector('#s{} .mark[aria-label^=Save]').ariaPressed",
        stories[0]
    );
    own.gives(&pressed, json!("true")).await;
    page.keeps("items", 30).await;
    page.reload().await;
    let view = page.settled(30).await;
    assert_eq!(view.banners, Vec::<String>::new());
    own.quit().await;
}

/// Folds so many comments, of which this is the first, without waiting for one to be kept.
const FOLD: &str = "
    const folds = [...document.querySelectorAll('.comment .fold')].slice(arguments[0], arguments[1]);
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => {
        folds.shift()?.click();
        if (folds.length) port2.postMessage(0);
    };
    port2.postMessage(0);
    return folds.length;";

async fn two_tabs_that_mark_one_story_at_once_lose_nothing(browser: &Browser) {
    let mut world = generated();
    let (story, time) = (world.max_id() + 1, world.now());
    world.put_item(
        json!({"id": story, "type": "story", "by": "ada", "time": time,
        "score": 9, "title": "A long talk", "descendants": 400}),
    );
    for comment in 0..400 {
        world.reply(story, "bob", &format!("comment {comment}"));
    }
    let site = Site::start(browser, Config::api(world)).await;
    let place = format!("item/{story}");
    let first = browser.tab().await;
    let page = Page::open(browser, &site, &place).await;
    reaches(&page, &["loaded"]).await;
    let second = browser.new_tab().await;
    page.load(&place).await;
    reaches(&page, &["loaded"]).await;
    for (tab, from) in [(&first, 0), (&second, 200)] {
        browser.switch_to(tab).await;
        let count = browser.run(FOLD, vec![from.into(), (from + 200).into()]);
        assert_eq!(count.await, 200);
    }
    let within = Duration::from_secs(60);
    until_within(within, "all marks are there", async || {
        let marks = page.kept("marks").await;
        let body = marks.iter().find_map(|mark| mark["body"].as_str());
        let mark: Value = serde_json::from_str(body.unwrap_or("{}")).expect("a mark is JSON");
        match mark["collapsed"].as_array().map(Vec::len) {
            Some(400) if mark["read"].is_u64() => Ok(()),
            other => Err(format!("{other:?} folded")),
        }
    })
    .await;
    // Not every driver brings the second to the front, and what is behind goes slowly.
    browser.switch_to(&first).await;
    page.reload().await;
    until("all are folded", async || {
        let folded = "return document.querySelectorAll('[data-folded]').length";
        let folded = browser.try_run(folded, Vec::new()).await?;
        match folded == 400 {
            true => Ok(()),
            false => Err(folded.to_string()),
        }
    })
    .await;
}
