//! The two things a caller holds: the wait for a permit, and the permit.
//!
//! Both own a share of the semaphore, so that neither has a lifetime and both outlive the
//! handle they came from. Wakers are woken and dropped only while the state isn't borrowed,
//! because either may call back in.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::state::State;
use super::waiters::Key;
use super::{AcquireError, Priority};

/// What all handles, waits and permits of one semaphore share.
pub(super) struct Shared(pub RefCell<State>);

impl Shared {
    /// Changes the state, then wakes those who got their answer by it.
    pub fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.0.borrow_mut();
        let result = change(&mut state);
        let answered = state.pop_answered();
        drop(state);
        self.wake(answered);
        result
    }

    /// Wakes all who have their answer, beginning with one already taken out.
    pub fn wake(&self, mut answered: Option<Waker>) {
        while let Some(waker) = answered {
            waker.wake();
            answered = self.0.borrow_mut().pop_answered();
        }
    }
}

#[derive(Clone, Copy)]
enum Stage {
    New(Priority),
    Queued(Key),
}

/// The wait for a [`Permit`], made by [`Semaphore::acquire`](super::Semaphore::acquire) and
/// its kin.
///
/// It joins the queue when it is first polled and leaves it when it is dropped; a permit that
/// was granted to it meanwhile goes to the next in turn. It may outlive the semaphore's handle.
///
/// # Errors
/// [`AcquireError::Closed`] once the semaphore is closed, [`AcquireError::TooMany`] when it
/// asks for two or more permits and its priority can never hold so many.
#[must_use = "futures do nothing unless polled"]
pub struct Acquire {
    /// `None` once it has answered.
    shared: Option<Rc<Shared>>,
    permits: usize,
    stage: Cell<Stage>,
}

impl Acquire {
    pub(super) fn new(shared: Rc<Shared>, permits: usize, priority: Priority) -> Self {
        let stage = Cell::new(Stage::New(priority));
        Self {
            shared: Some(shared),
            permits,
            stage,
        }
    }

    /// Changes over to a higher priority, to the end of its queue.
    ///
    /// Does nothing if it has that priority or a higher one already, or its answer.
    ///
    /// ```
    /// use futures_util::future::poll_immediate;
    /// use hackershelf::sync::{Priority, Semaphore};
    ///
    /// # futures_executor::block_on(async {
    /// let semaphore = Semaphore::new(1);
    /// let held = semaphore.acquire().await?;
    /// let mut soon = semaphore.acquire_at(Priority::Soon);
    /// let mut later = semaphore.acquire_at(Priority::Later);
    /// assert!(poll_immediate(&mut soon).await.is_none());
    /// assert!(poll_immediate(&mut later).await.is_none());
    ///
    /// later.raise(Priority::Now);
    /// drop(held);
    /// assert!(poll_immediate(&mut soon).await.is_none());
    /// assert!(poll_immediate(&mut later).await.is_some());
    /// # Ok::<(), hackershelf::sync::AcquireError>(()) }).expect("nobody closes it");
    /// ```
    pub fn raise(&self, priority: Priority) {
        let Some(shared) = &self.shared else { return };
        match self.stage.get() {
            Stage::New(old) => self.stage.set(Stage::New(old.min(priority))),
            Stage::Queued(key) => shared.change(|state| state.raise(key, priority)),
        }
    }

    /// Gives up the share of the semaphore: the wait is over.
    fn finish(
        &mut self,
        answer: Result<Priority, AcquireError>,
        others: Option<Waker>,
    ) -> Poll<Result<Permit, AcquireError>> {
        let shared = self
            .shared
            .take()
            .expect("only a wait that goes on gets an answer");
        Poll::Ready(answer.map(|priority| Permit::new(shared, self.permits, priority, others)))
    }
}

impl Future for Acquire {
    type Output = Result<Permit, AcquireError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let shared = this
            .shared
            .as_ref()
            .expect("`Acquire` polled after it was ready");
        let mut state = shared.0.borrow_mut();
        match this.stage.get() {
            Stage::New(priority) => match state.ask(this.permits, priority) {
                Ok(true) => {
                    let others = state.pop_answered();
                    drop(state);
                    this.finish(Ok(priority), others)
                }
                Ok(false) => {
                    let key = state.join(this.permits, priority, cx.waker().clone());
                    this.stage.set(Stage::Queued(key));
                    Poll::Pending
                }
                Err(error) => {
                    drop(state);
                    this.finish(Err(error), None)
                }
            },
            Stage::Queued(key) => match state.answer(key) {
                Some(answer) => {
                    let stale = state.forget(key);
                    drop(state);
                    let ready = this.finish(answer, None);
                    drop(stale);
                    ready
                }
                None => {
                    let stale = state.renew(key, cx.waker());
                    drop(state);
                    drop(stale);
                    Poll::Pending
                }
            },
        }
    }
}

impl Drop for Acquire {
    fn drop(&mut self) {
        if let (Some(shared), Stage::Queued(key)) = (&self.shared, self.stage.get()) {
            let stale = shared.change(|state| state.cancel(key));
            drop(stale);
        }
    }
}

impl fmt::Debug for Acquire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire")
            .field("permits", &self.permits)
            .finish_non_exhaustive()
    }
}

/// The right to do one thing, or several at once; goes back to its semaphore when dropped.
///
/// It has no lifetime and may move into whatever outlives the caller, a clean-up for example.
#[must_use = "a permit that isn't kept goes back at once"]
pub struct Permit {
    shared: Rc<Shared>,
    permits: usize,
    priority: Priority,
}

impl Permit {
    /// Made before the others are woken: should a waker panic, it goes back like any other.
    pub(super) fn new(
        shared: Rc<Shared>,
        permits: usize,
        priority: Priority,
        others: Option<Waker>,
    ) -> Self {
        let permit = Self {
            shared,
            permits,
            priority,
        };
        permit.shared.wake(others);
        permit
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.shared
            .change(|state| state.release(self.permits, self.priority));
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("permits", &self.permits)
            .field("priority", &self.priority)
            .finish_non_exhaustive()
    }
}
