use hackershelf::http::Error;
use hackershelf::http::policy::Limits;

use crate::world::{World, ms, status, until};

#[test]
fn what_may_pass_is_tried_three_times() {
    let world = World::with_permits(1);
    let asker = world.ask("/0");
    for _ in 0..3 {
        assert_eq!(world.in_flight(), ["/0"]);
        world.refuse("/0", 500);
        world.pass(ms(10_000));
    }
    assert_eq!(asker.error(), Error::Status(500));
    assert_eq!(world.sent().len(), 3);
}

#[test]
fn what_will_not_pass_is_given_up_at_once() {
    for code in [400, 404, 410, 501] {
        let world = World::with_permits(1);
        let asker = world.ask("/0");
        world.refuse("/0", code);
        assert_eq!(asker.error(), Error::Status(code));
    }
}

#[test]
fn too_large_is_given_up_at_once() {
    let world = World::with_permits(1);
    let asker = world.ask("/0");
    world.end("/0", Err(Error::TooLarge));
    assert_eq!(asker.error(), Error::TooLarge);
}

#[test]
fn what_takes_too_long_is_aborted_and_tried_again() {
    let world = World::with_permits(1);
    let asker = world.ask("/0");
    world.pass(ms(9_999));
    assert_eq!(world.aborted(), 0);
    world.pass(ms(1));
    assert_eq!(world.aborted(), 1);
    world.pass(ms(300));
    world.answer("/0");
    assert!(asker.has_body());
}

#[test]
fn no_permit_is_held_during_a_backoff() {
    let world = World::with_permits(1);
    let _askers = world.ask_all(0..2);
    world.refuse("/0", 500);
    assert_eq!(world.in_flight(), ["/1"]);
}

#[test]
fn a_hundred_retries_and_then_failures_are_final() {
    let world = World::with_permits(32);
    let askers = world.ask_all(0..300);
    let failed = Ok(status(500));
    for _ in 0..400 {
        world.end_all(&failed);
        world.pass(ms(100));
    }
    assert!(
        askers
            .iter()
            .all(|asker| asker.error() == Error::Status(500))
    );
    assert_eq!(world.sent().len(), 400);
    assert_eq!(world.client.trace().counts.retried, 100);
}

#[test]
fn successes_earn_retries_back() {
    let world = World::new(Limits {
        permits: 32,
        attempts: 2,
        ..Limits::default()
    });
    let lost = world.ask_all(0..100);
    world.end_all(&Ok(status(500)));
    while lost.iter().any(|asker| asker.waits()) {
        world.end_all(&Ok(status(500)));
        world.pass(ms(100));
    }
    let _good = world.ask_all(100..104);
    world.answer_all();
    let asker = world.ask("/x");
    world.refuse("/x", 500);
    assert_eq!(asker.error(), Error::Status(500));
    let _good = world.ask("/104");
    world.answer_all();
    let asker = world.ask("/y");
    world.refuse("/y", 500);
    assert!(asker.waits());
}

#[test]
fn no_backoff_is_begun_that_ends_after_the_deadline() {
    let world = World::with_permits(1);
    let asker = world.ask_as("/0", until(10));
    world.pass(ms(10_000));
    assert_eq!(asker.error(), Error::Timeout(ms(10_000)));
}

#[test]
fn a_changed_timeout_holds_from_the_next_attempt_on() {
    let world = World::with_permits(1);
    let _asker = world.ask("/0");
    world.client.set_limits(Limits {
        timeout_ms: 200,
        ..Limits::default()
    });
    world.pass(ms(9_999));
    assert_eq!(world.aborted(), 0);
    world.pass(ms(1));
    world.pass(ms(300));
    world.pass(ms(199));
    assert_eq!(world.aborted(), 1);
    world.pass(ms(1));
    assert_eq!(world.aborted(), 2);
}
