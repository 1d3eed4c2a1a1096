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

/// When the next so many start, each of which waits for as long as it is told, in milliseconds.
fn starts<const N: usize>(limiter: &mut RateLimiter, from: u64) -> [u64; N] {
    let mut now = millis(from);
    [(); N].map(|()| {
        if let Err(wait) = limiter.try_reserve(now) {
            now += wait;
            assert_eq!(limiter.try_reserve(now), Ok(()));
        }
        u64::try_from(now.as_millis()).expect("it is short")
    })
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
    assert_eq!(starts(&mut limiter, 0), [0, 0, 0, 100, 200]);
    // Half a token has come in between.
    assert_eq!(starts(&mut limiter, 250), [300, 400]);
}

#[test]
fn while_idle_tokens_gather_up_to_a_burst() {
    let mut limiter = RateLimiter::new(10, 3);
    assert_eq!(starts(&mut limiter, 0), [0, 0, 0]);
    assert_eq!(starts(&mut limiter, 250), [250, 250, 300]);
    assert_eq!(starts(&mut limiter, 9_000), [9_000, 9_000, 9_000, 9_100]);
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
fn a_new_rate_holds_from_then_on() {
    let mut limiter = RateLimiter::new(10, 1);
    assert_eq!(starts(&mut limiter, 0), [0, 100, 200]);
    limiter.set(millis(200), 100, 1);
    assert_eq!(starts(&mut limiter, 200), [210, 220]);
    limiter.set(millis(220), 1, 1);
    assert_eq!(starts(&mut limiter, 220), [1_220]);
}

#[test]
fn a_new_rate_leaves_the_tokens() {
    let mut limiter = RateLimiter::new(10, 4);
    assert_eq!(starts(&mut limiter, 0), [0; 4]);
    // Two and a half; the burst is larger now, but not filled by that.
    limiter.set(millis(250), 2, 8);
    assert_eq!(starts(&mut limiter, 250), [250, 250, 500, 1_000]);
    // A smaller burst takes what is above it.
    limiter.set(millis(100_000), 2, 3);
    let [late, half] = [100_000, 100_500];
    assert_eq!(starts(&mut limiter, late), [late, late, late, half]);
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
fn a_rate_of_zero_is_no_limit() {
    let mut limiter = RateLimiter::new(0, 0);
    assert_eq!(starts(&mut limiter, 0), [0; 1_000]);
    // From here on there is one; what has started before took all there was.
    limiter.set(millis(1), 10, 3);
    assert_eq!(starts(&mut limiter, 1), [101, 201]);
    limiter.set(millis(202), 0, 3);
    assert_eq!(starts(&mut limiter, 202), [202; 1_000]);
}

#[test]
fn a_burst_of_zero_is_one_of_one() {
    let mut limiter = RateLimiter::new(10, 0);
    assert_eq!(starts(&mut limiter, 0), [0, 100]);
}

#[test]
fn the_largest_numbers_overflow_nothing() {
    let extremes = [(u32::MAX, u32::MAX), (1, u32::MAX), (u32::MAX, 1), (1, 1)];
    let moments = [NOW, Duration::from_nanos(u64::MAX), Duration::MAX];
    for (rate, burst) in extremes {
        for now in moments {
            let mut limiter = RateLimiter::new(rate, burst);
            assert_eq!(limiter.try_reserve(now), Ok(()));
            let shortest = Duration::from_nanos(1);
            let interval = (Duration::from_secs(1) / rate).max(shortest);
            let second = if burst == 1 { Err(interval) } else { Ok(()) };
            assert_eq!(limiter.try_reserve(now), second);
            for (rate, burst) in extremes {
                limiter.set(now, rate, burst);
                let wait = limiter.try_reserve(now).err().unwrap_or_default();
                assert!(wait <= Duration::from_secs(1));
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

    /// Asks at random moments, and changes over to another rate and burst.
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
                0..7 => starts.extend(limiter.try_reserve(now).map(|()| now)),
                // As early as it may.
                7..10 => {
                    clock.advance(limiter.clone().try_reserve(now).err().unwrap_or_default());
                    starts.extend(limiter.try_reserve(clock.now()).map(|()| clock.now()));
                }
                10..13 => clock.advance(millis(u64::from(number))),
                13 | 14 => clock.advance(Duration::from_nanos(u64::from(number))),
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

    /// Whoever asks gets the earliest moment that the bucket allows.
    #[test]
    fn nobody_waits_longer_than_the_bucket_asks(
        burst in 1..10_u32,
        gaps in proptest::collection::vec(0..400_u64, 1..60),
    ) {
        // A rate whose interval is whole, and a bucket that is counted in thousandths of a token.
        let mut limiter = RateLimiter::new(10, burst);
        let (mut now, mut bucket) = (0, u64::from(burst) * 100);
        for gap in gaps {
            now += gap;
            bucket = (bucket + gap).min(u64::from(burst) * 100);
            let expected = match bucket.checked_sub(100) {
                Some(left) => {
                    bucket = left;
                    Ok(())
                }
                None => Err(millis(100 - bucket)),
            };
            assert_eq!(limiter.try_reserve(millis(now)), expected);
        }
    }
}
