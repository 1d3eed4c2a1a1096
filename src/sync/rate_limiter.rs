//! At most so many starts a second, with room for a few at once.
//!
//! A token bucket that is never filled by a timer: it keeps the one moment at which it is
//! empty, and what is in it follows from the time that has passed since. That is the generic
//! cell rate algorithm of ITU-T I.371, told from the other end. All of it is whole
//! nanoseconds, so nothing drifts, and time comes in from outside, so nothing waits here.
//!
//! **Over any window of length T there are no more than burst + rate · T starts**, also where the
//! rate changes; then burst and rate are the larger of the two.

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
/// assert_eq!(limiter.try_reserve(now), Ok(()));
/// assert_eq!(limiter.try_reserve(now), Err(Duration::from_millis(500)));
/// assert_eq!(limiter.try_reserve(now + Duration::from_millis(500)), Ok(()));
/// ```
#[derive(Clone, Debug)]
pub struct RateLimiter {
    /// Nanoseconds a token; none where there is no limit.
    interval: i64,
    /// Nanoseconds from empty to full.
    full: i64,
    /// The moment, in nanoseconds, since which all tokens that there are have come in.
    empty: i64,
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
        }
    }

    /// Takes a place if there is one at this moment.
    ///
    /// # Errors
    /// How long until there is one; nothing is reserved for it.
    pub fn try_reserve(&mut self, now: Duration) -> Result<(), Duration> {
        let now = nanos(now);
        self.empty = self.empty.max(now - self.full);
        let empty = self.empty.saturating_add(self.interval);
        if empty > now {
            return Err(Duration::from_nanos((empty - now).unsigned_abs()));
        }
        self.empty = empty;
        Ok(())
    }

    /// Changes rate and burst from this moment on; as [`new`](Self::new) has them.
    ///
    /// Tokens stay, up to the new burst.
    pub fn set(&mut self, now: Duration, rate: u32, burst: u32) {
        let now = nanos(now);
        let (interval, full) = sizes(rate, burst);
        // As many tokens as there are, and the same part of one, at the new price.
        let since = (now - self.empty).min(self.full);
        let tokens = since.checked_div(self.interval).unwrap_or(0);
        let part = since.checked_rem(self.interval).unwrap_or(0);
        let part = (part * interval).checked_div(self.interval).unwrap_or(0);
        self.empty = now - (tokens * interval + part).min(full);
        (self.interval, self.full) = (interval, full);
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
