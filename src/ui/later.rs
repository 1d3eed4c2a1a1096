//! Calls that are made later. Leptos' own bring compiled code for each closure; of these only the
//! closure itself differs.

use std::time::Duration;

use leptos::prelude::{request_animation_frame, set_timeout};

/// Calls `run` once before the next frame is painted.
pub fn next_frame(run: impl FnOnce() + 'static) {
    call_next_frame(Box::new(run));
}

/// Calls `run` once after a time.
pub fn after(delay: Duration, run: impl FnOnce() + 'static) {
    call_after(delay, Box::new(run));
}

#[inline(never)]
fn call_next_frame(run: Box<dyn FnOnce()>) {
    request_animation_frame(run);
}

#[inline(never)]
fn call_after(delay: Duration, run: Box<dyn FnOnce()>) {
    set_timeout(run, delay);
}
