use hackershelf::http::Error;

use crate::world::{LATER, World, busy, ms, until};

#[test]
fn who_asks_for_the_same_gets_the_same_answer() {
    let world = World::with_permits(6);
    let askers = [world.ask("/0"), world.ask("/0"), world.ask("/0")];
    assert_eq!(world.sent(), ["/0"]);
    world.answer("/0");
    assert!(askers.iter().all(|asker| asker.has_body()));
    assert_eq!(world.client.trace().counts.shared, 2);
    let _again = world.ask("/0");
    assert_eq!(world.sent(), ["/0", "/0"]);
}

#[test]
fn a_more_urgent_asker_raises_what_is_queued() {
    let world = World::with_permits(1);
    let _askers = (
        world.ask("/0"),
        world.ask_as("/a", LATER),
        world.ask_as("/b", LATER),
        world.ask("/b"),
    );
    world.answer_all();
    assert_eq!(world.sent(), ["/0", "/b", "/a"]);
}

#[test]
fn the_request_is_aborted_when_the_last_asker_leaves() {
    let world = World::with_permits(6);
    let (first, second) = (world.ask("/0"), world.ask("/0"));
    world.leave(&first);
    assert_eq!(world.aborted(), 0);
    world.leave(&second);
    assert_eq!(world.aborted(), 1);
}

#[test]
fn a_failure_is_shared_as_well() {
    let world = World::with_permits(6);
    let askers = [world.ask("/0"), world.ask("/0")];
    world.refuse("/0", 404);
    assert!(
        askers
            .iter()
            .all(|asker| asker.error() == Error::Status(404))
    );
}

#[test]
fn a_deadline_is_each_asker_s_own() {
    let world = World::with_permits(1);
    let impatient = world.ask_as("/0", until(30));
    let patient = world.ask_as("/0", LATER);
    world.end("/0", busy("40"));
    assert_eq!(impatient.error(), Error::Busy(ms(40_000)));
    assert!(patient.waits());
    let late = world.ask_as("/0", until(30));
    assert_eq!(late.error(), Error::Busy(ms(40_000)));
    world.pass(ms(40_000));
    world.answer("/0");
    assert!(patient.has_body());
}
