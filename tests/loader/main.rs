//! What a load shows, asks for and keeps: the real loader, client and semaphore over a scripted
//! network, a memory store and a clock that only moves when told.

#![cfg(not(target_arch = "wasm32"))]

mod discussion;
mod keeping;
mod network;
mod person;
mod plan;
mod search;
mod transfer;
mod upkeep;
mod whole;

use std::time::Duration;

use hackershelf::hn::{Error, Feed, Id};
use hackershelf::http;
use hackershelf::loader::plan::Pages;
use hackershelf::loader::{Change, Intent};
use hackershelf::store::Store as _;
use hackershelf::time::ManualClock;
use network::{Answer, Reader};

const FRONT: Intent = Intent::Open {
    feed: Feed::Top,
    pages: Pages::One(1),
    refresh: false,
};
const REFRESH: Intent = Intent::Open {
    feed: Feed::Top,
    pages: Pages::One(1),
    refresh: true,
};

fn thread(id: Id) -> Intent {
    Intent::Thread {
        id,
        refresh: false,
        by_hand: false,
    }
}

#[test]
fn a_cold_front_page_asks_for_the_ranking_and_thirty_stories() {
    let reader = Reader::with_stories(500);
    reader.open(FRONT);
    reader.answer_all();
    assert_eq!(reader.network.asked().len(), 31);
    assert_eq!(reader.network.peak(), 6);
    assert_eq!(reader.fresh().len(), 30);
    assert!(reader.is_settled());
}

#[test]
fn a_second_visit_shows_everything_before_any_answer() {
    let reader = Reader::with_stories(500);
    reader.open(FRONT);
    reader.answer_all();

    let again = reader.restart();
    again.open(FRONT);
    let shown = again.shown();
    assert_eq!(shown.len(), 30);
    assert!(again.network.answered().is_empty());
}

#[test]
fn what_is_a_minute_old_is_asked_for_again_and_what_is_younger_is_not() {
    let reader = Reader::with_stories(500);
    reader.open(FRONT);
    reader.answer_all();

    let soon = reader.restart();
    soon.open(FRONT);
    soon.answer_all();
    assert_eq!(soon.network.asked(), ["/topstories.json"]);

    reader.clock.advance(Duration::from_secs(60));
    let later = reader.restart();
    later.open(FRONT);
    later.answer_all();
    assert_eq!(later.network.asked().len(), 31);
}

#[test]
fn what_a_wrong_clock_dates_in_the_future_is_asked_for_again() {
    let reader = Reader::with_stories(30);
    reader.clock.advance(Duration::from_secs(3 * 60 * 60));
    reader.open(FRONT);
    reader.answer_all();
    // Before the next start the clock is set right.
    let again = reader.restart_at(ManualClock::new());
    again.open(FRONT);
    again.answer_all();
    assert_eq!(again.network.asked().len(), 31);
}

#[test]
fn a_saved_story_is_asked_for_only_if_it_is_not_kept() {
    let reader = Reader::with_stories(500);
    reader.open(FRONT);
    reader.answer_all();

    reader.clock.advance(Duration::from_secs(3600));
    let later = reader.restart();
    later.open(Intent::Items(vec![400, 3, 1]));
    later.answer_all();
    assert_eq!(later.network.asked(), ["/item/400.json"]);
}

#[test]
fn turning_the_page_stays_in_the_same_ranking() {
    let reader = Reader::with_stories(500);
    reader.open(FRONT);
    reader.answer_all();
    reader.network.forget();
    reader.network.set_ranking((1..=500).rev());

    reader.open(Intent::Open {
        feed: Feed::Top,
        pages: Pages::One(2),
        refresh: false,
    });
    reader.answer_all();
    assert_eq!(reader.shown(), (31..=60).collect::<Vec<_>>());
    assert!(
        !reader
            .network
            .asked()
            .contains(&"/topstories.json".to_owned())
    );

    reader.open(REFRESH);
    reader.answer_all();
    assert_eq!(reader.shown(), (471..=500).rev().collect::<Vec<_>>());
}

#[test]
fn a_new_ranking_takes_its_place_only_when_each_of_its_rows_has_something_to_show() {
    let reader = Reader::with_stories(60);
    reader.open(FRONT);
    reader.answer_all();
    reader.network.set_ranking(2..=31);

    reader.open(REFRESH);
    reader.answer("/topstories.json");
    assert_eq!(reader.shown(), (1..=30).collect::<Vec<_>>());
    reader.answer_all();
    assert_eq!(reader.shown(), (2..=31).collect::<Vec<_>>());
}

