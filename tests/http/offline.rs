use hackershelf::http::{Error, Reach};
use hackershelf::sync::Semaphore;

use crate::world::{BY_HAND, World, ms};

fn offline() -> World {
    let world = World::with_permits(6);
    world.client.set_online(false);
    world
}

#[test]
fn nothing_automatic_is_sent_while_the_device_is_offline() {
    let world = offline();
    let askers = world.ask_all(0..20);
    world.pass(ms(100_000));
    assert!(world.sent().is_empty());
    world.client.set_online(true);
    world.turn();
    assert_eq!(world.in_flight().len(), 6);
    world.answer_all();
    assert!(askers.iter().all(|asker| asker.has_body()));
}

#[test]
fn what_was_queued_when_the_network_went_waits_too() {
    let world = World::with_permits(1);
    let _askers = world.ask_all(0..3);
    world.client.set_online(false);
    world.answer("/0");
    assert!(world.in_flight().is_empty());
    world.client.set_online(true);
    world.turn();
    assert_eq!(world.in_flight(), ["/1"]);
}

#[test]
fn what_the_reader_asks_for_by_hand_is_tried_once_anyway() {
    let world = offline();
    let automatic = world.ask("/0");
    let by_hand = world.ask_as("/0", BY_HAND);
    assert_eq!(world.in_flight(), ["/0"]);
    world.end("/0", Err(Error::Connect));
    assert_eq!(by_hand.error(), Error::Connect);
    world.pass(ms(60_000));
    assert_eq!(world.sent().len(), 1);
    assert!(automatic.waits());
}

#[test]
fn what_the_reader_asks_for_by_hand_may_well_succeed() {
    let world = offline();
    let by_hand = world.ask_as("/0", BY_HAND);
    world.answer("/0");
    assert!(by_hand.has_body());
}

#[test]
fn by_hand_it_is_tried_as_often_as_any_other_while_online() {
    let world = World::with_permits(6);
    let _asker = world.ask_as("/0", BY_HAND);
    world.end("/0", Err(Error::Connect));
    world.pass(ms(300));
    assert_eq!(world.in_flight(), ["/0"]);
}

#[test]
fn a_network_that_is_back_ends_a_pause_for_want_of_it() {
    let world = World::with_permits(1);
    let _askers = world.ask_all(0..9);
    for path in 0..5 {
        world.end(&format!("/{path}"), Err(Error::Connect));
    }
    world.client.set_online(false);
    world.client.set_online(true);
    world.turn();
    assert_eq!(world.in_flight().len(), 1);
}

#[test]
fn servers_are_silent_when_nothing_came_back_for_two_seconds() {
    let world = World::with_permits(2);
    let _askers = world.ask_all(0..3);
    world.pass(ms(1_999));
    assert_eq!(world.reach(), Reach::Fine);
    world.pass(ms(1));
    assert_eq!(world.reach(), Reach::Silent);
    world.answer("/0");
    assert_eq!(world.reach(), Reach::Fine, "one of them answers");
    world.pass(ms(2_000));
    assert_eq!(world.reach(), Reach::Silent);
    world.answer_all();
    world.pass(ms(100_000));
    assert_eq!(world.reach(), Reach::Fine, "nothing is asked");
    let _asker = world.ask("/9");
    assert_eq!(world.reach(), Reach::Fine, "it was sent just now");
}

#[test]
fn requests_that_wait_for_other_tabs_are_no_sign_of_silence() {
    let world = World::with_permits(2);
    let places = Semaphore::new(1);
    let elsewhere = places.try_acquire().expect("it is free");
    world.share_places(&places);
    let _askers = world.ask_all(0..2);
    world.pass(ms(60_000));
    assert_eq!(world.reach(), Reach::Fine, "nothing is in flight");
    drop(elsewhere);
    world.turn();
    assert_eq!(world.in_flight().len(), 1);
    assert_eq!(world.reach(), Reach::Fine, "it was sent just now");
}

#[test]
fn a_request_that_timed_out_is_no_sign_of_life() {
    let world = World::with_permits(2);
    let _first = world.ask("/0");
    world.pass(ms(9_900));
    let _second = world.ask("/1");
    world.pass(ms(200));
    assert!(world.in_flight().contains(&"/1".to_owned()));
    assert_eq!(world.reach(), Reach::Silent);
}

#[test]
fn without_connections_the_servers_are_out_of_reach() {
    let world = World::with_permits(6);
    let _askers = world.ask_all(0..6);
    for path in 0..6 {
        world.end(&format!("/{path}"), Err(Error::Connect));
    }
    assert_eq!(world.reach(), Reach::Unreachable);
    let elsewhere = world.client.reach("https://other.example");
    assert_eq!(elsewhere, Reach::Fine, "nobody tried");
    world.client.set_online(false);
    assert_eq!(world.reach(), Reach::Offline);
    world.client.set_online(true);
    world.pass(ms(2_000));
    world.answer_all();
    assert_eq!(world.reach(), Reach::Fine);
}
