//! One request for all who ask for the same thing.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_channel::oneshot;
use futures_core::Future;
use futures_executor::block_on;
use futures_util::FutureExt;
use futures_util::future::{join_all, pending, ready};
use hackershelf::sync::Priority::{Later, Now, Soon};
use hackershelf::sync::single_flight::Join;
use hackershelf::sync::{Priority, Semaphore, SingleFlight, Urgency};

use crate::by_hand::{Task, queue, take, yield_now};

/// One asker: its wait and its task.
struct Passenger {
    join: Join<&'static str, u32>,
    task: Arc<Task>,
}

impl Passenger {
    fn poll(&mut self) -> Poll<u32> {
        let waker = Waker::from(Arc::clone(&self.task));
        self.poll_from(&waker)
    }

    fn poll_from(&mut self, waker: &Waker) -> Poll<u32> {
        Pin::new(&mut self.join).poll(&mut Context::from_waker(waker))
    }
}

/// Flights that land when the test says so.
struct Airport {
    flights: SingleFlight<&'static str, u32>,
    /// Of each flight that was started, in that order.
    senders: RefCell<Vec<Option<oneshot::Sender<u32>>>>,
    urgencies: RefCell<Vec<Urgency>>,
}

impl Airport {
    fn new() -> Self {
        Self {
            flights: SingleFlight::new(),
            senders: RefCell::default(),
            urgencies: RefCell::default(),
        }
    }

    fn join(&self, key: &'static str, priority: Priority) -> Passenger {
        let start = |urgency| {
            let (sender, receiver) = oneshot::channel();
            self.senders.borrow_mut().push(Some(sender));
            self.urgencies.borrow_mut().push(urgency);
            async move { receiver.await.expect("the test sends") }
        };
        Passenger {
            join: self.flights.join(key, priority, start),
            task: Arc::default(),
        }
    }

    /// One that was polled and waits.
    #[track_caller]
    fn board(&self, key: &'static str) -> Passenger {
        let mut passenger = self.join(key, Now);
        assert!(passenger.poll().is_pending());
        passenger
    }

    fn started(&self) -> usize {
        self.senders.borrow().len()
    }

    #[track_caller]
    fn land(&self, flight: usize, result: u32) {
        let sender = self.senders.borrow_mut()[flight].take();
        let sent = sender.expect("it lands once").send(result);
        sent.expect("somebody waits");
    }

    fn is_aborted(&self, flight: usize) -> bool {
        let senders = self.senders.borrow();
        senders[flight]
            .as_ref()
            .is_some_and(oneshot::Sender::is_canceled)
    }
}

#[test]
fn all_who_ask_share_one_flight_and_get_its_result() {
    let airport = Airport::new();
    let mut passengers = [(); 3].map(|()| airport.board("a"));
    assert_eq!((airport.started(), airport.flights.len()), (1, 1));
    airport.land(0, 7);
    for passenger in &mut passengers {
        assert_eq!(passenger.task.wakes(), 1);
        assert_eq!(passenger.poll(), Poll::Ready(7));
    }
    assert!(airport.flights.is_empty());
}

#[test]
fn other_keys_fly_for_themselves() {
    let airport = Airport::new();
    let mut first = airport.board("a");
    let mut second = airport.board("b");
    assert_eq!((airport.started(), airport.flights.len()), (2, 2));
    assert!(!airport.flights.is_empty());
    airport.land(1, 2);
    assert_eq!((first.task.wakes(), second.task.wakes()), (0, 1));
    assert_eq!(second.poll(), Poll::Ready(2));
    assert!(first.poll().is_pending());
    airport.land(0, 1);
    assert_eq!(first.poll(), Poll::Ready(1));
}

#[test]
fn the_last_one_gets_the_result_itself_and_not_a_copy() {
    /// Counts its copies.
    struct Result(Rc<Cell<usize>>);
    impl Clone for Result {
        fn clone(&self) -> Self {
            self.0.set(self.0.get() + 1);
            Self(Rc::clone(&self.0))
        }
    }
    for askers in 1..4 {
        let copies = Rc::default();
        let flights = SingleFlight::new();
        let result = || ready(Result(Rc::clone(&copies)));
        let joins: Vec<_> = (0..askers)
            .map(|_| flights.join("a", Now, |_| result()))
            .collect();
        for join in joins {
            block_on(join);
        }
        assert_eq!(copies.get(), askers - 1);
    }
}

#[test]
fn it_knows_how_many_share_it() {
    let airport = Airport::new();
    let first = airport.join("a", Now);
    assert_eq!(first.join.shared_by(), 1);
    let second = airport.join("a", Now);
    let other = airport.join("b", Now);
    assert_eq!((first.join.shared_by(), other.join.shared_by()), (2, 1));
    drop(second);
    assert_eq!(first.join.shared_by(), 1);
}

