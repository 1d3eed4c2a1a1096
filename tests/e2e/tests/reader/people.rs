//! People: who they are, and what they posted.

use e2e::{Browser, Case, Page, Site, View, cases, generated};
use replay::{Config, Rule, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        one_page_of_thousands_of_posts_is_thirty_one_requests,
        what_was_seen_of_a_person_is_there_without_a_network.core(),
        nobody_is_told_from_somebody_who_cannot_be_reached,
        what_people_say_of_themselves_is_never_code,
    ]
}

/// A world in which "grace" posted `count` things: stories and comments by turns, the third deleted,
/// the fifth not there.
fn busy(count: u64) -> (World, Vec<u64>) {
    let mut world = generated();
    let (first, time) = (world.max_id() + 1, world.now());
    let ids: Vec<u64> = (first..first + count).rev().collect();
    for (nth, &id) in ids.iter().enumerate().take(90) {
        let kind = if nth % 2 == 0 { "story" } else { "comment" };
        let (title, text) = (format!("Story {id}"), format!("<p>Comment <i>{id}</i>"));
        let mut item = json!({"by": "grace", "id": id, "type": kind, "time": time - nth as u64});
        match (kind, nth) {
            (_, 2) => item = json!({"id": id, "type": kind, "deleted": true, "time": time}),
            ("story", _) => item["title"] = title.into(),
            _ => {
                item["text"] = text.into();
                item["parent"] = 1.into();
            }
        }
        if nth != 4 {
            world.put_item(item);
        }
    }
    world.put_user(json!({
        "id": "grace", "karma": 1234, "created": time - 3 * 366 * 86_400, "submitted": ids,
        "about": "I like <i>ships</i>",
    }));
    (world, ids)
}

async fn text(page: &Page<'_>, selector: &str) -> String {
    let script = "return document.querySelector(arguments[0])?.textContent ?? ''";
    let text = page.browser.run(script, vec![selector.into()]).await;
    text.as_str().unwrap_or_default().to_owned()
}

/// What the rows begin with.
async fn posts(page: &Page<'_>) -> Vec<String> {
    let script = "return [...document.querySelectorAll('.posts .story')].map(row =>
        row.querySelector('.title, .beginning, .gone')?.textContent ?? '')";
    let value = page.browser.run(script, Vec::new()).await;
    serde_json::from_value(value).expect("a list of texts")
}

async fn one_page_of_thousands_of_posts_is_thirty_one_requests(browser: &Browser) {
    let (world, ids) = busy(4_000);
    let site = Site::start(browser, Config::api(world).tls()).await;
    site.server.rule(Rule::prefix("/v0/").latency(150, 0));
    let page = Page::open(browser, &site, "user?id=grace").await;
    let view = page.settled(30).await;
    assert_eq!(view.heading.as_deref(), Some("grace"));
    let profile = text(&page, ".profile").await;
    for words in [
        "1234 points of karma",
        "joined 3 years ago",
        "4000 submissions",
        "I like ships",
    ] {
        assert!(profile.contains(words), "{words}: {profile}");
    }
    let shown = posts(&page).await;
    assert_eq!(shown[0], format!("Story {}", ids[0]));
    assert_eq!(shown[1], format!("Comment {}", ids[1]));
    assert_eq!(shown[2], "[deleted]");
    assert!(shown[4].contains("isn’t here"), "{}", shown[4]);
    assert_eq!(view.progress, "29 of 30, 1 failed");
    let stats = site.server.stats();
    assert_eq!((stats.total, stats.peak), (31, 6));

    page.press("2").await;
    let second = page.settled(30).await;
    assert_eq!(second.place, "/user/grace?p=2");
    assert_eq!(second.rows[0].rank, "31");
    assert_eq!(posts(&page).await[0], format!("Story {}", ids[30]));
    assert_eq!(site.server.stats().total, 61);
    // The first, the last, and those nearby.
    assert!(second.pages < 12, "{} pages are linked to", second.pages);
}

async fn what_was_seen_of_a_person_is_there_without_a_network(browser: &Browser) {
    let (world, _) = busy(60);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "user/grace").await;
    page.settled(30).await;
    let seen = posts(&page).await;
    page.click("nav.feeds a[href=best]").await;
    page.settled(30).await;
    site.server.stop().await;
    browser.run("history.back()", Vec::new()).await;
    let kept = |view: &View| view.heading.as_deref() == Some("grace") && view.titles().len() > 9;
    page.when("the person is there again", kept).await;
    assert_eq!(posts(&page).await[..4], seen[..4]);
    assert!(text(&page, ".profile").await.contains("1234 points"));
}

async fn nobody_is_told_from_somebody_who_cannot_be_reached(browser: &Browser) {
    let (world, _) = busy(60);
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "user/grace").await;
    page.settled(30).await;
    page.follow("user/no_such-person").await;
    let notice = |view: &View| view.notice.as_ref().map(|notice| notice.heading.clone());
    let view = page.when("a notice", |view| notice(view).is_some()).await;
    assert_eq!(notice(&view).as_deref(), Some("Nobody has this name"));
    page.follow("user/grace").await;
    let there = |view: &View| view.titles().len() > 9 && notice(view).is_none();
    page.when("somebody is there again", there).await;

    let site = Site::start(browser, Config::api(generated()).tls()).await;
    site.server.rule(Rule::prefix("/v0/user/").status(404));
    let page = Page::open(browser, &site, "user/somebody").await;
    let view = page.when("a notice", |view| notice(view).is_some()).await;
    let heading = notice(&view);
    assert_eq!(heading.as_deref(), Some("This person can’t be looked up"));
}

async fn what_people_say_of_themselves_is_never_code(browser: &Browser) {
    let mut world = generated();
    world.put_user(json!({
        "id": "mallory", "created": 1, "karma": 0, "submitted": [],
        "about": "<script>window.__hostile=1</script><img src=x>\
            <svg><script>window.__hostile=3</script></svg><iframe></iframe><a href=\"javascript:window.__hostile=4\">seen</a>",
    }));
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "user/mallory").await;
    let about = page.when("there is nothing posted", |view| view.notice.is_some());
    about.await;
    assert_eq!(text(&page, ".profile .prose").await, "seen");
    let odd = "return [window.__hostile ?? null,
        document.querySelectorAll('.profile .prose :not(a)').length,
        document.querySelector('.profile .prose a').hasAttribute('href')]";
    let odd: Value = browser.run(odd, Vec::new()).await;
    assert_eq!(odd, json!([null, 0, false]));
}
