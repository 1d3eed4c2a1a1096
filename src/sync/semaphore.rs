//! A counting semaphore with three priorities, for one thread.
//!
//! Permits are handed to waiters by turn, never raced for: whoever gives a permit back decides,
//! at once, who has it next. `state` tells the rules and takes every decision, `waiters`
//! holds the queues, [`Acquire`] and [`Permit`] are thin shells.
//!
//! Its own instead of `tokio`'s or `async-lock`'s because neither has priorities, a reserve or
//! a way to lower its size; and where there is one thread a queue needs no lock.

mod acquire;
#[cfg(test)]
mod cost;
mod state;
mod urgency;
mod waiters;

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::rc::Rc;

use acquire::Shared;
pub use acquire::{Acquire, Permit};
use state::State;
use urgency::Following;
pub use urgency::Urgency;

/// Whose turn it is: a higher priority goes first, whoever came first within one.
///
/// Sorts in that order, [`Now`](Self::Now) before [`Later`](Self::Later).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// What the reader waits for.
    Now,
    /// What comes into view next.
    Soon,
    /// What happens in the background; all of it together leaves up to two permits to the others.
    Later,
}

impl Priority {
    /// All of them, in the order of their turn.
    pub const ALL: [Self; 3] = [Self::Now, Self::Soon, Self::Later];
}

/// Why an [`Acquire`] ended without a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcquireError {
    /// The semaphore is closed.
    #[error("the semaphore is closed")]
    Closed,
    /// It asked for more permits than its priority may ever hold.
    #[error("{asked} permits were asked for where there are never more than {at_most}")]
    TooMany {
        /// How many it asked for.
        asked: usize,
        /// How many its priority may hold.
        at_most: usize,
    },
}

/// Why [`Semaphore::try_acquire`] gave no permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TryAcquireError {
    /// The semaphore is closed.
    #[error("the semaphore is closed")]
    Closed,
    /// No permit is free for this priority, or somebody else is next.
    #[error("no permit is free")]
    NoPermits,
}

/// Limits how many things happen at once: each holds a [`Permit`] while it does.
///
/// Clones are handles to the same semaphore. Waits and permits work on without any handle.
///
/// ```
/// use hackershelf::sync::Semaphore;
///
/// # futures_executor::block_on(async {
/// let semaphore = Semaphore::new(2);
/// let first = semaphore.acquire().await?;
/// let second = semaphore.acquire().await?;
/// assert!(semaphore.try_acquire().is_err());
///
/// drop(first);
/// assert_eq!(semaphore.available_permits(), 1);
/// # drop(second);
/// # Ok::<(), hackershelf::sync::AcquireError>(()) }).expect("nobody closes it");
/// ```
#[derive(Clone)]
pub struct Semaphore {
    shared: Rc<Shared>,
}

impl Semaphore {
    /// The most permits that a semaphore has, 2<sup>32</sup> − 1; one with more has so many.
    pub const MAX_PERMITS: usize = u32::MAX as usize;

    /// Creates a semaphore with that many permits; with none it is paused.
    pub fn new(permits: usize) -> Self {
        let state = RefCell::new(State::new(permits));
        Self {
            shared: Rc::new(Shared(state)),
        }
    }

    /// Waits for one permit at [`Priority::Now`].
    ///
    /// # Errors
    /// The future ends with [`AcquireError::Closed`] once the semaphore is closed.
    #[inline]
    pub fn acquire(&self) -> Acquire {
        self.acquire_many_at(1, Priority::Now)
    }

    /// Waits for one permit.
    ///
    /// # Errors
    /// The future ends with [`AcquireError::Closed`] once the semaphore is closed.
    ///
    /// ```
    /// use futures_util::future::poll_immediate;
    /// use hackershelf::sync::{Priority, Semaphore};
    ///
    /// # futures_executor::block_on(async {
    /// let semaphore = Semaphore::new(1);
    /// let held = semaphore.acquire().await?;
    /// let mut download = semaphore.acquire_at(Priority::Later);
    /// let mut page = semaphore.acquire_at(Priority::Now);
    /// assert!(poll_immediate(&mut download).await.is_none());
    /// assert!(poll_immediate(&mut page).await.is_none());
    ///
    /// drop(held);
    /// assert!(poll_immediate(&mut download).await.is_none());
    /// assert!(poll_immediate(&mut page).await.is_some());
    /// # Ok::<(), hackershelf::sync::AcquireError>(()) }).expect("nobody closes it");
    /// ```
    #[inline]
    pub fn acquire_at(&self, priority: Priority) -> Acquire {
        self.acquire_many_at(1, priority)
    }

