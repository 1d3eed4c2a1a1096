//! Threads: what is asked for in which order, and what is shown, with a scripted network.

use std::collections::HashMap;
use std::time::Duration;

use futures_executor::block_on;
use hackershelf::hn::{Error, Facts, Id, Reply};
use hackershelf::loader::plan::INDEX_WITHIN;
use hackershelf::loader::{Change, Intent};
use hackershelf::store::Store as _;
use hackershelf::time::{Clock as _, Timestamp};

use crate::network::{Answer, Reader};
use crate::thread;

const STORY: &str = r#"{"id":1,"type":"story","title":"T","by":"a","descendants":4,"kids":[3,2]}"#;
const TREE: &str = r#"{"id":1,"type":"story","title":"T","author":"a","children":[
    {"id":2,"type":"comment","author":"b","text":"two","children":[
        {"id":4,"type":"comment","author":"c","text":"four","children":[]},
        {"id":5,"type":"comment","author":"c","text":"five","children":[]}]},
    {"id":3,"type":"comment","author":"b","text":"three","children":[]}]}"#;
const TWO: &str = r#"{"id":2,"type":"comment","by":"b","text":"two","parent":1,"kids":[5,4]}"#;

/// The page as it stands: items and lists as they were told last.
#[derive(Default)]
struct Page {
    items: HashMap<Id, Reply>,
    lists: HashMap<Id, Vec<Id>>,
    facts: Facts,
}

impl Page {
    fn of(reader: &Reader) -> Self {
        let mut page = Self::default();
        for change in reader.changes() {
            if let Change::Thread(news) = change {
                page.items.extend(news.items);
                page.lists.extend(news.lists);
                page.facts = news.facts;
            }
        }
        page
    }

    /// All comments that are here, in reading order.
    fn order(&self) -> Vec<Id> {
        let mut order = Vec::new();
        let mut next = vec![1];
        while let Some(id) = next.pop() {
            order.push(id);
            next.extend(self.lists.get(&id).into_iter().flatten().rev());
        }
        order
    }

    fn text(&self, id: Id) -> Option<&str> {
        match self.items.get(&id)? {
            Reply::There(item) => item.text.as_deref(),
            _ => None,
        }
    }
}

