//! The semaphore's rules once more, as plainly as they can be said.
//!
//! No queues, no links, no wakers: one list of all who wait, searched from the front for every
//! question, and sums instead of counters. It is slow, and right by reading.

use hackershelf::sync::{AcquireError, Priority, TryAcquireError};

use crate::world::{Seen, Step};

/// An acquire or a permit, by the place where it stands.
#[derive(Clone, Copy)]
struct Ask {
    place: usize,
    permits: usize,
    priority: Priority,
}

#[derive(Clone, Default)]
pub struct Model {
    pub capacity: usize,
    pub closed: bool,
    /// All who weren't polled yet.
    fresh: Vec<Ask>,
    /// All who wait, in the order in which they joined their queue.
    waiting: Vec<Ask>,
    /// All who hold permits, or were granted some.
    holding: Vec<Ask>,
    /// Those who got an answer and haven't collected it.
    answered: Vec<(usize, Result<(), AcquireError>)>,
    /// Grants that passed over `Now`, `Soon` and `Later` since their last one.
    passed: [usize; 3],
}

/// The place of those that hold a permit only for a moment.
const PASSING: usize = usize::MAX;

impl Model {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            ..Self::default()
        }
    }

    pub fn free(&self) -> usize {
        let out: usize = self.holding.iter().map(|holder| holder.permits).sum();
        self.capacity.saturating_sub(out)
    }

    /// Whether whoever stands there waits, and so has no answer yet.
    pub fn waits(&self, place: usize) -> bool {
        self.waiting.iter().any(|ask| ask.place == place)
    }

    pub fn step(&mut self, step: Step) -> Seen {
        match step {
            Step::Ask(place, permits, priority) if self.is_free(place) => {
                self.fresh.push(Ask {
                    place,
                    permits,
                    priority,
                });
                self.poll(place)
            }
            Step::Prepare(place, permits, priority) if self.is_free(place) => {
                self.fresh.push(Ask {
                    place,
                    permits,
                    priority,
                });
                Seen::Nothing
            }
            Step::Try(place, priority) if self.is_free(place) => self.attempt(place, priority),
            Step::Poll(place) | Step::PollElsewhere(place) => self.poll(place),
            Step::Raise(place, priority) => self.raise(place, priority),
            Step::Drop(place) => self.drop(place),
            Step::Churn(times, priority) => {
                let mut granted = 0;
                for _ in 0..times {
                    granted += usize::from(self.attempt(PASSING, priority) == Seen::Granted);
                    self.drop(PASSING);
                }
                Seen::Times(granted)
            }
            Step::Resize(capacity) => self.resize(capacity),
            Step::Close => self.close(),
            Step::Ask(..) | Step::Prepare(..) | Step::Try(..) => Seen::Nothing,
        }
    }

    fn is_free(&self, place: usize) -> bool {
        let mut asks = self.fresh.iter().chain(&self.waiting).chain(&self.holding);
        !asks.any(|ask| ask.place == place) && !self.answered.iter().any(|(at, _)| *at == place)
    }

    fn poll(&mut self, place: usize) -> Seen {
        if let Some(at) = self.fresh.iter().position(|ask| ask.place == place) {
            let ask = self.fresh.remove(at);
            self.arrive(ask);
        }
        if let Some(at) = self.answered.iter().position(|(at, _)| *at == place) {
            return match self.answered.remove(at).1 {
                Ok(()) => Seen::Granted,
                Err(error) => Seen::Refused(error),
            };
        }
        if self.waits(place) {
            Seen::Pending
        } else {
            Seen::Nothing
        }
    }

    /// The first poll. A newcomer is like a waiter who has only just joined.
    fn arrive(&mut self, ask: Ask) {
        let at_most = self.at_most(ask.priority);
        if self.closed {
            self.answered.push((ask.place, Err(AcquireError::Closed)));
        } else if ask.permits == 0 {
            self.holding.push(ask);
            self.answered.push((ask.place, Ok(())));
        } else if ask.permits >= 2 && ask.permits > at_most {
            let asked = ask.permits;
            self.answered
                .push((ask.place, Err(AcquireError::TooMany { asked, at_most })));
        } else {
            self.waiting.push(ask);
            self.settle();
        }
    }

    fn attempt(&mut self, place: usize, priority: Priority) -> Seen {
        self.fresh.push(Ask {
            place,
            permits: 1,
            priority,
        });
        match self.poll(place) {
            Seen::Granted => Seen::Granted,
            Seen::Refused(_) => Seen::NotNow(TryAcquireError::Closed),
            _ => {
                self.drop(place);
                Seen::NotNow(TryAcquireError::NoPermits)
            }
        }
    }

    fn drop(&mut self, place: usize) -> Seen {
        self.fresh.retain(|ask| ask.place != place);
        self.waiting.retain(|ask| ask.place != place);
        self.holding.retain(|ask| ask.place != place);
        self.answered.retain(|(at, _)| *at != place);
        self.settle();
        Seen::Nothing
    }

    fn raise(&mut self, place: usize, priority: Priority) -> Seen {
        for ask in &mut self.fresh {
            if ask.place == place {
                ask.priority = ask.priority.min(priority);
            }
        }
        let of_it = |ask: &Ask| ask.place == place && priority < ask.priority;
        if let Some(at) = self.waiting.iter().position(of_it) {
            let ask = self.waiting.remove(at);
            self.waiting.push(Ask { priority, ..ask });
            self.settle();
        }
        Seen::Nothing
    }

    fn resize(&mut self, capacity: usize) -> Seen {
        self.capacity = capacity;
        for ask in self.waiting.clone() {
            let (asked, at_most) = (ask.permits, self.at_most(ask.priority));
            if asked >= 2 && asked > at_most {
                let error = AcquireError::TooMany { asked, at_most };
                self.waiting.retain(|other| other.place != ask.place);
                self.answered.push((ask.place, Err(error)));
            }
        }
        self.settle();
        Seen::Nothing
    }

    fn close(&mut self) -> Seen {
        self.closed = true;
        for ask in self.waiting.drain(..) {
            self.answered.push((ask.place, Err(AcquireError::Closed)));
        }
        self.settle();
        Seen::Nothing
    }

    fn at_most(&self, priority: Priority) -> usize {
        match (priority, self.capacity) {
            (Priority::Later, 0) => 0,
            (Priority::Later, 1 | 2) => 1,
            (Priority::Later, capacity) => capacity - 2,
            (_, capacity) => capacity,
        }
    }

    /// The first in a queue, unless the reserve stops it.
    fn candidate(&self, priority: Priority) -> Option<Ask> {
        let of_its_kind = |ask: &&Ask| ask.priority == priority;
        let first = *self.waiting.iter().find(of_its_kind)?;
        let held = self.holding.iter().filter(of_its_kind);
        let held: usize = held.map(|holder| holder.permits).sum();
        let stopped = priority == Priority::Later && held + first.permits > self.at_most(priority);
        (!stopped).then_some(first)
    }

    /// Grants until the next waiter doesn't fit.
    fn settle(&mut self) {
        loop {
            for priority in Priority::ALL {
                if !self.waiting.iter().any(|ask| ask.priority == priority) {
                    self.passed[priority as usize] = 0;
                }
            }
            let candidates = Priority::ALL.map(|priority| self.candidate(priority));
            let candidates: Vec<Ask> = candidates.into_iter().flatten().collect();
            let is_due = |ask: &&Ask| self.passed[ask.priority as usize] >= 32;
            let due = candidates.iter().find(is_due);
            let Some(&next) = due.or(candidates.first()) else {
                return;
            };
            if next.permits > self.free() {
                return;
            }
            self.waiting.retain(|ask| ask.place != next.place);
            self.holding.push(next);
            self.answered.push((next.place, Ok(())));
            self.passed[next.priority as usize] = 0;
            for ask in candidates {
                if ask.priority > next.priority {
                    self.passed[ask.priority as usize] += 1;
                }
            }
        }
    }
}
