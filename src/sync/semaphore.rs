//! A counting semaphore with three priorities, for one thread.

mod state;
mod waiters;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use state::State;
use waiters::Key;

/// Whose turn it is: a higher priority goes first. Sorts in that order, `Now` before `Later`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Somebody waits for it.
    Now,
    /// Visible next.
    Soon,
    /// In the background; never holds the last permits.
    Later,
}

impl Priority {
    /// All of them, in the order of their turn.
    pub const ALL: [Self; 3] = [Self::Now, Self::Soon, Self::Later];
}

/// Why an [`Acquire`] ended without a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcquireError {
    /// The semaphore was closed.
    #[error("the semaphore is closed")]
    Closed,
    /// More permits than there may ever be for this priority.
    #[error("{asked} permits were asked for, and there are never more than {at_most}")]
    TooMany {
        /// What was asked for.
        asked: usize,
        /// What the priority may hold at most.
        at_most: usize,
    },
}

/// Why [`Semaphore::try_acquire`] gave no permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TryAcquireError {
    /// The semaphore is closed.
    #[error("the semaphore is closed")]
    Closed,
    /// No permit is free, or somebody else is next.
    #[error("no permit is free")]
    NoPermits,
}

/// Limits how much happens at once: who wants to do something holds a [`Permit`] meanwhile.
///
/// Clones are handles to the same semaphore.
#[derive(Clone)]
pub struct Semaphore {
    shared: Rc<Shared>,
}

struct Shared {
    state: RefCell<State>,
}

impl Shared {
    /// Runs what wakers do, with nothing borrowed: they may call back in.
    fn wake(&self, first: Option<Waker>) {
        let mut waker = first;
        while let Some(awake) = waker {
            awake.wake();
            waker = self.state.borrow_mut().pop_answered();
        }
    }

    fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.state.borrow_mut();
        let result = change(&mut state);
        let waker = state.pop_answered();
        drop(state);
        self.wake(waker);
        result
    }
}

impl Semaphore {
    /// Creates a semaphore with that many permits.
    pub fn new(permits: usize) -> Self {
        let state = RefCell::new(State::new(permits));
        Self {
            shared: Rc::new(Shared { state }),
        }
    }

    /// Waits for a permit at [`Priority::Now`].
    pub fn acquire(&self) -> Acquire {
        self.acquire_many_at(1, Priority::Now)
    }

    /// Waits for a permit.
    pub fn acquire_at(&self, priority: Priority) -> Acquire {
        self.acquire_many_at(1, priority)
    }

    /// Waits for several permits, all at once, at [`Priority::Now`].
    pub fn acquire_many(&self, permits: usize) -> Acquire {
        self.acquire_many_at(permits, Priority::Now)
    }

    /// Waits for several permits, all at once.
    pub fn acquire_many_at(&self, permits: usize, priority: Priority) -> Acquire {
        Acquire {
            shared: Some(Rc::clone(&self.shared)),
            permits,
            stage: Cell::new(Stage::New(priority)),
        }
    }

    /// Takes a permit if one is free and nobody else is next.
    ///
    /// # Errors
    /// [`TryAcquireError::Closed`] or [`TryAcquireError::NoPermits`].
    pub fn try_acquire(&self) -> Result<Permit, TryAcquireError> {
        self.try_acquire_at(Priority::Now)
    }

    /// Like [`try_acquire`](Self::try_acquire), at a priority.
    ///
    /// # Errors
    /// [`TryAcquireError::Closed`] or [`TryAcquireError::NoPermits`].
    pub fn try_acquire_at(&self, priority: Priority) -> Result<Permit, TryAcquireError> {
        let mut state = self.shared.state.borrow_mut();
        match state.ask(1, priority) {
            Ok(true) => {
                let waker = state.pop_answered();
                drop(state);
                let permit = Permit {
                    shared: Rc::clone(&self.shared),
                    permits: 1,
                    priority,
                };
                self.shared.wake(waker);
                Ok(permit)
            }
            Err(AcquireError::Closed) => Err(TryAcquireError::Closed),
            Ok(false) | Err(AcquireError::TooMany { .. }) => Err(TryAcquireError::NoPermits),
        }
    }

