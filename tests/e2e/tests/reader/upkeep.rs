//! What is kept stays within bounds, and what the browser does to it costs no more than it must.

use e2e::thread::reaches;
use e2e::{Browser, Case, Engine, Need, Page, Site, cases, discussed, noise, until};
use replay::{Config, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        what_was_not_opened_for_long_goes_and_what_is_saved_stays,
        a_download_stays_within_what_the_reader_allows,
        a_clean_up_waits_for_the_other_tab_s,
        a_full_disk_stops_what_is_kept_and_nothing_else.needs(Need::Protocol),
        a_database_that_is_taken_away_is_made_anew.needs(Need::Protocol),
        a_database_of_a_newer_version_is_told_of_and_read_past,
        an_engine_that_deletes_what_is_not_used_is_said_to.core(),
        a_browser_that_tells_nothing_of_its_storage_has_a_shelf
            .core()
            .needs(Need::Protocol),
        a_browser_that_lets_pages_store_nothing_has_an_app.needs(Need::Protocol),
    ]
}

/// Stories with a comment of so many letters each.
fn heavy(count: u64, letters: usize) -> (World, Vec<u64>) {
    let mut random = 1;
    discussed(count, |world, id| {
        world.reply(id, "bob", &noise(letters, &mut random));
    })
}

fn ids(records: &[Value]) -> Vec<u64> {
    records.iter().filter_map(|it| it["id"].as_u64()).collect()
}

fn bytes(records: &[Value]) -> u64 {
    records.iter().filter_map(|it| it["bytes"].as_u64()).sum()
}

const CLEANED: &str = "What was too old or too much is gone.";

async fn clean_up(page: &Page<'_>) {
    page.press("Clean up now").await;
    page.browser.says(".shelf .said", CLEANED).await;
}

/// Opens a story's page and saves the story.
async fn save(page: &Page<'_>, story: u64) {
    page.load(&format!("item/{story}")).await;
    reaches(page, &["loaded"]).await;
    page.click(".mark[aria-label^=Save]").await;
    until("it is saved, and its comments are kept", async || {
        let marks = page.kept("marks").await;
        let saved = |mark: &Value| mark["body"].as_str().is_some_and(|it| it.contains("saved"));
        let thread = ids(&page.kept("threads").await).contains(&story);
        match thread && marks.iter().any(|mark| mark["id"] == story && saved(mark)) {
            true => Ok(()),
            false => Err(format!("{marks:?}")),
        }
    })
    .await;
}

async fn fill(page: &Page<'_>, id: &str, value: &str) {
    let script = "
        const input = document.getElementById(arguments[0]);
        input.value = arguments[1];
        input.dispatchEvent(new Event('change', {bubbles: true}));";
    let arguments = vec![id.into(), value.into()];
    page.browser.run(script, arguments).await;
}

async fn what_was_not_opened_for_long_goes_and_what_is_saved_stays(browser: &Browser) {
    let (world, stories) = heavy(30, 100);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    for &story in &stories[..2] {
        save(&page, story).await;
    }
    page.click(".mark[aria-label^=Save]").await;
    for store in ["items", "threads"] {
        page.change(store, "record.opened_at -= 100 * 24 * 3600 * 1000")
            .await;
    }
    // What is opened now is young again.
    page.load(&format!("item/{}", stories[2])).await;
    reaches(&page, &["loaded"]).await;
    page.load("shelf").await;
    browser
        .says(".stored", "Kept: 30 stories, 3 with comments")
        .await;
    let rows = "return [...document.querySelectorAll('.holdings tr')].map(row => row.innerText)";
    let rows = browser.run(rows, Vec::new()).await;
    assert_eq!(rows.as_array().map(Vec::len), Some(5), "{rows}");
    clean_up(&page).await;
    let left = vec![stories[0], stories[2]];
    assert_eq!(ids(&page.kept("items").await), left);
    assert_eq!(ids(&page.kept("threads").await), left);
    let marked = page.kept("marks").await.len();
    assert_eq!(marked, 3, "marks stay, whatever goes");
    browser
        .says(".stored", "Kept: 2 stories, 2 with comments")
        .await;
}

