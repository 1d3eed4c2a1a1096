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
    /// Takes permits if nobody waits for any, which is nearly always all there is to do.
    #[inline]
    pub fn take_uncontended(&self, permits: usize, priority: Priority) -> bool {
        self.0.borrow_mut().take_uncontended(permits, priority)
    }

    /// Changes the state, then wakes all who have their answer by it.
    pub fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.0.borrow_mut());
        self.wake();
        result
    }

    pub fn wake(&self) {
        let next = || self.0.borrow_mut().pop_answered();
        while let Some(waker) = next() {
            waker.wake();
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
    #[inline]
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

    /// The poll of one that doesn't get its permits at the first go.
    fn wait(&mut self, waker: &Waker) -> Poll<Result<Permit, AcquireError>> {
        let shared = self
            .shared
            .as_ref()
            .expect("`Acquire` polled after it was ready");
        let mut state = shared.0.borrow_mut();
        let (answer, stale) = match self.stage.get() {
            Stage::New(priority) => match state.ask(self.permits, priority) {
                Ok(true) => (Some(Ok(priority)), None),
                Ok(false) => {
                    let key = state.join(self.permits, priority, waker.clone());
                    self.stage.set(Stage::Queued(key));
                    (None, None)
                }
                Err(error) => (Some(Err(error)), None),
            },
            Stage::Queued(key) => match state.answer(key) {
                Some(answer) => (Some(answer), state.forget(key)),
                None => (None, state.renew(key, waker)),
            },
        };
        drop(state);
        let ready = answer.map(|answer| self.finish(answer));
        drop(stale);
        ready.map_or(Poll::Pending, Poll::Ready)
    }

    fn finish(&mut self, answer: Result<Priority, AcquireError>) -> Result<Permit, AcquireError> {
        let shared = self.shared.take().expect("it isn't finished yet");
        let permit = Permit::new(shared, self.permits, answer?);
        // After the permit is made: should a waker panic, it goes back like any other.
        permit.shared.wake();
        Ok(permit)
    }
}

impl Future for Acquire {
    type Output = Result<Permit, AcquireError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let permits = self.permits;
        if let (Some(shared), Stage::New(priority)) = (&self.shared, self.stage.get())
            && shared.take_uncontended(permits, priority)
            && let Some(shared) = self.shared.take()
        {
            return Poll::Ready(Ok(Permit::new(shared, permits, priority)));
        }
        self.wait(cx.waker())
    }
}

impl Drop for Acquire {
    #[inline]
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
    #[inline]
    pub(super) fn new(shared: Rc<Shared>, permits: usize, priority: Priority) -> Self {
        Self {
            shared,
            permits,
            priority,
        }
    }
}

impl Drop for Permit {
    #[inline]
    fn drop(&mut self) {
        let contended = {
            let mut state = self.shared.0.borrow_mut();
            state.give_back(self.permits, self.priority);
            state.is_contended()
        };
        if contended {
            self.shared.change(State::hand_on);
        }
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
