//! One running future for all who ask for the same thing.
//!
//! A flight is owned by those who wait for it and by nobody else: the table of flights only
//! knows where they are. So one that leaves doesn't end it, and when the last one leaves it is
//! dropped, and with it the request that it is. There is no task behind it; whoever polls,
//! polls for all.
//!
//! The flight's own waker is a bell that wakes all who wait. To lend it the waker of one of
//! them would be cheaper, but that one may leave, or live on without being polled, and the
//! others would wait for ever. Wakers, results and futures are dropped, and wakers woken, only
//! while nothing is borrowed, because each may call back in.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::mem;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures_core::future::LocalBoxFuture;
use rustc_hash::FxHashMap as HashMap;

use super::{Priority, Urgency};

/// Shares what runs among all who ask for the same `K` while it does.
///
/// Clones are handles to the same table. Nothing is kept when a flight is over: who asks then
/// starts a new one.
///
/// ```
/// use hackershelf::sync::{Priority, SingleFlight};
///
/// # futures_executor::block_on(async {
/// let flights = SingleFlight::new();
/// let first = flights.join("/item/1", Priority::Later, |_| async { "a story" });
/// let second = flights.join("/item/1", Priority::Now, |_| async { unreachable!() });
/// assert_eq!(second.shared_by(), 2);
/// let both = futures_util::future::join(first, second).await;
/// assert_eq!(both, ("a story", "a story"));
/// # });
/// ```
pub struct SingleFlight<K: Hash + Eq, T> {
    table: Table<K, T>,
}

type Table<K, T> = Rc<RefCell<HashMap<K, Weak<Flight<K, T>>>>>;

impl<K: Hash + Eq + Clone, T: Clone> SingleFlight<K, T> {
    /// Creates a table without flights.
    pub fn new() -> Self {
        Self {
            table: Rc::default(),
        }
    }

    /// Joins the flight for this key, or starts one if there is none.
    ///
    /// A flight that is there is raised to `priority`, which it keeps when this asker leaves; one
    /// that `start` begins is told its [`Urgency`]. Dropping what is returned leaves the flight,
    /// and ends it if nobody else is on it. A flight that waits for itself never lands.
    pub fn join<F>(
        &self,
        key: K,
        priority: Priority,
        start: impl FnOnce(Urgency) -> F,
    ) -> Join<K, T>
    where
        F: Future<Output = T> + 'static,
    {
        let found = self.table.borrow().get(&key).and_then(Weak::upgrade);
        if let Some(flight) = found {
            let join = Join::new(flight);
            join.flight.urgency.raise(priority);
            return join;
        }
        let bell = Arc::new(Bell::default());
        let flight = Rc::new(Flight {
            table: Rc::clone(&self.table),
            key: Cell::new(Some(key.clone())),
            urgency: Urgency::new(priority),
            state: RefCell::new(State::Away),
            waker: Arc::clone(&bell).into(),
            bell,
            joined: Cell::new(0),
        });
        self.table.borrow_mut().insert(key, Rc::downgrade(&flight));
        let join = Join::new(flight);
        let future = Box::pin(start(join.flight.urgency.clone()));
        join.flight.state.replace(State::Flying(future));
        join
    }

    /// How many flights there are.
    pub fn len(&self) -> usize {
        self.table.borrow().len()
    }

    /// Whether there is no flight.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K: Hash + Eq + Clone, T: Clone> Default for SingleFlight<K, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Hash + Eq, T> Clone for SingleFlight<K, T> {
    fn clone(&self) -> Self {
        Self {
            table: Rc::clone(&self.table),
        }
    }
}

impl<K: Hash + Eq, T> fmt::Debug for SingleFlight<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlight")
            .field("len", &self.table.borrow().len())
            .finish_non_exhaustive()
    }
}

/// One asker's wait for the result of a flight, made by [`SingleFlight::join`].
#[must_use = "futures do nothing unless polled"]
pub struct Join<K: Hash + Eq, T> {
    flight: Rc<Flight<K, T>>,
    /// Its number among those who joined.
    number: u32,
}

