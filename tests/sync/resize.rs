//! A limit that changes while permits are out.

use hackershelf::sync::Priority::{Later, Now, Soon};
use hackershelf::sync::{AcquireError, Semaphore};

use crate::by_hand::{Asker, queue, take};

#[test]
fn up_lets_the_next_ones_through() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut askers = queue(&semaphore, &[Now, Now, Now]);
    semaphore.resize(3);
    let woken: Vec<_> = askers.iter().map(Asker::woken).collect();
    assert_eq!(woken, [true, true, false]);
    drop(held);
    for asker in &mut askers {
        drop(asker.permit());
    }
    assert_eq!(
        (semaphore.available_permits(), semaphore.capacity()),
        (3, 3)
    );
}

#[test]
fn down_takes_free_permits_first() {
    let semaphore = Semaphore::new(6);
    let held = take(&semaphore, 2);
    semaphore.resize(3);
    assert_eq!(semaphore.available_permits(), 1);
    drop(held);
    assert_eq!(semaphore.available_permits(), 3);
}

#[test]
fn below_what_is_out_drains_before_anybody_goes() {
    let semaphore = Semaphore::new(4);
    let mut held = take(&semaphore, 4);
    let mut next = Asker::queued(semaphore.acquire());
    semaphore.resize(2);
    for out in [3, 2] {
        assert_eq!(held.len(), out + 1);
        held.pop();
        assert_eq!(semaphore.available_permits(), 0);
        assert!(!next.woken());
    }
    held.pop();
    drop(next.permit());
    drop(held);
    assert_eq!(semaphore.available_permits(), 2);
}

#[test]
fn to_zero_pauses_and_up_again_goes_on() {
    let semaphore = Semaphore::new(2);
    let held = take(&semaphore, 2);
    let mut askers = queue(&semaphore, &[Now, Soon, Later]);
    semaphore.resize(0);
    drop(held);
    assert_eq!(semaphore.available_permits(), 0);
    assert!(askers.iter().all(|asker| !asker.woken()));
    semaphore.resize(2);
    let woken: Vec<_> = askers.iter().map(Asker::woken).collect();
    assert_eq!(woken, [true, true, false]);
    for asker in &mut askers {
        drop(asker.permit());
    }
}

#[test]
fn who_waits_for_more_than_there_can_be_now_fails_and_those_behind_go() {
    let semaphore = Semaphore::new(6);
    let held = take(&semaphore, 2);
    let mut big = Asker::queued(semaphore.acquire_many(5));
    let mut small = Asker::queued(semaphore.acquire());
    let mut downloads = Asker::queued(semaphore.acquire_many_at(3, Later));
    semaphore.resize(4);
    assert_eq!(
        big.error(),
        AcquireError::TooMany {
            asked: 5,
            at_most: 4
        }
    );
    assert_eq!(
        downloads.error(),
        AcquireError::TooMany {
            asked: 3,
            at_most: 2
        }
    );
    drop(small.permit());
    drop(held);
    assert_eq!(semaphore.available_permits(), 4);
}

#[test]
fn the_reserve_follows_the_size() {
    let semaphore = Semaphore::new(6);
    let mut downloads = take(&semaphore, 0);
    for _ in 0..4 {
        downloads.push(semaphore.try_acquire_at(Later).expect("one is free"));
    }
    semaphore.resize(4);
    let mut later = Asker::queued(semaphore.acquire_at(Later));
    downloads.truncate(2);
    assert!(!later.woken(), "two are free, for others");
    assert_eq!(semaphore.available_permits(), 2);
    semaphore.resize(5);
    drop(later.permit());
}
