use hackershelf::http::event::{Bar, Doing, KEPT, Outcome};
use hackershelf::http::{Error, Trace};
use hackershelf::sync::Priority;

use crate::world::{LATER, World, ms};

#[test]
fn a_request_tells_its_life_in_order() {
    let world = World::with_permits(1);
    let _asker = world.ask("/0");
    let _also = world.ask("/0");
    world.pass(ms(20));
    world.refuse("/0", 429);
    world.pass_slowly(ms(1_300));
    world.answer("/0");

    let trace = world.client.trace();
    assert_eq!(trace.records.len(), 1);
    let record = &trace.records[0];
    assert!(record.url.ends_with("/0"));
    assert_eq!(record.priority, Priority::Now);
    let doing: Vec<_> = record.bars.iter().map(|bar| bar.doing).collect();
    assert_eq!(
        doing,
        [
            Doing::Waiting,
            Doing::InFlight { lane: 0 },
            Doing::BackOff,
            Doing::Paused,
            Doing::Waiting,
            Doing::InFlight { lane: 0 },
        ]
    );
    let took = |bar: &Bar| bar.to.expect("it is over") - bar.from;
    assert_eq!(took(&record.bars[1]), ms(20));
    assert!(took(&record.bars[2]) <= ms(300) && took(&record.bars[3]) <= ms(1_000));
    let counts = trace.counts;
    assert_eq!((counts.asked, counts.done, counts.retried), (1, 1, 1));
    assert_eq!((counts.shared, counts.bytes), (1, 8));
}

#[test]
fn a_failure_and_a_departure_are_told_last() {
    let world = World::with_permits(1);
    let _failing = world.ask("/0");
    world.refuse("/0", 404);
    let leaving = world.ask("/1");
    world.leave(&leaving);
    let trace = world.client.trace();
    let outcomes: Vec<_> = trace.records.iter().map(|it| it.outcome.clone()).collect();
    let failed = Outcome::Failed(Error::Status(404));
    assert_eq!(outcomes, [Some(failed), Some(Outcome::Aborted)]);
    assert_eq!((trace.counts.failed, trace.counts.aborted), (1, 1));
}

#[test]
fn each_in_flight_has_a_lane_of_its_own_below_the_permits() {
    let world = World::with_permits(3);
    let askers = world.ask_all(0..5);
    world.answer("/1");
    world.linger(true);
    world.leave(&askers[0]);
    world.answer("/2");
    let lane = |bar: &Bar| match bar.doing {
        Doing::InFlight { lane } => Some(lane),
        _ => None,
    };
    let trace = world.client.trace();
    let bars = trace.records.iter().flat_map(|record| &record.bars);
    let lanes: Vec<_> = bars.filter_map(lane).collect();
    assert_eq!(lanes, [0, 1, 2, 1, 2]);
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