async fn a_download_stays_within_what_the_reader_allows(browser: &Browser) {
    let (world, stories) = heavy(30, 100_000);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "shelf").await;
    page.when("the shelf is there", |view| view.started).await;
    fill(&page, "megabytes", "0").await;
    browser.says(".shelf .said", "1 to 100000, now 1").await;
    until("the limit is kept", async || {
        let kept = json!(page.kept("meta").await).to_string();
        let is_kept = kept.contains(r#"megabytes\":1,"#);
        is_kept.then_some(()).ok_or(kept)
    })
    .await;
    page.reload().await;
    browser.says(".shelf", "of 1 MB at most").await;
    page.keep_top(30).await;
    browser
        .says("#keeping", "“Top” is kept for offline: 30 of 30 stories")
        .await;
    until("the oldest are gone", async || {
        let all = [page.kept("items").await, page.kept("threads").await].concat();
        match bytes(&all) {
            800_000..=1_000_000 => Ok(()),
            bytes => Err(format!("{bytes} bytes")),
        }
    })
    .await;
    let left = ids(&page.kept("threads").await);
    assert!((8..=9).contains(&left.len()), "{left:?} of {stories:?}");
}

async fn a_clean_up_waits_for_the_other_tab_s(browser: &Browser) {
    let (world, _) = heavy(30, 100);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    let hold = "navigator.locks.request('hackershelf-alone', () => new Promise(it => window.release = it));
        await new Promise(it => setTimeout(it));";
    browser.run_async(hold, Vec::new()).await;
    let here = browser.tab().await;
    browser.new_tab().await;
    page.load("shelf").await;
    page.change("items", "record.opened_at -= 100 * 24 * 3600 * 1000")
        .await;
    page.press("Clean up now").await;
    browser.says(".shelf .said", "Cleaning up…").await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(page.kept("items").await.len(), 30);
    let there = browser.tab().await;
    browser.switch_to(&here).await;
    browser.run("window.release()", Vec::new()).await;
    browser.switch_to(&there).await;
    browser.says(".shelf .said", CLEANED).await;
    assert_eq!(page.kept("items").await.len(), 0);
}

async fn a_full_disk_stops_what_is_kept_and_nothing_else(browser: &Browser) {
    let (world, stories) = heavy(30, 200_000);
    let site = Site::start(browser, Config::api(world).tls()).await;
    // Before anything is kept: a browser remembers for a while how much room it saw.
    let origin = site.server.origin();
    let limit = json!({"origin": origin, "quotaSize": 2_000_000});
    browser
        .command("Storage.overrideQuotaForOrigin", limit)
        .await;
    let page = Page::open(browser, &site, "shelf").await;
    page.at_rest().await;
    save(&page, stories[29]).await;

    page.load("shelf").await;
    page.keep_top(30).await;
    browser.says("#keeping", "The browser keeps no more.").await;
    browser
        .says(".banner", "The browser’s storage is full")
        .await;
    let kept = ids(&page.kept("threads").await);
    assert!((3..29).contains(&kept.len()), "{kept:?}");
    let asked = site.server.stats();
    let asked = |id: &&u64| asked.at(&format!("/api/v1/items/{id}")) > 0;
    let asked = stories.iter().filter(asked).count();
    assert!(asked < 29, "it went on with {asked} threads");

    // Reading and marks go on.
    let other = stories.iter().find(|id| !kept.contains(id));
    let other = *other.expect("not all had room");
    page.follow(&format!("item/{other}")).await;
    reaches(&page, &["loaded"]).await;
    page.click(".mark[aria-label^=Save]").await;
    until("the mark is kept", async || {
        let marks = page.kept("marks").await;
        let saved = |mark: &&Value| mark["body"].as_str().is_some_and(|it| it.contains("saved"));
        let saved = ids(&marks.iter().filter(saved).cloned().collect::<Vec<_>>());
        match saved.contains(&other) && saved.contains(&stories[29]) {
            true => Ok(()),
            false => Err(format!("{marks:?}")),
        }
    })
    .await;

    page.press("Clean up on the shelf").await;
    let before = bytes(&page.kept("threads").await);
    clean_up(&page).await;
    let after = page.kept("threads").await;
    assert!(bytes(&after) * 5 < before * 4, "{before} bytes before");
    assert!(ids(&after).contains(&stories[29]), "it is saved");
    let view = page.view().await;
    assert!(view.banners.is_empty(), "{view:#?}");
    // There is room again.
    let first = *stories
        .iter()
        .find(|id| !ids(&after).contains(id))
        .expect("some went");
    page.follow(&format!("item/{first}")).await;
    until("it is kept", async || {
        match ids(&page.kept("threads").await) {
            kept if kept.contains(&first) => Ok(()),
            kept => Err(format!("{kept:?}")),
        }
    })
    .await;
    browser
        .command("Storage.overrideQuotaForOrigin", json!({"origin": origin}))
        .await;
}

