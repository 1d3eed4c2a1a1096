use std::time::Duration;

use hackershelf::http::Error;
use hackershelf::http::policy::Limits;

use crate::world::{BASE, LATER, World, busy, ms, status, until};

#[test]
fn a_refusal_stops_all_that_is_queued() {
    for code in [429, 503] {
        let world = World::with_permits(2);
        let _askers = world.ask_all(0..20);
        world.refuse("/0", code);
        world.answer("/1");
        assert!(world.in_flight().is_empty());
        world.pass(ms(499));
        assert!(world.in_flight().is_empty());
    }
}

#[test]
fn five_failed_connections_in_a_row_stop_all() {
    let world = World::with_permits(1);
    let _askers = world.ask_all(0..20);
    for path in 0..5 {
        assert_eq!(world.in_flight().len(), 1);
        world.end(&format!("/{path}"), Err(Error::Connect));
    }
    assert!(world.in_flight().is_empty());
}

#[test]
fn after_a_pause_there_is_one_probe_and_its_success_lets_all_go() {
    let world = World::with_permits(6);
    let askers = world.ask_all(0..100);
    world.end_all(&Ok(status(429)));
    world.pass(ms(1_000));
    assert_eq!(world.in_flight().len(), 1);
    world.pass(ms(5_000));
    assert_eq!(world.in_flight().len(), 1);
    let probe = world.in_flight().remove(0);
    world.answer(&probe);
    assert_eq!(world.in_flight().len(), 6);
    world.answer_all();
    assert!(askers.iter().all(|asker| asker.has_body()));
    assert_eq!(world.sent().len(), 106);
}

#[test]
fn a_probe_that_fails_makes_the_pause_longer() {
    let world = World::with_permits(6);
    let _askers = world.ask_all(0..100);
    world.end_all(&Ok(status(429)));
    // Between half and all of 1, 2, 4, 8 s: the probe is out by the end of each, and alone.
    for secs in [1, 2, 4, 8] {
        world.pass(Duration::from_secs(secs) / 2 - ms(1));
        assert!(world.in_flight().is_empty(), "{secs}");
        world.pass(Duration::from_secs(secs) / 2 + ms(1));
        assert_eq!(world.in_flight().len(), 1, "{secs}");
        world.end_all(&Ok(status(429)));
    }
}

#[test]
fn a_probe_that_hangs_makes_the_pause_longer() {
    let world = World::with_permits(6);
    let _askers = world.ask_all(0..20);
    world.end_all(&Ok(status(503)));
    world.pass(ms(1_000));
    assert_eq!(world.in_flight().len(), 1);
    world.pass(ms(10_000));
    assert!(world.in_flight().is_empty());
    world.pass(ms(999));
    assert!(world.in_flight().is_empty());
    world.pass(ms(1_001));
    assert_eq!(world.in_flight().len(), 1);
}

#[test]
fn ten_seconds_of_refusals_cost_the_permits_and_the_probes_and_then_all_recover() {
    let world = World::with_permits(6);
    let askers = world.ask_all(0..500);
    for _ in 0..1_000 {
        world.end_all(&Ok(status(429)));
        world.pass(ms(10));
    }
    let sent = world.sent().len();
    assert!((8..=12).contains(&sent), "{sent}");
    for _ in 0..2_000 {
        world.end_all(&Ok(status(200)));
        world.pass(ms(10));
    }
    assert!(askers.iter().all(|asker| asker.has_body()));
}

#[test]
fn a_readable_retry_after_is_kept_to() {
    let world = World::with_permits(6);
    let _askers = world.ask_all(0..20);
    world.end("/0", busy("7"));
    world.answer_all();
    world.pass(ms(6_999));
    assert!(world.in_flight().is_empty());
    world.pass(ms(1));
    assert_eq!(world.in_flight().len(), 1);
}

