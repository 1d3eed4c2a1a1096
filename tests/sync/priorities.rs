//! Who goes before whom: priorities, the reserve, ageing and raising.

use hackershelf::sync::Priority::{Later, Now, Soon};
use hackershelf::sync::{Permit, Priority, Semaphore};

use crate::by_hand::{Asker, queue, take};

#[test]
fn the_higher_priority_goes_first() {
    let semaphore = Semaphore::new(1);
    let mut held = take(&semaphore, 1);
    let order = [Later, Soon, Now, Later, Soon, Now];
    let mut askers = queue(&semaphore, &order);
    for next in [2, 5, 1, 4, 0, 3] {
        held.clear();
        held.push(askers[next].permit());
    }
}

#[test]
fn a_waiting_download_does_not_stop_a_newcomer_above_it() {
    let semaphore = Semaphore::new(3);
    let first = semaphore.try_acquire_at(Later).expect("one is free");
    let mut second = Asker::queued(semaphore.acquire_at(Later));
    let page = take(&semaphore, 2);
    assert_eq!(semaphore.available_permits(), 0);
    drop(page);
    assert!(!second.woken());
    drop(first);
    drop(second.permit());
}

#[test]
fn one_permit_goes_to_later_when_nobody_else_wants_it() {
    let semaphore = Semaphore::new(1);
    let first = semaphore.try_acquire_at(Later).expect("one is free");
    let mut second = Asker::queued(semaphore.acquire_at(Later));
    drop(first);
    drop(second.permit());
}

#[test]
fn of_two_permits_later_has_one() {
    let semaphore = Semaphore::new(2);
    let first = semaphore.try_acquire_at(Later).expect("one is free");
    assert!(semaphore.try_acquire_at(Later).is_err());
    let mut second = Asker::queued(semaphore.acquire_at(Later));
    drop(take(&semaphore, 1));
    drop(first);
    drop(second.permit());
}

#[test]
fn while_paused_one_permit_waits_at_any_priority() {
    let semaphore = Semaphore::new(0);
    let mut askers = queue(&semaphore, &[Later, Soon, Now]);
    assert!(semaphore.try_acquire().is_err());
    assert!(askers.iter().all(|asker| !asker.woken()));
    semaphore.resize(1);
    for next in [2, 1, 0] {
        drop(askers[next].permit());
    }
}

/// How many of `higher` go before the one waiter at `lower`.
fn passed_over(higher: Priority, lower: Priority) -> usize {
    let semaphore = Semaphore::new(1);
    let mut held = take(&semaphore, 1);
    let waiter = Asker::queued(semaphore.acquire_at(lower));
    let mut askers = queue(&semaphore, &[higher; 100]);
    let mut askers = askers.iter_mut();
    loop {
        held.clear();
        if waiter.woken() {
            return 100 - askers.len();
        }
        held.push(
            askers
                .next()
                .expect("it is never passed over for ever")
                .permit(),
        );
    }
}

#[test]
fn after_32_grants_to_others_a_lower_one_goes() {
    assert_eq!(passed_over(Now, Soon), 32);
    assert_eq!(passed_over(Now, Later), 32);
    assert_eq!(passed_over(Soon, Later), 32);
}

#[test]
fn a_due_priority_goes_once_and_then_waits_for_32_more() {
    for lower in [Soon, Later] {
        let semaphore = Semaphore::new(1);
        let mut held = take(&semaphore, 1);
        let mut due = queue(&semaphore, &[lower; 3]).into_iter();
        let mut now = queue(&semaphore, &[Now; 99]).into_iter();
        for turn in 1..=99 {
            held.clear();
            let line = if turn % 33 == 0 { &mut due } else { &mut now };
            held.push(line.next().expect("enough wait").permit());
        }
        assert_eq!((now.len(), due.len()), (3, 0));
    }
}

