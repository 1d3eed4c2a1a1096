//! Every decision of the semaphore, in one plain struct.
//!
//! A permit is either free or out, and out means held or granted to a waiter that hasn't
//! collected it yet. Waiters stand in one queue a priority and get all their permits or none.
//!
//! At any time at most one waiter is *next*: the head of the highest queue that isn't empty,
//! unless a lower one is *due*, because 32 grants in a row passed it over. Two rules bend this
//! for `Later`, of which the reserve allows only so many permits out at a time: a head that the
//! reserve stops is never next, and isn't counted as passed over, for not its turn is missing
//! but its own kind's permits.
//!
//! **Between two calls the next waiter doesn't fit.** Whatever may change who is next or what
//! fits (a release, a waiter that leaves or is raised, a resize, a newcomer's grant that makes
//! somebody due) ends in `hand_on`, which grants until that holds again. From it follows
//!
//! - that free permits gather for a big waiter, since nobody else is next meanwhile, and that
//!   they go to those behind it in the same call when it leaves;
//! - that a newcomer may take permits only if nobody at or above its priority waits and nobody
//!   is due; no one barges in between a release and the poll of the waiter it was granted to;
//! - that nobody waits for ever: each grant brings every queue it passes over nearer to its
//!   turn, and whoever is due blocks all others until it fits.
//!
//! An answered waiter moves from its queue to the list of those to wake. Wakers only pass
//! through here: the shell wakes and drops them when the struct isn't borrowed any more.

use std::task::Waker;

use super::waiters::{Answer, Key, Waiters, saturated};
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
            capacity: saturated(capacity) as usize,
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

    #[inline]
    pub fn free(&self) -> usize {
        self.capacity.saturating_sub(self.out)
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether anybody waits at this priority or a higher one.
    pub fn has_waiters_at(&self, priority: Priority) -> bool {
        let ahead = &Priority::ALL[..=priority as usize];
        ahead.iter().any(|&ahead| !self.waiters.is_empty(ahead))
    }

    /// Whether anybody waits, or hasn't collected the answer.
    #[inline]
    pub fn is_contended(&self) -> bool {
        !self.waiters.is_nobody()
    }

    /// What `ask` comes to when nobody waits and the permits are free; `false` if not.
    #[inline]
    pub fn take_uncontended(&mut self, permits: usize, priority: Priority) -> bool {
        let free = !self.closed && !self.is_contended() && permits <= self.room(priority);
        if free {
            self.take(permits, priority);
        }
        free
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
        if permits > self.room(priority) || !self.would_be_next(priority) {
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

    /// The answer a waiter got that asked for so many, if it has one.
    pub fn answer(&self, key: Key, asked: usize) -> Option<Result<Priority, AcquireError>> {
        let waiter = self.waiters.at(key);
        waiter.answer.map(|answer| match answer {
            Answer::Granted => Ok(waiter.priority),
            Answer::Closed => Err(AcquireError::Closed),
            Answer::TooMany => Err(AcquireError::TooMany {
                asked,
                at_most: waiter.permits(),
            }),
        })
    }

    /// Has a waiter wake the task that polls it now; returns the waker to drop.
    pub fn renew(&mut self, key: Key, waker: &Waker) -> Option<Waker> {
        self.waiters.renew(key, waker)
    }

    /// Forgets a waiter whose answer was collected.
    pub fn forget(&mut self, key: Key) -> Option<Waker> {
        self.waiters.leave(key)
    }

    /// Forgets a waiter that doesn't want its answer any more, granted or not.
    #[inline]
    pub fn cancel(&mut self, key: Key) -> Option<Waker> {
        let waiter = self.waiters.at(key);
        let (answer, permits, priority) = (waiter.answer, waiter.permits(), waiter.priority);
        let waker = self.waiters.leave(key);
        match answer {
            None => self.left(priority),
            Some(Answer::Granted) => self.give_back(permits, priority),
            Some(Answer::Closed | Answer::TooMany) => {}
        }
        self.hand_on();
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

    /// Takes permits back; `hand_on` must follow if anybody waits.
    #[inline]
    pub fn give_back(&mut self, permits: usize, priority: Priority) {
        self.out -= permits;
        if priority == Priority::Later {
            self.out_later -= permits;
        }
    }

    pub fn resize(&mut self, capacity: usize) {
        let capacity = saturated(capacity) as usize;
        let lowered = capacity < self.capacity;
        self.capacity = capacity;
        if lowered {
            Priority::ALL
                .into_iter()
                .for_each(|priority| self.refuse(priority));
        }
        self.hand_on();
    }

    /// Answers those who wait for more than their priority may ever hold.
    fn refuse(&mut self, priority: Priority) {
        let at_most = self.at_most(priority);
        let too_big = |&(_, asked): &(Key, usize)| asked >= 2 && asked > at_most;
        let refused: Vec<_> = self.waiters.queue(priority).filter(too_big).collect();
        for (key, _) in refused {
            self.waiters.refuse(key, at_most);
        }
        self.left(priority);
    }

    pub fn close(&mut self) {
        self.closed = true;
        for priority in Priority::ALL {
            while let Some((key, _)) = self.waiters.head(priority) {
                self.waiters.answer(key, Answer::Closed);
            }
        }
    }

    /// Somebody is to be woken.
    pub fn has_answered(&self) -> bool {
        self.waiters.has_answered()
    }

    /// The next waker to wake; the caller goes on until there is none.
    pub fn pop_answered(&mut self) -> Option<Waker> {
        self.waiters.pop_answered()
    }

    /// Grants for as long as the next waiter fits.
    #[inline]
    pub fn hand_on(&mut self) {
        if self.free() > 0 {
            self.grant();
        }
    }

    fn grant(&mut self) {
        while self.free() > 0
            && let Some(priority) = self.next()
            && let Some((key, permits)) = self.waiters.head(priority)
            && permits <= self.free()
        {
            self.waiters.answer(key, Answer::Granted);
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
        !self.has_waiters_at(priority) && self.due().is_none()
    }

    #[inline]
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
    #[inline]
    fn at_most(&self, priority: Priority) -> usize {
        match priority {
            Priority::Now | Priority::Soon => self.capacity,
            Priority::Later => self.capacity - self.capacity.saturating_sub(1).min(2),
        }
    }

    #[inline]
    fn later_room(&self) -> usize {
        self.at_most(Priority::Later).saturating_sub(self.out_later)
    }

    /// How many permits a newcomer could have if nobody waited.
    #[inline]
    fn room(&self, priority: Priority) -> usize {
        match priority {
            Priority::Now | Priority::Soon => self.free(),
            Priority::Later => self.free().min(self.later_room()),
        }
    }

    /// How many nodes were looked at so far.
    #[cfg(test)]
    pub fn visits(&self) -> usize {
        self.waiters.visits()
    }

    /// How many nodes there is memory for.
    #[cfg(test)]
    pub fn memory(&self) -> usize {
        self.waiters.memory()
    }
}
