use hackershelf::http::policy::Limits;
use hackershelf::sync::Semaphore;

use crate::world::{LATER, NOW, World, ms};

#[test]
fn never_more_are_in_flight_than_there_are_permits() {
    for permits in [1, 2, 6, 32] {
        let world = World::with_permits(permits);
        let askers = world.ask_all(0..100);
        assert_eq!(world.in_flight().len(), permits);
        world.answer_all();
        assert_eq!(world.peak(), permits);
        assert!(askers.iter().all(|asker| asker.has_body()));
    }
}

#[test]
fn the_most_urgent_goes_first_and_within_that_the_first() {
    let world = World::with_permits(1);
    let _askers = (
        world.ask("/0"),
        world.ask_as("/later", LATER),
        world.ask("/1"),
        world.ask("/2"),
    );
    world.answer_all();
    assert_eq!(world.sent(), ["/0", "/1", "/2", "/later"]);
}

#[test]
fn what_was_aborted_counts_until_the_network_has_let_go() {
    let world = World::with_permits(2);
    world.linger(true);
    let first = world.ask("/0");
    let _others = world.ask_all(1..5);
    world.leave(&first);
    assert_eq!(world.in_flight(), ["/0", "/1"]);
    world.linger(false);
    assert_eq!(world.in_flight(), ["/1", "/2"]);
    assert_eq!(world.peak(), 2);
}

#[test]
fn new_limits_hold_for_what_is_queued_already() {
    let world = World::with_permits(1);
    let _askers = world.ask_all(0..20);
    let with = |permits| Limits {
        permits,
        ..Limits::default()
    };
    world.client.set_limits(with(4));
    world.turn();
    assert_eq!(world.in_flight().len(), 4);
    world.client.set_limits(with(2));
    world.answer("/0");
    world.answer("/1");
    assert_eq!(world.in_flight(), ["/2", "/3"]);
    world.answer("/2");
    assert_eq!(world.in_flight(), ["/3", "/4"]);
}

#[test]
fn starts_keep_to_the_rate_after_a_burst() {
    let world = World::new(Limits {
        rate: 2,
        burst: 3,
        permits: 32,
        ..Limits::default()
    });
    let _askers = world.ask_all(0..10);
    assert_eq!(world.sent().len(), 3);
    for expected in 4..=10 {
        world.pass(ms(499));
        assert_eq!(world.sent().len(), expected - 1);
        world.pass(ms(1));
        assert_eq!(world.sent().len(), expected);
    }
    assert_eq!(
        world.sent(),
        (0..10).map(|n| format!("/{n}")).collect::<Vec<_>>()
    );
}

#[test]
fn by_the_rate_too_the_most_urgent_starts_first() {
    let world = World::slow();
    let _downloads = ["/0", "/1", "/2", "/3"].map(|path| world.ask_as(path, LATER));
    let _asked = (world.ask("/now"), world.ask_as("/3", NOW));
    for expected in [
        &["/0"][..],
        &["/0", "/1"],
        &["/0", "/1", "/now"],
        &["/0", "/1", "/now", "/3"],
        &["/0", "/1", "/now", "/3", "/2"],
    ] {
        assert_eq!(world.sent(), expected);
        world.pass(ms(1_000));
    }
}

#[test]
fn leaving_while_the_rate_is_waited_for_costs_no_start() {
    let world = World::slow();
    let askers = world.ask_all(0..4);
    world.leave(&askers[1]);
    world.leave(&askers[2]);
    world.pass(ms(1_000));
    assert_eq!(world.sent(), ["/0", "/3"]);
}

#[test]
fn a_rate_that_is_taken_away_lets_go_at_once() {
    let world = World::slow();
    let _askers = world.ask_all(0..6);
    assert_eq!(world.sent().len(), 1);
    world.client.set_limits(Limits::default());
    world.turn();
    assert_eq!(world.sent().len(), 6);
}

#[test]
fn time_spent_waiting_for_a_turn_is_not_the_attempt_s() {
    let world = World::new(Limits {
        rate: 1,
        burst: 1,
        permits: 6,
        timeout_ms: 500,
        ..Limits::default()
    });
    let askers = world.ask_all(0..3);
    world.answer("/0");
    for path in ["/1", "/2"] {
        world.pass(ms(1_000));
        world.answer(path);
    }
    assert!(askers.iter().all(|asker| asker.has_body()));
    assert_eq!(world.sent(), ["/0", "/1", "/2"]);
}

#[test]
fn the_next_request_is_sent_before_an_answer_is_worked_on() {
    let world = World::with_permits(1);
    let others = Semaphore::new(0);
    world.others_first(&others);
    let first = world.ask("/0");
    let _download = world.ask_as("/2", LATER);
    let second = world.ask("/1");
    let _third = world.ask("/3");
    world.answer("/0");
    assert!(first.waits());
    assert_eq!(world.in_flight(), ["/1"]);
    others.resize(1);
    world.turn();
    assert!(first.has_body());

    // Nobody as urgent waits any more.
    others.resize(0);
    world.answer("/1");
    assert!(second.has_body());
}

#[test]
fn who_leaves_while_others_are_sent_was_answered() {
    let world = World::with_permits(1);
    world.others_first(&Semaphore::new(0));
    let askers = world.ask_all(0..3);
    world.answer("/0");
    world.leave(&askers[0]);
    let counts = world.client.trace().counts;
    assert_eq!((counts.done, counts.aborted), (1, 0));
}
