//! Who leaves takes nothing along, and nothing is lost.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hackershelf::sync::Priority::{Later, Now, Soon};
use hackershelf::sync::{AcquireError, Semaphore};

use crate::by_hand::{Asker, queue, take};

#[test]
fn dropped_while_queued_it_is_passed_by() {
    let semaphore = Semaphore::new(1);
    for leaver in 0..3 {
        let mut held = take(&semaphore, 1);
        let mut askers = queue(&semaphore, &[Now; 3]);
        drop(askers.remove(leaver));
        for asker in &mut askers {
            held.clear();
            held.push(asker.permit());
        }
    }
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn dropped_before_its_first_poll_it_was_never_there() {
    let semaphore = Semaphore::new(1);
    drop(semaphore.acquire());
    drop(semaphore.acquire_many(9));
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn dropped_after_it_was_granted_its_permit_goes_to_the_next() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut askers = queue(&semaphore, &[Now, Now]);
    drop(held);
    assert!(askers[0].woken());
    drop(askers.remove(0));
    assert_eq!(semaphore.available_permits(), 0);
    drop(askers[0].permit());
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn dropped_after_it_was_granted_its_part_of_the_reserve_is_free_too() {
    let semaphore = Semaphore::new(6);
    let downloads = Asker::new(semaphore.acquire_many_at(4, Later)).permit();
    let granted = Asker::queued(semaphore.acquire_many_at(4, Later));
    drop(downloads);
    assert!(granted.woken());
    drop(granted);
    drop(Asker::new(semaphore.acquire_many_at(4, Later)).permit());
}

#[test]
fn when_a_big_head_leaves_those_behind_go_in_the_same_turn() {
    let semaphore = Semaphore::new(4);
    let held = take(&semaphore, 1);
    let big = Asker::queued(semaphore.acquire_many(4));
    let mut askers = queue(&semaphore, &[Now, Soon, Later, Now]);
    drop(big);
    let woken: Vec<_> = askers.iter().map(Asker::woken).collect();
    assert_eq!(woken, [true, true, false, true]);
    drop(held);
    assert!(askers[2].woken());
    for asker in &mut askers {
        drop(asker.permit());
    }
    assert_eq!(semaphore.available_permits(), 4);
}

#[test]
fn cancel_and_release_in_the_same_turn_conserve_the_count() {
    let semaphore = Semaphore::new(2);
    for cancel_first in [true, false] {
        let mut held = take(&semaphore, 2);
        let mut askers = queue(&semaphore, &[Now; 3]);
        if cancel_first {
            drop(askers.remove(0));
            held.pop();
        } else {
            held.pop();
            drop(askers.remove(0));
        }
        assert!(askers[0].woken() && !askers[1].woken());
        held.pop();
        for asker in &mut askers {
            drop(asker.permit());
        }
        assert_eq!(semaphore.available_permits(), 2);
    }
}

#[test]
fn a_hundred_thousand_that_left_are_in_nobodys_way() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut crowd = queue(&semaphore, &[Now, Soon, Later].repeat(33_334));
    let mut last = Asker::queued(semaphore.acquire_at(Later));
    let task = std::sync::Arc::downgrade(&crowd[0].task);
    // From both ends and the middle, so that the links are put to the test.
    while let Some(asker) = crowd.pop() {
        drop(asker);
        if !crowd.is_empty() {
            drop(crowd.swap_remove(crowd.len() / 2));
        }
    }
    assert!(task.upgrade().is_none(), "its waker is gone with it");
    drop(held);
    assert_eq!(last.task.wakes(), 1);
    drop(last.permit());
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_task_that_panics_gives_its_permit_back() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut next = Asker::queued(semaphore.acquire());
    let panicked = catch_unwind(AssertUnwindSafe(move || {
        let _held = held;
        panic!("on purpose");
    }));
    assert!(panicked.is_err());
    drop(next.permit());
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn waits_and_permits_outlive_the_handle() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut queued = queue(&semaphore, &[Now, Soon]);
    let mut fresh = Asker::new(semaphore.acquire());
    drop(semaphore);
    drop(held);
    let permit = queued[0].permit();
    assert!(fresh.poll().is_pending());
    drop(permit);
    drop(fresh.permit());
    drop(queued[1].permit());
}

#[test]
fn closing_wakes_all_and_permits_still_come_back() {
    let semaphore = Semaphore::new(2);
    let mut held = take(&semaphore, 2);
    let mut askers = queue(&semaphore, &[Now, Soon, Later, Now]);
    let mut big = Asker::queued(semaphore.acquire_many(2));
    held.pop();
    assert!(!semaphore.is_closed());
    semaphore.close();
    assert!(semaphore.is_closed());
    assert!(big.woken() && askers.iter().all(Asker::woken));
    // The first was granted its permit before, and keeps it.
    held.push(askers.remove(0).permit());
    for asker in &mut askers {
        assert_eq!(asker.error(), AcquireError::Closed);
    }
    assert_eq!(big.error(), AcquireError::Closed);
    assert_eq!(
        Asker::new(semaphore.acquire()).error(),
        AcquireError::Closed
    );
    assert!(
        semaphore
            .try_acquire()
            .is_err_and(|error| error.to_string().contains("closed"))
    );
    assert_eq!(semaphore.available_permits(), 0);
    held.clear();
    assert_eq!(semaphore.available_permits(), 2);
    semaphore.close();
}
