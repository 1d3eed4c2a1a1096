//! A feed is kept for offline while its reader goes elsewhere.

use std::time::Duration;

use futures_executor::block_on;
use hackershelf::hn::{Error, Feed, Id};
use hackershelf::http;
use hackershelf::loader::plan::Pages;
use hackershelf::loader::{Change, Intent, Stage};
use hackershelf::store::Store as _;

use crate::network::{Answer, Reader};
use crate::{FRONT, thread};

const KEEP: Intent = Intent::Keep(Feed::Top);

fn kept(reader: &Reader) -> Vec<Id> {
    let all = block_on(reader.store.items((1..=500).collect()));
    let all = all.expect("memory never fails");
    all.into_iter().map(|item| item.value.id).collect()
}

/// Stage, stories there, stories failed, all stories.
fn told(reader: &Reader) -> (Stage, usize, usize, usize) {
    let keeping = reader.keeping().expect("a download was begun");
    let failed = keeping.failed.len();
    (keeping.stage, keeping.done, failed, keeping.total)
}

fn asked_for(reader: &Reader, id: Id) -> usize {
    let path = format!("/item/{id}.json");
    let asked = reader.network.asked();
    asked.iter().filter(|asked| **asked == path).count()
}

#[test]
fn every_story_of_the_feed_is_kept_and_none_is_shown() {
    let reader = Reader::with_stories(500);
    reader.open(KEEP);
    assert_eq!(told(&reader), (Stage::Busy, 0, 0, 0));
    reader.answer("/topstories.json");
    assert_eq!(told(&reader), (Stage::Busy, 0, 0, 500));
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 500, 0, 500));
    assert_eq!(kept(&reader).len(), 500);
    let ranking = block_on(reader.store.feed(Feed::Top)).expect("memory never fails");
    assert_eq!(ranking.map(|ranking| ranking.value.len()), Some(500));
    let only = |change: &Change| matches!(change, Change::Keeping(_));
    assert!(reader.changes().iter().all(only));
}

#[test]
fn it_leaves_two_permits_to_the_page_that_is_read() {
    let reader = Reader::with_stories(500);
    reader.open(KEEP);
    reader.answer("/topstories.json");
    assert_eq!(reader.network.in_flight().len(), 4);
    reader.open(thread(700));
    assert_eq!(
        reader.network.in_flight().last().map(String::as_str),
        Some("/item/700.json")
    );
    reader.answer_all();
    assert_eq!(reader.network.peak(), 6);
}

#[test]
fn it_goes_on_when_its_page_is_left_and_has_no_deadline() {
    let reader = Reader::with_stories(100);
    reader.open(FRONT);
    reader.answer_all();
    reader.open(KEEP);
    reader.leave();
    reader.open(Intent::Open {
        feed: Feed::Best,
        pages: Pages::One(1),
        refresh: false,
    });
    reader.leave();
    while !reader.network.in_flight().is_empty() {
        reader.clock.advance(Duration::from_secs(5));
        reader.answer_in_flight();
    }
    assert_eq!(told(&reader), (Stage::Done, 100, 0, 100));
}

#[test]
fn what_is_fresh_is_not_asked_for_again() {
    let reader = Reader::with_stories(100);
    reader.open(FRONT);
    reader.answer_all();
    reader.network.forget();
    reader.open(KEEP);
    assert_eq!(told(&reader), (Stage::Busy, 30, 0, 100));
    reader.answer_all();
    assert_eq!(reader.network.asked().len(), 70);
    assert_eq!(told(&reader), (Stage::Done, 100, 0, 100));
}

#[test]
fn what_arrives_is_kept_while_the_rest_is_under_way() {
    let reader = Reader::with_stories(100);
    reader.open(KEEP);
    reader.answer("/topstories.json");
    reader.answer_in_flight();
    assert_eq!(kept(&reader).len(), 0);
    reader.clock.advance(Duration::from_secs(2));
    reader.turn();
    assert_eq!(kept(&reader).len(), 4);
}

