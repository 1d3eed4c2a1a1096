//! Waiting in turn: the primitives that everything concurrent here stands on.
//!
//! They run on one thread, the browser's event loop or a test: plain cells instead of
//! atomics, no timers, no browser. Names and meaning follow `tokio::sync` where both have
//! the same thing. In each of them one plain struct takes all decisions and the futures
//! around it are thin, so a host test can drive every order of events by hand.

mod head_start;
pub mod rate_limiter;
pub mod semaphore;
pub mod single_flight;
pub mod task_group;

pub use head_start::head_start;
pub use rate_limiter::RateLimiter;
pub use semaphore::{Acquire, AcquireError, Permit, Priority, Semaphore, TryAcquireError, Urgency};
pub use single_flight::SingleFlight;
pub use task_group::TaskGroup;
