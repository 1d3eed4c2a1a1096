//! What a reader marks: read, saved, hidden, folded; what feeds leave out; what is new.

use e2e::{Browser, Case, Need, Page, Site, cases, places, plain, until};
use replay::{Config, World};
use serde_json::{Value, json};

pub fn cases() -> Vec<Case> {
    cases![
        a_mark_set_in_one_tab_is_there_in_another_at_once.core(),
        saved_stories_are_there_offline_the_last_on_top.core(),
        a_hidden_story_can_be_had_back_and_leaves_with_the_next_ranking,
        a_feed_leaves_out_what_the_filter_names_and_says_so,
        what_came_since_the_last_visit_is_marked_and_counted.core(),
        folded_comments_stay_folded.core(),
        a_click_on_the_line_or_the_rail_folds_but_not_one_that_selects.core(),
        marks_survive_the_browser.core().needs(Need::Restart),
    ]
}

/// A world whose feed `best` holds so many stories, and their ids.
fn world(count: u64) -> (World, Vec<u64>) {
    let (world, [best, _]) = plain(count);
    (world, best)
}

/// Which of a story's marks are set: read, saved, hidden.
async fn marks(browser: &Browser, id: u64) -> Vec<bool> {
    let script = "return [...document.querySelectorAll(`#s${arguments[0]} .mark`)]
        .map(button => button.getAttribute('aria-pressed') === 'true')";
    let marks = browser.run(script, vec![id.into()]).await;
    serde_json::from_value(marks).expect("a list of booleans")
}

async fn marked(browser: &Browser, id: u64, expected: [bool; 3]) {
    until("the story is marked", async || {
        match marks(browser, id).await {
            marks if marks == expected => Ok(()),
            marks => Err(format!("{id}: {marks:?}, not {expected:?}")),
        }
    })
    .await;
}

/// Presses the button with this word beside a story.
async fn mark(page: &Page<'_>, id: u64, word: &str) {
    page.click(&format!("#s{id} .mark[aria-label^='{word}']"))
        .await;
}

/// The record of a story's marks, once it says so.
async fn kept(page: &Page<'_>, id: u64, words: &str) {
    until("the mark is kept", async || {
        let records = page.kept("marks").await;
        let record = records.iter().find(|record| record["id"] == id);
        let body = record.and_then(|record| record["body"].as_str());
        match body.is_some_and(|body| body.contains(words)) {
            true => Ok(()),
            false => Err(format!("{records:?}")),
        }
    })
    .await;
}

async fn a_mark_set_in_one_tab_is_there_in_another_at_once(browser: &Browser) {
    let (world, ids) = world(30);
    let site = Site::start(browser, Config::api(world)).await;
    let first = browser.tab().await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    let second = browser.new_tab().await;
    Page::open(browser, &site, "best").await.settled(30).await;

    mark(&page, ids[3], "Save").await;
    browser.switch_to(&first).await;
    marked(browser, ids[3], [false, true, false]).await;
    mark(&page, ids[3], "Read").await;
    mark(&page, ids[3], "Save").await;
    browser.switch_to(&second).await;
    marked(browser, ids[3], [true, false, false]).await;
    mark(&page, ids[4], "Hide").await;
    browser.switch_to(&first).await;
    let script = format!(
        "return document.querySelector('#s{} .meta span').innerText",
        ids[4]
    );
    let expected = format!("Hidden: Story {}", ids[4]);
    browser.gives(&script, expected.into()).await;
    marked(browser, ids[5], [false, false, false]).await;
}

