//! What is measured, in nanoseconds a step.
//!
//! Wakers do nothing: what a runtime does with them is the same for all. Waits stand where they
//! are and are made anew in place, so that no allocation is counted but a semaphore's own.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use hackershelf::http::event::{Event, Trace, What};
use hackershelf::sync::Priority;

use crate::limit::Limit;

/// How many steps one measurement takes, at least.
const STEPS: usize = 500_000;

/// Acquires and releases while nobody else is there.
pub async fn uncontended<L: Limit>() -> f64 {
    let limit = L::new(6);
    let start = Instant::now();
    for _ in 0..STEPS {
        drop(black_box(limit.acquire().await));
    }
    nanos(start, STEPS)
}

/// Releases the one permit to the first of so many waiters, who takes it; who had it before asks
/// again, and is the last.
pub async fn hand_over<L: Limit>(waiters: usize) -> f64 {
    let limit = L::new(1);
    let mut held = limit.acquire().await;
    let mut waits = crowd(waiters, || limit.acquire());
    let rounds = STEPS.div_ceil(waiters);
    let start = Instant::now();
    for _ in 0..rounds {
        for wait in &mut waits {
            drop(held);
            let Poll::Ready(permit) = poll(wait) else {
                unreachable!("it is the first, and the permit is free");
            };
            held = permit;
            wait.set(Some(limit.acquire()));
            assert!(poll(wait).is_pending());
        }
    }
    nanos(start, rounds * waiters)
}

/// So many wait alone, each in a memory of its own, and all of them leave, in an order of chance.
pub async fn leave<L: Limit>(waiters: usize) -> f64 {
    let limit = L::new(1);
    let _held = limit.acquire().await;
    all_leave(crowd(waiters, || limit.acquire()))
}

/// So many tasks wait, and all of them end, in an order of chance.
pub async fn end<L: Limit>(waiters: usize) -> f64 {
    let limit = L::new(1);
    let _held = limit.acquire().await;
    all_leave(crowd(waiters, || task(limit.acquire())))
}

/// Notes for Activity, open or not, all that a request does which succeeds at once.
pub fn note() -> f64 {
    let mut trace = Trace::default();
    let url: Rc<str> = "https://example.org/v0/item/1.json".into();
    let (status, bytes) = (200, 1_000);
    let events = [
        What::Queued,
        What::Started { lane: 0 },
        What::Answered { status, bytes },
    ];
    let start = Instant::now();
    for request in 0..STEPS {
        for what in events.clone() {
            trace.add(black_box(&Event {
                request,
                url: Rc::clone(&url),
                priority: Priority::Now,
                at: Duration::from_millis(request as u64),
                what,
            }));
        }
    }
    black_box(&trace);
    nanos(start, STEPS)
}

fn all_leave<F: Future>(mut waits: Vec<Wait<F>>) -> f64 {
    fastrand::Rng::with_seed(7).shuffle(&mut waits);
    let start = Instant::now();
    for wait in &mut waits {
        wait.set(None);
    }
    nanos(start, waits.len())
}

/// A wait as it is found: in a task, which has something else to remember meanwhile.
async fn task<F: Future>(wait: F) -> F::Output {
    let memory = black_box([0_u8; 256]);
    let answer = wait.await;
    black_box(&memory);
    answer
}

type Wait<F> = Pin<Box<Option<F>>>;

/// So many that were polled and must wait.
fn crowd<F: Future>(waiters: usize, acquire: impl Fn() -> F) -> Vec<Wait<F>> {
    let mut waits: Vec<Wait<F>> = (0..waiters).map(|_| Box::pin(Some(acquire()))).collect();
    for wait in &mut waits {
        assert!(poll(wait).is_pending());
    }
    waits
}

fn poll<F: Future>(wait: &mut Wait<F>) -> Poll<F::Output> {
    let wait = wait.as_mut().as_pin_mut().expect("nobody has left");
    wait.poll(&mut Context::from_waker(Waker::noop()))
}

fn nanos(start: Instant, steps: usize) -> f64 {
    start.elapsed().as_nanos() as f64 / steps as f64
}
