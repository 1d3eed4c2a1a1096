//! Whole threads: what is shown is what the data says, in its order, by whatever way it came.

use e2e::thread::{Order, becomes, compare, expected, holds, is_gone, reaches, shown};
use e2e::{Browser, Case, LONG, Need, Page, Site, cases, recorded, until};
use replay::{Config, Feed, Oddity, Rule, Server, World};
use serde_json::json;

use crate::care::{SHIFTS, total};

pub fn cases() -> Vec<Case> {
    cases![
        recorded_threads_equal_the_data_by_both_apis.needs(Need::Recorded),
        recorded_threads_equal_the_data_by_firebase_alone.needs(Need::Recorded),
        recorded_threads_equal_the_data_with_half_a_tree.needs(Need::Recorded),
        made_up_threads_equal_the_data_by_every_way,
        three_thousand_comments_equal_the_data,
        a_comparison_of_two_swapped_comments_goes_red.core(),
        before_its_ranks_a_thread_goes_by_id_below_the_top.core(),
        a_thread_whose_story_fails_is_read_in_the_order_of_its_tree,
        replies_are_put_in_whatever_order_it_is.core(),
        comments_that_drip_in_move_nothing.needs(Need::Shifts),
        what_is_read_stays_where_it_is,
        failed_comments_are_counted_and_tried_again,
    ]
}

/// By which way a thread comes.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// The tree from Algolia, ranks from Firebase.
    Both,
    /// Everything from Firebase: Algolia has no such tree.
    Firebase,
    /// As both, but half of the tree is missing.
    HalfTree,
    /// As both, but of a third of the nodes nothing is left.
    EmptyNodes,
}

impl Way {
    fn prepare(self, server: &Server) {
        let trees = Rule::prefix("/api/v1/items/");
        match self {
            Self::Both => return,
            Self::Firebase => server.rule(trees.status(404)),
            Self::HalfTree => server.rule(trees.half_tree()),
            Self::EmptyNodes => server.rule(trees.empty_nodes()),
        };
    }

    fn end(self) -> &'static [&'static str] {
        match self {
            Self::HalfTree => &["loaded", "ranked", "verified"],
            _ => &["loaded", "ranked"],
        }
    }
}

/// Opens every story of `stories` by one way, and compares.
async fn equal(browser: &Browser, world: &World, stories: &[u64], way: Way) {
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    way.prepare(&site.server);
    for &story in stories {
        let expected = expected(browser, world, story, Order::Ranked).await;
        let page = Page::open(browser, &site, &format!("item/{story}")).await;
        reaches(&page, way.end()).await;
        becomes(&page, &expected, &format!("{story}, {way:?}")).await;
    }
    let stats = site.server.stats();
    assert!(stats.below("/api/v1/items/") > 0, "Algolia wasn't asked");
}

/// Opens every story that was recorded with its comments by one way, and compares.
async fn recorded_equal(browser: &Browser, way: Way) {
    let world = recorded();
    let roots = |id: &u64| world.item(*id).is_some_and(|item| item["parent"].is_null());
    let ids = world.ids().into_iter().filter(roots);
    let ids: Vec<u64> = ids.filter(|id| !world.kids(*id).is_empty()).collect();
    assert!(ids.len() > 20, "{} threads", ids.len());
    equal(browser, &world, &ids, way).await;
}

async fn recorded_threads_equal_the_data_by_both_apis(browser: &Browser) {
    recorded_equal(browser, Way::Both).await;
}

async fn recorded_threads_equal_the_data_by_firebase_alone(browser: &Browser) {
    recorded_equal(browser, Way::Firebase).await;
}

async fn recorded_threads_equal_the_data_with_half_a_tree(browser: &Browser) {
    recorded_equal(browser, Way::HalfTree).await;
}

async fn made_up_threads_equal_the_data_by_every_way(browser: &Browser) {
    let world = World::discussion(3, 300);
    let stories = world.feed(Feed::Top);
    for way in [Way::Both, Way::Firebase, Way::HalfTree, Way::EmptyNodes] {
        equal(browser, &world, stories, way).await;
    }
}

async fn three_thousand_comments_equal_the_data(browser: &Browser) {
    let world = World::discussion(1, 3_000);
    equal(browser, &world, world.feed(Feed::Top), Way::Both).await;
}