#[test]
fn one_that_leaves_does_not_end_it_whoever_polled_last() {
    for leaver in 0..3 {
        let airport = Airport::new();
        let mut passengers: Vec<_> = (0..3).map(|_| airport.board("a")).collect();
        drop(passengers.remove(leaver));
        assert!(!airport.is_aborted(0));
        airport.land(0, 7);
        for passenger in &mut passengers {
            assert_eq!(passenger.task.wakes(), 1);
            assert_eq!(passenger.poll(), Poll::Ready(7));
        }
    }
}

#[test]
fn one_that_leaves_after_it_was_woken_strands_nobody() {
    let airport = Airport::new();
    let first = airport.board("a");
    let mut second = airport.board("a");
    airport.land(0, 7);
    assert_eq!((first.task.wakes(), second.task.wakes()), (1, 1));
    drop(first);
    assert_eq!(second.poll(), Poll::Ready(7));
}

#[test]
fn one_that_is_never_polled_strands_nobody() {
    let airport = Airport::new();
    let _idle = airport.join("a", Now);
    let mut second = airport.board("a");
    let _sleeps = airport.board("a");
    airport.land(0, 7);
    assert_eq!(second.task.wakes(), 1);
    assert_eq!(second.poll(), Poll::Ready(7));
}

#[test]
fn the_last_one_to_leave_ends_it() {
    let airport = Airport::new();
    let first = airport.board("a");
    let second = airport.join("a", Now);
    drop(first);
    assert!(!airport.is_aborted(0));
    drop(second);
    assert!(airport.is_aborted(0));
    assert!(airport.flights.is_empty());
    // And whoever comes then starts anew.
    let _third = airport.board("a");
    assert_eq!((airport.started(), airport.is_aborted(1)), (2, false));
}

#[test]
fn who_asks_after_it_landed_starts_anew() {
    let airport = Airport::new();
    let mut first = airport.board("a");
    let mut second = airport.board("a");
    airport.land(0, 1);
    assert_eq!(first.poll(), Poll::Ready(1));
    drop(first);
    // The second hasn't looked yet, and keeps what has come for it.
    let mut third = airport.board("a");
    assert_eq!((airport.started(), airport.flights.len()), (2, 1));
    assert_eq!(second.poll(), Poll::Ready(1));
    drop(second);
    assert_eq!(airport.flights.len(), 1, "the new one is still listed");
    airport.land(1, 2);
    assert_eq!(third.poll(), Poll::Ready(2));
    assert_eq!((third.join.shared_by(), airport.flights.len()), (1, 0));
}

#[test]
fn who_asks_between_the_landing_and_its_poll_still_shares() {
    let airport = Airport::new();
    let mut first = airport.board("a");
    airport.land(0, 1);
    let mut second = airport.join("a", Now);
    assert_eq!(second.poll(), Poll::Ready(1));
    assert_eq!(first.poll(), Poll::Ready(1));
    assert_eq!(airport.started(), 1);
}

#[test]
fn a_higher_priority_raises_it_and_stays_when_its_asker_leaves() {
    let airport = Airport::new();
    let _first = airport.join("a", Later);
    let urgency = airport.urgencies.borrow()[0].clone();
    assert_eq!(urgency.get(), Later);
    let second = airport.join("a", Soon);
    let _third = airport.join("a", Later);
    assert_eq!(urgency.get(), Soon);
    drop(second);
    assert_eq!(urgency.get(), Soon);
}

/// A flight that waits for a permit and then for ever.
fn request(
    flights: &SingleFlight<u32, ()>,
    semaphore: &Semaphore,
    number: u32,
    priority: Priority,
) -> Pin<Box<dyn Future<Output = ()>>> {
    let semaphore = semaphore.clone();
    let start = move |urgency: Urgency| async move {
        let _permit = semaphore.acquire_at_urgency(&urgency).await;
        pending().await
    };
    let mut join = Box::pin(flights.join(number, priority, start));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(join.as_mut().poll(&mut cx).is_pending());
    join
}

#[test]
fn the_queued_request_is_raised_by_the_asker_that_joins() {
    let (flights, semaphore) = (SingleFlight::new(), Semaphore::new(1));
    let held = take(&semaphore, 1);
    let download = request(&flights, &semaphore, 1, Later);
    let mut soon = queue(&semaphore, &[Soon]);
    // Not even polled yet.
    let page = flights.join(1, Now, |_| pending());
    drop(held);
    assert!(!soon[0].woken());
    // Both leave, and its permit goes to the next.
    drop(download);
    assert!(!soon[0].woken());
    drop(page);
    drop(soon[0].permit());
}

#[test]
fn raised_after_the_grant_it_keeps_its_permit() {
    let (flights, semaphore) = (SingleFlight::new(), Semaphore::new(1));
    let _download = request(&flights, &semaphore, 1, Later);
    assert_eq!(semaphore.available_permits(), 0);
    let _page = request(&flights, &semaphore, 1, Now);
    assert_eq!((flights.len(), semaphore.available_permits()), (1, 0));
}

#[test]
fn five_hundred_that_leave_take_their_requests_out_of_the_queue() {
    let (flights, semaphore) = (SingleFlight::new(), Semaphore::new(6));
    let requests: Vec<_> = (0..1_000)
        .map(|number| request(&flights, &semaphore, number / 2, Later))
        .collect();
    assert_eq!((flights.len(), semaphore.available_permits()), (500, 2));
    drop(requests);
    assert_eq!((flights.len(), semaphore.available_permits()), (0, 6));
}

