//! Search: on the shelf as words are typed, and in the index after a pause.

use e2e::{Browser, Case, LONG, Need, Page, Site, View, cases, generated, until};
use replay::{Config, Rule, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        what_was_read_is_found_without_a_network_whatever_its_accents.core(),
        typing_on_aborts_what_is_asked_and_asks_once.needs(Need::Resets),
        filters_are_in_the_address_and_pages_are_turned.core(),
        back_leads_to_what_was_found_also_without_a_network.core(),
        what_is_found_is_never_code_and_never_there_twice,
        without_the_index_the_shelf_is_searched_and_the_page_says_so,
        nothing_is_found_only_once_it_was_looked_for.needs(Need::Protocol),
    ]
}

/// A world with a story that has one comment on a café, and forty more with one word in common.
fn world() -> (World, u64, u64) {
    let mut world = generated();
    let (story, time) = (world.max_id() + 1, world.now());
    world.put_item(
        json!({"id": story, "type": "story", "by": "ada", "time": time, "score": 9,
        "title": "Houses of Zürich", "url": "https://www.example.com/", "descendants": 1}),
    );
    let comment = world.reply(story, "bob", "<p>The <i>Café</i> Qwertz is closed");
    for nth in 1..=40 {
        world.put_item(
            json!({"id": comment + nth, "type": "story", "by": "eve", "score": nth,
            "time": time - nth, "title": format!("Plugh {nth}"), "descendants": 0}),
        );
    }
    (world, story, comment)
}

/// What is typed into the field.
async fn type_in(page: &Page<'_>, words: &str) {
    let script = "const field = document.getElementById('search');
        field.value = arguments[0];
        field.dispatchEvent(new Event('input', {bubbles: true}));";
    page.browser.run(script, vec![words.into()]).await;
}

#[derive(Debug, serde::Deserialize)]
struct Find {
    href: String,
    text: String,
    marks: Vec<String>,
    kept: bool,
}

async fn finds(page: &Page<'_>) -> Vec<Find> {
    let script = "return [...document.querySelectorAll('.finds .story')].map(row => ({
        href: row.querySelector('.title a').getAttribute('href'),
        text: row.textContent,
        marks: [...row.querySelectorAll('mark')].map(mark => mark.textContent),
        kept: row.querySelector('.kept-label') !== null,
    }))";
    let value = page.browser.run(script, Vec::new()).await;
    serde_json::from_value(value).expect("a list of finds")
}

async fn found(page: &Page<'_>, what: &str, wanted: impl Fn(&[Find]) -> bool) -> Vec<Find> {
    let looked = async || {
        let finds = finds(page).await;
        if wanted(&finds) {
            Ok(finds)
        } else {
            Err(format!("{finds:?}"))
        }
    };
    until(what, looked).await
}

async fn status(page: &Page<'_>) -> String {
    let script = "return document.querySelector('.found-status')?.textContent ?? ''";
    let words = page.browser.run(script, Vec::new()).await;
    words.as_str().unwrap_or_default().to_owned()
}

async fn what_was_read_is_found_without_a_network_whatever_its_accents(browser: &Browser) {
    let (world, story, comment) = world();
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    page.keeps("threads", 1).await;
    site.server.stop().await;
    page.click(".to-search").await;
    for (words, mark) in [
        ("qwertz", "Qwertz"),
        ("CAFE", "Café"),
        ("café", "Café"),
        ("wert", "wert"),
        ("closed cafe", "Café"),
    ] {
        type_in(&page, "").await;
        type_in(&page, words).await;
        let finds = found(&page, words, |finds| finds.len() == 1).await;
        assert_eq!(finds[0].href, format!("item/{comment}"), "{words}");
        assert!(finds[0].kept);
        assert!(finds[0].marks.contains(&mark.to_owned()), "{finds:?}");
        // Of which story.
        assert!(finds[0].text.contains("Houses of Zürich"), "{finds:?}");
    }
    type_in(&page, "zurich").await;
    let finds = found(&page, "the story", |finds| finds.len() == 1).await;
    assert_eq!(finds[0].marks, ["Zürich"]);
    type_in(&page, "cafe nowhere").await;
    let nothing = |view: &View| view.notice.is_some();
    page.when("nothing is found", nothing).await;
}

