//! At most so many starts a second, with room for a few at once.
//!
//! A token bucket that is never filled by a timer: it keeps the one moment at which it is
//! empty, and what is in it follows from the time that has passed since. That is the generic
//! cell rate algorithm of ITU-T I.371, told from the other end. All of it is whole
//! nanoseconds, so nothing drifts, and time comes in from outside, so nothing waits here.
//!
//! **Over any window of length T no more than burst + rate · T starts fall due**, also where
//! places are given back or the rate changes; then burst and rate are the larger of the two.

use std::time::Duration;

const SECOND: u32 = 1_000_000_000;
/// 146 years in nanoseconds. No later moment is told from it; a burst more still fits.
const FAR: i64 = i64::MAX / 2;

/// Says when the next thing may start, so that there are never too many in too short a time.
///
/// Moments are a [`Duration`] since any fixed one, as [`Clock::now`](crate::time::Clock::now)
/// tells it, and never go back.
///
/// ```
/// use std::time::Duration;
/// use hackershelf::sync::RateLimiter;
///
/// let mut limiter = RateLimiter::new(2, 1);
/// let now = Duration::ZERO;
/// assert_eq!(limiter.reserve(now), Duration::ZERO);
/// assert_eq!(limiter.reserve(now), Duration::from_millis(500));
/// assert_eq!(limiter.try_reserve(now), Err(Duration::from_secs(1)));
/// ```
#[derive(Clone, Debug)]
pub struct RateLimiter {
    /// Nanoseconds a token; none where there is no limit.
    interval: i64,
    /// Nanoseconds from empty to full.
    full: i64,
    /// When there was or will be no token left, in nanoseconds; later than now if all up to then
    /// are taken.
    empty: i64,
    /// Places up to here were reserved at another rate, and don't turn into tokens again.
    settled: i64,
    /// Places that were reserved and aren't wanted any more, but lie before others that are.
    given_back: Vec<i64>,
}

impl RateLimiter {
    /// Creates a limiter whose bucket is full: `burst` starts may come at once, the others
    /// `rate` a second.
    ///
    /// The time between two starts is rounded up to a whole nanosecond. A rate of 0 is no limit,
    /// a burst of 0 is one of 1.
    pub fn new(rate: u32, burst: u32) -> Self {
        let (interval, full) = sizes(rate, burst);
        Self {
            interval,
            full,
            empty: -full,
            settled: -full,
            given_back: Vec::new(),
        }
    }

    /// Takes the next place, and returns how long to wait for it.
    ///
    /// Places go in the order of the calls, except that one that was given back is first. What
    /// starts later than it was told, because timers are late in a hidden tab, may start together
    /// with others; where that matters, ask [`try_reserve`](Self::try_reserve) when it is time.
    pub fn reserve(&mut self, now: Duration) -> Duration {
        let now = nanos(now);
        self.given_back.retain(|&at| at >= now);
        let first = (0..self.given_back.len()).min_by_key(|&index| self.given_back[index]);
        let at = match first {
            Some(index) if self.interval > 0 => self.given_back.swap_remove(index),
            _ => self.take(now),
        };
        duration(at - now)
    }

    /// Takes a place if there is one at this moment.
    ///
    /// # Errors
    /// How long until there is one; nothing is reserved for it.
    pub fn try_reserve(&mut self, now: Duration) -> Result<(), Duration> {
        let now = nanos(now);
        let at = self.next(now);
        if at > now {
            return Err(duration(at - now));
        }
        self.take(now);
        Ok(())
    }

    /// Gives back the place at `at`, the moment of the call to [`reserve`](Self::reserve) plus
    /// the wait that it returned, because nothing starts there.
    ///
    /// The next to ask gets it, if it asks before; it gets the last one even later.
    pub fn give_back(&mut self, at: Duration) {
        self.given_back.push(nanos(at));
        while self.empty > self.settled
            && let Some(last) = self.given_back.iter().position(|&at| at == self.empty)
        {
            self.given_back.swap_remove(last);
            self.empty -= self.interval;
        }
    }

    /// Changes rate and burst from this moment on; as [`new`](Self::new) has them.
    ///
    /// Tokens stay, up to the new burst, and so do places that are reserved.
    pub fn set(&mut self, now: Duration, rate: u32, burst: u32) {
        let now = nanos(now);
        let (interval, full) = sizes(rate, burst);
        // As many tokens as there are, and the same part of one, at the new price.
        let since = (now - self.empty).clamp(0, self.full);
        let tokens = since.checked_div(self.interval).unwrap_or(0);
        let part = since.checked_rem(self.interval).unwrap_or(0);
        let part = (part * interval).checked_div(self.interval).unwrap_or(0);
        self.empty = self.empty.max(now) - (tokens * interval + part).min(full);
        self.settled = self.empty;
        (self.interval, self.full) = (interval, full);
    }

    /// The moment of the next place that nobody has.
    fn next(&mut self, now: i64) -> i64 {
        self.empty = self.empty.max(now - self.full);
        if self.interval == 0 {
            return now;
        }
        now.max(self.empty.saturating_add(self.interval))
    }

    fn take(&mut self, now: i64) -> i64 {
        let at = self.next(now);
        self.empty = self.empty.saturating_add(self.interval);
        at
    }
}

/// The time a token takes, and the time from empty to full: at most 2^62.
fn sizes(rate: u32, burst: u32) -> (i64, i64) {
    let interval = match rate {
        0 => 0,
        rate => i64::from(SECOND.div_ceil(rate)),
    };
    (interval, interval * i64::from(burst.max(1)))
}

fn nanos(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(FAR).min(FAR)
}

fn duration(nanos: i64) -> Duration {
    Duration::from_nanos(nanos.unsigned_abs())
}
