//! A priority that several share, and the waits that follow it.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use futures_core::Future;
use hackershelf::sync::Priority::{Later, Now, Soon};
use hackershelf::sync::{AcquireError, Permit, Priority, Semaphore, Urgency};

use crate::by_hand::{Asker, Task, queue, take};

/// Waits at an urgency.
struct Follower {
    wait: Pin<Box<dyn Future<Output = Result<Permit, AcquireError>>>>,
    task: Arc<Task>,
}

impl Follower {
    fn new(semaphore: &Semaphore, urgency: &Urgency) -> Self {
        Self {
            wait: Box::pin(semaphore.acquire_at_urgency(urgency)),
            task: Arc::default(),
        }
    }

    #[track_caller]
    fn queued(semaphore: &Semaphore, urgency: &Urgency) -> Self {
        let mut follower = Self::new(semaphore, urgency);
        assert!(follower.poll().is_pending());
        follower
    }

    fn poll(&mut self) -> Poll<Result<Permit, AcquireError>> {
        let waker = Waker::from(Arc::clone(&self.task));
        self.wait.as_mut().poll(&mut Context::from_waker(&waker))
    }

    #[track_caller]
    fn permit(&mut self) -> Permit {
        match self.poll() {
            Poll::Ready(permit) => permit.expect("nobody closes it"),
            Poll::Pending => panic!("it still waits"),
        }
    }

    fn woken(&self) -> bool {
        self.task.wakes() > 0
    }
}

#[test]
fn it_begins_where_it_was_made_and_only_rises() {
    let urgency = Urgency::new(Soon);
    assert_eq!(urgency.get(), Soon);
    urgency.raise(Later);
    assert_eq!(urgency.get(), Soon);
    urgency.clone().raise(Now);
    urgency.raise(Soon);
    assert_eq!(urgency.get(), Now);
}

#[test]
fn a_free_permit_is_had_at_once() {
    let semaphore = Semaphore::new(1);
    let urgency = Urgency::new(Later);
    let permit = Follower::new(&semaphore, &urgency).permit();
    assert_eq!(semaphore.available_permits(), 0);
    drop(permit);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn raised_while_queued_it_goes_before_lower_ones_without_a_poll() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let urgency = Urgency::new(Later);
    let mut follower = Follower::queued(&semaphore, &urgency);
    let mut soon = queue(&semaphore, &[Soon]);
    urgency.raise(Now);
    drop(held);
    assert!(follower.woken() && !soon[0].woken());
    drop(follower.permit());
    drop(soon[0].permit());
}

#[test]
fn raised_before_its_first_poll_it_joins_the_higher_queue() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let urgency = Urgency::new(Later);
    let mut follower = Follower::new(&semaphore, &urgency);
    let mut soon = queue(&semaphore, &[Soon]);
    urgency.raise(Now);
    assert!(follower.poll().is_pending());
    drop(held);
    assert!(!soon[0].woken());
    drop(follower.permit());
    drop(soon[0].permit());
}

#[test]
fn raised_after_the_grant_it_keeps_its_permit() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let urgency = Urgency::new(Later);
    let mut follower = Follower::queued(&semaphore, &urgency);
    drop(held);
    assert!(follower.woken());
    urgency.raise(Soon);
    let mut next = queue(&semaphore, &[Soon]);
    let permit = follower.permit();
    urgency.raise(Now);
    drop(permit);
    drop(next[0].permit());
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn all_that_wait_at_it_are_raised_also_polled_again_and_at_two_semaphores() {
    let [first, second] = [1, 1].map(Semaphore::new);
    let held = [take(&first, 1), take(&second, 1)];
    let urgency = Urgency::new(Later);
    let mut followers = [&first, &second, &first].map(|it| Follower::queued(it, &urgency));
    for follower in &mut followers {
        assert!(follower.poll().is_pending());
    }
    let mut soon = queue(&first, &[Soon]);
    let mut others = queue(&second, &[Soon]);
    urgency.raise(Now);
    drop(held);
    let [one, two, three] = &mut followers;
    drop(two.permit());
    drop(one.permit());
    assert!(!soon[0].woken());
    drop(three.permit());
    drop(soon[0].permit());
    drop(others[0].permit());
}

