//! The decisions about requests, without the requests: limits and when to try again.

use std::time::Duration;

use miniserde::Deserialize;

use super::Error;

/// The upper bound of the first back-off; it doubles with each further one.
const BACKOFF_BASE: Duration = Duration::from_millis(300);

/// No back-off is longer than this.
const BACKOFF_CAP: Duration = Duration::from_secs(10);

/// How hard the reader lets the app work the network. Kept in the store, so every value read back
/// is brought into its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests in flight at most, 1 to 32. Six is what browsers open to one host over HTTP/1.1.
    pub permits: usize,
    /// Milliseconds for one attempt, headers and body, 100 to 60,000.
    pub timeout_ms: u64,
    /// Attempts at one request at most, 1 to 10.
    pub attempts: u32,
}

/// Limits as they are kept: whatever is absent has its default.
#[derive(Deserialize)]
pub struct StoredLimits {
    permits: Option<usize>,
    timeout_ms: Option<u64>,
    attempts: Option<u32>,
}

impl From<StoredLimits> for Limits {
    fn from(stored: StoredLimits) -> Self {
        let default = Self::default();
        Self {
            permits: stored.permits.unwrap_or(default.permits),
            timeout_ms: stored.timeout_ms.unwrap_or(default.timeout_ms),
            attempts: stored.attempts.unwrap_or(default.attempts),
        }
        .bounded()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            permits: 6,
            timeout_ms: 10_000,
            attempts: 3,
        }
    }
}

impl Limits {
    /// These limits, each brought into its bounds.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self {
            permits: self.permits.clamp(1, 32),
            timeout_ms: self.timeout_ms.clamp(100, 60_000),
            attempts: self.attempts.clamp(1, 10),
        }
    }

    /// The time for one attempt.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// How long to wait before the next attempt, or `None` to give up with `error`.
    ///
    /// `attempt` counts from 1 and `chance` is uniform in 0 to 1. Full jitter, as in Marc Brooker's
    /// "Exponential Backoff And Jitter": clients that failed together don't come back together.
    pub fn backoff(&self, attempt: u32, error: &Error, chance: f64) -> Option<Duration> {
        if attempt >= self.attempts || !error.is_transient() {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(16);
        let ceiling = BACKOFF_BASE.saturating_mul(1 << doublings).min(BACKOFF_CAP);
        Some(ceiling.mul_f64(chance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        permits: 6,
        timeout_ms: 10_000,
        attempts: 20,
    };

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (error, again) in [
            (Error::Connect, true),
            (Error::Timeout(Duration::from_secs(10)), true),
            (Error::Status(408), true),
            (Error::Status(425), true),
            (Error::Status(429), true),
            (Error::Status(500), true),
            (Error::Status(502), true),
            (Error::Status(503), true),
            (Error::Status(504), true),
            (Error::Status(400), false),
            (Error::Status(401), false),
            (Error::Status(404), false),
            (Error::Status(501), false),
            (Error::Status(304), false),
            (Error::TooLarge, false),
            (Error::Stopped, false),
        ] {
            assert_eq!(LIMITS.backoff(1, &error, 0.5).is_some(), again, "{error:?}");
        }
    }

    #[test]
    fn the_last_attempt_is_the_last() {
        let limits = Limits {
            attempts: 3,
            ..LIMITS
        };
        assert!(limits.backoff(2, &Error::Connect, 0.0).is_some());
        assert_eq!(limits.backoff(3, &Error::Connect, 0.0), None);
    }

    #[test]
    fn the_backoff_doubles_up_to_its_cap_and_is_jittered_down_to_nothing() {
        let full = |attempt| LIMITS.backoff(attempt, &Error::Connect, 1.0);
        assert_eq!(full(1), Some(Duration::from_millis(300)));
        assert_eq!(full(2), Some(Duration::from_millis(600)));
        assert_eq!(full(3), Some(Duration::from_millis(1_200)));
        assert_eq!(full(6), Some(Duration::from_millis(9_600)));
        assert_eq!(full(7), Some(BACKOFF_CAP));
        assert_eq!(full(19), Some(BACKOFF_CAP));
        assert_eq!(
            LIMITS.backoff(3, &Error::Connect, 0.0),
            Some(Duration::ZERO)
        );
        assert_eq!(
            LIMITS.backoff(1, &Error::Connect, 0.5),
            Some(Duration::from_millis(150))
        );
    }

    #[test]
    fn stored_limits_are_brought_into_their_bounds() {
        let read = |json| {
            let stored: StoredLimits = miniserde::json::from_str(json).expect("valid JSON");
            Limits::from(stored)
        };
        assert_eq!(read("{}"), Limits::default());
        assert_eq!(read(r#"{"permits":3,"theme":"dark"}"#).permits, 3);
        let low = read(r#"{"permits":0,"timeout_ms":0,"attempts":0}"#);
        assert_eq!((low.permits, low.timeout_ms, low.attempts), (1, 100, 1));
        let high = read(r#"{"permits":999,"timeout_ms":9999999,"attempts":99}"#);
        assert_eq!(
            (high.permits, high.timeout_ms, high.attempts),
            (32, 60_000, 10)
        );
    }
}
