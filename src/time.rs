//! Time behind one trait, so that timeouts, back-off and ages are tested without waiting.
//!
//! Everything above asks a [`Clock`] and never the browser: the app passes `browser::BrowserClock`, host tests pass
//! [`ManualClock`], whose time moves only when the test says so.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Future;
use futures_core::future::LocalBoxFuture;

#[cfg(target_arch = "wasm32")]
pub mod browser;

/// A moment on the wall clock, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The moment that an API states in whole seconds since 1970.
    pub fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// How long ago `self` was, seen from `now`; zero for a moment that the device's clock puts in the future.
    pub fn age(self, now: Self) -> Duration {
        Duration::from_millis(now.0.saturating_sub(self.0))
    }

    /// Whether `self` is less than `span` before `now`. A moment to come isn't: when it was noted,
    /// the device's clock was wrong.
    pub fn is_within(self, span: Duration, now: Self) -> bool {
        self <= now && self.age(now) < span
    }
}

/// Tells the time and waits.
pub trait Clock {
    /// Time passed since some fixed moment; never goes back.
    fn now(&self) -> Duration;

    /// The device's wall clock: may be wrong, may jump.
    fn wall(&self) -> Timestamp;

    /// Resolves once `delay` has passed.
    fn sleep(&self, delay: Duration) -> LocalBoxFuture<'static, ()>;
}

/// A clock that stands still until a test calls [`advance`](ManualClock::advance).
#[derive(Clone, Default)]
pub struct ManualClock(Rc<RefCell<Manual>>);

#[derive(Default)]
struct Manual {
    now: Duration,
    next_key: u64,
    sleepers: BTreeMap<(Duration, u64), Waker>,
}

impl ManualClock {
    /// A clock at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves time on by `delay` and wakes every sleeper whose time has come, the earliest first.
    pub fn advance(&self, delay: Duration) {
        let due = {
            let mut manual = self.0.borrow_mut();
            manual.now += delay;
            let later = (manual.now, u64::MAX);
            let waiting = manual.sleepers.split_off(&later);
            std::mem::replace(&mut manual.sleepers, waiting)
        };
        for waker in due.into_values() {
            waker.wake();
        }
    }

    /// How long until the next sleeper is due, if anyone sleeps.
    pub fn next_due(&self) -> Option<Duration> {
        let manual = self.0.borrow();
        let (&(at, _), _) = manual.sleepers.first_key_value()?;
        Some(at.saturating_sub(manual.now))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        self.0.borrow().now
    }

    fn wall(&self) -> Timestamp {
        // 2020-09-13T12:26:40Z: any fixed moment serves.
        Timestamp(1_600_000_000_000 + self.now().as_millis() as u64)
    }

    fn sleep(&self, delay: Duration) -> LocalBoxFuture<'static, ()> {
        let key = {
            let mut manual = self.0.borrow_mut();
            manual.next_key += 1;
            (manual.now + delay, manual.next_key)
        };
        Box::pin(ManualSleep {
            clock: self.0.clone(),
            key,
        })
    }
}

struct ManualSleep {
    clock: Rc<RefCell<Manual>>,
    key: (Duration, u64),
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut manual = self.clock.borrow_mut();
        if manual.now >= self.key.0 {
            return Poll::Ready(());
        }
        manual.sleepers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        self.clock.borrow_mut().sleepers.remove(&self.key);
    }
}
