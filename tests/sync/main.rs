//! What the semaphore and the task group promise, driven by hand on one thread.

mod by_hand;
mod cancel;

mod priorities;

mod resize;
mod task_group;
mod turns;
mod wakers;