async fn saved_stories_are_there_offline_the_last_on_top(browser: &Browser) {
    let (world, ids) = world(30);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "saved").await;
    let view = page.when("the page says so", |view| view.notice.is_some());
    let notice = view.await.notice.expect("there is one");
    assert_eq!(notice.heading, "Nothing is saved yet");
    page.click("nav.feeds a[href=best]").await;
    page.settled(30).await;
    for id in [ids[2], ids[0], ids[7]] {
        mark(&page, id, "Save").await;
        kept(&page, id, "\"saved\":").await;
    }
    site.server.stop().await;
    page.click("nav.feeds a[href=saved]").await;
    let expected = [ids[7], ids[0], ids[2]].map(|id| format!("Story {id}"));
    let view = page.when("the saved stories are there", |view| {
        view.titles().len() == 3
    });
    let view = view.await;
    assert_eq!(view.titles(), expected);
    assert_eq!(view.current.as_deref(), Some("Saved"));
    let ranked = "return [...document.querySelectorAll('.rank')].some((rank) => rank.offsetParent)";
    browser.gives(ranked, false.into()).await;
    mark(&page, ids[0], "Save").await;
    marked(browser, ids[0], [false, false, false]).await;
    assert_eq!(
        page.view().await.titles(),
        expected,
        "it stays until one leaves"
    );

    site.server.restart().await.expect("the port is still free");
    page.load("saved").await;
    let view = page.when("two are saved", |view| view.titles().len() == 2);
    assert_eq!(view.await.titles(), [&expected[0], &expected[2]]);
}

async fn a_hidden_story_can_be_had_back_and_leaves_with_the_next_ranking(browser: &Browser) {
    let (world, ids) = world(30);
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    mark(&page, ids[2], "Hide").await;
    let focused = "return document.activeElement.id";
    browser.gives(focused, format!("s{}", ids[2]).into()).await;
    page.press("Undo").await;
    marked(browser, ids[2], [false, false, false]).await;
    browser.gives(focused, format!("s{}", ids[2]).into()).await;

    mark(&page, ids[2], "Hide").await;
    kept(&page, ids[2], "\"hidden\":").await;
    page.press("Refresh").await;
    let view = page.settled(29).await;
    assert!(
        !view
            .titles()
            .contains(&format!("Story {}", ids[2]).as_str())
    );
    let words = "return document.querySelector('.left-out span').textContent";
    browser.gives(words, "1 hidden: 1 by hand.".into()).await;
    page.click(".left-out button").await;
    page.settled(30).await;
    page.press("Undo").await;
    marked(browser, ids[2], [false, false, false]).await;
}

/// Types a filter, as a reader would. A line ends with the Enter key, `\u{e007}`: WebKit's driver
/// drops other ends.
async fn filter(page: &Page<'_>, text: &str) {
    let driver = page.browser.driver();
    let field = driver.find(thirtyfour::By::Css("#filter-text")).await;
    let field = field.expect("the field is open");
    field.clear().await.expect("it takes text");
    field.send_keys(text).await.expect("it takes text");
    page.press("Apply").await;
}

async fn a_feed_leaves_out_what_the_filter_names_and_says_so(browser: &Browser) {
    let (mut world, ids) = world(30);
    world.set(ids[1], "by", "bob".into());
    world.set(ids[2], "url", "https://blog.example.org/x".into());
    world.set(ids[3], "title", "On Gardening, again".into());
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    page.press("Filter").await;
    filter(&page, "site:example.org, by:bob\u{e007}gardening").await;
    let view = page.settled(27).await;
    assert_eq!(view.rows[1].rank, "5", "places are kept");
    let words = "return document.querySelector('.left-out span').textContent";
    browser.gives(words, "3 hidden: 3 by filter.".into()).await;

    // Whoever follows a link has read the story, by the middle button too; the right one follows
    // none.
    let follow = "
        const [right, middle, left] = [...arguments].map((id) =>
            document.querySelector(`#s${id} .title a`));
        left.addEventListener('click', event => event.preventDefault());
        left.click();
        for (const [link, button] of [[right, 2], [middle, 1]]) {
            link.dispatchEvent(new MouseEvent('auxclick', {button, bubbles: true}));
        }";
    let followed = [6, 5, 4].map(|at| ids[at]);
    browser
        .run(follow, followed.map(Value::from).to_vec())
        .await;
    for (id, read) in followed.into_iter().zip([false, true, true]) {
        marked(browser, id, [read, false, false]).await;
        if read {
            mark(&page, id, "Read").await;
        }
    }

    // What is read stays in its place until it is chosen, or the ranking is renewed.
    mark(&page, ids[0], "Read").await;
    kept(&page, ids[0], "\"read\":").await;
    page.settled(27).await;
    page.click("#filter-read").await;
    page.settled(26).await;
    browser
        .gives(words, "4 hidden: 1 read, 3 by filter.".into())
        .await;
    page.click(".left-out button").await;
    page.settled(30).await;
    page.click(".left-out button").await;
    page.settled(26).await;

    page.reload().await;
    page.settled(26).await;
    browser
        .gives(words, "4 hidden: 1 read, 3 by filter.".into())
        .await;
    page.press("Filter").await;
    page.click("#filter-read").await;
    filter(&page, "nothing like it").await;
    page.settled(30).await;
    browser
        .gives("return document.querySelector('.left-out')", Value::Null)
        .await;
}

