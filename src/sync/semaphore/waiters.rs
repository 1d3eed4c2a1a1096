//! Where waiters stand: a slab of nodes, and lists that run through it by index.
//!
//! A node is in at most one list at a time: the queue of its priority while it waits, the
//! list of those to wake once it has its answer, none after it was woken. Lists are linked
//! both ways, so that joining, leaving and changing over cost the same for the first waiter
//! as for one in the middle of 100,000. Each is a ring that links of its own close, the first of
//! all: no node is without neighbours, and leaving asks nothing but who they are.
//! Indices instead of pointers keep this free of `unsafe`, and a node that is left takes its
//! place in the list of free slots.

use std::task::Waker;

use super::Priority;

/// A waiter's place in the slab.
pub(super) type Key = u32;

/// The list of those that have their answer but weren't woken yet, after the three queues.
const ANSWERED: Key = 3;
/// How many lists there are; their keys come before those of waiters.
const LISTS: Key = 4;
/// Ends the list of free slots: the key of a list never stands there.
const NONE_FREE: Key = 0;
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
    permits: u32,
    pub priority: Priority,
    pub answer: Option<Answer>,
    pub waker: Option<Waker>,
}

impl Waiter {
    pub fn permits(&self) -> usize {
        self.permits as usize
    }
}

/// As many, or the most that a waiter can ask for.
pub(super) fn saturated(permits: usize) -> u32 {
    u32::try_from(permits).unwrap_or(u32::MAX)
}

/// A node's neighbours; a list's tail and head; of a free slot, the next that is free.
///
/// Apart from the waiter, because links are all that is looked at of the neighbours, and those
/// of 100,000 waiters fit a cache.
#[derive(Clone, Copy)]
struct Links {
    prev: Key,
    next: Key,
}

impl Links {
    /// Those of a node in no list, and of a list with no node.
    fn alone(key: Key) -> Self {
        Self {
            prev: key,
            next: key,
        }
    }
}

pub(super) struct Waiters {
    slots: Vec<Waiter>,
    /// Those of the lists, then one for each slot.
    links: Vec<Links>,
    /// The first free slot; the others follow by `next`.
    free: Key,
    /// How many slots are taken.
    taken: usize,
    #[cfg(test)]
    visits: std::cell::Cell<usize>,
}