fn reader(answers: &[(&str, &'static str)]) -> Reader {
    let reader = Reader::with_stories(30);
    for (path, body) in answers {
        reader.network.script(path, Answer::Body(body));
    }
    reader
}

/// Whose network has the story, its tree, and the order that this lacks.
fn whole() -> Reader {
    reader(&[
        ("/item/1.json", STORY),
        ("algolia:/items/1", TREE),
        ("/item/2.json", TWO),
    ])
}

#[test]
fn the_story_and_its_tree_are_asked_for_side_by_side_and_then_what_lacks_an_order() {
    let reader = whole();
    reader.open(thread(1));
    let mut asked = reader.network.asked();
    asked.sort();
    assert_eq!(asked, ["/item/1.json", "algolia:/items/1"]);
    reader.answer("algolia:/items/1");
    assert!(
        !Page::of(&reader).lists.contains_key(&1),
        "the top level has no rank yet"
    );
    reader.answer("/item/1.json");
    let page = Page::of(&reader);
    assert_eq!(page.order(), [1, 3, 2, 4, 5]);
    assert!(page.facts.loaded && !page.facts.ranked && page.facts.verified);

    reader.answer_all();
    let page = Page::of(&reader);
    assert_eq!(page.order(), [1, 3, 2, 5, 4]);
    assert!(page.facts.ranked && page.facts.verified);
    assert_eq!(reader.network.asked().len(), 3);
    assert!(reader.is_settled());
}

#[test]
fn a_thread_is_kept_soon_and_not_only_once_its_order_is_known() {
    let reader = reader(&[("/item/1.json", STORY), ("algolia:/items/1", TREE)]);
    reader.open(thread(1));
    reader.answer("algolia:/items/1");
    reader.answer("/item/1.json");
    let kept = || -> Vec<Id> {
        let thread = block_on(reader.store.thread(1)).expect("memory never fails");
        let items = thread.items.into_iter().flat_map(|thread| thread.value);
        items.map(|item| item.id).collect()
    };
    assert!(kept().is_empty());
    reader.clock.advance(Duration::from_secs(2));
    reader.turn();
    assert_eq!(kept(), [1, 3, 2, 4, 5]);
}

#[test]
fn without_the_index_the_official_api_is_walked_breadth_first() {
    let reader = reader(&[
        ("/item/1.json", STORY),
        ("/item/2.json", TWO),
        (
            "/item/3.json",
            r#"{"id":3,"type":"comment","parent":1,"kids":[6]}"#,
        ),
    ]);
    reader
        .network
        .script("algolia:/items/1", Answer::Status(404));
    reader.open(thread(1));
    reader.answer_all();
    let asked = reader.network.asked();
    let asked: Vec<_> = asked
        .iter()
        .filter(|path| path.starts_with("/item"))
        .collect();
    assert_eq!(
        asked,
        [
            "/item/1.json",
            "/item/3.json",
            "/item/2.json",
            "/item/6.json",
            "/item/5.json",
            "/item/4.json"
        ]
    );
    let page = Page::of(&reader);
    assert_eq!(page.order(), [1, 3, 6, 2, 5, 4]);
    assert!(page.facts.loaded && page.facts.ranked && page.facts.verified);
}

#[test]
fn an_index_that_takes_its_time_is_not_waited_for() {
    let reader = reader(&[("/item/1.json", STORY), ("/item/2.json", TWO)]);
    reader.network.script("algolia:/items/1", Answer::Hang);
    reader.open(thread(1));
    reader.answer("/item/1.json");
    assert_eq!(reader.network.in_flight(), ["algolia:/items/1"]);
    reader.clock.advance(INDEX_WITHIN);
    reader.turn();
    assert!(
        reader
            .network
            .in_flight()
            .contains(&"/item/3.json".to_owned())
    );
    reader.answer_all_but_hanging();
    assert!(Page::of(&reader).facts.verified);
    assert!(reader.is_settled());
    assert!(
        reader.network.in_flight().is_empty(),
        "nobody waits for the tree"
    );
}

#[test]
fn what_the_index_has_no_words_for_is_asked_for_one_by_one() {
    let tree = r#"{"id":1,"author":"a","title":"T","children":[{"id":2,"children":[]},
        {"id":3,"author":"b","text":"x","children":[]}]}"#;
    let reader = reader(&[
        ("/item/1.json", STORY),
        ("algolia:/items/1", tree),
        (
            "/item/2.json",
            r#"{"id":2,"type":"comment","deleted":true,"parent":1}"#,
        ),
        (
            "/item/3.json",
            r#"{"id":3,"type":"comment","text":"x","by":"b","parent":1}"#,
        ),
    ]);
    reader.open(thread(1));
    reader.answer_all();
    let page = Page::of(&reader);
    assert!(matches!(&page.items[&2], Reply::There(item) if item.deleted));
    assert!(page.facts.loaded);
}

#[test]
fn half_a_tree_is_completed_by_looking_at_every_comment() {
    let half = r#"{"id":1,"author":"a","title":"T","children":[
        {"id":2,"author":"b","text":"two","children":[]}]}"#;
    let reader = reader(&[
        ("/item/1.json", STORY),
        ("algolia:/items/1", half),
        ("/item/2.json", TWO),
        (
            "/item/3.json",
            r#"{"id":3,"type":"comment","text":"three","parent":1}"#,
        ),
        (
            "/item/4.json",
            r#"{"id":4,"type":"comment","text":"four","parent":2}"#,
        ),
        (
            "/item/5.json",
            r#"{"id":5,"type":"comment","text":"five","parent":2}"#,
        ),
    ]);
    reader.open(thread(1));
    reader.answer_all();
    let page = Page::of(&reader);
    assert_eq!(page.order(), [1, 3, 2, 5, 4]);
    assert!(page.facts.verified);
    assert_eq!(page.facts.there, 4);
}

#[test]
fn cycles_and_repetitions_lead_nowhere() {
    let reader = reader(&[
        (
            "/item/1.json",
            r#"{"id":1,"type":"story","title":"T","kids":[2,3,2,1]}"#,
        ),
        (
            "/item/2.json",
            r#"{"id":2,"type":"comment","text":"x","kids":[1,3,2]}"#,
        ),
        (
            "/item/3.json",
            r#"{"id":3,"type":"comment","text":"y","kids":[2]}"#,
        ),
    ]);
    reader.open(thread(1));
    reader.answer_all();
    assert_eq!(Page::of(&reader).order(), [1, 2, 3]);
    assert_eq!(reader.network.asked().len(), 4);
}

