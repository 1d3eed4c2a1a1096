//! What is too old goes, at times when nobody waits.

use std::time::Duration;

use futures_executor::block_on;
use hackershelf::hn::{Feed, Id};
use hackershelf::loader::Intent;
use hackershelf::store::{Bounds, Marking, Settings, Store as _};
use hackershelf::time::Clock as _;

use crate::keeping::job;
use crate::network::{Answer, Reader};
use crate::{FRONT, thread};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Somebody who has thirty stories and keeps nothing for longer than a day.
fn reader() -> Reader {
    let reader = Reader::with_stories(30);
    reader.open(FRONT);
    reader.answer_all();
    keep_a_day(&reader);
    reader
}

fn keep_a_day(reader: &Reader) {
    let bounds = Bounds {
        days: 1,
        ..Bounds::default()
    };
    let change = |settings: &mut Settings| settings.bounds = bounds;
    let changed = block_on(reader.store.change_settings(&change));
    changed.expect("memory never fails");
}

fn kept(reader: &Reader) -> Vec<Id> {
    let all = block_on(reader.store.items((1..=500).collect()));
    let all = all.expect("memory never fails");
    all.into_iter().map(|item| item.value.id).collect()
}

#[test]
fn once_the_page_has_nothing_to_do_what_is_too_old_goes() {
    let reader = reader();
    reader.clock.advance(DAY * 2);
    let later = reader.restart();
    later.open(Intent::Tidy);
    later.open(thread(3));
    later.clock.advance(Duration::from_secs(10));
    later.turn();
    assert_eq!(kept(&later).len(), 30, "a story is on its way");
    later.answer_all();
    assert_eq!(kept(&later), [3]);
}

#[test]
fn what_is_young_enough_stays() {
    let reader = reader();
    reader.clock.advance(DAY / 2);
    let later = reader.restart();
    later.open(Intent::Tidy);
    later.answer_all();
    assert_eq!(kept(&later).len(), 30);
}

#[test]
fn a_download_makes_what_is_too_old_go() {
    let reader = reader();
    reader.clock.advance(DAY * 2);
    reader.network.set_ranking(20..=50);
    reader.open(Intent::Keep(job(Feed::Top)));
    reader.answer_all();
    assert_eq!(kept(&reader), (20..=50).collect::<Vec<_>>());
}

#[test]
fn what_was_opened_and_what_is_saved_outlives_what_was_only_fetched() {
    let reader = reader();
    reader.clock.advance(DAY * 3 / 4);
    let now = reader.clock.wall();
    let saved = reader.store.set_mark(9, Marking::Saved(true), now);
    block_on(saved).expect("memory never fails");
    // Without a network: opened, but not fetched anew.
    let offline = reader.restart();
    for path in ["/item/3.json", "algolia:/items/3"] {
        offline.network.script(path, Answer::Status(404));
    }
    offline.open(thread(3));
    offline.answer_all();
    offline.clock.advance(DAY / 2);
    offline.open(Intent::Tidy);
    offline.answer_all();
    assert_eq!(kept(&offline), [3, 9]);
}

#[test]
fn a_thread_that_a_download_finds_unchanged_outlives_its_clean_up() {
    let reader = Reader::with_stories(1);
    let story = r#"{"id":1,"type":"story","title":"T","by":"a","descendants":1,"kids":[11]}"#;
    let tree = r#"{"id":1,"type":"story","title":"T","author":"a","children":[
        {"id":11,"type":"comment","author":"b","text":"eleven","children":[]}]}"#;
    let scripted = |reader: &Reader| {
        reader.network.script("/item/1.json", Answer::Body(story));
        reader
            .network
            .script("algolia:/items/1", Answer::Body(tree));
    };
    scripted(&reader);
    reader.open(Intent::keep(Feed::Top, 30, false, reader.clock.wall()));
    reader.answer_all();
    keep_a_day(&reader);
    reader.clock.advance(DAY * 2);

    let later = reader.restart();
    scripted(&later);
    later.open(Intent::keep(Feed::Top, 30, false, later.clock.wall()));
    later.answer_all();
    assert_eq!(later.network.asked(), ["/topstories.json", "/item/1.json"]);
    let kept = block_on(later.store.thread(1)).expect("memory never fails");
    assert_eq!(kept.items.map(|thread| thread.value.len()), Some(2));
}
