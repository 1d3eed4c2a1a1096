//! A feed is kept for offline while its reader goes elsewhere.

use std::time::Duration;

use futures_executor::block_on;
use hackershelf::hn::{Error, Feed, Id};
use hackershelf::http;
use hackershelf::loader::plan::Pages;
use hackershelf::loader::{Change, Intent, Stage};
use hackershelf::store::{Course, Job, Store as _};
use hackershelf::sync::Semaphore;
use hackershelf::time::{Clock as _, Timestamp};

use crate::network::{Answer, Reader};
use crate::{FRONT, thread};

const KEEP: Intent = keep(Feed::Top);

const fn keep(feed: Feed) -> Intent {
    Intent::Keep(job(feed))
}

pub const fn job(feed: Feed) -> Job {
    Job {
        feed,
        most: 500,
        exact: false,
        since: Timestamp(u64::MAX),
        course: Course::Running,
    }
}

fn kept(reader: &Reader) -> Vec<Id> {
    let all = block_on(reader.store.items((1..=500).collect()));
    let all = all.expect("memory never fails");
    all.into_iter().map(|item| item.value.id).collect()
}

/// What a page asks for when it starts, or when another tab begins a download.
fn resume(reader: &Reader, behind_another: bool) {
    reader.open(Intent::Resume { behind_another });
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
    reader.open(keep(Feed::Best));
    reader.open(Intent::KeepAgain);
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 50, 0, 50));
    assert!(!reader.network.asked().contains(&"/beststories.json".into()));
    reader.open(keep(Feed::Best));
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

/// Two stories, the first with two comments and a reply to one of them.
fn discussed() -> Reader {
    let reader = Reader::with_stories(2);
    talk(&reader);
    reader
}

/// The network has the story that is discussed, and its tree.
fn talk(reader: &Reader) {
    script(reader, "/item/1.json", STORY);
    script(reader, "algolia:/items/1", TREE);
}

/// What the button on a page sends.
fn keep_now(reader: &Reader) -> Intent {
    Intent::keep(Feed::Top, 500, false, reader.clock.wall())
}

fn script(reader: &Reader, path: &str, body: &'static str) {
    reader.network.script(path, Answer::Body(body));
}

const STORY: &str =
    r#"{"id":1,"type":"story","title":"One","by":"a","descendants":3,"kids":[11,10]}"#;
const TREE: &str = r#"{"id":1,"type":"story","title":"One","author":"a","children":[
    {"id":10,"type":"comment","author":"b","text":"ten","parent_id":1,"children":[
        {"id":12,"type":"comment","author":"a","text":"twelve","parent_id":10,"children":[]}]},
    {"id":11,"type":"comment","author":"c","text":"eleven","parent_id":1,"children":[]}]}"#;

fn comments(reader: &Reader, story: Id) -> Vec<Id> {
    let kept = block_on(reader.store.thread(story)).expect("memory never fails");
    let items = kept.items.map(|thread| thread.value).unwrap_or_default();
    items.into_iter().skip(1).map(|item| item.id).collect()
}

#[test]
fn a_story_is_kept_with_its_comments_by_two_requests() {
    let reader = discussed();
    reader.open(keep_now(&reader));
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 2, 0, 2));
    assert_eq!(reader.keeping().map(|keeping| keeping.comments), Some(3));
    assert_eq!(comments(&reader, 1), [11, 10, 12], "in rank order");
    let mut asked = reader.network.asked();
    asked.sort_unstable();
    let expected = [
        "/item/1.json",
        "/item/2.json",
        "/topstories.json",
        "algolia:/items/1",
    ];
    assert_eq!(asked, expected);
}

#[test]
fn a_thread_that_was_left_before_its_new_replies_came_is_fetched_again() {
    let reader = discussed();
    reader.open(keep_now(&reader));
    reader.answer_all();
    reader.clock.advance(Duration::from_secs(120));
    let later = reader.restart();
    script(&later, "/item/1.json", GROWN);
    later.open(thread(1));
    later.answer("/item/1.json");
    later.leave();
    later.turn();

    let again = later.restart();
    again.network.set_ranking([1]);
    script(&again, "/item/1.json", GROWN);
    again.network.script("algolia:/items/1", Answer::Hang);
    again.open(keep_now(&again));
    again.answer_all_but_hanging();
    assert!(
        again
            .network
            .asked()
            .contains(&"algolia:/items/1".to_owned())
    );
}

/// Three more, that stand in no list of the story's own.
const GROWN: &str =
    r#"{"id":1,"type":"story","title":"One","by":"a","descendants":6,"kids":[11,10]}"#;

