//! The limit, the budget and the pause hold while the server fails; afterwards all is as before.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use e2e::{Browser, Case, LONG, Need, Page, Site, View, cases, plain};
use replay::{Config, Feed, Outcome, Rule, Server};
use serde_json::json;

pub fn cases() -> Vec<Case> {
    let mut cases = cases![
        five_hundred_that_fail_at_first_all_come_twenty_at_a_time_over_http_2.needs(Need::Resets),
        without_the_limit_thirty_two_of_five_hundred_are_in_flight_at_once,
        a_refusal_of_ten_seconds_is_waited_out_by_the_rows_themselves,
        a_failure_that_is_no_refusal_is_asked_again_at_once,
        a_page_left_while_hundreds_wait_asks_for_nothing_more.needs(Need::Resets),
    ];
    // Minutes, not seconds.
    if std::env::var_os("HACKERSHELF_LONG").is_some() {
        cases.extend(cases![
            five_hundred_that_fail_at_first_all_come_six_at_a_time_over_http_2.needs(Need::Resets),
            five_hundred_that_fail_at_first_all_come_three_at_a_time_over_http_1,
            what_fails_for_ever_costs_its_own_rows_and_the_budget.needs(Need::Resets),
            a_refusal_that_says_how_long_is_probed_when_it_is_over,
        ]);
    }
    cases
}

/// Longer than any of the loads below take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// For an attempt, in ms: no busy machine takes that long to answer. The answers take some time, so
/// that requests overlap.
const TIMEOUT: u64 = 1_500;
const LATENCY: u64 = 40;

/// Which of 500 stories hang, are refused and are cut off.
struct Faults {
    hang: BTreeSet<usize>,
    refuse: BTreeSet<usize>,
    cut: BTreeSet<usize>,
}

impl Faults {
    /// 20 %, 10 % and 5 %. A refusal pauses everything for a second: the refused stand together,
    /// as many as are in flight at once, or most of the test would be pauses. The last are good
    /// ones, so that there is always something good to probe with.
    fn of_500(permits: usize) -> Self {
        let hang: BTreeSet<usize> = (1..200).step_by(2).collect();
        let runs = 50_usize.div_ceil(permits);
        let apart = 260 / runs;
        let run = |run: usize| (200 + run * apart..).take(permits);
        let refuse: BTreeSet<usize> = (0..runs).flat_map(run).take(50).collect();
        let rest = (200..470).filter(|at| !refuse.contains(at));
        let cut: BTreeSet<usize> = rest.step_by(8).take(25).collect();
        assert_eq!((hang.len(), refuse.len(), cut.len()), (100, 50, 25));
        Self { hang, refuse, cut }
    }

    fn is_bad(&self, at: usize) -> bool {
        [&self.hang, &self.refuse, &self.cut]
            .iter()
            .any(|places| places.contains(&at))
    }

    /// Makes the first attempts fail, or all of them.
    fn spoil(&self, server: &Server, ids: &[u64], attempts: Option<u64>) {
        let kinds: [(_, Spoil); 3] = [
            (&self.hang, Rule::hang),
            (&self.refuse, |rule| rule.status(503).retry_after("1")),
            (&self.cut, Rule::cut),
        ];
        for (places, spoil) in kinds {
            for &at in places {
                let mut rule = Rule::path(path(ids[at]));
                rule.first = attempts;
                server.rule(spoil(rule));
            }
        }
    }
}

/// Makes a rule for a path one that spoils the answer.
type Spoil = fn(Rule) -> Rule;

fn path(id: u64) -> String {
    format!("/v0/item/{id}.json")
}

/// A page of 500 stories of which 175 fail, and the ids of another feed's.
async fn spoilt<'a>(
    browser: &'a Browser,
    site: &'a Site,
    ids: &[Vec<u64>; 2],
    permits: usize,
    attempts: Option<u64>,
) -> Page<'a> {
    let network = json!({"permits": permits, "timeout_ms": TIMEOUT});
    Page::settings(browser, site, network).await;
    Faults::of_500(permits).spoil(&site.server, &ids[0], attempts);
    Page::open(browser, site, "best?p=all").await
}