/// A world with one story that has three comments, the second with a reply: all ids.
fn talk() -> (World, u64, [u64; 4]) {
    let (mut world, ids) = world(30);
    let story = ids[0];
    let first = world.reply(story, "ann", "First");
    let second = world.reply(story, "ben", "Second");
    let third = world.reply(story, "cat", "Third");
    let nested = world.reply(second, "dan", "Nested");
    (world, story, [first, second, third, nested])
}

/// Waits until all comments of the page are there.
async fn loaded(browser: &Browser, comments: usize) {
    let script = "return document.querySelector('.thread')?.dataset.state.includes('loaded')
        ? document.querySelectorAll('.comment').length : -1";
    browser.gives(script, comments.into()).await;
}

async fn what_came_since_the_last_visit_is_marked_and_counted(browser: &Browser) {
    let (world, story, [first, second, _, nested]) = talk();
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, "best").await;
    page.settled(30).await;
    page.click(&format!("#s{story} a[href='item/{story}']"))
        .await;
    loaded(browser, 4).await;
    kept(&page, story, "\"last_visit\":").await;
    browser
        .gives("return document.querySelectorAll('.new').length", 0.into())
        .await;

    let replies = site.server.change(|world| {
        let replies = [
            world.reply(nested, "eve", "Newer"),
            world.reply(story, "fay", "Newest"),
        ];
        world.set(story, "descendants", 6.into());
        replies
    });
    let [newer, newest] = replies.expect("the world is its own");
    page.click("nav.feeds a[href=best]").await;
    page.settled(30).await;
    marked(browser, story, [true, false, false]).await;
    page.press("Refresh").await;
    let count = format!("return document.querySelector('#s{story} .new-count')?.textContent");
    browser.gives(&count, "2 new".into()).await;
    until("the story is kept as it came", async || {
        let records = page.kept("items").await;
        let record = records.iter().find(|record| record["id"] == story);
        let body = record.and_then(|record| record["body"].as_str());
        match body.is_some_and(|body| body.contains("\"descendants\":6")) {
            true => Ok(()),
            false => Err(format!("{body:?}")),
        }
    })
    .await;

    page.click(&format!("#s{story} a[href='item/{story}']"))
        .await;
    // The story was asked for with its feed, and names one of them.
    loaded(browser, 5).await;
    page.press("Refresh").await;
    // What would move what is being read waits until it is asked for.
    page.click(".more").await;
    loaded(browser, 6).await;
    let new = "return [...document.querySelectorAll('.comment.new')].map(it => it.id)";
    browser
        .gives(new, json!([format!("c{newer}"), format!("c{newest}")]))
        .await;
    page.press("Fold what isn’t new").await;
    let folded = "return [...document.querySelectorAll('[data-folded]')].map(it => it.id).sort()";
    let third = first + 2;
    browser
        .gives(folded, json!([format!("c{first}"), format!("c{third}")]))
        .await;

    // Folded around it or not, the next new one is found.
    page.click(&format!("#c{second} > article .fold")).await;
    page.press("Next of 2 new").await;
    let at = "return document.activeElement.parentElement.id";
    browser.gives(at, format!("c{newer}").into()).await;
    page.press("Next of 2 new").await;
    browser.gives(at, format!("c{newest}").into()).await;
}

