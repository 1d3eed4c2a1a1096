//! Whose turn it is among equals, and how many go at once.

use std::cell::Cell;
use std::rc::Rc;

use futures_executor::LocalPool;
use futures_util::task::LocalSpawnExt;
use hackershelf::sync::Priority::{Later, Now, Soon};
use hackershelf::sync::{AcquireError, Priority, Semaphore, TryAcquireError};

use crate::by_hand::{Asker, queue, take, yield_now};

/// The peak at `priority` when 20 tasks do three turns each through this limit.
fn peak(limit: usize, priority: Priority) -> usize {
    let semaphore = Semaphore::new(limit);
    let (running, peak, done) = (
        Rc::new(Cell::new(0)),
        Rc::new(Cell::new(0)),
        Rc::new(Cell::new(0)),
    );
    let mut pool = LocalPool::new();
    for _ in 0..20 {
        let (semaphore, running) = (semaphore.clone(), Rc::clone(&running));
        let (peak, done) = (Rc::clone(&peak), Rc::clone(&done));
        let task = async move {
            let _permit = semaphore
                .acquire_at(priority)
                .await
                .expect("nobody closes it");
            running.set(running.get() + 1);
            peak.set(peak.get().max(running.get()));
            for _ in 0..3 {
                yield_now().await;
            }
            running.set(running.get() - 1);
            done.set(done.get() + 1);
        };
        pool.spawner().spawn_local(task).expect("the pool is there");
    }
    pool.run();
    assert_eq!(done.get(), 20);
    assert_eq!(semaphore.available_permits(), limit);
    peak.get()
}

#[test]
fn never_above_the_limit_and_exactly_at_it_when_enough_wait() {
    for limit in [1, 2, 3, 6, 19] {
        assert_eq!(peak(limit, Now), limit);
        assert_eq!(peak(limit, Soon), limit);
    }
    // The control: a limit that none of them reaches.
    assert_eq!(peak(21, Now), 20);
}

#[test]
fn later_never_takes_the_last_permits() {
    for (limit, most) in [(1, 1), (2, 1), (3, 1), (4, 2), (6, 4)] {
        assert_eq!(peak(limit, Later), most);
    }
}

#[test]
fn first_come_first_served() {
    let semaphore = Semaphore::new(1);
    let mut held = take(&semaphore, 1);
    let mut askers = queue(&semaphore, &[Now; 50]);
    for turn in 0..askers.len() {
        held.clear();
        let woken: Vec<_> = askers.iter().map(Asker::woken).collect();
        assert_eq!(woken.iter().filter(|&&woken| woken).count(), turn + 1);
        assert!(woken[turn]);
        held.push(askers[turn].permit());
    }
}

#[test]
fn who_releases_and_asks_again_goes_to_the_back() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut askers = queue(&semaphore, &[Now, Now]);
    drop(held);
    let mut again = Asker::queued(semaphore.acquire());
    for asker in &mut askers {
        drop(asker.permit());
    }
    assert!(again.woken());
    drop(again.permit());
}

#[test]
fn one_release_lets_several_through() {
    let semaphore = Semaphore::new(5);
    let all = Asker::new(semaphore.acquire_many(5)).permit();
    let mut askers = queue(&semaphore, &[Now, Soon, Now, Later, Now, Now]);
    drop(all);
    let woken: Vec<_> = askers.iter().map(Asker::woken).collect();
    assert_eq!(woken, [true, true, true, false, true, true]);
    let permits: Vec<_> = [0, 1, 2, 4, 5]
        .map(|index: usize| askers[index].permit())
        .into();
    assert_eq!(semaphore.available_permits(), 0);
    drop(permits);
    drop(askers[3].permit());
    assert_eq!(semaphore.available_permits(), 5);
}

#[test]
fn nobody_barges_in_between_a_release_and_the_poll() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut first = Asker::queued(semaphore.acquire());
    drop(held);
    assert!(first.woken());
    assert_eq!(
        semaphore.try_acquire().err(),
        Some(TryAcquireError::NoPermits)
    );
    let mut second = Asker::queued(semaphore.acquire());
    drop(first.permit());
    drop(second.permit());
}

#[test]
fn nobody_barges_in_while_permits_gather() {
    let semaphore = Semaphore::new(3);
    let mut held = take(&semaphore, 3);
    let mut big = Asker::queued(semaphore.acquire_many(3));
    held.truncate(1);
    assert_eq!(semaphore.available_permits(), 2);
    for priority in Priority::ALL {
        let refused = semaphore.try_acquire_at(priority).err();
        assert_eq!(refused, Some(TryAcquireError::NoPermits));
    }
    let mut small = Asker::queued(semaphore.acquire());
    held.clear();
    assert!(big.woken() && !small.woken());
    drop(big.permit());
    drop(small.permit());
}

#[test]
fn a_big_waiter_is_not_starved_by_small_ones() {
    let semaphore = Semaphore::new(3);
    let mut held = take(&semaphore, 3);
    let mut big = Asker::queued(semaphore.acquire_many(3));
    for _ in 0..100 {
        queue(&semaphore, &[Now]);
    }
    let mut behind = queue(&semaphore, &[Now, Now]);
    while held.pop().is_some() {
        assert!(behind.iter().all(|asker| !asker.woken()));
    }
    drop(big.permit());
    for asker in &mut behind {
        drop(asker.permit());
    }
}

#[test]
fn more_than_there_can_be_fails_at_once() {
    let semaphore = Semaphore::new(6);
    let too_many = |asked, at_most| AcquireError::TooMany { asked, at_most };
    assert_eq!(
        Asker::new(semaphore.acquire_many(7)).error(),
        too_many(7, 6)
    );
    assert_eq!(
        Asker::new(semaphore.acquire_many_at(7, Soon)).error(),
        too_many(7, 6)
    );
    assert_eq!(
        Asker::new(semaphore.acquire_many_at(5, Later)).error(),
        too_many(5, 4)
    );
    drop(Asker::new(semaphore.acquire_many_at(4, Later)).permit());
    drop(Asker::new(semaphore.acquire_many(6)).permit());
    semaphore.resize(0);
    assert_eq!(
        Asker::new(semaphore.acquire_many(2)).error(),
        too_many(2, 0)
    );
    let huge = Asker::new(semaphore.acquire_many_at(usize::MAX, Later)).error();
    assert_eq!(huge, too_many(usize::MAX, 0));
}

#[test]
fn none_asked_is_given_at_once_unless_closed() {
    let semaphore = Semaphore::new(0);
    let waiting = Asker::queued(semaphore.acquire());
    for priority in Priority::ALL {
        drop(Asker::new(semaphore.acquire_many_at(0, priority)).permit());
    }
    assert_eq!(semaphore.available_permits(), 0);
    semaphore.close();
    assert_eq!(
        Asker::new(semaphore.acquire_many(0)).error(),
        AcquireError::Closed
    );
    assert!(waiting.woken());
}

#[test]
fn as_many_as_there_can_be() {
    let all = Semaphore::MAX_PERMITS;
    let semaphore = Semaphore::new(usize::MAX);
    assert_eq!(semaphore.capacity(), all);
    let most = Asker::new(semaphore.acquire_many(all - 1)).permit();
    let one = semaphore.try_acquire().expect("one is left");
    let mut next = Asker::queued(semaphore.acquire_many_at(all - 2, Later));
    assert_eq!(semaphore.available_permits(), 0);
    drop(one);
    drop(most);
    drop(next.permit());
    semaphore.resize(usize::MAX);
    assert_eq!(semaphore.available_permits(), all);
}