async fn fail_at_first(browser: &Browser, config: fn(Config) -> Config, permits: usize) {
    let (world, ids) = plain(500);
    let config = config(Config::api(world).latency(LATENCY, 0));
    let site = Site::start(browser, config).await;
    let page = spoilt(browser, &site, &ids, permits, Some(1)).await;
    let view = page.settled_within(PATIENCE, 500).await;
    let reasons: Vec<&str> = view.failures().iter().map(|row| &*row.meta).collect();
    assert!(reasons.is_empty(), "{reasons:#?}");
    assert_eq!(view.progress, "500 of 500");
    let stats = site.server.stats();
    assert_eq!(stats.peak, permits as u64, "{} requests", stats.total);
    // Each once, and once more for each that failed.
    assert_eq!(stats.total, 1 + 500 + 175);
    assert_eq!((stats.aborted, stats.cut), (100, 25));
    aborted_in_time(&site.server, 100);
    full_width(&page, &site.server, permits).await;
}

/// Every request that timed out was seen aborted, about when it timed out. As it is in flight
/// until then, the peak tells that it was before the next one in its lane.
fn aborted_in_time(server: &Server, count: usize) {
    let log = server.log();
    let aborted = log
        .iter()
        .filter(|entry| entry.outcome == Some(Outcome::Aborted));
    let lives: Vec<f64> = aborted
        .filter_map(|entry| Some(entry.end? - entry.start))
        .collect();
    assert_eq!(lives.len(), count);
    let least = TIMEOUT as f64 * 0.8;
    assert!(lives.iter().all(|&life| life > least), "{lives:?}");
}

/// No permit was lost: another feed's 500 stories, all good, come as many at a time as there are.
async fn full_width(page: &Page<'_>, server: &Server, permits: usize) {
    server.clear_rules();
    server.reset();
    server.rule(Rule::prefix("/v0/item/").hold("full"));
    page.follow("new?p=all").await;
    // The last refusal may be recent.
    let full = server.until(PATIENCE, |stats| stats.held >= permits as u64);
    full.await.expect("all permits are in use");
    server.clear_rules();
    let view = page.settled_within(PATIENCE, 500).await;
    assert_eq!(view.titles().len(), 500);
    let stats = server.stats();
    assert_eq!(stats.peak, permits as u64);
    // One that was held for longer than an attempt may take was sent once more, and its first
    // answer may have been on its way when it was given up.
    let answered = stats.total - stats.aborted;
    assert!(
        (501..=501 + permits as u64).contains(&answered),
        "{answered}"
    );
}

async fn five_hundred_that_fail_at_first_all_come_six_at_a_time_over_http_2(browser: &Browser) {
    fail_at_first(browser, Config::tls, 6).await;
}

async fn five_hundred_that_fail_at_first_all_come_twenty_at_a_time_over_http_2(browser: &Browser) {
    fail_at_first(browser, Config::tls, 20).await;
}

async fn five_hundred_that_fail_at_first_all_come_three_at_a_time_over_http_1(browser: &Browser) {
    fail_at_first(browser, |config| config, 3).await;
}

/// The control of the tests above: nothing but the limit keeps their peak down.
async fn without_the_limit_thirty_two_of_five_hundred_are_in_flight_at_once(browser: &Browser) {
    let (world, ids) = plain(500);
    let site = Site::start(browser, Config::api(world).tls().latency(LATENCY, 0)).await;
    let page = spoilt(browser, &site, &ids, 32, Some(1)).await;
    page.settled_within(PATIENCE, 500).await;
    assert_eq!(site.server.stats().peak, 32);
}

async fn what_fails_for_ever_costs_its_own_rows_and_the_budget(browser: &Browser) {
    let (world, ids) = plain(500);
    let site = Site::start(browser, Config::api(world).tls().latency(LATENCY, 0)).await;
    let page = spoilt(browser, &site, &ids, 20, None).await;
    let view = page.settled_within(PATIENCE, 500).await;
    let bad = Faults::of_500(20);
    let good = |row: &&&e2e::Row| {
        let at: usize = row.rank.parse().expect("a rank is a number");
        !bad.is_bad(at - 1)
    };
    let failures = view.failures();
    let wrong: Vec<_> = failures
        .iter()
        .filter(good)
        .map(|row| (&*row.rank, &*row.meta))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(view.progress, "325 of 500, 175 failed");
    assert_eq!(view.titles().len(), 325);
    assert_eq!(failures.len(), 175);
    assert!(failures.iter().all(|row| row.meta.contains('.')));
    let stats = site.server.stats();
    assert_eq!(stats.peak, 20);
    // A hundred retries, and one more for every five requests that succeeded.
    let most = 1 + 500 + 100 + (1 + 325) / 5;
    assert!(stats.total <= most, "{} requests", stats.total);
    // Without the budget, a second and a third attempt of each would follow the first.
    assert!(stats.total < 1 + 325 + 3 * 175, "{} requests", stats.total);
    full_width(&page, &site.server, 20).await;
}