async fn typing_on_aborts_what_is_asked_and_asks_once(browser: &Browser) {
    let (world, ..) = world();
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "search").await;
    page.when("the field is there", |view| view.started).await;
    site.server
        .rule(Rule::prefix("/api/v1/search").hold("index"));
    for words in ["p", "pl", "plu"] {
        type_in(&page, words).await;
    }
    let held = site.server.until(LONG, |stats| stats.held == 1).await;
    held.expect("one request for the three");
    assert_eq!(site.server.stats().total, 1);
    type_in(&page, "plugh").await;
    let aborted = site.server.until(LONG, |stats| stats.aborted == 1).await;
    aborted.expect("the first request is aborted");
    let second = site.server.until(LONG, |stats| stats.total == 2).await;
    second.expect("the new words are asked for");
    site.server.release("index");
    let finds = found(&page, "a page", |finds| finds.len() == 30).await;
    assert!(
        finds.iter().all(|find| find.marks == ["Plugh"]),
        "{finds:?}"
    );
    assert!(status(&page).await.contains("40 on all Hacker News"));
}

async fn filters_are_in_the_address_and_pages_are_turned(browser: &Browser) {
    let (world, ..) = world();
    let site = Site::start(browser, Config::api(world).tls()).await;
    let place = "search?q=plugh&type=story&sort=date&since=year&points=5&by=eve";
    let page = Page::open(browser, &site, place).await;
    let finds = found(&page, "a page", |finds| finds.len() == 30).await;
    assert!(finds[0].text.contains("Plugh 5"), "{:?}", finds[0]);
    let fields = "return ['search', 'search-type', 'search-sort', 'search-since', 'search-points',
        'search-by'].map(id => document.getElementById(id).value)";
    let fields: Value = browser.run(fields, Vec::new()).await;
    let expected = json!(["plugh", "story", "date", "year", "5", "eve"]);
    assert_eq!(fields, expected);
    page.press("2").await;
    let rest = found(&page, "the rest", |finds| finds.len() == 6).await;
    assert!(rest[5].text.contains("Plugh 40"), "{:?}", rest[5]);
    assert_eq!(page.view().await.place, format!("/{place}&p=2"));
    let comments = "const kind = document.getElementById('search-type');
        kind.value = 'comment';
        kind.dispatchEvent(new Event('change', {bubbles: true}));";
    browser.run(comments, Vec::new()).await;
    let narrowed = |view: &View| view.place.contains("type=comment") && !view.place.contains("p=2");
    page.when("the address follows", narrowed).await;
    browser.run("history.back()", Vec::new()).await;
    found(&page, "the first page", |finds| finds.len() == 30).await;
}

async fn back_leads_to_what_was_found_also_without_a_network(browser: &Browser) {
    let (world, ..) = world();
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, "").await;
    page.settled(30).await;
    // Who opens the search can type: a letter is no key there.
    browser.press("/").await;
    let field = "return document.activeElement.id";
    browser.gives(field, "search".into()).await;
    browser.press("plugh").await;
    let follows = |view: &View| view.place.ends_with("q=plugh");
    page.when("the address follows", follows).await;
    // Before the index answers for the last letter, rows of what was typed before may be there.
    let answered =
        |finds: &[Find]| finds.len() == 30 && finds.iter().all(|find| find.text.contains("Plugh"));
    found(&page, "a page", answered).await;

    let row = "const row = document.querySelectorAll('.finds .story')[20];";
    browser
        .run(&format!("{row} row.scrollIntoView()"), Vec::new())
        .await;
    let kept = "return (history.state ?? '').includes(' s')";
    browser.gives(kept, true.into()).await;
    let leaves = format!(
        "{row} const at = (y) => document.elementFromPoint(innerWidth / 2, y)?.closest('li[id]');
        const on_top = [4, 40, 90, 160].map(at).find(Boolean).id;
        row.querySelector('.meta a[href^=item]').click();
        return on_top;"
    );
    let on_top = browser.run(&leaves, Vec::new()).await;
    page.when("the story is there", |view| view.place.starts_with("/item"))
        .await;
    site.server.stop().await;
    browser
        .driver()
        .back()
        .await
        .expect("there is a page before");
    found(&page, "the same page", answered).await;
    // What was opened is on the shelf by now, and stands above what isn't; above all of it the page
    // says by now that the search failed.
    let there = "
        const {top, bottom} = document.getElementById(arguments[0]).getBoundingClientRect();
        return bottom > 0 && top < innerHeight || top";
    until("the row that was on top is in view", async || match browser
        .try_run(there, vec![on_top.clone()])
        .await?
    {
        Value::Bool(true) => Ok(()),
        other => Err(other.to_string()),
    })
    .await;
}