struct Flight<K: Hash + Eq, T> {
    table: Table<K, T>,
    /// What it is listed by in the table, until it is over.
    key: Cell<Option<K>>,
    urgency: Urgency,
    state: RefCell<State<T>>,
    bell: Arc<Bell>,
    /// Rings the bell.
    waker: Waker,
    /// How many have joined so far.
    joined: Cell<u32>,
}

enum State<T> {
    Flying(LocalBoxFuture<'static, T>),
    /// Starting, or being polled further up the stack.
    Away,
    Landed(T),
    /// It has panicked.
    Lost,
}

impl<K: Hash + Eq, T> Join<K, T> {
    fn new(flight: Rc<Flight<K, T>>) -> Self {
        let number = flight.joined.get();
        flight.joined.set(number.wrapping_add(1));
        Self { flight, number }
    }

    /// How many are on this flight, this one included.
    pub fn shared_by(&self) -> usize {
        Rc::strong_count(&self.flight)
    }
}

impl<K: Hash + Eq, T: Clone> Future for Join<K, T> {
    type Output = T;

    /// # Panics
    /// If the flight has panicked when another of its askers polled it.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let flight = &self.flight;
        let result = match flight.state.replace(State::Away) {
            State::Landed(result) => result,
            State::Flying(mut future) => {
                // Before the poll, which may ring already.
                flight.bell.listen(self.number, cx.waker());
                let search = Search(flight);
                let polled = future
                    .as_mut()
                    .poll(&mut Context::from_waker(&flight.waker));
                let Poll::Ready(result) = polled else {
                    flight.state.replace(State::Flying(future));
                    return Poll::Pending;
                };
                drop(future);
                mem::forget(search);
                flight.bell.leave(self.number);
                result
            }
            State::Away => {
                flight.bell.listen(self.number, cx.waker());
                return Poll::Pending;
            }
            State::Lost => {
                flight.state.replace(State::Lost);
                panic!("the flight that it shares has panicked");
            }
        };
        if self.shared_by() > 1 {
            flight.state.replace(State::Landed(result.clone()));
        }
        flight.delist();
        flight.bell.ring();
        Poll::Ready(result)
    }
}

impl<K: Hash + Eq, T> Drop for Join<K, T> {
    fn drop(&mut self) {
        self.flight.bell.leave(self.number);
    }
}

impl<K: Hash + Eq, T> fmt::Debug for Join<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join")
            .field("shared_by", &self.shared_by())
            .finish_non_exhaustive()
    }
}

impl<K: Hash + Eq, T> Flight<K, T> {
    /// From now on who asks for the same starts anew.
    fn delist(&self) {
        if let Some(key) = self.key.take() {
            let entry = self.table.borrow_mut().remove_entry(&key);
            drop(entry);
        }
    }
}

impl<K: Hash + Eq, T> Drop for Flight<K, T> {
    fn drop(&mut self) {
        self.delist();
    }
}

/// Tells the others when a poll doesn't come back.
struct Search<'a, K: Hash + Eq, T>(&'a Flight<K, T>);

impl<K: Hash + Eq, T> Drop for Search<'_, K, T> {
    fn drop(&mut self) {
        if matches!(*self.0.state.borrow(), State::Away) {
            self.0.state.replace(State::Lost);
            self.0.delist();
            self.0.bell.ring();
        }
    }
}

/// Wakes all who listen, and then forgets them.
#[derive(Default)]
struct Bell(Mutex<Vec<(u32, Waker)>>);

impl Bell {
    /// Has this listener's task woken by the next ring.
    fn listen(&self, number: u32, waker: &Waker) {
        let mut wakers = self.lock();
        let known = wakers.iter_mut().find(|(listener, _)| *listener == number);
        let stale = match known {
            Some((_, known)) if known.will_wake(waker) => None,
            Some((_, known)) => Some(mem::replace(known, waker.clone())),
            None => {
                wakers.push((number, waker.clone()));
                None
            }
        };
        drop(wakers);
        drop(stale);
    }

    fn leave(&self, number: u32) {
        let mut wakers = self.lock();
        let place = wakers.iter().position(|(listener, _)| *listener == number);
        let stale = place.map(|place| wakers.swap_remove(place));
        drop(wakers);
        drop(stale);
    }

    fn ring(&self) {
        let wakers = mem::take(&mut *self.lock());
        for (_, waker) in wakers {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u32, Waker)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
    }
}