#[test]
fn of_two_that_are_due_the_higher_goes_first() {
    let semaphore = Semaphore::new(1);
    let mut held = take(&semaphore, 1);
    let mut later = queue(&semaphore, &[Later]);
    let mut soon = queue(&semaphore, &[Soon]);
    for asker in &mut queue(&semaphore, &[Now; 40])[..32] {
        held.clear();
        held.push(asker.permit());
    }
    held.clear();
    held.push(soon[0].permit());
    held.clear();
    held.push(later[0].permit());
}

#[test]
fn a_newcomers_grant_counts_and_may_make_another_due() {
    let semaphore = Semaphore::new(6);
    let held = take(&semaphore, 3);
    let _soon = Asker::queued(semaphore.acquire_many_at(4, Soon));
    let mut later = Asker::queued(semaphore.acquire_at(Later));
    for _ in 0..31 {
        drop(take(&semaphore, 1));
    }
    assert!(!later.woken());
    // Soon and Later are due now. Soon doesn't fit and blocks all.
    drop(take(&semaphore, 1));
    assert!(semaphore.try_acquire().is_err());
    assert!(!later.woken());
    drop(held);
    drop(later.permit());
}

#[test]
fn a_newcomers_grant_lets_the_one_through_that_it_made_due() {
    let ways: [fn(&Semaphore) -> Permit; 2] = [
        |semaphore| semaphore.try_acquire().expect("one is free"),
        |semaphore| Asker::new(semaphore.acquire()).permit(),
    ];
    for newcomer in ways {
        let semaphore = Semaphore::new(6);
        let _held = take(&semaphore, 3);
        let big = Asker::queued(semaphore.acquire_many_at(4, Later));
        let mut later = Asker::queued(semaphore.acquire_at(Later));
        for _ in 0..10 {
            drop(newcomer(&semaphore));
        }
        // Soon comes later, and so isn't due yet when Later is.
        let _soon = Asker::queued(semaphore.acquire_many_at(5, Soon));
        drop(big);
        for _ in 10..31 {
            drop(newcomer(&semaphore));
        }
        assert!(!later.woken());
        let _page = newcomer(&semaphore);
        assert!(later.woken(), "before that permit comes back");
        drop(later.permit());
    }
}

/// Nobody at `Later` is due after 31 were passed over, if all of them went in that way.
#[track_caller]
fn counts_anew_after(leave: impl FnOnce(&Semaphore, &mut Vec<Asker>)) {
    let semaphore = Semaphore::new(6);
    let mut held = take(&semaphore, 3);
    let mut gone = vec![Asker::queued(semaphore.acquire_many_at(4, Later))];
    for _ in 0..31 {
        drop(take(&semaphore, 1));
    }
    leave(&semaphore, &mut gone);
    drop(gone);
    held.extend(take(&semaphore, semaphore.available_permits()));
    let later = Asker::queued(semaphore.acquire_at(Later));
    let mut now = queue(&semaphore, &[Now; 40]).into_iter();
    for _ in 0..32 {
        drop(held.remove(0));
        held.push(now.next().expect("enough wait").permit());
        assert!(!later.woken());
    }
    drop(held.remove(0));
    assert!(later.woken());
}

#[test]
fn a_queue_that_emptied_counts_anew() {
    counts_anew_after(|_, gone| gone.clear());
    counts_anew_after(|_, gone| gone[0].acquire.raise(Now));
    counts_anew_after(|semaphore, _| {
        semaphore.resize(5);
        semaphore.resize(6);
    });
}

#[test]
fn a_big_later_never_delays_now_before_it_is_due() {
    let semaphore = Semaphore::new(6);
    let mut held = take(&semaphore, 3);
    let mut later = Asker::queued(semaphore.acquire_many_at(4, Later));
    for _ in 0..32 {
        drop(take(&semaphore, 1));
    }
    assert!(
        semaphore.try_acquire().is_err(),
        "now it is due, and blocks"
    );
    let mut now = Asker::queued(semaphore.acquire());
    held.pop();
    assert!(later.woken() && !now.woken());
    held.pop();
    assert!(now.woken());
    drop(later.permit());
    drop(now.permit());
}