async fn a_database_that_is_taken_away_is_made_anew(browser: &Browser) {
    let (world, stories) = heavy(30, 100);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    let all = json!({"origin": site.server.origin(), "storageTypes": "indexeddb"});
    browser.command("Storage.clearDataForOrigin", all).await;
    page.follow(&format!("item/{}", stories[0])).await;
    reaches(&page, &["loaded"]).await;
    until("it is kept again", async || {
        match ids(&page.kept("threads").await) {
            kept if kept == [stories[0]] => Ok(()),
            kept => Err(format!("{kept:?}")),
        }
    })
    .await;
    let view = page.view().await;
    assert!(view.banners.is_empty(), "{view:#?}");
}

async fn a_database_of_a_newer_version_is_told_of_and_read_past(browser: &Browser) {
    let (world, stories) = heavy(30, 100);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    page.load(&format!("item/{}", stories[0])).await;
    reaches(&page, &["loaded"]).await;
    // Another tab has the app's next version.
    let newer = "
        const request = indexedDB.open('hackershelf', 1000);
        const database = await new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        database.close();";
    browser.run_async(newer, Vec::new()).await;
    for visit in ["this one", "the next"] {
        page.follow("best").await;
        let says_so = |banner: &String| banner.contains("belongs to a newer version");
        let view = page.when(visit, |view| {
            view.place == "/best" && view.is_settled() && view.banners.iter().any(says_so)
        });
        assert!(view.await.titles().len() >= 30 - 5, "reading goes on");
        page.load("").await;
    }
    let kept = page.kept("items").await;
    assert_eq!(kept.len(), 30, "it is left alone");
}

async fn a_browser_that_tells_nothing_of_its_storage_has_a_shelf(browser: &Browser) {
    let (world, _) = heavy(30, 100);
    let site = Site::start(browser, Config::api(world)).await;
    browser.new_tab().await;
    browser
        .run_first("delete Navigator.prototype.storage")
        .await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    page.load("shelf").await;
    browser
        .says(".stored", "Kept: 30 stories, 0 with comments")
        .await;
    assert!(
        !browser
            .words(".shelf")
            .await
            .is_ok_and(|it| it.contains("The browser counts"))
    );
    page.press("Ask the browser to keep it").await;
    browser.says(".shelf .said", "doesn’t promise that").await;
    clean_up(&page).await;
}

async fn a_browser_that_lets_pages_store_nothing_has_an_app(browser: &Browser) {
    let (world, _) = heavy(30, 100);
    let site = Site::start(browser, Config::api(world)).await;
    browser.new_tab().await;
    // As Firefox does where a reader blocks all cookies.
    let refuses = "
        const refuse = () => { throw new DOMException('The operation is insecure.', 'SecurityError'); };
        IDBFactory.prototype.open = refuse;
        window.BroadcastChannel = class { constructor() { refuse(); } };
        for (const name of ['caches', 'localStorage', 'sessionStorage']) {
            Object.defineProperty(window, name, {get: refuse});
        }";
    browser.run_first(refuses).await;
    let page = Page::open(browser, &site, "").await;
    let view = page.settled(30).await;
    assert_eq!(view.titles().len(), 30);
    let told = &view.banners[0];
    assert!(
        told.contains("doesn’t let the page store anything"),
        "{told}"
    );
}

async fn an_engine_that_deletes_what_is_not_used_is_said_to(browser: &Browser) {
    let (world, _) = heavy(30, 100);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "shelf").await;
    page.when("the shelf is there", |view| view.started).await;
    browser.says(".stored", "Nothing is kept yet.").await;
    let words = browser.words(".shelf").await.expect("the shelf says much");
    let deletes = browser.engine() == Engine::Webkit;
    assert_eq!(words.contains("after seven days"), deletes, "{words}");
}
