//! What waits in turn here promises, driven by hand on one thread.

#![cfg(not(target_arch = "wasm32"))]

mod by_hand;
mod cancel;
mod interleavings;
mod model;
mod priorities;
mod programs;
mod rate_limiter;
mod resize;
mod shown;
mod single_flight;
mod task_group;
mod turns;
mod urgency;
mod wakers;
mod world;
