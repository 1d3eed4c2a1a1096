use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How hard the reader lets the app work the network. Kept in the store, so every value read back
/// is brought into its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, from = "Unchecked")]
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

#[derive(Deserialize)]
#[serde(default)]
struct Unchecked {
    permits: usize,
    timeout_ms: u64,
    attempts: u32,
    rate: u32,
    burst: u32,
    algolia: bool,
}

impl Default for Unchecked {
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

impl From<Unchecked> for Limits {
    fn from(unchecked: Unchecked) -> Self {
        Self {
            permits: unchecked.permits.clamp(1, 32),
            timeout_ms: unchecked.timeout_ms.clamp(100, 60_000),
            attempts: unchecked.attempts.clamp(1, 10),
            rate: unchecked.rate.min(100),
            burst: unchecked.burst.clamp(1, 100),
            algolia: unchecked.algolia,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Unchecked::default().into()
    }
}

impl Limits {
    /// The time for one attempt.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Limits {
        serde_json::from_str(json).expect("the test's own JSON")
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
        let json = serde_json::to_string(&chosen).expect("plain numbers");
        assert_eq!(read(&json), chosen);
    }
}