#[test]
fn what_failed_is_counted_and_tried_again_alone() {
    let reader = Reader::with_stories(50);
    for id in [3, 7] {
        reader
            .network
            .script(&format!("/item/{id}.json"), Answer::Status(404));
    }
    reader.open(KEEP);
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 48, 2, 50));

    reader.network.unscript();
    reader.network.forget();
    reader.open(Intent::KeepAgain);
    assert_eq!(told(&reader), (Stage::Busy, 48, 0, 50));
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 50, 0, 50));
    assert_eq!(reader.network.asked().len(), 2);
    assert_eq!(kept(&reader).len(), 50);
}

#[test]
fn a_ranking_that_cannot_be_had_is_told_and_tried_again() {
    let reader = Reader::with_stories(50);
    reader
        .network
        .script("/topstories.json", Answer::Status(404));
    reader.open(KEEP);
    reader.answer_all();
    let why = Error::Http(http::Error::Status(404));
    assert_eq!(told(&reader), (Stage::Unknown(why), 0, 0, 0));
    reader.network.unscript();
    reader.open(Intent::KeepAgain);
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 50, 0, 50));
}

#[test]
fn stopping_it_aborts_at_once_and_keeps_what_had_arrived() {
    let reader = Reader::with_stories(100);
    reader.open(KEEP);
    reader.answer("/topstories.json");
    reader.answer("/item/1.json");
    reader.answer("/item/2.json");
    let asked = reader.network.asked().len();
    reader.stop();
    assert!(reader.network.in_flight().is_empty());
    assert_eq!(told(&reader), (Stage::Stopped, 2, 0, 100));
    assert_eq!(kept(&reader), [1, 2]);
    reader.run_out_the_clock();
    assert_eq!(reader.network.asked().len(), asked);

    reader.open(KEEP);
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 100, 0, 100));
}

#[test]
fn a_second_download_does_not_replace_the_first() {
    let reader = Reader::with_stories(50);
    reader.open(KEEP);
    reader.open(Intent::Keep(Feed::Best));
    reader.open(Intent::KeepAgain);
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 50, 0, 50));
    assert!(!reader.network.asked().contains(&"/beststories.json".into()));
    reader.open(Intent::Keep(Feed::Best));
    assert_eq!(reader.network.in_flight(), ["/beststories.json"]);
}

#[test]
fn a_page_raises_the_story_that_a_download_has_queued() {
    let reader = Reader::with_stories(300);
    reader.open(KEEP);
    reader.answer("/topstories.json");
    assert_eq!(asked_for(&reader, 300), 0);
    reader.open(thread(300));
    assert_eq!(asked_for(&reader, 300), 1);
    reader.answer("/item/300.json");
    assert!(reader.fresh().contains(&300));
    reader.answer_all();
    assert_eq!(asked_for(&reader, 300), 1, "one request for both");
    assert_eq!(told(&reader), (Stage::Done, 300, 0, 300));
}

#[test]
fn a_story_that_a_left_page_shared_goes_on_for_the_download() {
    let reader = Reader::with_stories(300);
    reader.open(KEEP);
    reader.answer("/topstories.json");
    reader.open(thread(300));
    reader.leave();
    assert!(
        reader
            .network
            .in_flight()
            .contains(&"/item/300.json".to_owned())
    );
    let changes = reader.changes().len();
    reader.answer("/item/300.json");
    assert_eq!(reader.changes().len(), changes + 1, "told as progress only");
    assert_eq!(told(&reader), (Stage::Busy, 1, 0, 300));
}

#[test]
fn a_story_that_a_stopped_download_shared_goes_on_for_the_page() {
    let reader = Reader::with_stories(300);
    reader.open(KEEP);
    reader.answer("/topstories.json");
    reader.open(thread(300));
    reader.stop();
    assert_eq!(
        reader.network.in_flight(),
        ["algolia:/items/300", "/item/300.json"]
    );
    reader.answer("/item/300.json");
    assert_eq!(reader.fresh(), [300].into());
}
