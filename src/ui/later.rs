//! What is done later. Leptos' own ways bring compiled code for each closure and each future; of
//! these only the thing itself differs.

use std::time::Duration;

use futures_core::future::LocalBoxFuture;
use leptos::prelude::{request_animation_frame, set_timeout};
use wasm_bindgen_futures::spawn_local;

/// Calls `run` once before the next frame is painted.
pub fn next_frame(run: impl FnOnce() + 'static) {
    call_next_frame(Box::new(run));
}

/// Calls `run` once after a time.
pub fn after(delay: Duration, run: impl FnOnce() + 'static) {
    call_after(delay, Box::new(run));
}

/// Runs `task` to its end, beside everything else.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    run(Box::pin(task));
}

#[inline(never)]
fn call_next_frame(run: Box<dyn FnOnce()>) {
    request_animation_frame(run);
}

#[inline(never)]
fn call_after(delay: Duration, run: Box<dyn FnOnce()>) {
    set_timeout(run, delay);
}

#[inline(never)]
fn run(task: LocalBoxFuture<'static, ()>) {
    spawn_local(task);
}
