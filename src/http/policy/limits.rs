use std::time::Duration;

use miniserde::Deserialize;

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
    /// Requests started a second at most, up to 100; 0, the default, sets no rate.
    pub rate: u32,
    /// Of these, how many may start at once after a rest, 1 to 100.
    pub burst: u32,
    /// Whether Algolia is asked for threads and search; without it Firebase alone is.
    pub algolia: bool,
}

/// Limits as they are kept: whatever is absent has its default.
#[derive(Deserialize)]
pub struct StoredLimits {
    permits: Option<usize>,
    timeout_ms: Option<u64>,
    attempts: Option<u32>,
    rate: Option<u32>,
    burst: Option<u32>,
    algolia: Option<bool>,
}

impl From<StoredLimits> for Limits {
    fn from(stored: StoredLimits) -> Self {
        let default = Self::default();
        Self {
            permits: stored.permits.unwrap_or(default.permits),
            timeout_ms: stored.timeout_ms.unwrap_or(default.timeout_ms),
            attempts: stored.attempts.unwrap_or(default.attempts),
            rate: stored.rate.unwrap_or(default.rate),
            burst: stored.burst.unwrap_or(default.burst),
            algolia: stored.algolia.unwrap_or(default.algolia),
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
            rate: 0,
            burst: 10,
            algolia: true,
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
            rate: self.rate.min(100),
            burst: self.burst.clamp(1, 100),
            algolia: self.algolia,
        }
    }

    /// The limits as JSON, to be read back as [`StoredLimits`].
    pub fn json(&self) -> String {
        format!(
            "{{\"permits\":{},\"timeout_ms\":{},\"attempts\":{},\"rate\":{},\"burst\":{},\"algolia\":{}}}",
            self.permits, self.timeout_ms, self.attempts, self.rate, self.burst, self.algolia
        )
    }

    /// The time for one attempt.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Limits {
        let stored: StoredLimits = miniserde::json::from_str(json).expect("the test's own JSON");
        stored.into()
    }

    #[test]
    fn what_was_not_stored_has_its_default() {
        assert_eq!(read("{}"), Limits::default());
        let old = read(r#"{"permits":3,"theme":"dark"}"#);
        assert_eq!((old.permits, old.rate, old.algolia), (3, 0, true));
        assert_eq!(Limits::default().timeout(), Duration::from_secs(10));
    }

    #[test]
    fn stored_limits_are_brought_into_their_bounds() {
        let low = read(r#"{"permits":0,"timeout_ms":0,"attempts":0,"rate":0,"burst":0}"#);
        assert_eq!((low.permits, low.timeout_ms, low.attempts), (1, 100, 1));
        assert_eq!((low.rate, low.burst), (0, 1));
        let high = r#"{"permits":999,"timeout_ms":9999999,"attempts":99,"rate":999,"burst":999}"#;
        let high = read(high);
        assert_eq!((high.permits, high.timeout_ms), (32, 60_000));
        assert_eq!((high.attempts, high.rate, high.burst), (10, 100, 100));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let chosen = Limits {
            permits: 3,
            timeout_ms: 500,
            attempts: 2,
            rate: 7,
            burst: 4,
            algolia: false,
        };
        assert_eq!(read(&chosen.json()), chosen);
    }
}
