//! The two things a caller holds: the wait for a permit, and the permit.
//!
//! Both own a share of the semaphore, so that neither has a lifetime and both outlive the
//! handle they came from. Wakers are woken and dropped only while the state isn't borrowed,
//! because either may call back in.

use std::cell::{Cell, RefCell, RefMut};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
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
        let mut state = self.0.borrow_mut();
        let result = change(&mut state);
        self.wake(state);
        result
    }

    /// What a release does when there is somebody to release to; apart, to keep the rest small.
    #[inline(never)]
    fn hand_on<'a>(&'a self, mut state: RefMut<'a, State>) {
        state.hand_on();
        self.wake(state);
    }

    /// Forgets a waiter who doesn't want its answer any more.
    #[inline]
    fn leave(&self, key: Key) {
        let stale = self.change(|state| state.cancel(key));
        drop(stale);
    }

    /// Wakes all who have their answer.
    #[inline]
    pub fn wake<'a>(&'a self, state: RefMut<'a, State>) {
        if state.has_answered() {
            self.wake_all(state);
        }
    }

    /// One by one and without the borrow.
    #[inline(never)]
    fn wake_all<'a>(&'a self, mut state: RefMut<'a, State>) {
        while let Some(waker) = state.pop_answered() {
            drop(state);
            waker.wake();
            state = self.0.borrow_mut();
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

    /// Its place in the queue, from when it had to wait until it has answered.
    pub(super) fn place(&self) -> Option<(Weak<Shared>, Key)> {
        match (&self.shared, self.stage.get()) {
            (Some(shared), Stage::Queued(key)) => Some((Rc::downgrade(shared), key)),
            _ => None,
        }
    }

    /// The first poll where others wait, or where the permits aren't free.
    #[inline(never)]
    fn join(&mut self, priority: Priority, waker: &Waker) -> Poll<Result<Permit, AcquireError>> {
        let shared = self.shared.as_ref().expect(POLLED_AGAIN);
        let mut state = shared.0.borrow_mut();
        let asked = state.ask(self.permits, priority);
        if asked == Ok(false) {
            let key = state.join(self.permits, priority, waker.clone());
            self.stage.set(Stage::Queued(key));
            return Poll::Pending;
        }
        drop(state);
        let shared = self.shared.take().expect(POLLED_AGAIN);
        let permit = asked.map(|_| Permit::new(shared, self.permits, priority))?;
        // Somebody may have become due. Should its waker panic, the permit goes back.
        permit.shared.wake(permit.shared.0.borrow_mut());
        Poll::Ready(Ok(permit))
    }

    /// Any later poll.
    #[inline(never)]
    fn look(&mut self, key: Key, waker: &Waker) -> Poll<Result<Permit, AcquireError>> {
        let shared = self.shared.as_ref().expect(POLLED_AGAIN);
        let mut state = shared.0.borrow_mut();
        let Some(answer) = state.answer(key, self.permits) else {
            let stale = state.renew(key, waker);
            drop(state);
            drop(stale);
            return Poll::Pending;
        };
        // Dropped at the end, when nothing is borrowed.
        let _stale = state.forget(key);
        drop(state);
        match answer {
            Ok(priority) => {
                let shared = self.shared.take().expect(POLLED_AGAIN);
                Poll::Ready(Ok(Permit::new(shared, self.permits, priority)))
            }
            Err(error) => {
                self.shared = None;
                Poll::Ready(Err(error))
            }
        }
    }
}

const POLLED_AGAIN: &str = "`Acquire` isn't polled after it was ready";

impl Future for Acquire {
    type Output = Result<Permit, AcquireError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let permits = self.permits;
        match self.stage.get() {
            Stage::New(priority) => {
                if let Some(shared) = &self.shared
                    && shared.take_uncontended(permits, priority)
                    && let Some(shared) = self.shared.take()
                {
                    return Poll::Ready(Ok(Permit::new(shared, permits, priority)));
                }
                self.join(priority, cx.waker())
            }
            Stage::Queued(key) => self.look(key, cx.waker()),
        }
    }
}

impl Drop for Acquire {
    #[inline]
    fn drop(&mut self) {
        if let (Some(shared), Stage::Queued(key)) = (&self.shared, self.stage.get()) {
            shared.leave(key);
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
        let mut state = self.shared.0.borrow_mut();
        state.give_back(self.permits, self.priority);
        if state.is_contended() {
            self.shared.hand_on(state);
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
