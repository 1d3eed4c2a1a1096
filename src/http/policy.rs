//! The decisions about requests, without the requests: limits, when to try again, when to hold
//! back. Time, chance and answers come in as values; nothing here waits.

use std::time::Duration;

mod limits;
mod pause;
mod places;
mod retry;
mod retry_after;

pub use limits::{Limits, StoredLimits};
pub use pause::{Pause, Sign, Turn};
pub use places::Places;
pub use retry::{Budget, backoff};
pub use retry_after::retry_after;

/// As much of `whole` as chance has it, from none at 0 to all at [`u32::MAX`]; in milliseconds.
fn part(whole: Duration, chance: u32) -> Duration {
    let millis = u32::try_from(whole.as_millis()).unwrap_or(u32::MAX);
    Duration::from_millis(u64::from(millis) * u64::from(chance) / u64::from(u32::MAX))
}
