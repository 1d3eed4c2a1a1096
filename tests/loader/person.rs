//! A person: the profile, and what they posted, page by page.

use std::time::Duration;

use hackershelf::hn::{Error, Id};
use hackershelf::http;
use hackershelf::loader::{Change, Intent};

use crate::network::{Answer, Reader};

fn ada(page: usize) -> Intent {
    Intent::Person {
        name: "ada".into(),
        page,
        refresh: false,
    }
}

fn posted(reader: &Reader, ids: impl IntoIterator<Item = Id>) {
    let ids: Vec<_> = ids.into_iter().map(|id| id.to_string()).collect();
    let profile = format!(
        r#"{{"id":"ada","karma":7,"created":9,"submitted":[{}]}}"#,
        ids.join(",")
    );
    let body = Answer::Body(Box::leak(profile.into_boxed_str()));
    reader.network.script("/user/ada.json", body);
}

/// A reader of a person who posted so much, newest first.
fn reader(count: Id) -> Reader {
    let reader = Reader::with_stories(0);
    posted(&reader, (1..=count).rev());
    reader
}

fn karma(reader: &Reader) -> Vec<Option<i64>> {
    let people = reader.changes().into_iter();
    let people = people.filter_map(|change| match change {
        Change::Person(person) => Some(person.value.karma),
        _ => None,
    });
    people.collect()
}

#[test]
fn one_page_of_thousands_is_asked_for() {
    let reader = reader(5_000);
    reader.open(ada(3));
    reader.answer_all();
    assert_eq!(reader.network.asked().len(), 31);
    assert_eq!(reader.shown(), (4_911..=4_940).rev().collect::<Vec<_>>());
    assert_eq!(reader.fresh().len(), 30);
    assert_eq!(karma(&reader), [Some(7)]);
    assert!(reader.is_settled());
}

#[test]
fn a_second_page_needs_the_profile_only_when_it_is_old() {
    let reader = reader(90);
    reader.open(ada(1));
    reader.answer_all();
    for (wait, asked) in [(0, 30), (59, 30), (60, 31)] {
        let page = reader.restart();
        posted(&page, (1..=90).rev());
        page.clock.advance(Duration::from_secs(wait));
        page.open(ada(if wait == 59 { 3 } else { 2 }));
        page.answer_all();
        assert_eq!(page.network.asked().len(), asked, "after {wait} s");
    }
}

#[test]
fn a_kept_page_is_shown_at_once_and_its_posts_are_asked_for_beside_the_profile() {
    let before = reader(90);
    before.open(ada(1));
    before.answer_all();
    before.clock.advance(Duration::from_secs(60));

    let reader = before.restart();
    posted(&reader, (2..=91).rev());
    reader.open(ada(1));
    assert_eq!(reader.shown(), (61..=90).rev().collect::<Vec<_>>());
    let in_flight = reader.network.in_flight();
    assert_eq!(in_flight[..2], ["/user/ada.json", "/item/90.json"]);
    reader.answer_all();
    assert_eq!(reader.shown(), (62..=91).rev().collect::<Vec<_>>());
    // The page as it was, the one post that is new, and the profile: nothing twice.
    assert_eq!(reader.network.asked().len(), 32);
}

#[test]
fn somebody_who_does_not_exist_is_told_from_a_failure() {
    for (answer, nobody, why) in [
        (Answer::Body("null"), true, Error::Missing),
        (
            Answer::Status(404),
            false,
            Error::Http(http::Error::Status(404)),
        ),
        (Answer::Body("{]"), false, Error::Undecodable),
    ] {
        let reader = Reader::with_stories(0);
        reader.network.script("/user/ada.json", answer);
        reader.open(ada(1));
        reader.answer_all();
        let changes = reader.changes();
        assert_eq!(changes.contains(&Change::Nobody), nobody, "{answer:?}");
        assert!(changes.contains(&Change::RankingFailed(why)), "{answer:?}");
        assert!(reader.is_settled());
    }
}

#[test]
fn a_name_that_can_be_nobody_s_is_never_asked_for() {
    let reader = Reader::with_stories(0);
    reader.open(Intent::Person {
        name: "../item/1".into(),
        page: 1,
        refresh: false,
    });
    reader.answer_all();
    assert!(reader.network.asked().is_empty());
    assert!(reader.changes().contains(&Change::Nobody));
}

#[test]
fn without_a_network_what_was_kept_is_shown_and_only_the_rest_is_missed() {
    let before = reader(90);
    before.open(ada(1));
    before.answer_all();
    before.clock.advance(Duration::from_secs(60));

    let reader = before.restart();
    reader.network.script("/user/ada.json", Answer::Status(404));
    reader.open(ada(1));
    reader.answer("/user/ada.json");
    assert_eq!(reader.shown().len(), 30);
    assert_eq!(karma(&reader), [Some(7)]);
    assert!(!reader.changes().contains(&Change::Nobody));
}

#[test]
fn leaving_aborts_and_keeps_what_came() {
    let reader = reader(90);
    reader.open(ada(1));
    reader.answer("/user/ada.json");
    reader.answer("/item/90.json");
    reader.leave();
    assert!(reader.network.in_flight().is_empty());

    let again = reader.restart();
    again.open(ada(1));
    assert_eq!(karma(&again), [Some(7)]);
    assert_eq!(again.network.in_flight().len(), 6, "29 are still to come");
    again.answer_all();
    assert_eq!(again.network.asked().len(), 29);
}

#[test]
fn a_refresh_asks_for_each_post_once_though_the_profile_comes_later() {
    let reader = reader(30);
    reader.open(ada(1));
    reader.answer_all();
    let later = reader.restart();
    posted(&later, (1..=31).rev());
    later.open(Intent::Person {
        name: "ada".into(),
        page: 1,
        refresh: true,
    });
    for id in (20..=30).rev() {
        if later
            .network
            .in_flight()
            .contains(&format!("/item/{id}.json"))
        {
            later.answer(&format!("/item/{id}.json"));
        }
    }
    later.answer_all();
    assert_eq!(later.shown(), (2..=31).rev().collect::<Vec<_>>());
    let mut asked = later.network.asked();
    let all = asked.len();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked.len(), all, "{asked:?}");
}