    /// Waits for several permits at [`Priority::Now`], and gets all of them at once.
    ///
    /// With all that the semaphore has, nobody else holds one.
    ///
    /// # Errors
    /// The future ends with [`AcquireError::Closed`] once the semaphore is closed, and with
    /// [`AcquireError::TooMany`] if it asks for two or more and more than the capacity.
    ///
    /// ```
    /// use hackershelf::sync::Semaphore;
    ///
    /// # futures_executor::block_on(async {
    /// let semaphore = Semaphore::new(6);
    /// let alone = semaphore.acquire_many(semaphore.capacity()).await?;
    /// assert_eq!(semaphore.available_permits(), 0);
    /// # drop(alone);
    /// # Ok::<(), hackershelf::sync::AcquireError>(()) }).expect("nobody closes it");
    /// ```
    #[inline]
    pub fn acquire_many(&self, permits: usize) -> Acquire {
        self.acquire_many_at(permits, Priority::Now)
    }

    /// Waits for several permits, and gets all of them at once.
    ///
    /// # Errors
    /// The future ends with [`AcquireError::Closed`] once the semaphore is closed, and with
    /// [`AcquireError::TooMany`] if it asks for two or more and more than its priority may
    /// ever hold.
    #[inline]
    pub fn acquire_many_at(&self, permits: usize, priority: Priority) -> Acquire {
        Acquire::new(Rc::clone(&self.shared), permits, priority)
    }

    /// Waits for one permit at an urgency, and is raised with it while it waits.
    ///
    /// # Errors
    /// The future ends with [`AcquireError::Closed`] once the semaphore is closed.
    pub fn acquire_at_urgency(
        &self,
        urgency: &Urgency,
    ) -> impl Future<Output = Result<Permit, AcquireError>> + use<> {
        Following::new(self.acquire_at(urgency.get()), urgency.clone())
    }

    /// Takes one permit at [`Priority::Now`], or says at once why not.
    ///
    /// # Errors
    /// [`TryAcquireError::NoPermits`] if none is free or somebody else is next,
    /// [`TryAcquireError::Closed`] if the semaphore is closed.
    ///
    /// ```
    /// use hackershelf::sync::{Semaphore, TryAcquireError};
    ///
    /// let semaphore = Semaphore::new(1);
    /// let held = semaphore.try_acquire()?;
    /// assert_eq!(semaphore.try_acquire().err(), Some(TryAcquireError::NoPermits));
    /// # drop(held);
    /// # Ok::<(), TryAcquireError>(())
    /// ```
    pub fn try_acquire(&self) -> Result<Permit, TryAcquireError> {
        self.try_acquire_at(Priority::Now)
    }

    /// Takes one permit, or says at once why not.
    ///
    /// # Errors
    /// [`TryAcquireError::NoPermits`] if none is free for this priority or somebody else is
    /// next, [`TryAcquireError::Closed`] if the semaphore is closed.
    pub fn try_acquire_at(&self, priority: Priority) -> Result<Permit, TryAcquireError> {
        if self.shared.take_uncontended(1, priority) {
            return Ok(Permit::new(Rc::clone(&self.shared), 1, priority));
        }
        let asked = self.shared.0.borrow_mut().ask(1, priority);
        match asked {
            Ok(true) => {
                let permit = Permit::new(Rc::clone(&self.shared), 1, priority);
                self.shared.wake(self.shared.0.borrow_mut());
                Ok(permit)
            }
            Err(AcquireError::Closed) => Err(TryAcquireError::Closed),
            Ok(false) | Err(AcquireError::TooMany { .. }) => Err(TryAcquireError::NoPermits),
        }
    }

    /// How many permits nobody has; those that gather for a big waiter count.
    pub fn available_permits(&self) -> usize {
        self.shared.0.borrow().free()
    }

    /// Whether somebody waits whose turn is before that of a newcomer at this priority.
    pub fn has_waiters_at(&self, priority: Priority) -> bool {
        self.shared.0.borrow().has_waiters_at(priority)
    }

    /// How many permits there are, free or not.
    pub fn capacity(&self) -> usize {
        self.shared.0.borrow().capacity()
    }

    /// Sets how many permits there are; what is out above that drains, and zero is a pause.
    ///
    /// Those who wait for more than there may ever be now get [`AcquireError::TooMany`].
    ///
    /// ```
    /// use hackershelf::sync::Semaphore;
    ///
    /// # futures_executor::block_on(async {
    /// let semaphore = Semaphore::new(2);
    /// let both = semaphore.acquire_many(2).await?;
    /// semaphore.resize(1);
    /// assert_eq!(semaphore.available_permits(), 0);
    /// drop(both);
    /// assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), hackershelf::sync::AcquireError>(()) }).expect("nobody closes it");
    /// ```
    pub fn resize(&self, permits: usize) {
        self.shared.change(|state| state.resize(permits));
    }

    /// Ends all waiting, now and from now on, with [`AcquireError::Closed`].
    ///
    /// What was granted stays granted, and permits come back as ever.
    pub fn close(&self) {
        self.shared.change(State::close);
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.shared.0.borrow().is_closed()
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