#[test]
fn a_retry_after_may_be_a_date() {
    let world = World::with_permits(1);
    let _askers = world.ask_all(0..2);
    // The clock's beginning is 12:26:40.
    world.end("/0", busy("Sun, 13 Sep 2020 12:26:50 GMT"));
    world.pass(ms(9_999));
    assert!(world.in_flight().is_empty());
    world.pass(ms(1));
    assert_eq!(world.in_flight().len(), 1);
}

#[test]
fn nobody_waits_for_ever_because_of_a_nonsensical_retry_after() {
    let world = World::with_permits(1);
    let _askers = world.ask_all(0..2);
    world.end("/0", busy("99999999999999999999"));
    world.pass(ms(3_600_000));
    assert_eq!(world.in_flight().len(), 1);
}

#[test]
fn no_permit_is_held_and_no_attempt_is_spent_during_a_pause() {
    let world = World::new(Limits {
        permits: 1,
        attempts: 2,
        ..Limits::default()
    });
    let asker = world.ask("/0");
    world.refuse("/0", 429);
    let elsewhere = world.ask("https://other.example/1");
    assert_eq!(world.in_flight(), ["https://other.example/1"]);
    world.answer("https://other.example/1");
    assert!(elsewhere.has_body());
    world.pass(ms(300));
    world.pass(ms(700));
    world.refuse("/0", 429);
    assert_eq!(asker.error(), Error::Status(429));
    assert_eq!(world.client.trace().counts.retried, 1);
}

#[test]
fn who_has_a_deadline_asks_again_until_the_origin_is_open() {
    let world = World::with_permits(6);
    let asker = world.ask_as("/0", until(30));
    // Five refusals, where three attempts are all there are: pauses of 1, 2, 4, 8 s at most.
    for secs in [1, 2, 4, 8] {
        world.refuse("/0", 429);
        assert!(world.in_flight().is_empty());
        world.pass(ms(300));
        world.pass(Duration::from_secs(secs));
    }
    world.refuse("/0", 503);
    assert!(asker.waits());
    world.pass(Duration::from_secs(16));
    world.answer("/0");
    assert!(asker.has_body());
    assert_eq!(world.client.trace().counts.retried, 5);
}

#[test]
fn probes_end_where_the_next_one_would_come_too_late() {
    let world = World::with_permits(6);
    let asker = world.ask_as("/0", until(5));
    for secs in [1, 2] {
        world.refuse("/0", 429);
        world.pass(ms(300));
        world.pass(Duration::from_secs(secs));
    }
    world.end("/0", busy("9"));
    assert_eq!(asker.error(), Error::Busy(ms(9_000)));
}

#[test]
fn a_probe_that_fails_otherwise_is_an_attempt() {
    let world = World::with_permits(6);
    let asker = world.ask_as("/0", until(60));
    world.refuse("/0", 429);
    for code in [500, 503] {
        assert!(asker.waits());
        world.pass(ms(300));
        world.pass(ms(2_000));
        world.refuse("/0", code);
    }
    assert_eq!(asker.error(), Error::Status(503));
}

#[test]
fn another_origin_goes_on() {
    let world = World::with_permits(6);
    let _askers = world.ask_all(0..3);
    world.refuse("/0", 429);
    world.answer_all();
    // The same host at another port is another origin; the path and the query don't matter.
    let _others = (
        world.ask(&format!("{BASE}:8080/1")),
        world.ask("http://news.example/1"),
        world.ask("https://other.example?a=https://news.example/"),
        world.ask(&format!("{BASE}?page=2")),
    );
    assert_eq!(world.in_flight().len(), 3);
}

#[test]
fn a_probe_of_what_nobody_waits_for_keeps_nobody_waiting() {
    let world = World::with_permits(6);
    // All permits that a download may have are out, to an origin that takes its time.
    let _slow: Vec<_> = (0..6)
        .map(|nth| world.ask_as(&format!("https://slow.example/{nth}"), LATER))
        .collect();
    let slow = world.in_flight().len();
    assert!(slow < 6);
    let first = world.ask("/0");
    world.end("/0", busy("2"));
    world.leave(&first);
    let _download = world.ask_as("/1", LATER);
    world.pass(ms(2_000));
    let _reader = world.ask("/2");
    assert_eq!(world.in_flight().len(), slow + 1, "a probe is under way");
}

