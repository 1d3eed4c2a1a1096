//! The whole feed on one page.

use std::time::Duration;

use hackershelf::hn::{Error, Feed, Id};
use hackershelf::http;
use hackershelf::loader::Intent;
use hackershelf::loader::plan::{DEADLINE, Pages};
use hackershelf::time::Clock as _;

use crate::network::{Answer, Reader};

const ALL: Intent = Intent::Open {
    feed: Feed::Top,
    pages: Pages::All,
    refresh: false,
};

fn answers_take(reader: &Reader, time: Duration) {
    while !reader.network.in_flight().is_empty() {
        reader.clock.advance(time);
        reader.answer_in_flight();
    }
}

#[test]
fn the_whole_feed_is_every_story_of_the_ranking() {
    let reader = Reader::with_stories(500);
    reader.open(ALL);
    reader.answer_all();
    assert_eq!(reader.shown(), (1..=500).collect::<Vec<_>>());
    assert_eq!(reader.fresh().len(), 500);
    assert_eq!(reader.network.asked().len(), 501);
    assert_eq!(reader.network.peak(), 6);
    assert!(reader.is_settled());
}

#[test]
fn the_whole_feed_and_its_pages_share_one_ranking_and_what_is_fresh() {
    let reader = Reader::with_stories(90);
    reader.open(ALL);
    reader.answer_all();
    reader.network.forget();
    reader.open(Intent::Open {
        feed: Feed::Top,
        pages: Pages::One(2),
        refresh: false,
    });
    reader.answer_all();
    assert_eq!(reader.shown(), (31..=60).collect::<Vec<_>>());
    assert_eq!(reader.network.asked(), Vec::<String>::new());
}

#[test]
fn the_whole_feed_goes_on_beyond_the_deadline_for_as_long_as_stories_come() {
    let reader = Reader::with_stories(500);
    reader.open(ALL);
    answers_take(&reader, Duration::from_secs(1));
    assert_eq!(reader.fresh().len(), 500);
    assert!(reader.failed().is_empty());
    assert!(reader.clock.now() > DEADLINE * 2);
}

#[test]
fn the_whole_feed_is_given_up_when_no_story_came_within_the_deadline() {
    let reader = Reader::with_stories(100);
    reader.open(ALL);
    reader.answer("/topstories.json");
    for id in 1..=40 {
        reader.answer(&format!("/item/{id}.json"));
    }
    let still: Vec<Id> = (41..=100).collect();
    for id in &still {
        reader
            .network
            .script(&format!("/item/{id}.json"), Answer::Hang);
    }
    reader.run_out_the_clock();
    let failed = reader.failed();
    assert_eq!(failed.keys().copied().collect::<Vec<_>>(), still);
    let timeout = |why: &Error| matches!(why, Error::Http(http::Error::Timeout(_)));
    assert!(failed.values().all(timeout), "{failed:?}");
    assert!(reader.is_settled());
    assert!(reader.network.in_flight().is_empty());
}

#[test]
fn a_story_that_fails_on_the_page_of_a_whole_feed_fails_alone_and_all_are_retried_at_once() {
    let reader = Reader::with_stories(200);
    for id in (2..=200).step_by(2) {
        reader
            .network
            .script(&format!("/item/{id}.json"), Answer::Status(404));
    }
    reader.open(ALL);
    reader.answer_all();
    assert_eq!((reader.fresh().len(), reader.failed().len()), (100, 100));

    reader.network.unscript();
    reader.open(Intent::Retry(reader.failed().into_keys().collect()));
    // As a load of its own, and as patient as the first.
    answers_take(&reader, Duration::from_secs(3));
    assert_eq!((reader.fresh().len(), reader.failed().len()), (200, 0));
}

#[test]
fn a_left_page_of_a_whole_feed_asks_for_nothing_more() {
    let reader = Reader::with_stories(500);
    reader.open(ALL);
    reader.answer("/topstories.json");
    reader.answer("/item/1.json");
    let asked = reader.network.asked().len();
    reader.leave();
    let changes = reader.changes().len();
    assert!(reader.network.in_flight().is_empty());
    reader.run_out_the_clock();
    assert_eq!(reader.network.asked().len(), asked);
    assert_eq!(reader.changes().len(), changes, "nothing more is painted");
}