#[test]
fn raised_twice_it_goes_up_twice() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let urgency = Urgency::new(Later);
    let mut follower = Follower::queued(&semaphore, &urgency);
    urgency.raise(Soon);
    assert!(follower.poll().is_pending());
    let mut soon = queue(&semaphore, &[Soon, Later]);
    urgency.raise(Now);
    let mut now = queue(&semaphore, &[Now]);
    drop(held);
    drop(follower.permit());
    drop(now[0].permit());
    for asker in &mut soon {
        drop(asker.permit());
    }
}

#[test]
fn who_left_is_not_raised_nor_is_who_has_its_place_now() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let urgency = Urgency::new(Later);
    drop(Follower::queued(&semaphore, &urgency));
    // Stands where that one stood.
    let mut other = queue(&semaphore, &[Later]);
    let mut soon = queue(&semaphore, &[Soon]);
    urgency.raise(Now);
    drop(held);
    assert!(!other[0].woken());
    drop(soon[0].permit());
    drop(other[0].permit());

    // The same after its answer.
    let held = take(&semaphore, 1);
    let urgency = Urgency::new(Later);
    let mut follower = Follower::queued(&semaphore, &urgency);
    drop(held);
    let held = follower.permit();
    let mut other = queue(&semaphore, &[Later]);
    let mut soon = queue(&semaphore, &[Soon]);
    urgency.raise(Now);
    drop(held);
    assert!(!other[0].woken());
    drop(soon[0].permit());
    drop(other[0].permit());
}

thread_local! {
    /// What `Raises` raises; a `Waker` itself must be `Send`.
    static RAISED: RefCell<Option<Urgency>> = const { RefCell::new(None) };
}

/// Raises the urgency when it is dropped.
struct Raises;

impl Wake for Raises {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Raises {
    fn drop(&mut self) {
        let urgency = RAISED.take().expect("dropped once");
        urgency.raise(Now);
    }
}

#[test]
fn raised_by_the_waker_that_a_poll_replaces_it_is_not_forgotten() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let urgency = Urgency::new(Later);
    let mut follower = Follower::new(&semaphore, &urgency);
    RAISED.set(Some(urgency));
    let waker = Waker::from(Arc::new(Raises));
    let polled = follower
        .wait
        .as_mut()
        .poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    drop(waker);
    let mut soon = queue(&semaphore, &[Soon]);
    assert!(follower.poll().is_pending());
    drop(held);
    assert!(!soon[0].woken());
    drop(follower.permit());
    drop(soon[0].permit());
}

#[test]
fn a_closed_semaphore_ends_the_wait() {
    let semaphore = Semaphore::new(0);
    let urgency = Urgency::new(Later);
    let mut follower = Follower::queued(&semaphore, &urgency);
    semaphore.close();
    assert!(follower.woken());
    assert!(matches!(
        follower.poll(),
        Poll::Ready(Err(AcquireError::Closed))
    ));
    urgency.raise(Now);
}

#[test]
fn the_wait_outlives_the_handles() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let urgency = Urgency::new(Later);
    let mut follower = Follower::queued(&semaphore, &urgency);
    let mut soon = queue(&semaphore, &[Soon]);
    drop(semaphore);
    urgency.raise(Now);
    drop(urgency);
    drop(held);
    drop(follower.permit());
    drop(soon[0].permit());
}

#[test]
fn a_raise_out_of_the_reserve_lets_all_of_them_go() {
    let semaphore = Semaphore::new(6);
    let _downloads: Vec<_> = (0..4)
        .map(|_| semaphore.try_acquire_at(Later).expect("one is free"))
        .collect();
    let urgency = Urgency::new(Later);
    let mut followers = [(); 3].map(|()| Follower::queued(&semaphore, &urgency));
    urgency.raise(Soon);
    let woken = followers.each_ref().map(Follower::woken);
    assert_eq!(woken, [true, true, false]);
    let permit = followers[0].permit();
    drop(followers[1].permit());
    drop(followers[2].permit());
    drop(permit);
    let mut asker = Asker::new(semaphore.acquire_many_at(2, Priority::Now));
    drop(asker.permit());
}
