use hackershelf::http::event::{Bar, Doing, KEPT, Outcome, What};
use hackershelf::http::{Error, Trace};
use hackershelf::sync::Priority;

use crate::world::{LATER, World, ms};

#[test]
fn a_request_tells_its_life_in_order() {
    let world = World::with_permits(1);
    let events = world.listen();
    let _asker = world.ask("/0");
    let _also = world.ask("/0");
    world.pass(ms(20));
    world.refuse("/0", 429);
    world.pass_slowly(ms(1_300));
    world.answer("/0");

    let events = events.borrow();
    assert!(events.iter().all(|event| event.request == 0));
    assert!(events.iter().all(|event| event.url.ends_with("/0")));
    assert!(events.iter().all(|event| event.priority == Priority::Now));
    assert!(events.is_sorted_by_key(|event| event.at));
    let whats: Vec<_> = events.iter().map(|event| event.what.clone()).collect();
    let [
        What::Queued,
        What::Started { lane: 0 },
        What::Shared,
        What::Answered {
            status: 429,
            bytes: 4,
        },
        What::Retry {
            why: Error::Status(429),
            after,
        },
        What::Paused(Some(wait)),
        What::Queued,
        What::Started { lane: 0 },
        What::Answered {
            status: 200,
            bytes: 4,
        },
    ] = &whats[..]
    else {
        panic!("{whats:#?}");
    };
    assert!(*after <= ms(300) && *wait <= ms(1_000));
}

#[test]
fn a_failure_and_a_departure_are_told_last() {
    let world = World::with_permits(1);
    let events = world.listen();
    let _failing = world.ask("/0");
    world.refuse("/0", 404);
    let leaving = world.ask("/1");
    world.leave(&leaving);
    let last = |request| {
        let events = events.borrow();
        let mut own = events.iter().rev().filter(|event| event.request == request);
        own.next().map(|event| event.what.clone())
    };
    assert_eq!(last(0), Some(What::Failed(Error::Status(404))));
    assert_eq!(last(1), Some(What::Aborted));
}

#[test]
fn each_in_flight_has_a_lane_of_its_own_below_the_permits() {
    let world = World::with_permits(3);
    let events = world.listen();
    let askers = world.ask_all(0..5);
    world.answer("/1");
    world.linger(true);
    world.leave(&askers[0]);
    world.answer("/2");
    let lane = |what: &What| match what {
        What::Started { lane } => Some(*lane),
        _ => None,
    };
    let lanes: Vec<_> = events
        .borrow()
        .iter()
        .filter_map(|it| lane(&it.what))
        .collect();
    assert_eq!(lanes, [0, 1, 2, 1, 2]);
}

#[test]
fn nobody_is_told_after_the_last_look() {
    let world = World::with_permits(3);
    let events = world.listen();
    world.client.watch(None);
    let _asker = world.ask("/0");
    assert!(events.borrow().is_empty());
    assert_eq!(world.client.trace().counts.asked, 1);
}

#[test]
fn a_listener_finds_the_event_in_the_trace_already() {
    let world = World::with_permits(3);
    let client = std::rc::Rc::clone(&world.client);
    world.client.watch(Some(std::rc::Rc::new(move |event| {
        let trace = client.trace();
        assert_eq!(
            trace.records.back().map(|record| record.request),
            Some(event.request)
        );
    })));
    let _askers = world.ask_all(0..3);
    world.client.watch(None);
}

#[test]
fn the_trace_has_bars_without_gaps() {
    let world = World::with_permits(1);
    let _asker = world.ask_as("/0", LATER);
    world.pass(ms(40));
    world.refuse("/0", 500);
    world.pass(ms(300));
    world.pass(ms(10));
    world.answer("/0");
    let trace = world.client.trace();
    let record = &trace.records[0];
    let doing: Vec<_> = record.bars.iter().map(|bar| bar.doing).collect();
    assert_eq!(
        doing,
        [
            Doing::Waiting,
            Doing::InFlight { lane: 0 },
            Doing::BackOff,
            Doing::Waiting,
            Doing::InFlight { lane: 0 },
        ]
    );
    let is_closed = |pair: &[Bar]| pair[0].to == Some(pair[1].from);
    assert!(record.bars.windows(2).all(is_closed));
    assert_eq!(record.bars[4].to, Some(ms(350)));
    assert_eq!(record.outcome, Some(Outcome::Done));
    assert_eq!(
        (record.attempts, record.status, record.bytes),
        (2, Some(200), 8)
    );
    assert_eq!(record.priority, Priority::Later);
}

#[test]
fn the_trace_counts_all_and_remembers_the_last_five_hundred() {
    let world = World::with_permits(32);
    let first = world.ask("/first");
    let _askers = world.ask_all(0..KEPT);
    // It is forgotten already, but counts.
    world.leave(&first);
    world.answer_all();
    let Trace { counts, records } = &*world.client.trace();
    assert_eq!((counts.asked, counts.done, counts.aborted), (501, 500, 1));
    assert_eq!(counts.bytes, 2_000);
    assert_eq!(records.len(), KEPT);
    assert_eq!(records[0].request, 1);
    assert!(
        records
            .iter()
            .all(|record| record.outcome == Some(Outcome::Done))
    );
}
