//! A priority that several share, and the wait for a permit that follows it up.
//!
//! Whoever does something for several askers waits at the highest of their priorities, and
//! each that joins later may raise it. A raise reaches the queue in the same call: between it
//! and the next poll others may release, and who goes next must be decided by then.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

use super::acquire::Shared;
use super::waiters::Key;
use super::{Acquire, AcquireError, Permit, Priority};

/// How urgent a thing is that several want: the highest of their priorities.
///
/// Clones are handles to the same urgency. It is only ever raised.
///
/// ```
/// use std::pin::pin;
/// use futures_util::future::poll_immediate;
/// use hackershelf::sync::{Priority, Semaphore, Urgency};
///
/// # futures_executor::block_on(async {
/// let semaphore = Semaphore::new(1);
/// let held = semaphore.acquire().await?;
/// let urgency = Urgency::new(Priority::Later);
/// let mut shared = pin!(semaphore.acquire_at_urgency(&urgency));
/// let mut soon = semaphore.acquire_at(Priority::Soon);
/// assert!(poll_immediate(&mut shared).await.is_none());
/// assert!(poll_immediate(&mut soon).await.is_none());
///
/// urgency.raise(Priority::Now);
/// drop(held);
/// assert!(poll_immediate(&mut soon).await.is_none());
/// assert!(poll_immediate(&mut shared).await.is_some());
/// # Ok::<(), hackershelf::sync::AcquireError>(()) }).expect("nobody closes it");
/// ```
#[derive(Clone)]
pub struct Urgency(Rc<Inner>);

struct Inner {
    priority: Cell<Priority>,
    /// Those who wait at this urgency; one as a rule.
    queued: RefCell<Vec<Queued>>,
}

/// A place in a semaphore's queue, and the priority it was last raised to from here.
struct Queued {
    shared: Weak<Shared>,
    key: Key,
    priority: Priority,
}

impl Urgency {
    /// Creates an urgency that begins at this priority.
    pub fn new(priority: Priority) -> Self {
        Self(Rc::new(Inner {
            priority: Cell::new(priority),
            queued: RefCell::default(),
        }))
    }

    /// The priority that it has now.
    pub fn get(&self) -> Priority {
        self.0.priority.get()
    }

    /// Changes over to a higher priority, and so do all that wait at this urgency.
    ///
    /// Does nothing if it has that priority or a higher one already.
    pub fn raise(&self, priority: Priority) {
        self.0.priority.set(self.get().min(priority));
        // One by one and without the borrow: whom a raise lets through may call back in.
        while let Some((shared, key)) = self.next_below(priority) {
            shared.change(|state| state.raise(key, priority));
        }
    }

    /// Somebody who waits below this priority still, and is taken as raised to it.
    fn next_below(&self, priority: Priority) -> Option<(Rc<Shared>, Key)> {
        let mut queued = self.0.queued.borrow_mut();
        let below = queued
            .iter_mut()
            .find(|queued| queued.priority > priority)?;
        below.priority = priority;
        Some((below.shared.upgrade()?, below.key))
    }

    fn follow(&self, (shared, key): (Weak<Shared>, Key)) {
        let priority = self.get();
        self.0.queued.borrow_mut().push(Queued {
            shared,
            key,
            priority,
        });
    }

    fn unfollow(&self, (shared, key): (Weak<Shared>, Key)) {
        let mut queued = self.0.queued.borrow_mut();
        queued.retain(|queued| queued.key != key || !queued.shared.ptr_eq(&shared));
    }
}

impl fmt::Debug for Urgency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Urgency").field(&self.get()).finish()
    }
}

/// The wait made by [`Semaphore::acquire_at_urgency`](super::Semaphore::acquire_at_urgency).
pub(super) struct Following {
    acquire: Acquire,
    urgency: Urgency,
}

impl Following {
    pub fn new(acquire: Acquire, urgency: Urgency) -> Self {
        Self { acquire, urgency }
    }

    /// Lets go of the urgency before the place in the queue may become another's.
    fn unfollow(&self) {
        if let Some(place) = self.acquire.place() {
            self.urgency.unfollow(place);
        }
    }
}

impl Future for Following {
    type Output = Result<Permit, AcquireError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.unfollow();
        self.acquire.raise(self.urgency.get());
        let polled = Pin::new(&mut self.acquire).poll(cx);
        if let Some(place) = self.acquire.place() {
            self.urgency.follow(place);
            // It may have been raised meanwhile, by a waker that was replaced and called back in.
            self.acquire.raise(self.urgency.get());
        }
        polled
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.unfollow();
    }
}
