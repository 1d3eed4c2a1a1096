//! How many may start in how much time.

use std::time::Duration;

use hackershelf::sync::RateLimiter;
use hackershelf::time::{Clock, ManualClock};
use proptest::prelude::{any, proptest};

use crate::by_hand::random;

const NOW: Duration = Duration::ZERO;

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The waits of the next so many places.
fn waits<const N: usize>(limiter: &mut RateLimiter, now: Duration) -> [Duration; N] {
    [(); N].map(|()| limiter.reserve(now))
}

/// Fails if any window has more starts than burst + rate · T.
#[track_caller]
fn check_windows(starts: &mut [Duration], rate: u32, burst: u32) {
    starts.sort_unstable();
    // The fullest windows begin and end with a start. Per window: starts - burst <= rate * T, in
    // nanoseconds; the least rate * T - starts so far stands for all beginnings.
    let mut least = i128::MAX;
    for (index, start) in starts.iter().enumerate() {
        let inflow = i128::try_from(start.as_nanos()).expect("it is short") * i128::from(rate);
        let tokens = |count: usize| i128::try_from(count).expect("few") * 1_000_000_000;
        let burst = i128::from(burst) * 1_000_000_000;
        least = least.min(tokens(index) - inflow);
        assert!(
            tokens(index + 1) - inflow - least <= burst,
            "start {index} of {starts:?}"
        );
    }
}

#[test]
fn a_burst_goes_at_once_and_the_others_at_the_rate() {
    let mut limiter = RateLimiter::new(10, 3);
    assert_eq!(waits(&mut limiter, NOW), [0, 0, 0, 100, 200].map(millis));
    // Both places are taken still, and no token has come in between.
    assert_eq!(waits(&mut limiter, millis(150)), [150, 250].map(millis));
}

#[test]
fn while_idle_tokens_gather_up_to_a_burst() {
    let mut limiter = RateLimiter::new(10, 3);
    let _: [_; 3] = waits(&mut limiter, NOW);
    assert_eq!(waits(&mut limiter, millis(250)), [0, 0, 50].map(millis));
    let much_later = Duration::from_secs(3_600);
    assert_eq!(waits(&mut limiter, much_later), [0, 0, 0, 100].map(millis));
}

#[test]
fn who_tries_takes_a_place_only_when_it_is_time() {
    let mut limiter = RateLimiter::new(10, 1);
    assert_eq!(limiter.try_reserve(NOW), Ok(()));
    for _ in 0..3 {
        assert_eq!(limiter.try_reserve(millis(40)), Err(millis(60)));
    }
    assert_eq!(limiter.try_reserve(millis(100)), Ok(()));
    // Late by 50 ms, and the next is that much later.
    assert_eq!(limiter.try_reserve(millis(250)), Ok(()));
    assert_eq!(limiter.try_reserve(millis(300)), Err(millis(50)));
}

#[test]
fn a_place_given_back_is_the_next_one_given() {
    let mut limiter = RateLimiter::new(10, 1);
    let _: [_; 5] = waits(&mut limiter, NOW);
    for given_back in [100, 400, 200] {
        limiter.give_back(millis(given_back));
    }
    let next = waits(&mut limiter, millis(50));
    assert_eq!(next, [50, 150, 350, 450].map(millis));
}

#[test]
fn a_place_that_has_passed_unused_is_not_given() {
    let mut limiter = RateLimiter::new(10, 1);
    let _: [_; 5] = waits(&mut limiter, NOW);
    limiter.give_back(millis(100));
    limiter.give_back(millis(200));
    assert_eq!(waits(&mut limiter, millis(200)), [0, 300].map(millis));
}

#[test]
fn when_all_are_given_back_in_any_order_it_is_as_before() {
    for order in [[1, 2, 3, 4], [4, 3, 2, 1], [2, 4, 1, 3]] {
        let mut limiter = RateLimiter::new(10, 1);
        let _: [_; 5] = waits(&mut limiter, NOW);
        for place in order {
            limiter.give_back(millis(100 * place));
        }
        // Not 900, and not the 100 of a place whose moment has passed.
        assert_eq!(waits(&mut limiter, millis(150)), [0, 100].map(millis));
    }
}

#[test]
fn a_new_rate_holds_from_then_on() {
    let mut limiter = RateLimiter::new(10, 1);
    let _: [_; 3] = waits(&mut limiter, NOW);
    // Places up to 200 ms are reserved; the new ones come after them.
    limiter.set(NOW, 100, 1);
    assert_eq!(waits(&mut limiter, NOW), [210, 220].map(millis));
    limiter.set(NOW, 1, 1);
    assert_eq!(waits(&mut limiter, NOW), [1_220].map(millis));
}

#[test]
fn a_new_rate_leaves_the_tokens() {
    let mut limiter = RateLimiter::new(10, 4);
    let _: [_; 4] = waits(&mut limiter, NOW);
    // Two and a half; the burst is larger now, but not filled by that.
    limiter.set(millis(250), 2, 8);
    assert_eq!(
        waits(&mut limiter, millis(250)),
        [0, 0, 250, 750].map(millis)
    );
    // A smaller burst takes what is above it.
    let later = Duration::from_secs(100);
    limiter.set(later, 2, 3);
    assert_eq!(waits(&mut limiter, later), [0, 0, 0, 500].map(millis));
}

#[test]
fn setting_the_same_again_changes_nothing() {
    let mut limiter = RateLimiter::new(3, 2);
    let mut other = limiter.clone();
    for step in 0..1_000 {
        let now = millis(step * 10);
        limiter.set(now, 3, 2);
        assert_eq!(limiter.try_reserve(now), other.try_reserve(now));
    }
}

