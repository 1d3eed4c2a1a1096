//! Polling by hand, with wakers that count; and how many cases are tried at random.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use hackershelf::sync::{Acquire, AcquireError, Permit, Priority, Semaphore};
use proptest::test_runner::Config;

/// A task that counts how often it was woken.
#[derive(Default)]
pub struct Task(AtomicUsize);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Task {
    pub fn wakes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// An `Acquire` and the task that polls it.
pub struct Asker {
    pub acquire: Acquire,
    pub task: Arc<Task>,
}

impl Asker {
    pub fn new(acquire: Acquire) -> Self {
        Self {
            acquire,
            task: Arc::default(),
        }
    }

    /// One that was polled and must wait.
    pub fn queued(acquire: Acquire) -> Self {
        let mut asker = Self::new(acquire);
        assert!(asker.poll().is_pending());
        asker
    }

    pub fn poll(&mut self) -> Poll<Result<Permit, AcquireError>> {
        let waker = Waker::from(Arc::clone(&self.task));
        self.poll_from(&waker)
    }

    pub fn poll_from(&mut self, waker: &Waker) -> Poll<Result<Permit, AcquireError>> {
        Pin::new(&mut self.acquire).poll(&mut Context::from_waker(waker))
    }

    /// The permit that it got.
    #[track_caller]
    pub fn permit(&mut self) -> Permit {
        match self.poll() {
            Poll::Ready(Ok(permit)) => permit,
            Poll::Ready(Err(error)) => panic!("{error}"),
            Poll::Pending => panic!("it still waits"),
        }
    }

    /// The error that it got.
    #[track_caller]
    pub fn error(&mut self) -> AcquireError {
        match self.poll() {
            Poll::Ready(Err(error)) => error,
            Poll::Ready(Ok(_)) => panic!("it got a permit"),
            Poll::Pending => panic!("it still waits"),
        }
    }

    /// Was woken, and so has its answer.
    pub fn woken(&self) -> bool {
        self.task.wakes() > 0
    }
}

/// So many permits, taken while nobody waits.
#[track_caller]
pub fn take(semaphore: &Semaphore, permits: usize) -> Vec<Permit> {
    (0..permits)
        .map(|_| semaphore.try_acquire().expect("one is free"))
        .collect()
}

/// Wait for one permit each, in that order.
pub fn queue(semaphore: &Semaphore, priorities: &[Priority]) -> Vec<Asker> {
    priorities
        .iter()
        .map(|&priority| Asker::queued(semaphore.acquire_at(priority)))
        .collect()
}

/// Lets all others run once.
pub async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Ten thousand cases, unless `PROPTEST_CASES` says another number.
pub fn random() -> Config {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if !set {
        config.cases = 10_000;
    }
    config
}
