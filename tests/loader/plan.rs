//! The plan alone: events in, effects out.

use crate::keeping::job;
use hackershelf::hn::{Error, Feed, Fetched, Id, Item};
use hackershelf::loader::Change;
use hackershelf::loader::plan::{Effect, Event, Pages, Plan, Stories};
use hackershelf::store::Stored;
use hackershelf::sync::Priority;
use hackershelf::time::Timestamp;

const NOW: Timestamp = Timestamp(1_600_000_000_000);
const FIRST: Pages = Pages::One(1);
const LONG_AGO: Timestamp = Timestamp(0);

fn ranking(ids: impl IntoIterator<Item = Id>, fetched_at: Timestamp) -> Stored<Vec<Id>> {
    Stored {
        value: ids.into_iter().collect(),
        fetched_at,
    }
}

fn stored(id: Id, fetched_at: Timestamp) -> Stored<Item> {
    Stored {
        value: Fetched::decode(format!(r#"{{"id":{id}}}"#))
            .expect("an item")
            .value,
        fetched_at,
    }
}

fn fetched(ids: impl IntoIterator<Item = Id>) -> Vec<Effect> {
    let fetch = |id| Effect::FetchItem(id, Priority::Now);
    ids.into_iter().map(fetch).collect()
}

fn fetches(effects: &[Effect]) -> Vec<Effect> {
    let is_fetch = |effect: &&Effect| matches!(effect, Effect::FetchItem(..));
    effects.iter().filter(is_fetch).cloned().collect()
}

#[test]
fn store_and_network_are_asked_for_the_ranking_at_once() {
    let (mut plan, effects) = Stories::open(Feed::New, FIRST, false, None, NOW);
    assert_eq!(
        effects,
        [
            Effect::FetchRanking(Feed::New),
            Effect::ReadRanking(Feed::New)
        ]
    );
    let effects = plan.on(Event::StoredRanking(None), NOW);
    assert_eq!(effects, [Effect::Show(Change::Blank)]);
}

#[test]
fn a_young_snapshot_needs_no_ranking_and_an_old_one_does() {
    for (fetched_at, page, refresh, asks) in [
        (NOW, 1, false, false),
        (NOW, 1, true, true),
        (LONG_AGO, 1, false, true),
        (LONG_AGO, 2, false, false),
        (LONG_AGO, 2, true, true),
    ] {
        let snapshot = Some(ranking(1..=90, fetched_at));
        let (_, effects) = Stories::open(Feed::Top, Pages::One(page), refresh, snapshot, NOW);
        let asked = effects.contains(&Effect::FetchRanking(Feed::Top));
        assert_eq!(
            asked, asks,
            "page {page}, {fetched_at:?}, refresh {refresh}"
        );
    }
}

#[test]
fn no_item_is_asked_for_while_the_ranking_is_on_its_way() {
    let (mut plan, _) = Stories::open(Feed::Top, FIRST, false, None, NOW);
    plan.on(Event::StoredRanking(Some(ranking([1, 2], LONG_AGO))), NOW);
    let effects = plan.on(Event::StoredItems(vec![stored(1, LONG_AGO)]), NOW);
    assert_eq!(fetches(&effects), []);
    plan.on(Event::Ranked(Ok(vec![2, 3])), NOW);
    let effects = plan.on(Event::StoredItems(vec![]), NOW);
    assert_eq!(fetches(&effects), fetched([2, 3]));
}

#[test]
fn an_item_is_asked_for_once_however_the_reads_and_the_ranking_cross() {
    let (mut plan, _) = Stories::open(Feed::Top, FIRST, false, None, NOW);
    plan.on(Event::StoredRanking(Some(ranking([1, 2], LONG_AGO))), NOW);
    let mut effects = plan.on(Event::Ranked(Ok(vec![1, 2])), NOW);
    effects.extend(plan.on(Event::StoredItems(vec![]), NOW));
    assert_eq!(fetches(&effects), []);
    effects.extend(plan.on(Event::StoredItems(vec![]), NOW));
    assert_eq!(fetches(&effects), fetched([1, 2]));
}

#[test]
fn when_the_ranking_fails_only_what_the_store_lacks_is_asked_for() {
    let (mut plan, _) = Stories::open(Feed::Top, FIRST, false, None, NOW);
    plan.on(Event::StoredRanking(Some(ranking([1, 2], LONG_AGO))), NOW);
    plan.on(Event::StoredItems(vec![stored(1, LONG_AGO)]), NOW);
    let effects = plan.on(Event::Ranked(Err(Error::Missing)), NOW);
    assert_eq!(fetches(&effects), fetched([2]));
}

#[test]
fn a_network_that_is_faster_than_the_store_makes_its_ranking_outdated() {
    let (mut plan, _) = Stories::open(Feed::Top, FIRST, false, None, NOW);
    plan.on(Event::Ranked(Ok(vec![3, 1])), NOW);
    let mut effects = plan.on(Event::StoredItems(vec![]), NOW);
    assert_eq!(fetches(&effects), []);
    effects = plan.on(Event::StoredRanking(Some(ranking([1, 2], LONG_AGO))), NOW);
    assert_eq!(fetches(&effects), fetched([3, 1]));
    let shows = |effect: &Effect| matches!(effect, Effect::Show(Change::Ranking { ids, .. }) if *ids == [3, 1]);
    assert!(effects.iter().any(shows), "{effects:?}");
}

#[test]
fn a_network_that_fails_faster_than_the_store_answers_is_told_after_it() {
    let failed = Effect::Show(Change::RankingFailed(Error::Missing));
    for (kept, first) in [
        (None, Effect::Show(Change::Blank)),
        (
            Some(ranking([1, 2], LONG_AGO)),
            Effect::ReadItems(vec![1, 2]),
        ),
    ] {
        let (mut plan, _) = Stories::open(Feed::Top, FIRST, false, None, NOW);
        assert_eq!(plan.on(Event::Ranked(Err(Error::Missing)), NOW), []);
        let effects = plan.on(Event::StoredRanking(kept), NOW);
        assert_eq!(effects[..2], [first, failed.clone()]);
    }
}

#[test]
fn an_empty_ranking_is_shown_kept_and_done() {
    let (mut plan, _) = Stories::open(Feed::Ask, FIRST, false, None, NOW);
    plan.on(Event::StoredRanking(None), NOW);
    let mut effects = plan.on(Event::Ranked(Ok(vec![])), NOW);
    effects.extend(plan.on(Event::StoredItems(vec![]), NOW));
    let empty = Change::Ranking {
        ids: vec![],
        first: 0,
        pages: 0,
        as_of: NOW,
    };
    assert!(effects.contains(&Effect::Show(empty)));
    assert!(effects.contains(&Effect::Show(Change::Settled)));
    assert!(!effects.contains(&Effect::Finish), "not before it is kept");
    assert_eq!(plan.on(Event::Kept(Ok(())), NOW), [Effect::Finish]);
}

#[test]
fn a_page_beyond_the_end_lists_nothing_and_says_how_many_there_are() {
    for page in [4, 99, usize::MAX] {
        let snapshot = Some(ranking(1..=90, NOW));
        let (mut plan, _) = Stories::open(Feed::Top, Pages::One(page), false, snapshot, NOW);
        let effects = plan.on(Event::StoredItems(vec![]), NOW);
        let beyond = |effect: &Effect| matches!(effect, Effect::Show(Change::Ranking { ids, pages: 3, .. }) if ids.is_empty());
        assert!(effects.iter().any(beyond), "page {page}: {effects:?}");
    }
}

#[test]
fn a_load_is_kept_whole_in_one_batch() {
    let (mut plan, _) = Stories::open(Feed::Top, FIRST, false, None, NOW);
    plan.on(Event::StoredRanking(None), NOW);
    plan.on(Event::Ranked(Ok(vec![1, 2])), NOW);
    plan.on(Event::StoredItems(vec![]), NOW);
    let answer = |id| {
        let json = format!(r#"{{"id":{id}}}"#);
        Event::Item(id, Fetched::decode(json))
    };
    assert!(
        !plan
            .on(answer(2), NOW)
            .iter()
            .any(|effect| matches!(effect, Effect::Keep(_)))
    );
    let effects = plan.on(answer(1), NOW);
    let kept = effects.iter().find_map(|effect| match effect {
        Effect::Keep(batch) => Some(batch),
        _ => None,
    });
    let kept = kept.expect("the last answer ends the load");
    assert!(kept.feed.is_some());
    assert_eq!(kept.items.len(), 2);
}

#[test]
fn a_write_that_fails_is_told() {
    let (mut plan, _) = Stories::open(Feed::Top, FIRST, false, Some(ranking([], NOW)), NOW);
    let mut effects = plan.on(Event::StoredItems(vec![]), NOW);
    assert_eq!(effects.pop(), Some(Effect::Finish));

    let (mut plan, _) = Stories::open(Feed::Top, FIRST, true, Some(ranking([], NOW)), NOW);
    plan.on(Event::StoredItems(vec![]), NOW);
    plan.on(Event::Ranked(Ok(vec![])), NOW);
    plan.on(Event::StoredItems(vec![]), NOW);
    let full = hackershelf::store::Error::Failed("full".into());
    assert_eq!(
        plan.on(Event::Kept(Err(full.clone())), NOW),
        [Effect::Show(Change::NotKept(full)), Effect::Finish]
    );
}

/// How many stories are asked for at `Now`, `Soon` and `Later`, in this order.
fn asked_at(effects: &[Effect]) -> Vec<(Priority, usize)> {
    let mut asked: Vec<(Priority, usize)> = Vec::new();
    for effect in effects {
        let Effect::FetchItem(_, priority) = effect else {
            continue;
        };
        match asked.last_mut() {
            Some((last, count)) if last == priority => *count += 1,
            _ => asked.push((*priority, 1)),
        }
    }
    asked
}

#[test]
fn of_a_whole_feed_the_first_thirty_are_asked_for_now_and_the_rest_soon() {
    let snapshot = Some(ranking(1..=500, NOW));
    let (mut plan, _) = Stories::open(Feed::Top, Pages::All, false, snapshot, NOW);
    let effects = plan.on(Event::StoredItems(vec![]), NOW);
    assert_eq!(
        asked_at(&effects),
        [(Priority::Now, 30), (Priority::Soon, 470)]
    );
}

#[test]
fn what_is_kept_for_offline_is_asked_for_later() {
    let snapshot = Some(ranking(1..=500, NOW));
    let (mut plan, _) = Stories::keep(&job(Feed::Top), snapshot, NOW);
    let effects = plan.on(Event::StoredItems(vec![]), NOW);
    assert_eq!(asked_at(&effects), [(Priority::Later, 500)]);
    let (_, effects) = Stories::retry(vec![1, 2], true);
    assert_eq!(asked_at(&effects), [(Priority::Later, 2)]);
    let (_, effects) = Stories::retry(vec![1, 2], false);
    assert_eq!(asked_at(&effects), [(Priority::Now, 2)]);
}

#[test]
fn the_whole_feed_is_ranked_anew_as_its_first_page_is() {
    for (fetched_at, asks) in [(NOW, false), (LONG_AGO, true)] {
        let snapshot = Some(ranking(1..=90, fetched_at));
        let (_, effects) = Stories::open(Feed::Top, Pages::All, false, snapshot, NOW);
        assert_eq!(effects.contains(&Effect::FetchRanking(Feed::Top)), asks);
    }
}

#[test]
fn only_a_story_that_comes_moves_a_deadline_and_only_that_of_a_long_load() {
    for (stories, moves) in [(30, false), (31, true)] {
        let snapshot = Some(ranking(1..=stories, NOW));
        let (mut plan, _) = Stories::open(Feed::Top, Pages::All, false, snapshot, NOW);
        plan.on(Event::StoredItems(vec![]), NOW);
        let story = Fetched::decode(r#"{"id":1}"#.to_owned());
        let effects = plan.on(Event::Item(1, story), NOW);
        assert_eq!(
            effects.contains(&Effect::Extend),
            moves,
            "{stories} stories"
        );
        let effects = plan.on(Event::Item(2, Err(Error::Missing)), NOW);
        assert!(!effects.contains(&Effect::Extend), "{stories} stories");
    }
}