#[test]
fn a_later_stopped_by_the_reserve_blocks_nobody_however_long() {
    let semaphore = Semaphore::new(6);
    let mut downloads: Vec<_> = (0..4)
        .map(|_| semaphore.try_acquire_at(Later).expect("one is free"))
        .collect();
    let mut later = Asker::queued(semaphore.acquire_at(Later));
    for _ in 0..100 {
        drop(take(&semaphore, 2));
    }
    assert!(!later.woken());
    let mut page = take(&semaphore, 2);
    let mut now = queue(&semaphore, &[Now; 40]).into_iter();
    downloads.pop();
    // What came before doesn't count: it is passed over from now on.
    for _ in 0..32 {
        page.push(now.next().expect("enough wait").permit());
        assert!(!later.woken());
        drop(page.remove(0));
    }
    assert!(later.woken());
    drop(later.permit());
}

#[test]
fn raised_it_goes_behind_those_already_there() {
    let semaphore = Semaphore::new(1);
    let mut held = take(&semaphore, 1);
    let mut askers = queue(&semaphore, &[Later, Soon, Now, Now]);
    askers[0].acquire.raise(Now);
    for next in [2, 3, 0, 1] {
        held.clear();
        held.push(askers[next].permit());
    }
}

#[test]
fn raising_never_lowers() {
    let semaphore = Semaphore::new(1);
    let mut held = take(&semaphore, 1);
    let mut askers = queue(&semaphore, &[Now, Now, Soon]);
    askers[0].acquire.raise(Later);
    askers[0].acquire.raise(Now);
    let fresh = semaphore.acquire_at(Now);
    fresh.raise(Later);
    askers.push(Asker::queued(fresh));
    for next in [0, 1, 3, 2] {
        held.clear();
        held.push(askers[next].permit());
    }
}

#[test]
fn raised_before_its_first_poll_it_joins_the_higher_queue() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut soon = Asker::queued(semaphore.acquire_at(Soon));
    let fresh = semaphore.acquire_at(Later);
    fresh.raise(Now);
    let mut fresh = Asker::queued(fresh);
    drop(held);
    assert!(!soon.woken());
    drop(fresh.permit());
    drop(soon.permit());
}

#[test]
fn raised_out_of_the_reserve_it_goes_at_once() {
    let semaphore = Semaphore::new(6);
    let downloads: Vec<_> = (0..4)
        .map(|_| semaphore.try_acquire_at(Later).expect("one is free"))
        .collect();
    let mut later = queue(&semaphore, &[Later, Later]);
    later[1].acquire.raise(Soon);
    assert!(later[1].woken() && !later[0].woken());
    later[1].acquire.raise(Now);
    drop(later[1].permit());
    later[1].acquire.raise(Now);
    drop(downloads);
    drop(later[0].permit());
}

#[test]
fn raising_a_big_head_lets_those_behind_it_go() {
    let semaphore = Semaphore::new(6);
    let mut held = take(&semaphore, 5);
    let mut big = Asker::queued(semaphore.acquire_many_at(4, Later));
    let mut small = Asker::queued(semaphore.acquire_at(Later));
    let mut now = Asker::queued(semaphore.acquire_many(2));
    big.acquire.raise(Now);
    drop(now.acquire);
    held.truncate(2);
    assert!(big.woken());
    now = Asker::queued(semaphore.acquire());
    drop(big.permit());
    drop(now.permit());
    drop(small.permit());
}

#[test]
fn leaving_after_a_raise_leaves_nothing_behind() {
    let semaphore = Semaphore::new(1);
    let held = take(&semaphore, 1);
    let mut askers = queue(&semaphore, &[Later, Now, Later]);
    askers[0].acquire.raise(Soon);
    askers[2].acquire.raise(Soon);
    drop(askers.remove(0));
    drop(held);
    drop(askers[0].permit());
    drop(askers[1].permit());
    assert_eq!(semaphore.available_permits(), 1);
}