#[test]
fn a_thread_is_not_fetched_again_as_long_as_its_story_counts_as_many_comments() {
    let reader = discussed();
    reader.open(keep_now(&reader));
    reader.answer_all();
    reader.clock.advance(Duration::from_secs(3600));

    let later = reader.restart();
    script(&later, "/item/1.json", STORY);
    later.open(keep_now(&later));
    later.answer_all();
    assert_eq!(told(&later), (Stage::Done, 2, 0, 2));
    let asked = |reader: &Reader| reader.network.asked().len();
    assert_eq!(asked(&later), 3, "the ranking and the stories");

    reader.clock.advance(Duration::from_secs(3600));
    let changed = reader.restart();
    let more = STORY.replace(":3,", ":4,").leak();
    script(&changed, "/item/1.json", more);
    script(&changed, "algolia:/items/1", TREE);
    changed.open(keep_now(&changed));
    changed.answer_all();
    assert!(
        changed
            .network
            .asked()
            .contains(&"algolia:/items/1".to_owned())
    );
}

#[test]
fn the_index_missing_a_thread_is_walked_one_comment_at_a_time() {
    let reader = discussed();
    script(&reader, "algolia:/items/1", "null");
    script(
        &reader,
        "/item/10.json",
        r#"{"id":10,"type":"comment","by":"b","text":"ten","parent":1,"kids":[12]}"#,
    );
    for (path, body) in [
        (
            "/item/11.json",
            r#"{"id":11,"type":"comment","by":"c","text":"eleven","parent":1}"#,
        ),
        (
            "/item/12.json",
            r#"{"id":12,"type":"comment","by":"a","text":"twelve","parent":10}"#,
        ),
    ] {
        script(&reader, path, body);
    }
    reader.open(keep_now(&reader));
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 2, 0, 2));
    assert_eq!(comments(&reader, 1), [11, 10, 12]);
}

#[test]
fn a_thread_that_lacks_a_comment_counts_as_failed_and_keeps_the_others() {
    let reader = discussed();
    let holed = TREE.replace(r#""author":"c","text":"eleven","#, "").leak();
    script(&reader, "algolia:/items/1", holed);
    reader.network.script("/item/11.json", Answer::Status(403));
    reader.open(keep_now(&reader));
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 1, 1, 2));
    assert_eq!(comments(&reader, 1), [10, 12]);

    script(
        &reader,
        "/item/11.json",
        r#"{"id":11,"type":"comment","by":"c","text":"eleven","parent":1}"#,
    );
    reader.open(Intent::KeepAgain);
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 2, 0, 2));
    assert_eq!(comments(&reader, 1), [11, 10, 12]);
}

#[test]
fn a_download_that_broke_off_goes_on_with_what_is_not_there_yet() {
    let reader = discussed();
    reader.open(keep_now(&reader));
    reader.answer("/topstories.json");
    reader.answer("/item/1.json");
    reader.answer("/item/2.json");
    assert_eq!(reader.network.in_flight(), ["algolia:/items/1"]);
    reader.clock.advance(Duration::from_secs(1800));

    let next = reader.restart();
    script(&next, "algolia:/items/1", TREE);
    resume(&next, false);
    next.answer_all();
    assert_eq!(told(&next), (Stage::Done, 2, 0, 2));
    let asked = next.network.asked();
    assert_eq!(asked, ["/topstories.json", "algolia:/items/1"]);

    let after = reader.restart();
    resume(&after, false);
    assert_eq!(after.keeping(), None);
    assert_eq!(after.network.asked(), [""; 0]);
}

#[test]
fn a_download_that_was_stopped_goes_on_only_when_asked_to() {
    let reader = discussed();
    reader.open(keep_now(&reader));
    reader.answer("/topstories.json");
    reader.answer("/item/1.json");
    reader.answer("/item/2.json");
    reader.stop();
    assert_eq!(told(&reader), (Stage::Stopped, 1, 0, 2));
    assert_eq!(comments(&reader, 1), [0; 0], "whole, or not at all");

    let behind = reader.restart();
    resume(&behind, true);
    assert_eq!(behind.keeping(), None, "the other tab tells of it");

    let next = reader.restart();
    script(&next, "algolia:/items/1", TREE);
    resume(&next, false);
    assert_eq!(told(&next).0, Stage::Stopped);
    assert_eq!(next.network.asked(), [""; 0]);
    next.open(Intent::KeepAgain);
    next.answer_all();
    assert_eq!(told(&next), (Stage::Done, 2, 0, 2));
    assert_eq!(comments(&next, 1), [11, 10, 12]);
}

#[test]
fn the_exact_order_costs_a_request_for_each_list_of_replies() {
    let reader = discussed();
    let tree = TREE.replace(
        r#""parent_id":10,"children":[]}]}"#,
        r#""parent_id":10,"children":[]},
           {"id":13,"type":"comment","author":"d","text":"thirteen","parent_id":10,"children":[]}]}"#,
    );
    script(&reader, "algolia:/items/1", tree.leak());
    script(
        &reader,
        "/item/10.json",
        r#"{"id":10,"type":"comment","by":"b","text":"ten","parent":1,"kids":[13,12]}"#,
    );
    let exact = Job {
        exact: true,
        since: Timestamp(0),
        ..job(Feed::Top)
    };
    reader.open(Intent::Keep(exact));
    reader.answer_all();
    assert_eq!(comments(&reader, 1), [11, 10, 13, 12]);
    assert_eq!(asked_for(&reader, 10), 1);
    assert_eq!(asked_for(&reader, 11), 0);
}

