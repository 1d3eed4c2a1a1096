//! Where waiters stand: a slab of nodes, and lists that run through it by index.
//!
//! A node is in at most one list at a time: the queue of its priority while it waits, the
//! list of those to wake once it has its answer, none after it was woken. Lists are linked
//! both ways, so that joining, leaving and changing over cost the same for the first waiter
//! as for one in the middle of 100,000. Indices instead of pointers keep this free of
//! `unsafe`, and a node that is left takes its place in the list of free slots.

use std::mem;
use std::task::Waker;

use super::Priority;

/// A waiter's place in the slab.
pub(super) type Key = u32;

const NIL: Key = Key::MAX;
/// The list of those that have their answer but weren't woken yet, after the three queues.
const ANSWERED: usize = 3;
/// An empty slab keeps the memory of this many nodes and gives back what is beyond.
const KEPT: usize = 64;

/// What a waiter is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Granted,
    Closed,
    TooMany,
}

/// Small, because of many waiters in no order it is what the memory is waited for.
pub(super) struct Waiter {
    /// How many it asks for; once that was too many, how many there may be at most.
    pub permits: usize,
    pub priority: Priority,
    pub answer: Option<Answer>,
    pub waker: Option<Waker>,
}

impl Waiter {
    /// What stands in a free slot.
    const GONE: Self = Self {
        permits: 0,
        priority: Priority::Now,
        answer: None,
        waker: None,
    };
}

/// A node's neighbours; of a free one, the next that is free.
///
/// Apart from the waiter, because links are all that is looked at of the neighbours, and those
/// of 100,000 waiters fit a cache.
#[derive(Clone, Copy)]
struct Links {
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
    links: Vec<Links>,
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
            links: Vec::new(),
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
            key = self.links(key).next;
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

    fn links(&self, key: Key) -> Links {
        #[cfg(test)]
        self.visits.set(self.visits.get() + 1);
        self.links[key as usize]
    }

    fn links_mut(&mut self, key: Key) -> &mut Links {
        #[cfg(test)]
        self.visits.set(self.visits.get() + 1);
        &mut self.links[key as usize]
    }

    /// Puts a new waiter at the end of its queue.
    pub fn join(&mut self, permits: usize, priority: Priority, waker: Waker) -> Key {
        let waiter = Waiter {
            permits,
            priority,
            answer: None,
            waker: Some(waker),
        };
        let key = self.free;
        let key = if key == NIL {
            // Not `expect`: it brings code along to write out an error, which nothing else needs.
            let Ok(key) = Key::try_from(self.slots.len()) else {
                unreachable!("fewer than 2^32 waiters fit memory")
            };
            self.slots.push(waiter);
            self.links.push(Links {
                prev: NIL,
                next: NIL,
            });
            key
        } else {
            self.free = self.links(key).next;
            *self.at_mut(key) = waiter;
            key
        };
        self.taken += 1;
        self.append(key, priority as usize);
        key
    }

    /// Takes a waiter out of its queue and puts it, with its answer, among those to wake.
    pub fn answer(&mut self, key: Key, answer: Answer) {
        let priority = self.at(key).priority;
        self.unlink(key, priority as usize);
        self.at_mut(key).answer = Some(answer);
        self.append(key, ANSWERED);
    }

    /// Answers a waiter that it asked for more than there may be.
    pub fn refuse(&mut self, key: Key, at_most: usize) {
        self.answer(key, Answer::TooMany);
        self.at_mut(key).permits = at_most;
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
    #[inline]
    pub fn pop_answered(&mut self) -> Option<Waker> {
        match self.lists[ANSWERED].head {
            NIL => None,
            key => self.pop(key),
        }
    }

    fn pop(&mut self, key: Key) -> Option<Waker> {
        self.unlink(key, ANSWERED);
        self.at_mut(key).waker.take()
    }

    /// Forgets a waiter, wherever it stands; it has its waker still if it wasn't woken.
    #[inline]
    pub fn leave(&mut self, key: Key) -> Waiter {
        let waiter = mem::replace(self.at_mut(key), Waiter::GONE);
        if waiter.answer.is_none() {
            self.unlink(key, waiter.priority as usize);
        } else if waiter.waker.is_some() {
            self.unlink(key, ANSWERED);
        }
        self.links_mut(key).next = self.free;
        self.free = key;
        self.taken -= 1;
        if self.taken == 0 {
            self.shrink();
        }
        waiter
    }

    fn shrink(&mut self) {
        if self.slots.len() > KEPT {
            self.slots = Vec::new();
            self.links = Vec::new();
            self.free = NIL;
        }
    }

    fn append(&mut self, key: Key, list: usize) {
        let tail = self.lists[list].tail;
        *self.links_mut(key) = Links {
            prev: tail,
            next: NIL,
        };
        self.lists[list].tail = key;
        match tail {
            NIL => self.lists[list].head = key,
            tail => self.links_mut(tail).next = key,
        }
    }

    fn unlink(&mut self, key: Key, list: usize) {
        let Links { prev, next } = self.links(key);
        match prev {
            NIL => self.lists[list].head = next,
            prev => self.links_mut(prev).next = next,
        }
        match next {
            NIL => self.lists[list].tail = prev,
            next => self.links_mut(next).prev = prev,
        }
    }

    #[cfg(test)]
    pub fn visits(&self) -> usize {
        self.visits.get()
    }

    #[cfg(test)]
    pub fn memory(&self) -> usize {
        self.slots.capacity() + self.links.capacity()
    }
}
