//! Steps that happen to a semaphore and to its model alike, and what is seen of them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use hackershelf::sync::{Acquire, AcquireError, Permit, Priority, Semaphore, TryAcquireError};

use crate::by_hand::Task;
use crate::model::Model;

/// One step; a place is where an acquire stands, or the permit it became.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Makes an acquire and polls it, if the place is free.
    Ask(usize, usize, Priority),
    /// Makes an acquire and doesn't poll it.
    Prepare(usize, usize, Priority),
    Try(usize, Priority),
    /// Polls from the task that is always the same for this place, or from a new one.
    Poll(usize),
    PollElsewhere(usize),
    Raise(usize, Priority),
    /// Drops the acquire, or gives the permit back.
    Drop(usize),
    /// So many times in a row, tries to acquire and gives back at once.
    Churn(usize, Priority),
    Resize(usize),
    Close,
}

impl Step {
    /// The same step at another place.
    pub fn at(self, at: usize) -> Self {
        match self {
            Self::Ask(_, permits, priority) => Self::Ask(at, permits, priority),
            Self::Prepare(_, permits, priority) => Self::Prepare(at, permits, priority),
            Self::Try(_, priority) => Self::Try(at, priority),
            Self::Poll(_) => Self::Poll(at),
            Self::PollElsewhere(_) => Self::PollElsewhere(at),
            Self::Raise(_, priority) => Self::Raise(at, priority),
            Self::Drop(_) => Self::Drop(at),
            Self::Churn(..) | Self::Resize(_) | Self::Close => self,
        }
    }
}

/// What whoever made the step sees of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Nothing,
    Pending,
    Granted,
    Refused(AcquireError),
    NotNow(TryAcquireError),
    Times(usize),
}

enum Place {
    Free,
    Fresh(Acquire),
    Queued(Acquire, Arc<Task>),
    Held(#[expect(dead_code, reason = "kept for its drop")] Permit),
}

pub struct World {
    semaphore: Semaphore,
    places: Vec<Place>,
}

impl World {
    pub fn new(capacity: usize, places: usize) -> Self {
        Self {
            semaphore: Semaphore::new(capacity),
            places: (0..places).map(|_| Place::Free).collect(),
        }
    }

    pub fn step(&mut self, step: Step) -> Seen {
        match step {
            Step::Ask(at, permits, priority) if self.is_free(at) => {
                let acquire = self.semaphore.acquire_many_at(permits, priority);
                self.poll(at, acquire, Arc::default())
            }
            Step::Prepare(at, permits, priority) if self.is_free(at) => {
                self.places[at] = Place::Fresh(self.semaphore.acquire_many_at(permits, priority));
                Seen::Nothing
            }
            Step::Try(at, priority) if self.is_free(at) => {
                match self.semaphore.try_acquire_at(priority) {
                    Ok(permit) => {
                        self.places[at] = Place::Held(permit);
                        Seen::Granted
                    }
                    Err(error) => Seen::NotNow(error),
                }
            }
            Step::Poll(at) => self.poll_again(at, false),
            Step::PollElsewhere(at) => self.poll_again(at, true),
            Step::Raise(at, priority) => {
                if let Place::Fresh(acquire) | Place::Queued(acquire, _) = &self.places[at] {
                    acquire.raise(priority);
                }
                Seen::Nothing
            }
            Step::Drop(at) => {
                self.places[at] = Place::Free;
                Seen::Nothing
            }
            Step::Churn(times, priority) => {
                let tries = (0..times).map(|_| self.semaphore.try_acquire_at(priority));
                Seen::Times(tries.filter(Result::is_ok).count())
            }
            Step::Resize(capacity) => {
                self.semaphore.resize(capacity);
                Seen::Nothing
            }
            Step::Close => {
                self.semaphore.close();
                Seen::Nothing
            }
            Step::Ask(..) | Step::Prepare(..) | Step::Try(..) => Seen::Nothing,
        }
    }

    fn is_free(&self, at: usize) -> bool {
        matches!(self.places[at], Place::Free)
    }

    fn poll_again(&mut self, at: usize, elsewhere: bool) -> Seen {
        match std::mem::replace(&mut self.places[at], Place::Free) {
            Place::Queued(acquire, task) if !elsewhere => self.poll(at, acquire, task),
            Place::Queued(acquire, _) | Place::Fresh(acquire) => {
                self.poll(at, acquire, Arc::default())
            }
            other => {
                self.places[at] = other;
                Seen::Nothing
            }
        }
    }

    fn poll(&mut self, at: usize, mut acquire: Acquire, task: Arc<Task>) -> Seen {
        let waker = Waker::from(Arc::clone(&task));
        match Pin::new(&mut acquire).poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => {
                self.places[at] = Place::Queued(acquire, task);
                Seen::Pending
            }
            Poll::Ready(Ok(permit)) => {
                self.places[at] = Place::Held(permit);
                Seen::Granted
            }
            Poll::Ready(Err(error)) => Seen::Refused(error),
        }
    }

    /// What can be seen from outside is as the model says; each is woken once, with its answer.
    pub fn check(&self, model: &Model) {
        assert_eq!(self.semaphore.available_permits(), model.free());
        assert_eq!(self.semaphore.capacity(), model.capacity);
        assert_eq!(self.semaphore.is_closed(), model.closed);
        for (at, place) in self.places.iter().enumerate() {
            if let Place::Queued(_, task) = place {
                let waits = model.waits(at);
                assert_eq!(
                    task.wakes(),
                    usize::from(!waits),
                    "woken once, with its answer"
                );
                let wakers = Arc::strong_count(task) - 1;
                assert_eq!(wakers, usize::from(waits), "the waker is kept until then");
            }
        }
    }

    /// Everybody leaves, and all permits are back.
    pub fn end(mut self) {
        self.places.clear();
        assert_eq!(
            self.semaphore.available_permits(),
            self.semaphore.capacity()
        );
    }
}