async fn folded_comments_stay_folded(browser: &Browser) {
    let (world, story, [first, second, third, _]) = talk();
    let site = Site::start(browser, Config::api(world)).await;
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    loaded(browser, 4).await;
    page.click(&format!("#c{second} > article .fold")).await;
    page.click(&format!("#c{first} > article .fold")).await;
    kept(&page, story, &format!("[{first},{second}]")).await;
    page.reload().await;
    loaded(browser, 4).await;
    let folded = "return [...document.querySelectorAll('[data-folded]')]
        .map(it => [it.id, it.dataset.folded]).sort()";
    let expected = json!([[format!("c{first}"), ""], [format!("c{second}"), "1 reply"]]);
    browser.gives(folded, expected).await;
    // An engine gives the words, or where they are taken from: the comment itself.
    let words = format!(
        "const {{content}} = getComputedStyle(document.querySelector('#c{second}'), '::after');
         return content.includes('1 reply') || content.includes('attr(data-folded)')"
    );
    browser.gives(&words, true.into()).await;
    page.click(&format!("#c{second} > article .fold")).await;
    kept(&page, story, &format!("[{first}]")).await;

    page.press("Fold all").await;
    kept(&page, story, &format!("[{first},{second},{third}]")).await;
    page.press("Unfold all").await;
    browser.gives(folded, json!([])).await;
    browser.says(".fold-all", "Fold all").await;
}

async fn a_click_on_the_line_or_the_rail_folds_but_not_one_that_selects(browser: &Browser) {
    let (world, story, [first, second, _, nested]) = talk();
    let site = Site::start(browser, Config::api(world)).await;
    Page::open(browser, &site, &format!("item/{story}")).await;
    loaded(browser, 4).await;
    let folded = "return [...document.querySelectorAll('[data-folded]')].map(it => it.id)";
    // Not by the mouse: in the middle of the line may stand the link that says how old it is.
    let line = format!("document.querySelector('#c{first} > article .comment-head').click()");
    for expected in [json!([format!("c{first}")]), json!([])] {
        browser.run(&line, Vec::new()).await;
        browser.gives(folded, expected).await;
    }
    // On the rail beside a reply, with the comment that it belongs to out of view.
    let rail = format!(
        "document.querySelector('#c{nested} .prose').style.height = '2000px';
         const rail = document.querySelector('#c{second} > .replies');
         scrollTo(0, rail.getBoundingClientRect().top + scrollY + 900);
         const {{left}} = rail.getBoundingClientRect();
         const at = document.elementFromPoint(left + 4, 300);
         at.click();
         return at === rail"
    );
    assert_eq!(browser.run(&rail, Vec::new()).await, true);
    browser.gives(folded, json!([format!("c{second}")])).await;
    let seen = format!(
        "const {{top, bottom}} = document.querySelector('#c{second}').getBoundingClientRect();
         return top >= -1 && bottom <= innerHeight"
    );
    browser.gives(&seen, true.into()).await;
    // And beside the line, where it says how much is folded.
    let beside = format!("document.querySelector('#c{second}').click()");
    browser.run(&beside, Vec::new()).await;
    browser.gives(folded, json!([])).await;
    let selects = format!(
        "const head = document.querySelector('#c{first} > article .comment-head');
         getSelection().selectAllChildren(head);
         head.click();"
    );
    browser.run(&selects, Vec::new()).await;
    browser.gives(folded, json!([])).await;
}

async fn marks_survive_the_browser(browser: &Browser) {
    let (world, ids) = world(30);
    let site = Site::start(browser, Config::api(world)).await;
    let profile = places::temporary();
    let own = Browser::start_in(browser.engine(), profile.path()).await;
    let page = Page::open(&own, &site, "best").await;
    page.settled(30).await;
    mark(&page, ids[1], "Save").await;
    kept(&page, ids[1], "\"saved\":").await;
    own.quit().await;

    let own = Browser::start_in(browser.engine(), profile.path()).await;
    let page = Page::open(&own, &site, "best").await;
    page.settled(30).await;
    marked(&own, ids[1], [false, true, false]).await;
    let complaints = own.complaints().await;
    own.quit().await;
    assert_eq!(complaints, Vec::<String>::new());
}