    /// How many permits are free now; those that gather for a waiter count.
    pub fn available_permits(&self) -> usize {
        self.shared.state.borrow().free()
    }

    /// How many permits there are, free or not.
    pub fn capacity(&self) -> usize {
        self.shared.state.borrow().capacity()
    }

    /// Sets how many permits there are; what is out above that drains.
    pub fn resize(&self, permits: usize) {
        self.shared.change(|state| state.resize(permits));
    }

    /// Ends all waiting, now and later, with [`AcquireError::Closed`].
    pub fn close(&self) {
        self.shared.change(State::close);
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.shared.state.borrow().is_closed()
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore")
            .field("available_permits", &self.available_permits())
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    New(Priority),
    Queued(Key),
}

/// The wait for a [`Permit`]; joins the queue when first polled, leaves it when dropped.
#[must_use = "futures do nothing unless polled"]
pub struct Acquire {
    /// `None` once it has answered.
    shared: Option<Rc<Shared>>,
    permits: usize,
    stage: Cell<Stage>,
}

impl Acquire {
    /// Moves on to a higher priority, behind those already there; never to a lower one.
    pub fn raise(&self, priority: Priority) {
        let Some(shared) = &self.shared else { return };
        match self.stage.get() {
            Stage::New(old) => self.stage.set(Stage::New(old.min(priority))),
            Stage::Queued(key) => shared.change(|state| state.raise(key, priority)),
        }
    }

    fn answered(
        &mut self,
        answer: Result<Priority, AcquireError>,
        waker: Option<Waker>,
    ) -> Poll<Result<Permit, AcquireError>> {
        let shared = self.shared.take().expect("polled only while it waits");
        Poll::Ready(answer.map(|priority| {
            let permit = Permit {
                shared,
                permits: self.permits,
                priority,
            };
            permit.shared.wake(waker);
            permit
        }))
    }
}

impl Future for Acquire {
    type Output = Result<Permit, AcquireError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        // Made, like it is dropped, only while nothing is borrowed.
        let mut own_waker = None;
        loop {
            let shared = this
                .shared
                .as_ref()
                .expect("an `Acquire` isn't polled after it is ready");
            let mut state = shared.state.borrow_mut();
            match this.stage.get() {
                Stage::New(priority) => match state.ask(this.permits, priority) {
                    Ok(true) => {
                        let waker = state.pop_answered();
                        drop(state);
                        return this.answered(Ok(priority), waker);
                    }
                    Ok(false) => {
                        if let Some(waker) = own_waker.take() {
                            let key = state.join(this.permits, priority, waker);
                            this.stage.set(Stage::Queued(key));
                            return Poll::Pending;
                        }
                    }
                    Err(error) => {
                        drop(state);
                        return this.answered(Err(error), None);
                    }
                },
                Stage::Queued(key) => {
                    if let Some(answer) = state.answer(key) {
                        let stale = state.forget(key);
                        drop(state);
                        let ready = this.answered(answer, None);
                        drop(stale);
                        return ready;
                    }
                    if let Some(waker) = own_waker.take() {
                        let stale = state.replace_waker(key, waker);
                        drop(state);
                        drop(stale);
                        return Poll::Pending;
                    }
                    if state.will_wake(key, cx.waker()) {
                        return Poll::Pending;
                    }
                }
            }
            drop(state);
            own_waker = Some(cx.waker().clone());
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

/// The right to do one thing, or several; goes back to its semaphore when dropped.
#[must_use = "a permit that isn't kept goes back at once"]
pub struct Permit {
    shared: Rc<Shared>,
    permits: usize,
    priority: Priority,
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