impl Waiters {
    pub fn new() -> Self {
        Self {
            slots: Vec::new(),
            links: (0..LISTS).map(Links::alone).collect(),
            free: NONE_FREE,
            taken: 0,
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
        self.behind(priority as Key).is_none()
    }

    /// The first in the queue of this priority, and how many permits it asks for.
    pub fn head(&self, priority: Priority) -> Option<(Key, usize)> {
        let key = self.behind(priority as Key)?;
        Some((key, self.at(key).permits()))
    }

    /// All in the queue of this priority, first come first.
    pub fn queue(&self, priority: Priority) -> impl Iterator<Item = (Key, usize)> {
        let mut last = priority as Key;
        std::iter::from_fn(move || {
            last = self.behind(last)?;
            Some((last, self.at(last).permits()))
        })
    }

    /// Who stands behind this one; the first, if this is a list.
    fn behind(&self, key: Key) -> Option<Key> {
        let next = self.links(key).next;
        (next >= LISTS).then_some(next)
    }

    pub fn at(&self, key: Key) -> &Waiter {
        #[cfg(test)]
        self.visit(key);
        &self.slots[(key - LISTS) as usize]
    }

    fn at_mut(&mut self, key: Key) -> &mut Waiter {
        #[cfg(test)]
        self.visit(key);
        &mut self.slots[(key - LISTS) as usize]
    }

    fn links(&self, key: Key) -> Links {
        #[cfg(test)]
        self.visit(key);
        self.links[key as usize]
    }

    fn links_mut(&mut self, key: Key) -> &mut Links {
        #[cfg(test)]
        self.visit(key);
        &mut self.links[key as usize]
    }

    /// Puts a new waiter at the end of its queue.
    pub fn join(&mut self, permits: usize, priority: Priority, waker: Waker) -> Key {
        let waiter = Waiter {
            permits: saturated(permits),
            priority,
            answer: None,
            waker: Some(waker),
        };
        let key = self.free;
        let key = if key == NONE_FREE {
            // Not `expect`: it brings code along to write out an error, which nothing else needs.
            let Ok(key) = Key::try_from(self.links.len()) else {
                unreachable!("fewer than 2^32 waiters fit memory")
            };
            self.slots.push(waiter);
            self.links.push(Links::alone(key));
            key
        } else {
            self.free = self.links(key).next;
            *self.at_mut(key) = waiter;
            key
        };
        self.taken += 1;
        self.append(key, priority as Key);
        key
    }

    /// Takes a waiter out of its queue and puts it, with its answer, among those to wake.
    pub fn answer(&mut self, key: Key, answer: Answer) {
        self.unlink(key);
        self.at_mut(key).answer = Some(answer);
        self.append(key, ANSWERED);
    }

    /// Answers a waiter that it asked for more than there may be.
    pub fn refuse(&mut self, key: Key, at_most: usize) {
        self.answer(key, Answer::TooMany);
        self.at_mut(key).permits = saturated(at_most);
    }

    /// Moves a waiter to the end of the queue of another priority.
    pub fn change_over(&mut self, key: Key, priority: Priority) {
        self.unlink(key);
        self.at_mut(key).priority = priority;
        self.append(key, priority as Key);
    }

    /// Replaces a waiter's waker by another task's and returns the old one.
    pub fn renew(&mut self, key: Key, waker: &Waker) -> Option<Waker> {
        let own = &mut self.at_mut(key).waker;
        match own {
            Some(own) if own.will_wake(waker) => None,
            _ => own.replace(waker.clone()),
        }
    }

    /// Somebody has an answer and wasn't woken yet.
    pub fn has_answered(&self) -> bool {
        self.behind(ANSWERED).is_some()
    }

    /// The next waker to wake, of a waiter that has its answer.
    pub fn pop_answered(&mut self) -> Option<Waker> {
        let key = self.behind(ANSWERED)?;
        self.unlink(key);
        *self.links_mut(key) = Links::alone(key);
        self.at_mut(key).waker.take()
    }

    /// Forgets a waiter, wherever it stands; returns its waker if it wasn't woken.
    #[inline]
    pub fn leave(&mut self, key: Key) -> Option<Waker> {
        let waker = self.at_mut(key).waker.take();
        self.unlink(key);
        self.links_mut(key).next = self.free;
        self.free = key;
        self.taken -= 1;
        if self.taken == 0 {
            self.shrink();
        }
        waker
    }

    #[inline(never)]
    fn shrink(&mut self) {
        if self.slots.len() > KEPT {
            self.slots = Vec::new();
            self.links.truncate(LISTS as usize);
            self.links.shrink_to_fit();
            self.free = NONE_FREE;
        }
    }

    fn append(&mut self, key: Key, list: Key) {
        let tail = self.links(list).prev;
        *self.links_mut(key) = Links {
            prev: tail,
            next: list,
        };
        self.links_mut(tail).next = key;
        self.links_mut(list).prev = key;
    }

    fn unlink(&mut self, key: Key) {
        let Links { prev, next } = self.links(key);
        self.links_mut(prev).next = next;
        self.links_mut(next).prev = prev;
    }

    /// Counts that a waiter's node is looked at.
    #[cfg(test)]
    fn visit(&self, key: Key) {
        let waiters = usize::from(key >= LISTS);
        self.visits.set(self.visits.get() + waiters);
    }

    #[cfg(test)]
    pub fn visits(&self) -> usize {
        self.visits.get()
    }

    #[cfg(test)]
    pub fn memory(&self) -> usize {
        self.slots.capacity() + self.links.capacity() - LISTS as usize
    }
}
