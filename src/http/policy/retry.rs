use std::time::Duration;

use super::part;

/// The upper bound of the first back-off; it doubles with each further one.
const BASE: Duration = Duration::from_millis(300);

/// No back-off is longer than this.
const CAP: Duration = Duration::from_secs(10);

/// How long to wait after the attempt numbered `attempt`, from 1, before the next one.
///
/// `chance` is uniform from 0 to [`u32::MAX`]. Full jitter, as in Marc Brooker's "Exponential
/// Backoff And Jitter": clients that failed together don't come back together.
pub fn backoff(attempt: u32, chance: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    part(BASE.saturating_mul(1 << doublings).min(CAP), chance)
}

/// Keeps retries from multiplying the load on a server that fails for everybody: 100 of them at
/// most, and then one more for every five requests that succeed.
#[derive(Debug)]
pub struct Budget(u32);

impl Budget {
    const RETRY: u32 = 5;
    const FULL: u32 = 100 * Self::RETRY;

    /// Takes a retry out, if there is one.
    pub fn spend(&mut self) -> bool {
        let enough = self.0 >= Self::RETRY;
        if enough {
            self.0 -= Self::RETRY;
        }
        enough
    }

    /// A request succeeded.
    pub fn succeeded(&mut self) {
        self.0 = (self.0 + 1).min(Self::FULL);
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(Self::FULL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_doubles_up_to_its_cap() {
        let full = |attempt| backoff(attempt, u32::MAX);
        assert_eq!(full(1), Duration::from_millis(300));
        assert_eq!(full(2), Duration::from_millis(600));
        assert_eq!(full(3), Duration::from_millis(1_200));
        assert_eq!(full(6), Duration::from_millis(9_600));
        assert_eq!(full(7), CAP);
        assert_eq!(full(u32::MAX), CAP);
    }

    #[test]
    fn the_backoff_is_jittered_down_to_nothing() {
        assert_eq!(backoff(3, 0), Duration::ZERO);
        assert_eq!(backoff(1, u32::MAX / 2), Duration::from_millis(149));
        assert_eq!(backoff(1, u32::MAX / 2 + 1), Duration::from_millis(150));
    }

    #[test]
    fn a_hundred_retries_and_no_more() {
        let mut budget = Budget::default();
        let spent = (0..1_000).filter(|_| budget.spend()).count();
        assert_eq!(spent, 100);
    }

    #[test]
    fn five_successes_pay_for_one_retry() {
        let mut budget = Budget::default();
        while budget.spend() {}
        (0..4).for_each(|_| budget.succeeded());
        assert!(!budget.spend());
        budget.succeeded();
        assert!(budget.spend());
        assert!(!budget.spend());
    }

    #[test]
    fn successes_are_not_saved_up_beyond_the_hundred() {
        let mut budget = Budget::default();
        (0..1_000).for_each(|_| budget.succeeded());
        let spent = (0..1_000).filter(|_| budget.spend()).count();
        assert_eq!(spent, 100);
    }
}
