//! Waiting for a condition.

use std::time::{Duration, Instant};

/// Far beyond what anything here takes, be the machine ever so busy: it is waited for in vain only.
pub const LONG: Duration = Duration::from_secs(60);

/// Asks every few milliseconds until the answer is `Ok`, and returns what is in it.
///
/// # Panics
/// With `what` and the last `Err`, if that takes longer than [`LONG`].
pub async fn until<T>(what: &str, ask: impl AsyncFnMut() -> Result<T, String>) -> T {
    until_within(LONG, what, ask).await
}

/// As [`until`], for what takes a time of its own.
///
/// # Panics
/// With `what` and the last `Err`, if that takes longer than `within`.
pub async fn until_within<T>(
    within: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let end = Instant::now() + within;
    loop {
        match ask().await {
            Ok(value) => return value,
            Err(state) if Instant::now() > end => panic!("waited in vain: {what}; {state}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}