#[test]
fn a_second_visit_shows_the_thread_before_any_answer_and_asks_only_for_what_is_missing() {
    let reader = whole();
    reader.network.script("/item/2.json", Answer::Status(404));
    reader.open(thread(1));
    reader.answer_all();
    let again = reader.restart();
    again.open(thread(1));
    assert_eq!(Page::of(&again).order(), [1, 3, 2, 4, 5]);
    assert_eq!(
        again.network.asked(),
        ["/item/2.json"],
        "its order is missing"
    );
    again.network.script("/item/2.json", Answer::Body(TWO));
    again.answer_all();
    assert_eq!(Page::of(&again).order(), [1, 3, 2, 5, 4]);

    let third = again.restart();
    third.open(thread(1));
    assert!(third.network.asked().is_empty());
    assert!(Page::of(&third).facts.verified);
    assert!(third.is_settled());

    again.clock.advance(Duration::from_secs(61));
    let later = again.restart();
    later.network.script("/item/1.json", Answer::Body(STORY));
    later.network.script("algolia:/items/1", Answer::Body(TREE));
    later.open(thread(1));
    later.answer_all();
    assert_eq!(
        later.network.asked().len(),
        2,
        "an order that still fits stays"
    );
    assert_eq!(Page::of(&later).order(), [1, 3, 2, 5, 4]);
}

#[test]
fn a_refresh_asks_for_every_order_anew() {
    let reader = whole();
    reader.open(thread(1));
    reader.answer_all();
    reader.network.forget();
    let kids = TWO.replace("[5,4]", "[4,5]");
    reader
        .network
        .script("/item/2.json", Answer::Body(kids.leak()));
    reader.open(Intent::Thread {
        id: 1,
        refresh: true,
        by_hand: true,
    });
    reader.answer_all();
    assert_eq!(reader.network.asked().len(), 3);
    assert_eq!(Page::of(&reader).order(), [1, 3, 2, 4, 5]);
}

