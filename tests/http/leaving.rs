use hackershelf::http::policy::Limits;
use hackershelf::sync::Semaphore;

use crate::world::{World, ms, status};

#[test]
fn leaving_takes_what_is_queued_out_of_the_queue() {
    let world = World::with_permits(1);
    let askers = world.ask_all(0..200);
    for asker in &askers[1..] {
        world.leave(asker);
    }
    world.answer("/0");
    world.pass(ms(60_000));
    assert_eq!(world.sent(), ["/0"]);
    let counts = world.client.trace().counts;
    assert_eq!((counts.asked, counts.done, counts.aborted), (200, 1, 199));
}

#[test]
fn leaving_aborts_what_is_in_flight() {
    let world = World::with_permits(6);
    let askers = world.ask_all(0..6);
    askers.iter().for_each(|asker| world.leave(asker));
    assert_eq!(world.aborted(), 6);
    assert!(world.in_flight().is_empty());
}

#[test]
fn leaving_ends_a_backoff() {
    let world = World::with_permits(1);
    let asker = world.ask("/0");
    world.refuse("/0", 500);
    world.leave(&asker);
    assert_eq!(world.clock.next_due(), None);
    world.pass(ms(10_000));
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn leaving_ends_the_wait_for_a_paused_origin() {
    let world = World::with_permits(1);
    let askers = world.ask_all(0..50);
    world.refuse("/0", 429);
    askers.iter().for_each(|asker| world.leave(asker));
    assert_eq!(world.clock.next_due(), None);
    world.pass(ms(60_000));
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn leaving_ends_the_wait_for_the_rate() {
    let world = World::slow();
    let askers = world.ask_all(0..6);
    askers[1..].iter().for_each(|asker| world.leave(asker));
    world.answer("/0");
    assert_eq!(world.clock.next_due(), None);
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn leaving_ends_the_wait_for_a_place_beside_other_tabs() {
    let places = Semaphore::new(1);
    let held = places.try_acquire().expect("free");
    let world = World::with_permits(1);
    world.share_places(&places);
    let askers = world.ask_all(0..2);
    world.leave(&askers[0]);
    drop(held);
    world.turn();
    assert_eq!(world.sent(), ["/1"]);
}

#[test]
fn no_permit_is_lost_whenever_who_asked_leaves() {
    let places = Semaphore::new(2);
    for steps in 0..40 {
        let world = World::new(Limits {
            permits: 3,
            rate: 50,
            burst: 2,
            ..Limits::default()
        });
        world.share_places(&places);
        let askers = world.ask_all(0..12);
        for step in 0..steps {
            match step % 4 {
                0 => world.end_all(&Ok(status(500))),
                1 => world.end_all(&Ok(status(429))),
                2 => world.end_all(&Ok(status(200))),
                _ => world.pass(ms(700)),
            }
        }
        askers.iter().for_each(|asker| world.leave(asker));
        assert!(world.in_flight().is_empty());
        assert_eq!(world.clock.next_due(), None, "{steps}");

        // All of it works on at its full width.
        world.client.set_limits(Limits {
            permits: 3,
            ..Limits::default()
        });
        places.resize(3);
        let again = world.ask_all(100..120);
        while world.in_flight().is_empty() {
            world.pass(ms(100));
            assert!(world.clock.next_due().is_some(), "{steps}");
        }
        let probe = world.in_flight().remove(0);
        world.answer(&probe);
        assert_eq!(world.in_flight().len(), 3, "{steps}");
        world.answer_all();
        assert!(again.iter().all(|asker| asker.has_body()), "{steps}");
        places.resize(2);
    }
}
