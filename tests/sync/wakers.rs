//! Which task is woken, and what a waker may do.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Wake, Waker};

use hackershelf::sync::Priority::Now;
use hackershelf::sync::{Acquire, Permit, Semaphore};

use crate::by_hand::{Asker, Task, queue, take};

#[test]
fn the_task_that_polled_last_is_woken() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut asker = Asker::queued(semaphore.acquire());
    let other = Arc::new(Task::default());
    let waker = Waker::from(Arc::clone(&other));
    assert!(asker.poll_from(&waker).is_pending());
    assert_eq!(
        Arc::strong_count(&asker.task),
        1,
        "the waker of the first is dropped"
    );
    drop(held);
    assert_eq!((asker.task.wakes(), other.wakes()), (0, 1));
}

#[test]
fn polled_again_by_the_same_task_it_keeps_its_waker() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut asker = Asker::queued(semaphore.acquire());
    for _ in 0..10 {
        assert!(asker.poll().is_pending());
    }
    assert_eq!(Arc::strong_count(&asker.task), 2);
    drop(held);
    assert_eq!(asker.task.wakes(), 1);
    assert_eq!(Arc::strong_count(&asker.task), 1);
}

#[test]
fn who_waits_is_woken_once() {
    let semaphore = Semaphore::new(2);
    let mut held = take(&semaphore, 2);
    let mut askers = queue(&semaphore, &[Now, Now]);
    held.clear();
    semaphore.resize(9);
    semaphore.resize(1);
    semaphore.close();
    for asker in &mut askers {
        assert_eq!(asker.task.wakes(), 1);
        held.push(asker.permit());
    }
}

thread_local! {
    /// What wakers of this test's thread do; a `Waker` itself must be `Send`.
    static CALLS: RefCell<Vec<Rc<dyn Fn()>>> = RefCell::default();
}

fn call(index: usize) {
    let call = CALLS.with_borrow(|calls| calls.get(index).cloned());
    if let Some(call) = call {
        call();
    }
}

/// Calls the first when it is woken, and the second when it is dropped.
struct CallBack;

impl Wake for CallBack {
    fn wake(self: Arc<Self>) {
        call(0);
    }
}

impl Drop for CallBack {
    fn drop(&mut self) {
        call(1);
    }
}

/// Uses the semaphore in every way, and counts how often it did.
fn use_it(semaphore: &Semaphore, count: &Rc<Cell<usize>>) -> Rc<dyn Fn()> {
    let (semaphore, count) = (semaphore.clone(), Rc::clone(count));
    let queued = RefCell::new(None::<Asker>);
    Rc::new(move || {
        count.set(count.get() + 1);
        drop(semaphore.try_acquire());
        semaphore.resize(semaphore.capacity());
        let _available = semaphore.available_permits();
        let mut asker = Asker::new(semaphore.acquire());
        if asker.poll().is_pending() {
            let left = queued.replace(Some(asker));
            drop(left);
        }
    })
}

#[test]
fn a_waker_may_call_back_in() {
    let semaphore = Semaphore::new(1);
    let (wakes, drops) = (Rc::default(), Rc::default());
    CALLS.set(vec![use_it(&semaphore, &wakes), use_it(&semaphore, &drops)]);
    let waker = || Waker::from(Arc::new(CallBack));
    let waiting = |acquire: Acquire| {
        let mut asker = Asker::new(acquire);
        assert!(asker.poll_from(&waker()).is_pending());
        asker
    };

    let held = take(&semaphore, 1);
    let mut first = waiting(semaphore.acquire());
    let second = waiting(semaphore.acquire());
    let mut third = waiting(semaphore.acquire());
    assert_eq!((wakes.get(), drops.get()), (0, 0));

    assert!(third.poll_from(&waker()).is_pending());
    assert_eq!((wakes.get(), drops.get()), (0, 1), "replaced");
    drop(second);
    assert_eq!((wakes.get(), drops.get()), (0, 2), "left while queued");
    drop(held);
    assert_eq!((wakes.get(), drops.get()), (1, 3), "woken");
    let granted: Permit = first.permit();
    semaphore.close();
    assert_eq!((wakes.get(), drops.get()), (2, 4), "closed");
    assert!(third.poll().is_ready());
    drop(granted);
    CALLS.set(Vec::new());
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_waker_may_poll_and_drop_others_that_are_about_to_be_woken() {
    let semaphore = Semaphore::new(3);
    let held = take(&semaphore, 3);
    let mut first = Asker::new(semaphore.acquire());
    assert!(
        first
            .poll_from(&Waker::from(Arc::new(CallBack)))
            .is_pending()
    );
    let others = RefCell::new(queue(&semaphore, &[Now; 3]));
    let permits = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&permits);
    CALLS.set(vec![Rc::new(move || {
        let mut others = others.borrow_mut();
        // The second and third have their answer but weren't woken; the fourth has none yet.
        kept.borrow_mut().push(others[0].permit());
        drop(others.remove(1));
        kept.borrow_mut().push(others[1].permit());
        others.clear();
    })]);
    semaphore.resize(6);
    assert_eq!(permits.borrow().len(), 2);
    CALLS.set(Vec::new());
    drop(first.permit());
    drop(held);
    permits.borrow_mut().clear();
    assert_eq!(semaphore.available_permits(), 6);

    // Nothing is out of order behind it.
    let held = take(&semaphore, 6);
    let mut askers = queue(&semaphore, &[Now; 9]);
    drop(held);
    let woken: Vec<_> = askers.iter().map(|asker| asker.task.wakes()).collect();
    assert_eq!(woken, [1, 1, 1, 1, 1, 1, 0, 0, 0]);
    for asker in &mut askers {
        drop(asker.permit());
    }
}

#[test]
fn a_waker_that_panics_loses_no_permit() {
    let semaphore = Semaphore::new(6);
    let held = take(&semaphore, 2);
    let mut askers = vec![Asker::new(semaphore.acquire_many(5))];
    assert!(
        askers[0]
            .poll_from(&Waker::from(Arc::new(CallBack)))
            .is_pending()
    );
    askers.extend(queue(&semaphore, &[Now]));
    CALLS.set(vec![Rc::new(|| panic!("on purpose"))]);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| semaphore.resize(9)));
    CALLS.set(Vec::new());
    assert!(panicked.is_err());
    drop(held);
    assert!(askers[1].woken(), "with the next change at the latest");
    for asker in &mut askers {
        drop(asker.permit());
    }
    assert_eq!(semaphore.available_permits(), 9);
}