#[test]
fn one_that_was_stopped_keeps_no_other_from_going_on() {
    let reader = discussed();
    reader.open(KEEP);
    reader.stop();
    reader.open(Intent::keep(Feed::Best, 500, false, reader.clock.wall()));
    reader.answer("/beststories.json");

    let next = reader.restart();
    talk(&next);
    resume(&next, false);
    next.answer_all();
    assert_eq!(told(&next), (Stage::Done, 2, 0, 2));
    assert_eq!(next.keeping().expect("told").job.feed, Feed::Best);
    let after = reader.restart();
    resume(&after, false);
    let offered = after.keeping().expect("the stopped one is offered");
    assert_eq!(
        (offered.job.feed, offered.stage),
        (Feed::Top, Stage::Stopped)
    );
}

#[test]
fn of_two_tabs_that_wait_one_goes_on_with_what_a_closed_one_began() {
    let reader = discussed();
    let alone = Semaphore::new(1);
    let [second, third] = [(); 2].map(|()| reader.beside(&alone));
    reader.open(keep_now(&reader));
    for waiting in [&second, &third] {
        talk(waiting);
        resume(waiting, true);
    }
    reader.close();
    second.turn();
    third.turn();
    assert_eq!(told(&second).0, Stage::Busy);
    assert_eq!(third.keeping(), None);
    second.stop();
    third.turn();
    assert_eq!(told(&second).0, Stage::Stopped);
    assert_eq!(third.keeping(), None, "what was stopped stays so");
    assert_eq!(third.network.asked(), [""; 0]);
}

#[test]
fn where_tabs_cannot_wait_for_each_other_each_download_is_its_own_tab_s() {
    let reader = discussed();
    reader.open(keep_now(&reader));
    let other = reader.restart();
    resume(&other, true);
    assert_eq!(other.network.asked(), [""; 0]);
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 2, 0, 2));
}

#[test]
fn without_the_index_replies_that_came_below_a_kept_comment_are_kept_too() {
    let reader = discussed();
    reader.open(keep_now(&reader));
    reader.answer_all();
    reader.clock.advance(Duration::from_secs(3600));

    let later = reader.restart();
    script(&later, "/item/1.json", STORY.replace(":3,", ":4,").leak());
    later
        .network
        .script("algolia:/items/1", Answer::Status(404));
    for (path, body) in [
        (
            "/item/10.json",
            r#"{"id":10,"type":"comment","by":"b","text":"ten","parent":1,"kids":[12]}"#,
        ),
        (
            "/item/13.json",
            r#"{"id":13,"type":"comment","by":"b","text":"thirteen","parent":12}"#,
        ),
        (
            "/item/11.json",
            r#"{"id":11,"type":"comment","by":"c","text":"eleven","parent":1}"#,
        ),
    ] {
        script(&later, path, body);
    }
    later.network.script("/item/12.json", Answer::Status(403));
    later.open(keep_now(&later));
    later.answer_all();
    assert_eq!(told(&later), (Stage::Done, 1, 1, 2), "one wasn't looked at");
    script(
        &later,
        "/item/12.json",
        r#"{"id":12,"type":"comment","by":"a","text":"twelve","parent":10,"kids":[13]}"#,
    );
    later.open(Intent::KeepAgain);
    later.answer_all();
    assert_eq!(told(&later), (Stage::Done, 2, 0, 2));
    assert_eq!(comments(&later, 1), [11, 10, 12, 13]);
}

#[test]
fn where_the_ranking_fails_what_was_kept_of_the_older_one_counts_too() {
    let reader = discussed();
    reader.open(FRONT);
    reader.answer_all();
    reader.clock.advance(Duration::from_secs(3600));

    let later = reader.restart();
    talk(&later);
    later
        .network
        .script("/topstories.json", Answer::Status(404));
    later.open(keep_now(&later));
    later.answer_all();
    assert_eq!(told(&later), (Stage::Done, 2, 0, 2));
    assert_eq!(comments(&later, 1), [11, 10, 12]);
    assert_eq!(asked_for(&later, 2), 1, "it may have comments by now");
}

#[test]
fn the_time_left_is_told_from_what_came_since_it_began_again() {
    let reader = Reader::with_stories(30);
    for id in 21..=30 {
        let path = format!("/item/{id}.json");
        reader.network.script(&path, Answer::Status(403));
    }
    reader.open(keep_now(&reader));
    reader.answer_all();
    assert_eq!(told(&reader), (Stage::Done, 20, 10, 30));
    reader.network.unscript();
    reader.open(Intent::KeepAgain);
    reader.clock.advance(Duration::from_secs(8));
    for id in 21..=25 {
        let keeping = reader.keeping().expect("it goes on");
        assert_eq!(keeping.seconds_left(), None, "{}", keeping.done);
        reader.answer(&format!("/item/{id}.json"));
    }
    let keeping = reader.keeping().expect("it goes on");
    assert_eq!(keeping.seconds_left(), Some(8), "5 of 10 took so long");
}
