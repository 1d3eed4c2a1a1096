//! Every decision of the semaphore, in one plain struct.
//!
//! Nothing here wakes, clones or drops a waker: methods move wakers in and out, and the
//! shell around runs their code when the struct is no longer borrowed.

use std::task::Waker;

use super::waiters::{Key, Waiters};
use super::{AcquireError, Priority};

/// So many grants in a row may pass a priority over before it is due.
const PATIENCE: u32 = 32;

pub(super) struct State {
    capacity: usize,
    /// Permits held or granted; more than `capacity` while a `resize` drains.
    out: usize,
    /// Those of them that were granted to `Later`.
    out_later: usize,
    closed: bool,
    /// Grants that passed over each priority since its own last one.
    passed: [u32; 3],
    waiters: Waiters,
}

impl State {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            out: 0,
            out_later: 0,
            closed: false,
            passed: [0; 3],
            waiters: Waiters::new(),
        }
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }

    pub fn free(&self) -> usize {
        self.capacity.saturating_sub(self.out)
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// A newcomer asks: `true` if it has its permits now, `false` if it must wait.
    pub fn ask(&mut self, permits: usize, priority: Priority) -> Result<bool, AcquireError> {
        if self.closed {
            return Err(AcquireError::Closed);
        }
        if permits == 0 {
            return Ok(true);
        }
        let at_most = self.at_most(priority);
        if permits >= 2 && permits > at_most {
            return Err(AcquireError::TooMany {
                asked: permits,
                at_most,
            });
        }
        if permits > self.room(priority) {
            return Ok(false);
        }
        if self.waiters.none_queued() {
            self.take(permits, priority);
            return Ok(true);
        }
        if !self.would_be_next(priority) {
            return Ok(false);
        }
        self.take(permits, priority);
        self.count(priority);
        self.hand_on();
        Ok(true)
    }

    /// Queues a newcomer that `ask` has told to wait.
    pub fn join(&mut self, permits: usize, priority: Priority, waker: Waker) -> Key {
        self.waiters.join(permits, priority, waker)
    }

    /// The answer a waiter got, if it has one.
    pub fn answer(&self, key: Key) -> Option<Result<Priority, AcquireError>> {
        let waiter = self.waiters.at(key);
        waiter.answer.map(|answer| answer.map(|()| waiter.priority))
    }

    pub fn will_wake(&self, key: Key, waker: &Waker) -> bool {
        self.waiters.will_wake(key, waker)
    }

    pub fn replace_waker(&mut self, key: Key, waker: Waker) -> Option<Waker> {
        self.waiters.replace_waker(key, waker)
    }

    /// Forgets a waiter whose answer was collected.
    pub fn forget(&mut self, key: Key) -> Option<Waker> {
        self.waiters.leave(key)
    }

    /// Forgets a waiter that doesn't want its answer any more, granted or not.
    pub fn cancel(&mut self, key: Key) -> Option<Waker> {
        let waiter = self.waiters.at(key);
        let (permits, priority, answer) = (waiter.permits, waiter.priority, waiter.answer);
        let waker = self.waiters.leave(key);
        match answer {
            None => {
                self.left(priority);
                self.hand_on();
            }
            Some(Ok(())) => self.release(permits, priority),
            Some(Err(_)) => {}
        }
        waker
    }

    /// Moves a queued waiter to the end of a higher priority's queue.
    pub fn raise(&mut self, key: Key, priority: Priority) {
        let waiter = self.waiters.at(key);
        let old = waiter.priority;
        if waiter.answer.is_none() && priority < old {
            self.waiters.change_over(key, priority);
            self.left(old);
            self.hand_on();
        }
    }

    pub fn release(&mut self, permits: usize, priority: Priority) {
        self.out -= permits;
        if priority == Priority::Later {
            self.out_later -= permits;
        }
        if !self.waiters.none_queued() {
            self.hand_on();
        }
    }

    pub fn resize(&mut self, capacity: usize) {
        self.capacity = capacity;
        for priority in Priority::ALL {
            let at_most = self.at_most(priority);
            let refused: Vec<_> = self
                .waiters
                .queue(priority)
                .filter(|&(_, asked)| asked >= 2 && asked > at_most)
                .collect();
            for (key, asked) in refused {
                self.waiters
                    .answer(key, Err(AcquireError::TooMany { asked, at_most }));
            }
            self.left(priority);
        }
        self.hand_on();
    }

    pub fn close(&mut self) {
        self.closed = true;
        for priority in Priority::ALL {
            while let Some((key, _)) = self.waiters.head(priority) {
                self.waiters.answer(key, Err(AcquireError::Closed));
            }
            self.left(priority);
        }
    }

    /// The next waker to wake; the caller goes on until there is none.
    pub fn pop_answered(&mut self) -> Option<Waker> {
        self.waiters.pop_answered()
    }

    /// Grants for as long as the next waiter fits.
    fn hand_on(&mut self) {
        while let Some(priority) = self.next() {
            let Some((key, permits)) = self.waiters.head(priority) else {
                return;
            };
            if permits > self.free() {
                return;
            }
            self.waiters.answer(key, Ok(()));
            self.take(permits, priority);
            self.count(priority);
        }
    }

    /// The priority whose head goes next: a due one, else the highest that can go at all.
    fn next(&self) -> Option<Priority> {
        self.due().or_else(|| {
            Priority::ALL
                .into_iter()
                .find(|&priority| self.is_ready(priority))
        })
    }

    fn due(&self) -> Option<Priority> {
        Priority::ALL
            .into_iter()
            .find(|&priority| self.passed[priority as usize] >= PATIENCE && self.is_ready(priority))
    }

    /// Whether anyone waits at this priority whom the reserve doesn't stop.
    fn is_ready(&self, priority: Priority) -> bool {
        match priority {
            Priority::Now | Priority::Soon => !self.waiters.is_empty(priority),
            Priority::Later => {
                let head = self.waiters.head(priority);
                head.is_some_and(|(_, permits)| permits <= self.later_room())
            }
        }
    }

    fn would_be_next(&self, priority: Priority) -> bool {
        let ahead = &Priority::ALL[..=priority as usize];
        ahead.iter().all(|&ahead| self.waiters.is_empty(ahead)) && self.due().is_none()
    }

    fn take(&mut self, permits: usize, priority: Priority) {
        self.out += permits;
        if priority == Priority::Later {
            self.out_later += permits;
        }
    }

    /// Counts a grant for those it passed over.
    fn count(&mut self, granted: Priority) {
        self.passed[granted as usize] = 0;
        for lower in &Priority::ALL[granted as usize + 1..] {
            if self.is_ready(*lower) {
                let passed = &mut self.passed[*lower as usize];
                *passed = passed.saturating_add(1);
            }
        }
    }

    /// Somebody left this queue without a grant.
    fn left(&mut self, priority: Priority) {
        if self.waiters.is_empty(priority) {
            self.passed[priority as usize] = 0;
        }
    }

    /// The most that one priority may ever hold.
    fn at_most(&self, priority: Priority) -> usize {
        match priority {
            Priority::Now | Priority::Soon => self.capacity,
            Priority::Later => self.capacity - self.capacity.saturating_sub(1).min(2),
        }
    }

    fn later_room(&self) -> usize {
        self.at_most(Priority::Later).saturating_sub(self.out_later)
    }

    /// How many permits a newcomer could have if nobody waited.
    fn room(&self, priority: Priority) -> usize {
        match priority {
            Priority::Now | Priority::Soon => self.free(),
            Priority::Later => self.free().min(self.later_room()),
        }
    }
}