#[test]
fn a_comment_that_fails_leaves_the_others_and_a_retry_asks_for_it_alone() {
    let reader = reader(&[("/item/1.json", STORY), ("/item/2.json", TWO)]);
    reader
        .network
        .script("algolia:/items/1", Answer::Status(404));
    reader.network.script("/item/4.json", Answer::Body("{]"));
    reader.open(thread(1));
    reader.answer_all();
    let page = Page::of(&reader);
    assert_eq!(page.items[&4], Reply::Failed(Error::Undecodable));
    assert_eq!(
        (page.facts.total, page.facts.there, page.facts.failed),
        (4, 3, 1)
    );
    assert!(!page.facts.loaded);

    reader
        .network
        .script("/item/4.json", Answer::Body(r#"{"id":4,"text":"four"}"#));
    reader.network.forget();
    reader.open(thread(1));
    reader.answer_all();
    assert_eq!(reader.network.asked(), ["/item/4.json"]);
    let page = Page::of(&reader);
    assert_eq!(page.text(4), Some("four"));
    assert!(page.facts.loaded);
}

#[test]
fn a_story_that_fails_is_given_up_only_when_its_tree_is() {
    let is_failed = |reader: &Reader| {
        matches!(
            Page::of(reader).items.get(&1),
            Some(Reply::Failed(Error::Undecodable))
        )
    };
    let failing = || {
        let reader = reader(&[("/item/1.json", "{]"), ("algolia:/items/1", TREE)]);
        reader.open(thread(1));
        reader.answer("/item/1.json");
        assert!(!is_failed(&reader));
        reader
    };
    let comes = failing();
    comes.answer("algolia:/items/1");
    assert!(!is_failed(&comes));
    assert_eq!(Page::of(&comes).order(), [1, 2, 4, 5, 3]);

    let late = failing();
    late.clock.advance(INDEX_WITHIN);
    late.turn();
    assert!(is_failed(&late));

    let lacks = failing();
    lacks
        .network
        .script("algolia:/items/1", Answer::Status(404));
    lacks.answer("algolia:/items/1");
    assert!(is_failed(&lacks));
}

#[test]
fn a_comment_shows_what_it_replies_to_up_to_the_story() {
    let reader = reader(&[
        (
            "/item/4.json",
            r#"{"id":4,"type":"comment","text":"four","parent":2}"#,
        ),
        ("/item/2.json", TWO),
        ("/item/1.json", STORY),
    ]);
    reader.open(thread(4));
    reader.answer_all();
    let mut trails = reader
        .changes()
        .into_iter()
        .filter_map(|change| match change {
            Change::Trail(trail) => Some(trail),
            _ => None,
        });
    let trail = trails.next_back().expect("a trail");
    let ids: Vec<_> = trail.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [2, 1]);
    assert!(matches!(&trail[1].1, Reply::There(item) if item.title.is_some()));
    assert!(reader.is_settled());
}

#[test]
fn a_thread_that_nothing_answers_for_says_so_and_keeps_what_was_there() {
    let reader = whole();
    reader.open(thread(1));
    reader.answer_all();
    reader.clock.advance(Duration::from_secs(61));
    let later = reader.restart();
    for path in ["/item/1.json", "algolia:/items/1"] {
        later.network.script(path, Answer::NoConnection);
    }
    later.open(thread(1));
    later.answer_all();
    assert_eq!(Page::of(&later).order(), [1, 3, 2, 5, 4]);
    let failed = |change: &Change| matches!(change, Change::RankingFailed(_));
    assert!(later.changes().iter().any(failed));
}

/// Opens the thread two minutes after it was kept, with a new page, a later story, and without the
/// index.
fn without_the_index(reader: &Reader, story: &'static str) -> Reader {
    reader.clock.advance(Duration::from_secs(120));
    let later = reader.restart();
    later.network.script("/item/1.json", Answer::Body(story));
    later
        .network
        .script("algolia:/items/1", Answer::Status(404));
    later
}

const FIVE: &str = r#"{"id":1,"type":"story","title":"T","by":"a","descendants":5,"kids":[3,2]}"#;

#[test]
fn a_reply_below_a_kept_comment_is_found_though_only_the_story_counts_it() {
    let reader = reader(&[
        ("/item/1.json", STORY),
        ("/item/2.json", TWO),
        ("/item/3.json", r#"{"id":3,"text":"three","parent":1}"#),
        ("/item/4.json", r#"{"id":4,"text":"four","parent":2}"#),
        ("/item/5.json", r#"{"id":5,"text":"five","parent":2}"#),
    ]);
    reader
        .network
        .script("algolia:/items/1", Answer::Status(404));
    reader.open(thread(1));
    reader.answer_all();

    let same = without_the_index(&reader, STORY);
    same.open(thread(1));
    same.answer_all();
    assert_eq!(same.network.asked().len(), 2, "the story counts as many");
    assert!(Page::of(&same).facts.verified);

    let more = without_the_index(&same, FIVE);
    more.network.script(
        "/item/4.json",
        Answer::Body(r#"{"id":4,"text":"four","parent":2,"kids":[6]}"#),
    );
    more.open(thread(1));
    more.answer_all();
    let page = Page::of(&more);
    assert_eq!(page.order(), [1, 3, 2, 5, 4, 6]);
    assert!(page.facts.verified);
}

#[test]
fn what_stands_below_a_comment_that_did_not_come_is_kept_too() {
    // The index has no words for a deleted comment, but knows its replies.
    let tree = r#"{"id":1,"author":"a","title":"T","children":[
        {"id":2,"author":"b","text":"two","children":[{"id":4,"children":[
            {"id":6,"author":"c","text":"six","children":[]}]}]}]}"#;
    let reader = reader(&[("/item/1.json", STORY), ("algolia:/items/1", tree)]);
    reader.network.script("/item/4.json", Answer::Hang);
    reader.open(thread(1));
    reader.answer("/item/1.json");
    reader.answer("algolia:/items/1");
    reader.leave();
    reader.turn();
    let again = reader.restart();
    again.open(thread(1));
    assert_eq!(Page::of(&again).text(6), Some("six"));
}

#[test]
fn a_thread_that_was_left_before_its_tree_came_asks_for_it_again() {
    let many = r#"{"id":1,"type":"story","title":"T","by":"a","descendants":90,"kids":[3,2]}"#;
    let reader = reader(&[("/item/1.json", many), ("algolia:/items/1", TREE)]);
    reader.open(thread(1));
    reader.answer("/item/1.json");
    reader.leave();
    reader.turn();
    let again = reader.restart();
    again.open(thread(1));
    assert!(
        again
            .network
            .asked()
            .contains(&"algolia:/items/1".to_owned())
    );
}

#[test]
fn what_was_nothing_keeps_nobody_waiting_at_the_next_visit_and_is_asked_for_again() {
    let reader = reader(&[
        ("/item/1.json", STORY),
        ("/item/2.json", TWO),
        ("/item/3.json", "null"),
        ("/item/4.json", "null"),
        ("/item/5.json", r#"{"id":5,"text":"five","parent":2}"#),
    ]);
    let index = Answer::Status(404);
    reader.network.script("algolia:/items/1", index);
    reader.open(thread(1));
    reader.answer_all();

    let again = reader.restart();
    again.open(thread(1));
    let page = Page::of(&again);
    assert_eq!(page.order(), [1, 3, 2, 5, 4]);
    for id in [3, 4] {
        assert_eq!(page.items[&id], Reply::Failed(Error::Missing));
    }
    assert!(page.facts.loaded);
    assert_eq!(again.network.asked(), ["/item/3.json", "/item/4.json"]);
    again.network.script(
        "/item/3.json",
        Answer::Body(r#"{"id":3,"text":"three","parent":1}"#),
    );
    again.network.script("/item/4.json", Answer::Hang);
    again.answer("/item/3.json");
    assert_eq!(Page::of(&again).text(3), Some("three"));
}

/// How old the thread was said to be, last.
fn as_of(reader: &Reader) -> Option<Timestamp> {
    let moments = reader.changes().into_iter();
    let moments = moments.filter_map(|change| match change {
        Change::AsOf(moment) => Some(moment),
        _ => None,
    });
    moments.last()
}

#[test]
fn a_kept_thread_is_as_old_as_it_was_until_all_of_it_is_renewed() {
    let reader = whole();
    reader.open(thread(1));
    reader.answer_all();
    let kept = as_of(&reader);
    reader.clock.advance(Duration::from_secs(120));
    let later = reader.restart();
    later.network.script("/item/1.json", Answer::Body(STORY));
    later.network.script("algolia:/items/1", Answer::Body(TREE));
    later.open(thread(1));
    later.answer("/item/1.json");
    assert_eq!(as_of(&later), kept);
    later.answer("algolia:/items/1");
    assert_eq!(as_of(&later), Some(later.clock.wall()));
}

#[test]
fn a_thread_never_gives_way_to_a_smaller_part_of_it() {
    let reader = whole();
    // Another tab opens it while nothing is kept, and leaves it once all of it is.
    let other = reader.restart();
    other.network.script("/item/1.json", Answer::Body(STORY));
    other.network.script("algolia:/items/1", Answer::Hang);
    other.open(thread(1));
    other.answer("/item/1.json");
    reader.open(thread(1));
    reader.answer_all();
    other.leave();
    other.turn();
    let again = reader.restart();
    again.open(thread(1));
    assert_eq!(Page::of(&again).order(), [1, 3, 2, 5, 4]);
}

#[test]
fn a_kept_thread_is_no_newer_for_a_story_whose_comments_fail() {
    let reader = whole();
    reader.open(thread(1));
    reader.answer_all();
    let kept = as_of(&reader);

    let later = without_the_index(
        &reader,
        r#"{"id":1,"type":"story","title":"T","by":"a","descendants":5,"kids":[6,3,2]}"#,
    );
    later.network.script("/item/6.json", Answer::Status(403));
    later.open(thread(1));
    later.answer_all();
    assert_eq!(as_of(&later), kept);
}

#[test]
fn a_visit_that_asks_only_for_what_is_lacking_makes_nothing_else_newer() {
    let reader = reader(&[
        ("/item/1.json", STORY),
        ("algolia:/items/1", TREE),
        ("/item/2.json", TWO),
        ("/item/5.json", "null"),
    ]);
    reader.network.script(
        "algolia:/items/1",
        Answer::Body(TREE.replace(r#""author":"c","text":"five","#, "").leak()),
    );
    reader.open(thread(1));
    reader.answer_all();
    let kept = as_of(&reader);
    reader.clock.advance(Duration::from_secs(50));
    let again = reader.restart();
    again.network.script("/item/5.json", Answer::Body("null"));
    again.open(thread(1));
    again.answer_all();
    assert_eq!(again.network.asked(), ["/item/5.json"]);
    assert_eq!(as_of(&again), kept);
}