#[test]
fn bad_answers_fail_alone_and_a_retry_mends_them() {
    let reader = Reader::with_stories(30);
    for (id, answer) in [
        (3, Answer::Status(404)),
        (7, Answer::Body("null")),
        (9, Answer::Body("{]")),
        (12, Answer::Body(r#"{"id":13}"#)),
    ] {
        reader.network.script(&format!("/item/{id}.json"), answer);
    }
    reader.open(FRONT);
    reader.answer_all();
    assert_eq!(reader.fresh().len(), 26);
    let failed = reader.failed();
    assert_eq!(failed[&3], Error::Http(http::Error::Status(404)));
    assert_eq!(failed[&7], Error::Missing);
    assert!(matches!(failed[&9], Error::Undecodable));
    assert!(matches!(failed[&12], Error::Undecodable));

    reader.network.unscript();
    reader.open(Intent::Retry(vec![3, 7, 9, 12]));
    reader.answer_all();
    assert_eq!(reader.fresh().len(), 30);
    assert!(reader.failed().is_empty());
}

#[test]
fn what_may_pass_is_tried_three_times_and_then_given_up() {
    let reader = Reader::with_stories(30);
    reader.network.script("/item/5.json", Answer::Status(503));
    reader.network.script("/item/6.json", Answer::NoConnection);
    reader.open(FRONT);
    reader.answer_all();
    let tries = |path: &str| {
        reader
            .network
            .asked()
            .iter()
            .filter(|asked| *asked == path)
            .count()
    };
    assert_eq!(
        (
            tries("/item/5.json"),
            tries("/item/6.json"),
            tries("/item/7.json")
        ),
        (3, 3, 1)
    );
    assert_eq!(reader.failed()[&5], Error::Http(http::Error::Status(503)));
    assert_eq!(reader.failed()[&6], Error::Http(http::Error::Connect));
}

#[test]
fn no_permit_is_held_during_a_backoff() {
    let reader = Reader::with_stories(30);
    for id in 1..=6 {
        reader
            .network
            .script(&format!("/item/{id}.json"), Answer::Status(500));
    }
    reader.open(FRONT);
    reader.answer("/topstories.json");
    // All six in flight fail and back off; the six behind them go at once.
    reader.answer_in_flight();
    assert_eq!(reader.network.in_flight().len(), 6);
    assert!(
        !reader
            .network
            .in_flight()
            .contains(&"/item/1.json".to_owned())
    );
}

#[test]
fn a_story_that_hangs_holds_up_nothing_but_itself() {
    let reader = Reader::with_stories(30);
    reader.network.script("/item/2.json", Answer::Hang);
    reader.open(FRONT);
    reader.answer_all_but_hanging();
    assert_eq!(reader.fresh().len(), 29);
    assert!(!reader.is_settled());
    reader.run_out_the_clock();
    let why = &reader.failed()[&2];
    assert!(
        matches!(why, Error::Http(http::Error::Timeout(_))),
        "{why:?}"
    );
    assert!(reader.is_settled());
    assert!(reader.network.in_flight().is_empty());
}

#[test]
fn a_ranking_that_fails_leaves_the_kept_one_and_says_why() {
    let reader = Reader::with_stories(30);
    reader.open(FRONT);
    reader.answer_all();

    let again = reader.restart();
    again
        .network
        .script("/topstories.json", Answer::Status(404));
    again.open(FRONT);
    again.answer_all();
    assert_eq!(again.shown().len(), 30);
    let failed = Change::RankingFailed(Error::Http(http::Error::Status(404)));
    assert!(again.changes().contains(&failed));
    assert_eq!(again.network.asked(), ["/topstories.json"]);
}

#[test]
fn leaving_aborts_what_is_in_flight_and_takes_the_rest_out_of_the_queue() {
    let reader = Reader::with_stories(30);
    reader.open(FRONT);
    reader.answer("/topstories.json");
    reader.answer("/item/1.json");
    let asked = reader.network.asked().len();
    reader.leave();
    assert!(reader.network.in_flight().is_empty());
    reader.run_out_the_clock();
    assert_eq!(reader.network.asked().len(), asked);
}

#[test]
fn what_arrived_before_leaving_is_kept() {
    let reader = Reader::with_stories(30);
    reader.open(FRONT);
    reader.answer("/topstories.json");
    reader.answer("/item/1.json");
    reader.answer("/item/2.json");
    reader.leave();
    let kept = futures_executor::block_on(reader.store.items((1..=30).collect()));
    let kept = kept.expect("memory never fails");
    assert_eq!(
        kept.iter().map(|item| item.value.id).collect::<Vec<_>>(),
        [1, 2]
    );
    let ranking = futures_executor::block_on(reader.store.feed(Feed::Top));
    assert!(ranking.expect("memory never fails").is_some());
}