#[test]
fn a_pause_longer_than_the_deadline_fails_at_once_and_says_how_long() {
    let world = World::with_permits(1);
    let patient = world.ask("/0");
    let asking = world.ask_as("/1", until(30));
    world.end("/0", busy("40"));
    assert_eq!(asking.error(), Error::Busy(ms(40_000)));
    world.pass(ms(5_000));
    let later = world.ask_as("/2", until(35));
    assert_eq!(later.error(), Error::Busy(ms(35_000)));
    assert!(patient.waits());
    world.pass(ms(5_000));
    let in_time = world.ask_as("/3", until(45));
    assert!(in_time.waits());
}

#[test]
fn who_is_refused_itself_learns_how_long_instead_of_backing_off() {
    let world = World::with_permits(1);
    let asker = world.ask_as("/0", until(30));
    world.end("/0", busy("40"));
    assert_eq!(asker.error(), Error::Busy(ms(40_000)));
    assert_eq!(world.client.trace().counts.retried, 0);
}

#[test]
fn a_pause_that_grows_beyond_the_deadline_fails_then() {
    let world = World::with_permits(1);
    let patient = world.ask("/0");
    let asker = world.ask_as("/1", until(30));
    world.refuse("/0", 429);
    assert!(asker.waits());
    world.pass(ms(1_000));
    let probe = world.in_flight().remove(0);
    world.end(&probe, busy("120"));
    assert_eq!(asker.error(), Error::Busy(ms(120_000)));
    assert!(patient.waits());
}

#[test]
fn a_probe_that_is_left_hands_its_turn_on() {
    let world = World::with_permits(6);
    let askers = world.ask_all(0..3);
    world.end_all(&Ok(status(429)));
    world.pass(ms(1_000));
    let probe = world.in_flight().remove(0);
    let place: usize = probe[1..].parse().expect("its number");
    world.leave(&askers[place]);
    assert_eq!(world.in_flight().len(), 1);
    assert_ne!(world.in_flight()[0], probe);
}

#[test]
fn a_probe_that_is_left_while_it_waits_for_its_turn_hands_it_on_too() {
    let world = World::new(Limits {
        rate: 1,
        burst: 3,
        ..Limits::default()
    });
    let askers = world.ask_all(0..3);
    world.end_all(&busy("1"));
    // The probe waits for the rate limit, with the only turn there is.
    world.client.set_limits(Limits {
        rate: 1,
        burst: 1,
        ..Limits::default()
    });
    world.pass(ms(1_000));
    let probe = world.in_flight().remove(0);
    let place: usize = probe[1..].parse().expect("its number");
    world.leave(&askers[place]);
    assert!(world.in_flight().is_empty());
    world.pass(ms(1_000));
    assert_eq!(world.in_flight().len(), 1);
}

#[test]
fn what_waits_for_the_rate_is_stopped_by_a_pause() {
    let world = World::new(Limits {
        rate: 1,
        burst: 2,
        permits: 6,
        ..Limits::default()
    });
    let _askers = world.ask_all(0..6);
    assert_eq!(world.in_flight().len(), 2);
    world.end("/0", busy("10"));
    world.answer("/1");
    world.pass_slowly(ms(9_990));
    assert!(world.in_flight().is_empty());
    world.pass(ms(10));
    assert_eq!(world.in_flight().len(), 1);
}

#[test]
fn a_download_may_be_the_probe() {
    let world = World::with_permits(1);
    let _asker = world.ask_as("/0", LATER);
    world.refuse("/0", 429);
    world.pass(ms(1_300));
    assert_eq!(world.in_flight(), ["/0"]);
}