/// The control of the tests above.
async fn a_comparison_of_two_swapped_comments_goes_red(browser: &Browser) {
    let world = World::discussion(5, 30);
    let story = world.feed(Feed::Top)[0];
    let site = Site::start(browser, Config::api(world.clone())).await;
    let expected = expected(browser, &world, story, Order::Ranked).await;
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    reaches(&page, &["loaded", "ranked"]).await;
    becomes(&page, &expected, "the thread is there").await;
    let shown = shown(&page).await;
    for at in 1..expected.len() {
        let mut swapped = expected.clone();
        swapped.swap(at - 1, at);
        assert!(compare(&shown, &swapped).is_err(), "{at}");
    }
    assert!(compare(&shown, &expected[1..]).is_err());
    let mut other = expected.clone();
    let said = other.iter_mut().find_map(|comment| comment.said.as_mut());
    said.expect("someone said something").words.push('!');
    assert!(compare(&shown, &other).is_err());
}

async fn before_its_ranks_a_thread_goes_by_id_below_the_top(browser: &Browser) {
    let world = World::discussion(5, 300);
    let story = world.feed(Feed::Top)[0];
    let by_id = expected(browser, &world, story, Order::TopRanked).await;
    let ranked = expected(browser, &world, story, Order::Ranked).await;
    assert!(compare(&by_id, &ranked).is_err(), "the orders are the same");
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    for id in world.thread(story) {
        // What the tree lacks has to come before anything is loaded.
        if !world.kids(id).is_empty() && !is_gone(&world, id) {
            let path = format!("/v0/item/{id}.json");
            site.server.rule(Rule::path(path).hold("ranks"));
        }
    }
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    let held = site.server.until(LONG, |stats| stats.held > 0).await;
    held.expect("ranks are asked for");
    reaches(&page, &["loaded"]).await;
    let verdict = compare(&shown(&page).await, &by_id);
    verdict.unwrap_or_else(|why| panic!("before: {why}"));

    site.server.clear_rules();
    reaches(&page, &["loaded", "ranked"]).await;
    becomes(&page, &ranked, "after").await;
}

async fn a_thread_whose_story_fails_is_read_in_the_order_of_its_tree(browser: &Browser) {
    let world = World::discussion(5, 60);
    let story = world.feed(Feed::Top)[0];
    let ranked = expected(browser, &world, story, Order::Ranked).await;
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    let path = format!("/v0/item/{story}.json");
    site.server.rule(Rule::path(path).status(500));
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    browser.says("main", "answered with an error (500)").await;
    holds(&page, &world, ranked.clone(), "by the tree").await;
    site.server.clear_rules();
    page.press("Try again").await;
    reaches(&page, &["loaded", "ranked"]).await;
    becomes(&page, &ranked, "after").await;
}

/// A thread whose comments come one by one, in an order of chance.
async fn dripping(browser: &Browser, comments: usize) -> (Site, u64) {
    let world = World::discussion(3, comments);
    let story = world.feed(Feed::Top)[0];
    let site = Site::start(browser, Config::api(world).tls().latency(10, 250)).await;
    site.server.rule(Rule::prefix("/api/v1/").status(404));
    (site, story)
}

/// Of each list the first three replies are shown by id when their order comes, with more.
async fn replies_are_put_in_whatever_order_it_is(browser: &Browser) {
    const ORDERS: [[usize; 7]; 5] = [
        [4, 6, 2, 1, 0, 5, 3],
        [6, 5, 4, 2, 1, 0, 3],
        [4, 0, 5, 1, 6, 2, 3],
        [1, 2, 0, 4, 5, 6, 3],
        [2, 4, 1, 5, 6, 0, 3],
    ];
    let mut world = World::empty();
    let story = 1;
    world.put_item(
        json!({"id": story, "type": "story", "by": "ada", "time": world.now(),
        "score": 9, "title": "Many orders", "descendants": 0}),
    );
    let (mut parents, mut dead) = (Vec::new(), Vec::new());
    for order in ORDERS {
        let parent = world.reply(story, "bob", "in this order");
        let replies: [u64; 7] = std::array::from_fn(|_| world.reply(parent, "eve", "here"));
        // The tree doesn't tell of it: those behind it wait for it.
        world.set(replies[3], "dead", json!(true));
        world.set(parent, "kids", json!(order.map(|at| replies[at])));
        parents.push(parent);
        dead.push(replies[3]);
    }
    world.set(story, "descendants", json!(40));
    let ranked = expected(browser, &world, story, Order::Ranked).await;
    let site = Site::start(browser, Config::api(world).tls()).await;
    for (ids, gate) in [(parents, "ranks"), (dead, "dead")] {
        for id in ids {
            let path = format!("/v0/item/{id}.json");
            site.server.rule(Rule::path(path).hold(gate));
        }
    }
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    let held = site.server.until(LONG, |stats| stats.held == 6).await;
    held.expect("five dead comments and an order are asked for");
    until("three of each list are shown", async || {
        match shown(&page).await.len() {
            20 => Ok(()),
            shown => Err(shown.to_string()),
        }
    })
    .await;
    site.server.release("ranks");
    let asked = site.server.until(LONG, |stats| stats.answered == 7).await;
    asked.expect("the story, its tree and five orders are here");
    site.server.release("dead");
    reaches(&page, &["loaded", "ranked"]).await;
    becomes(&page, &ranked, "replies stand by rank").await;
}