#[test]
fn the_task_that_polled_last_is_woken() {
    let airport = Airport::new();
    let mut passenger = airport.board("a");
    let other = Arc::new(Task::default());
    let waker = Waker::from(Arc::clone(&other));
    for _ in 0..3 {
        assert!(passenger.poll_from(&waker).is_pending());
    }
    assert_eq!(Arc::strong_count(&passenger.task), 1, "it is dropped");
    airport.land(0, 7);
    assert_eq!((passenger.task.wakes(), other.wakes()), (0, 1));
    assert_eq!(passenger.poll(), Poll::Ready(7));
}

#[test]
fn who_left_is_not_woken_and_leaves_no_waker() {
    let airport = Airport::new();
    let first = airport.board("a");
    let second = airport.board("a");
    let task = Arc::clone(&first.task);
    drop(first);
    assert_eq!(Arc::strong_count(&task), 1);
    airport.land(0, 7);
    assert_eq!((task.wakes(), second.task.wakes()), (0, 1));
}

#[test]
fn who_has_the_result_is_not_woken_for_it() {
    let airport = Airport::new();
    let mut first = airport.board("a");
    let mut second = airport.board("a");
    airport.land(0, 7);
    assert_eq!((first.task.wakes(), second.task.wakes()), (1, 1));
    assert_eq!(second.poll(), Poll::Ready(7));
    assert_eq!(first.poll(), Poll::Ready(7));
    assert_eq!((first.task.wakes(), second.task.wakes()), (1, 1));
    assert_eq!(Arc::strong_count(&second.task), 1);
}

#[test]
fn a_flight_that_wakes_itself_goes_on() {
    let flights = SingleFlight::new();
    let start = |_| async {
        for _ in 0..10 {
            yield_now().await;
        }
        9
    };
    let joins = (0..5).map(|_| flights.join("a", Now, start));
    assert_eq!(block_on(join_all(joins)), [9; 5]);
}

#[test]
fn a_flight_may_join_another_while_it_starts_runs_and_ends() {
    struct AtEnd(SingleFlight<&'static str, u32>, Rc<Cell<u32>>);
    impl Drop for AtEnd {
        fn drop(&mut self) {
            drop(self.0.join("a", Now, |_| ready(0)));
            let again = self.0.join("c", Now, |_| ready(5));
            self.1.set(again.now_or_never().expect("it is ready"));
        }
    }
    let flights = SingleFlight::new();
    let at_end = Rc::default();
    let (inner, end) = (flights.clone(), AtEnd(flights.clone(), Rc::clone(&at_end)));
    let outer = flights.join("a", Now, |_| {
        let started = inner.join("b", Now, |_| ready(1));
        let inner = inner.clone();
        async move {
            let _end = end;
            let run = inner.join("c", Now, |_| ready(2)).await;
            started.await + run
        }
    });
    assert_eq!(flights.len(), 2);
    assert_eq!(block_on(outer), 3);
    assert_eq!((at_end.get(), flights.len()), (5, 0));
}

#[test]
fn a_flight_that_waits_for_itself_never_lands_and_breaks_nothing() {
    let flights: SingleFlight<_, u32> = SingleFlight::new();
    let own = Rc::new(RefCell::new(None));
    let inner = Rc::clone(&own);
    let start = |_| async move {
        let own: Join<&str, u32> = inner.take().expect("it is set");
        own.await
    };
    let mut join = flights.join("a", Now, start);
    own.replace(Some(flights.join("a", Now, |_| ready(1))));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut join).poll(&mut cx).is_pending());
    assert!(Pin::new(&mut join).poll(&mut cx).is_pending());
    assert_eq!(block_on(flights.join("b", Now, |_| ready(2))), 2);
}

#[test]
fn a_flight_that_panics_takes_all_of_its_askers_with_it_and_no_one_else() {
    let airport = Airport::new();
    let mut first = airport.board("a");
    let mut second = airport.board("a");
    // Its sender is gone, which the flight doesn't expect.
    airport.senders.borrow_mut()[0] = None;
    for passenger in [&mut first, &mut second] {
        assert_eq!(passenger.task.wakes(), 1);
        for _ in 0..2 {
            let panicked = catch_unwind(AssertUnwindSafe(|| passenger.poll()));
            assert!(panicked.is_err());
        }
    }
    assert!(airport.flights.is_empty());
    let mut third = airport.board("a");
    airport.land(1, 3);
    assert_eq!(third.poll(), Poll::Ready(3));
}

#[test]
fn a_start_that_panics_leaves_nothing_behind() {
    let flights = SingleFlight::<_, ()>::default();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let start = |_| -> std::future::Ready<()> { panic!("on purpose") };
        drop(flights.join("a", Now, start));
    }));
    assert!(panicked.is_err());
    assert!(flights.is_empty());
    block_on(flights.join("a", Now, |_| ready(())));
}