async fn what_is_found_is_never_code_and_never_there_twice(browser: &Browser) {
    let (mut world, story, _) = world();
    world.reply(
        story,
        "eve",
        "<img src=x> qwertz <script>window.__hostile=1</script>",
    );
    world.put_item(
        json!({"id": world.max_id() + 1, "type": "story", "by": "eve",
        "time": world.now(), "title": "<script>window.__hostile=2</script> qwertz",
        "url": "javascript:window.__hostile=3"}),
    );
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    page.keeps("threads", 1).await;
    page.load("search?q=qwertz").await;
    let finds = found(&page, "both sources", |finds| finds.len() == 3).await;
    let kept: Vec<bool> = finds.iter().map(|find| find.kept).collect();
    assert_eq!(kept, [true, true, false], "{finds:?}");
    assert!(
        finds[2]
            .text
            .contains("<script>window.__hostile=2</script>")
    );
    assert!(finds.iter().all(|find| find.href.starts_with("item/")));
    let odd = "return [window.__hostile ?? null,
        document.querySelectorAll('.finds :is(script, img, em)').length]";
    let odd: Value = browser.run(odd, Vec::new()).await;
    assert_eq!(odd, json!([null, 0]));
}

async fn without_the_index_the_shelf_is_searched_and_the_page_says_so(browser: &Browser) {
    let (world, story, _) = world();
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    page.keeps("threads", 1).await;
    site.server.rule(Rule::prefix("/api/v1/search").status(404));
    page.load("search?q=qwertz").await;
    let said = |view: &View, words: &str| view.banners.iter().any(|said| said.contains(words));
    let failed = |view: &View| said(view, "the search of all Hacker News failed");
    page.when("the failure is told", failed).await;
    assert_eq!(finds(&page).await.len(), 1);

    Page::settings(browser, &site, json!({"algolia": false})).await;
    let before = site.server.stats().total;
    page.load("search?q=qwertz").await;
    found(&page, "the shelf", |finds| finds.len() == 1).await;
    page.when("why is told", |view| said(view, "Algolia is turned off"))
        .await;
    assert_eq!(site.server.stats().total, before);
}

async fn nothing_is_found_only_once_it_was_looked_for(browser: &Browser) {
    let (world, story, _) = world();
    let site = Site::start(browser, Config::api(world).tls()).await;
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    page.keeps("threads", 1).await;
    Page::settings(browser, &site, json!({"algolia": false})).await;
    browser.new_tab().await;
    let watch = "
        window.__said = [];
        const look = () => window.__said.push(document.querySelector('.notice')?.innerText);
        new MutationObserver(look).observe(document, {childList: true, subtree: true});";
    browser.run_first(watch).await;
    page.load("search?q=qwertz").await;
    found(&page, "the shelf", |finds| finds.len() == 1).await;
    let said = "return window.__said.filter((words) => words?.includes('Nothing found')).length";
    browser.gives(said, 0.into()).await;
    page.load("search?q=xyzzy").await;
    browser.says(".notice h2", "Nothing found").await;
    page.load("search?q=qwertz&p=9").await;
    browser.says(".notice", "There is no such page").await;
    page.press("Go to the first page").await;
    found(&page, "the first page", |finds| finds.len() == 1).await;
}
