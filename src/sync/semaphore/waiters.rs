//! Where waiters stand: a slab of nodes, and lists that run through it by index.
//!
//! A node is in at most one list at a time: the queue of its priority while it waits, the
//! list of those to wake once it has its answer, none after it was woken. Lists are linked
//! both ways, so that joining, leaving and changing over cost the same for the first waiter
//! as for one in the middle of 100,000. Indices instead of pointers keep this free of
//! `unsafe`, and a node that is left takes its place in the list of free slots.

use std::task::Waker;

use super::{AcquireError, Priority};

/// A waiter's place in the slab.
pub(super) type Key = u32;

const NIL: Key = Key::MAX;
/// The list of those that have their answer but weren't woken yet, after the three queues.
const ANSWERED: usize = 3;
/// An empty slab keeps the memory of this many nodes and gives back what is beyond.
const KEPT: usize = 64;

pub(super) struct Waiter {
    pub permits: usize,
    pub priority: Priority,
    pub answer: Option<Result<(), AcquireError>>,
    waker: Option<Waker>,
    prev: Key,
    next: Key,
}

#[derive(Clone, Copy)]
struct List {
    head: Key,
    tail: Key,
}

pub(super) struct Waiters {
    slots: Vec<Waiter>,
    /// The first free slot; the others follow by `next`.
    free: Key,
    /// How many slots are taken.
    taken: usize,
    lists: [List; 4],
    #[cfg(test)]
    visits: std::cell::Cell<usize>,
}

impl Waiters {
    pub fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: NIL,
            taken: 0,
            lists: [List {
                head: NIL,
                tail: NIL,
            }; 4],
            #[cfg(test)]
            visits: std::cell::Cell::new(0),
        }
    }

    /// Nobody stands anywhere.
    #[inline]
    pub fn is_nobody(&self) -> bool {
        self.taken == 0
    }

    /// Nobody stands in the queue of this priority.
    pub fn is_empty(&self, priority: Priority) -> bool {
        self.lists[priority as usize].head == NIL
    }

    /// The first in the queue of this priority, and how many permits it asks for.
    pub fn head(&self, priority: Priority) -> Option<(Key, usize)> {
        let key = self.lists[priority as usize].head;
        (key != NIL).then(|| (key, self.at(key).permits))
    }

    /// All in the queue of this priority, first come first.
    pub fn queue(&self, priority: Priority) -> impl Iterator<Item = (Key, usize)> {
        let mut key = self.lists[priority as usize].head;
        std::iter::from_fn(move || {
            let waiter = (key != NIL).then(|| self.at(key))?;
            let found = (key, waiter.permits);
            key = waiter.next;
            Some(found)
        })
    }

    pub fn at(&self, key: Key) -> &Waiter {
        #[cfg(test)]
        self.visits.set(self.visits.get() + 1);
        &self.slots[key as usize]
    }

    fn at_mut(&mut self, key: Key) -> &mut Waiter {
        #[cfg(test)]
        self.visits.set(self.visits.get() + 1);
        &mut self.slots[key as usize]
    }

    /// Puts a new waiter at the end of its queue.
    pub fn join(&mut self, permits: usize, priority: Priority, waker: Waker) -> Key {
        let waiter = Waiter {
            permits,
            priority,
            answer: None,
            waker: Some(waker),
            prev: NIL,
            next: NIL,
        };
        let key = self.free;
        let key = if key == NIL {
            let key = Key::try_from(self.slots.len()).expect("fewer than 2^32 waiters fit memory");
            self.slots.push(waiter);
            key
        } else {
            self.free = self.at(key).next;
            *self.at_mut(key) = waiter;
            key
        };
        self.taken += 1;
        self.append(key, priority as usize);
        key
    }

    /// Takes a waiter out of its queue and puts it, with its answer, among those to wake.
    pub fn answer(&mut self, key: Key, answer: Result<(), AcquireError>) {
        let priority = self.at(key).priority;
        self.unlink(key, priority as usize);
        self.at_mut(key).answer = Some(answer);
        self.append(key, ANSWERED);
    }

    /// Moves a waiter to the end of the queue of another priority.
    pub fn change_over(&mut self, key: Key, priority: Priority) {
        let old = self.at(key).priority;
        self.unlink(key, old as usize);
        self.at_mut(key).priority = priority;
        self.append(key, priority as usize);
    }

    /// Replaces a waiter's waker by another task's and returns the old one.
    pub fn renew(&mut self, key: Key, waker: &Waker) -> Option<Waker> {
        let own = &mut self.at_mut(key).waker;
        match own {
            Some(own) if own.will_wake(waker) => None,
            _ => own.replace(waker.clone()),
        }
    }

    /// The next waker to wake, of a waiter that has its answer.
    pub fn pop_answered(&mut self) -> Option<Waker> {
        let key = self.lists[ANSWERED].head;
        if key == NIL {
            return None;
        }
        self.unlink(key, ANSWERED);
        self.at_mut(key).waker.take()
    }

    /// Forgets a waiter, wherever it stands, and returns its waker if it wasn't woken.
    pub fn leave(&mut self, key: Key) -> Option<Waker> {
        let waiter = self.at(key);
        if waiter.answer.is_none() {
            let priority = waiter.priority;
            self.unlink(key, priority as usize);
        } else if waiter.waker.is_some() {
            self.unlink(key, ANSWERED);
        }
        let free = self.free;
        let waiter = self.at_mut(key);
        let waker = waiter.waker.take();
        waiter.next = free;
        self.free = key;
        self.taken -= 1;
        if self.taken == 0 && self.slots.len() > KEPT {
            self.slots = Vec::new();
            self.free = NIL;
        }
        waker
    }

    fn append(&mut self, key: Key, list: usize) {
        let tail = self.lists[list].tail;
        let waiter = self.at_mut(key);
        waiter.prev = tail;
        waiter.next = NIL;
        self.lists[list].tail = key;
        match tail {
            NIL => self.lists[list].head = key,
            tail => self.at_mut(tail).next = key,
        }
    }

    fn unlink(&mut self, key: Key, list: usize) {
        let Waiter { prev, next, .. } = *self.at(key);
        match prev {
            NIL => self.lists[list].head = next,
            prev => self.at_mut(prev).next = next,
        }
        match next {
            NIL => self.lists[list].tail = prev,
            next => self.at_mut(next).prev = prev,
        }
    }

    #[cfg(test)]
    pub fn visits(&self) -> usize {
        self.visits.get()
    }

    #[cfg(test)]
    pub fn memory(&self) -> usize {
        self.slots.capacity()
    }
}