async fn comments_that_drip_in_move_nothing(browser: &Browser) {
    for width in [1280, 360] {
        browser.resize(width, 800).await;
        let (site, story) = dripping(browser, 120).await;
        let page = Page::open(browser, &site, &format!("item/{story}")).await;
        reaches(&page, &["loaded", "ranked"]).await;
        let shifts = browser.run_async(SHIFTS, Vec::new()).await;
        let sum = total(&shifts);
        assert!(sum < 0.02, "{width} px: {sum}\n{shifts:#}");
    }
}

/// Scrolls to the middle and watches, frame by frame, how far the comment at the top of the
/// window strays from its place.
const WATCH: &str = "
    scrollTo(0, (document.documentElement.scrollHeight - innerHeight) / 2);
    // What was never in view gets its size only now.
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    for (let n = 0; n < 10; n++) await frame();
    const heads = [...document.querySelectorAll('li.comment > article')];
    const read = heads.find((head) => head.getBoundingClientRect().top >= 0);
    const start = read.getBoundingClientRect().top;
    const watched = {id: read.parentElement.id, strayed: 0, frames: 0};
    window.__watched = watched;
    const look = () => {
        const now = document.getElementById(watched.id)?.firstElementChild;
        const top = now?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
        watched.strayed = Math.max(watched.strayed, Math.abs(top - start));
        watched.frames += 1;
        requestAnimationFrame(() => setTimeout(look, 0));
    };
    look();
    return document.querySelectorAll('li.comment').length;";

async fn what_is_read_stays_where_it_is(browser: &Browser) {
    let (site, story) = dripping(browser, 300).await;
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    let some = |stats: &replay::Stats| stats.answered > 90;
    let some = site.server.until(LONG, some).await;
    some.expect("a third of the comments come");
    e2e::until("a third of the comments is shown", async || {
        let script = "return document.querySelectorAll('li.comment .prose').length";
        let count = browser.try_run(script, Vec::new()).await?;
        (count.as_u64() > Some(80))
            .then_some(())
            .ok_or(count.to_string())
    })
    .await;
    browser.run_async(WATCH, Vec::new()).await;
    let more = site.server.stats().answered;
    reaches(&page, &["loaded", "ranked"]).await;
    let watched = browser.run("return window.__watched", Vec::new()).await;
    let after = site.server.stats().answered;
    assert!(
        after > more + 50,
        "only {} answers came later",
        after - more
    );
    assert!(watched["frames"].as_u64() > Some(20), "{watched}");
    let strayed = watched["strayed"].as_f64();
    assert!(strayed.is_some_and(|pixels| pixels <= 2.0), "{watched}");
}

async fn failed_comments_are_counted_and_tried_again(browser: &Browser) {
    let world = World::discussion(3, 60);
    let story = world.feed(Feed::Top)[0];
    let expected = expected(browser, &world, story, Order::Ranked).await;
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    Page::settings(browser, &site, json!({"attempts": 1, "timeout_ms": 2_000})).await;
    site.server.rule(Rule::prefix("/api/v1/").status(404));
    let lost = world.odd(Oddity::NullKid);
    let leaves = world.thread(story).into_iter().rev();
    let leaves = leaves.filter(|id| world.kids(*id).is_empty() && !lost.contains(id));
    for id in leaves.take(3) {
        let path = format!("/v0/item/{id}.json");
        site.server.rule(Rule::path(path).status(500));
    }
    let page = Page::open(browser, &site, &format!("item/{story}")).await;
    status(&page, &[" of ", "3 failed"]).await;
    site.server.clear_rules();
    page.click(".thread-status button.retry, .thread button.retry")
        .await;
    reaches(&page, &["loaded", "ranked"]).await;
    becomes(&page, &expected, "after the second try").await;
}

/// Waits until the thread's status line says all of that.
async fn status(page: &Page<'_>, words: &[&str]) {
    e2e::until(&format!("the status says {words:?}"), async || {
        let script = "return document.querySelector('.thread-status')?.textContent ?? null";
        let said = page.browser.try_run(script, Vec::new()).await?;
        let said = said.as_str().unwrap_or_default();
        let says = words.iter().all(|words| said.contains(words));
        says.then_some(()).ok_or(said.to_owned())
    })
    .await;
}
