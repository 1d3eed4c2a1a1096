use hackershelf::sync::Semaphore;

use crate::world::{World, ms};

#[test]
fn two_tabs_together_keep_to_one_limit() {
    let places = Semaphore::new(1);
    let tabs = [World::with_permits(1), World::with_permits(1)];
    for tab in &tabs {
        tab.share_places(&places);
    }
    let _askers = (tabs[0].ask_all(0..20), tabs[1].ask_all(0..20));
    for _ in 0..40 {
        let busy: Vec<_> = tabs
            .iter()
            .filter(|tab| !tab.in_flight().is_empty())
            .collect();
        assert_eq!(busy.len(), 1);
        let path = busy[0].in_flight().remove(0);
        busy[0].answer(&path);
        tabs.iter().for_each(World::turn);
    }
    assert!(tabs.iter().all(|tab| tab.sent().len() == 20));
}

#[test]
fn a_place_comes_back_only_when_the_network_has_let_go() {
    let places = Semaphore::new(1);
    let (left, other) = (World::with_permits(1), World::with_permits(1));
    left.share_places(&places);
    other.share_places(&places);
    left.linger(true);
    let asker = left.ask("/0");
    let _waiting = other.ask("/1");
    left.leave(&asker);
    other.turn();
    assert!(other.in_flight().is_empty());
    left.linger(false);
    other.turn();
    assert_eq!(other.in_flight(), ["/1"]);
}

#[test]
fn the_wait_for_a_place_is_not_the_attempt_s_time() {
    let places = Semaphore::new(1);
    let held = places.try_acquire().expect("free");
    let world = World::with_permits(1);
    world.share_places(&places);
    let asker = world.ask("/0");
    world.pass(ms(60_000));
    assert!(world.sent().is_empty());
    drop(held);
    world.turn();
    world.pass(ms(9_999));
    world.answer("/0");
    assert!(asker.has_body());
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn a_place_that_comes_late_lets_no_more_start_than_the_rate() {
    let places = Semaphore::new(0);
    let world = World::slow();
    world.share_places(&places);
    let _askers = world.ask_all(0..6);
    world.pass(ms(10_000));
    places.resize(6);
    world.turn();
    for expected in 1..=6 {
        assert_eq!(world.sent().len(), expected);
        world.pass(ms(1_000));
    }
}

#[test]
fn a_tab_that_waits_for_its_rate_leaves_the_places_to_others() {
    // One for what is in flight, and one more.
    let places = Semaphore::new(2);
    let tabs = [World::slow(), World::slow()];
    for tab in &tabs {
        tab.share_places(&places);
    }
    let _askers = (tabs[0].ask_all(0..6), tabs[1].ask("/now"));
    assert_eq!(tabs[0].in_flight(), ["/0"]);
    assert_eq!(tabs[1].in_flight(), ["/now"]);
    tabs[1].answer("/now");
    tabs[0].pass(ms(1_000));
    assert_eq!(tabs[0].in_flight(), ["/0", "/1"]);
}

#[test]
fn a_pause_that_began_meanwhile_counts() {
    let places = Semaphore::new(1);
    let world = World::with_permits(2);
    world.share_places(&places);
    let _askers = world.ask_all(0..2);
    assert_eq!(world.in_flight(), ["/0"]);
    world.refuse("/0", 429);
    assert!(world.in_flight().is_empty());
    world.pass(ms(1_300));
    assert_eq!(world.in_flight().len(), 1);
}