#[test]
fn places_reserved_at_the_old_rate_come_back_as_what_they_were() {
    let mut limiter = RateLimiter::new(10, 1);
    let _: [_; 4] = waits(&mut limiter, NOW);
    limiter.give_back(millis(100));
    limiter.set(NOW, 1, 1);
    limiter.give_back(millis(300));
    limiter.set(NOW, 10, 1);
    assert_eq!(waits(&mut limiter, NOW), [100, 300, 400].map(millis));
    limiter.give_back(millis(300));
    limiter.set(NOW, 0, 1);
    assert_eq!(limiter.reserve(NOW), NOW);
}

#[test]
fn a_rate_of_zero_is_no_limit() {
    let mut limiter = RateLimiter::new(0, 0);
    assert!((0..1_000).all(|_| limiter.reserve(NOW).is_zero()));
    assert_eq!(limiter.try_reserve(NOW), Ok(()));
    // From here on there is one; what has started before took all there was.
    limiter.set(millis(1), 10, 3);
    assert_eq!(waits(&mut limiter, millis(1)), [100, 200].map(millis));
    limiter.set(millis(2), 0, 3);
    assert!((0..1_000).all(|_| limiter.reserve(millis(2)).is_zero()));
    assert_eq!(limiter.try_reserve(millis(2)), Ok(()));
}

#[test]
fn a_burst_of_zero_is_one_of_one() {
    let mut limiter = RateLimiter::new(10, 0);
    assert_eq!(waits(&mut limiter, NOW), [0, 100].map(millis));
}

#[test]
fn the_largest_numbers_overflow_nothing() {
    let extremes = [(u32::MAX, u32::MAX), (1, u32::MAX), (u32::MAX, 1), (1, 1)];
    let moments = [NOW, Duration::from_nanos(u64::MAX), Duration::MAX];
    for (rate, burst) in extremes {
        for now in moments {
            let mut limiter = RateLimiter::new(rate, burst);
            assert_eq!(limiter.reserve(now), NOW);
            let shortest = Duration::from_nanos(1);
            let interval = (Duration::from_secs(1) / rate).max(shortest);
            let next = if burst == 1 { interval } else { NOW };
            assert_eq!(limiter.reserve(now), next);
            limiter.give_back(now.saturating_add(next));
            for (rate, burst) in extremes {
                limiter.set(now, rate, burst);
                assert!(limiter.reserve(now) <= Duration::from_secs(6));
            }
        }
    }
}

#[test]
fn in_the_long_run_the_throughput_is_the_rate() {
    for rate in [1, 3, 7, 60, 999, 1_000_000] {
        let clock = ManualClock::new();
        let mut limiter = RateLimiter::new(rate, 5);
        let mut starts = 0;
        while starts < 10_000 {
            match limiter.try_reserve(clock.now()) {
                Ok(()) => starts += 1,
                Err(wait) => clock.advance(wait),
            }
        }
        let measured = f64::from(starts) / clock.now().as_secs_f64();
        let ratio = measured / f64::from(rate);
        assert!((0.99..=1.01).contains(&ratio), "{ratio} at {rate}");
    }
}

proptest! {
    #![proptest_config(random())]

    /// Asks at random moments, gives places back, and changes over to another rate and burst.
    #[test]
    fn no_window_has_more_than_burst_and_rate_allow(
        rates in [1..200_u32, 1..200],
        bursts in [0..20_u32, 0..20],
        steps in proptest::collection::vec(any::<[u8; 2]>(), 1..120),
    ) {
        let clock = ManualClock::new();
        let mut limiter = RateLimiter::new(rates[0], bursts[0]);
        let mut starts: Vec<Duration> = Vec::new();
        let mut changed = false;
        for [kind, number] in steps {
            let now = clock.now();
            match kind % 16 {
                0..6 => starts.push(now + limiter.reserve(now)),
                6..9 => starts.extend(limiter.try_reserve(now).map(|()| now)),
                9..12 => clock.advance(millis(u64::from(number))),
                12 => clock.advance(Duration::from_nanos(u64::from(number))),
                // What has started can't be given back.
                13 | 14 => {
                    let future: Vec<_> = (0..starts.len()).filter(|&at| starts[at] > now).collect();
                    if let Some(at) = future.get(usize::from(number) % future.len().max(1)) {
                        limiter.give_back(starts.swap_remove(*at));
                    }
                }
                _ => {
                    changed = true;
                    let which = usize::from(number) % 2;
                    limiter.set(now, rates[which], bursts[which]);
                }
            }
        }
        let [first, second] = [(rates[0], bursts[0].max(1)), (rates[1], bursts[1].max(1))];
        let (rate, burst) = if changed {
            (first.0.max(second.0), first.1.max(second.1))
        } else {
            first
        };
        check_windows(&mut starts, rate, burst);
    }

    /// Without places given back, whoever asks gets the earliest moment that the bucket allows.
    #[test]
    fn nobody_waits_longer_than_the_bucket_asks(
        burst in 1..10_u32,
        gaps in proptest::collection::vec(0..400_u64, 1..60),
    ) {
        // A rate whose interval is whole, and a bucket that is counted in thousandths of a token.
        let mut limiter = RateLimiter::new(10, burst);
        let (mut now, mut bucket) = (0, i64::from(burst) * 100);
        for gap in gaps {
            now += gap;
            let gap = i64::try_from(gap).expect("it is small");
            bucket = (bucket + gap).min(i64::from(burst) * 100) - 100;
            let wait = u64::try_from(-bucket).unwrap_or(0);
            assert_eq!(limiter.reserve(millis(now)), millis(wait));
        }
    }
}