const REFUSED_FOR: Duration = Duration::from_secs(10);

/// How many requests a page sends while all of its stories answer so for ten seconds, and how it
/// looks a while later. The page and its data come from two origins, as they do in life: what a
/// script may read of an answer is then the server's choice.
async fn ten_seconds_of(browser: &Browser, spoil: Spoil, wait: bool) -> (u64, View) {
    let api = Server::start(Config::api(e2e::generated()).tls().latency(LATENCY, 0)).await;
    let api = api.expect("a port is free");
    let site = Site::start_asking(browser, &api).await;
    api.rule(spoil(Rule::prefix("/v0/item/")));
    let page = Page::open(browser, &site, "").await;
    let begun = api.until(LONG, |stats| stats.below("/v0/item/") > 0).await;
    begun.expect("stories are asked for");
    let begun = Instant::now();
    let over = |_: &_| begun.elapsed() >= REFUSED_FOR;
    let over = api.until(REFUSED_FOR * 2, over).await;
    let sent = over.expect("time passes").below("/v0/item/");
    api.clear_rules();
    let view = match wait {
        true => page.settled_within(PATIENCE, 30).await,
        false => page.view().await,
    };
    assert_eq!(api.stats().peak, 6);
    (sent, view)
}

async fn a_refusal_of_ten_seconds_is_waited_out_by_the_rows_themselves(browser: &Browser) {
    // Hidden from the page, like every header that a server doesn't expose.
    let refuse = |rule: Rule| rule.status(429).retry_after("3600");
    let (sent, view) = ten_seconds_of(browser, refuse, true).await;
    // The pauses are half of 1, 2, 4 and 8 seconds at least: four probes fit into ten seconds.
    assert!((7..=6 + 4).contains(&sent), "{sent} requests");
    assert_eq!(view.progress, "30 of 30");
    assert_eq!(view.titles().len(), 30);
}

async fn a_refusal_that_says_how_long_is_probed_when_it_is_over(browser: &Browser) {
    let refuse = |rule: Rule| rule.status(429).retry_after("11").expose("retry-after");
    let (sent, view) = ten_seconds_of(browser, refuse, true).await;
    assert!(sent <= 6, "{sent} requests");
    assert_eq!(view.progress, "30 of 30");
    assert_eq!(view.titles().len(), 30);
}

/// The control of the two tests above: nothing but the pause keeps the requests back.
async fn a_failure_that_is_no_refusal_is_asked_again_at_once(browser: &Browser) {
    let (sent, view) = ten_seconds_of(browser, |rule| rule.status(500), false).await;
    assert_eq!(sent, 3 * 30);
    assert_eq!(view.failures().len(), 30);
}

async fn a_page_left_while_hundreds_wait_asks_for_nothing_more(browser: &Browser) {
    let (world, [best, _]) = plain(500);
    let site = Site::start(browser, Config::api(world.clone()).tls()).await;
    site.server.rule(Rule::prefix("/v0/item/").hold("items"));
    let page = Page::open(browser, &site, "best?p=all").await;
    let held = site.server.until(LONG, |stats| stats.held == 6).await;
    held.expect("six of five hundred are in flight");
    page.click("nav.feeds a[href=jobs]").await;
    let gone = site.server.until(LONG, |stats| stats.aborted == 6).await;
    gone.expect("the six are aborted");
    site.server.clear_rules();
    let jobs = world.feed(Feed::Jobs).len().min(30);
    page.settled(jobs).await;
    let stats = site.server.stats();
    let asked = best.iter().filter(|&&id| stats.at(&path(id)) > 0).count();
    assert_eq!((asked, stats.aborted), (6, 6));
    // Two rankings, the six, and the page that was opened instead.
    assert_eq!(stats.total, 2 + 6 + jobs as u64);

    // Back there, all are wanted again: it was the leaving that kept them from being sent.
    page.follow("best?p=all").await;
    page.settled_within(PATIENCE, 500).await;
    let stats = site.server.stats();
    assert!(best.iter().all(|&id| stats.at(&path(id)) > 0));
}
