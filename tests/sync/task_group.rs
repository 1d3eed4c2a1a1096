//! Children of a group: their results, their order, their end.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use futures_channel::oneshot;
use futures_executor::block_on;
use futures_util::FutureExt;
use futures_util::future::{pending, poll_immediate, ready};
use hackershelf::sync::{Semaphore, TaskGroup};

/// Counts those that were dropped.
struct Alive(Rc<Cell<usize>>);

impl Alive {
    fn new(count: &Rc<Cell<usize>>) -> Self {
        count.set(count.get() + 1);
        Self(Rc::clone(count))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[test]
fn results_come_as_they_complete() {
    let mut group = TaskGroup::new();
    let mut senders = Vec::new();
    for index in 0..3 {
        let (sender, receiver) = oneshot::channel::<char>();
        senders.push(sender);
        assert_eq!(group.spawn(receiver), index);
    }
    assert_eq!(group.next().now_or_never(), None);
    for (index, letter) in [(2, 'c'), (0, 'a'), (1, 'b')] {
        let (unused, _) = oneshot::channel();
        std::mem::replace(&mut senders[index], unused)
            .send(letter)
            .expect("it is received");
        assert_eq!(group.next().now_or_never(), Some(Some((index, Ok(letter)))));
        assert_eq!(
            group.len(),
            2 - [2, 0, 1]
                .iter()
                .position(|&at| at == index)
                .expect("listed")
        );
    }
    assert_eq!(group.next().now_or_never(), Some(None));
    assert!(group.is_empty());
}

#[test]
fn errors_stand_beside_successes_in_the_order_of_spawning() {
    let (sender, receiver) = oneshot::channel();
    let mut group = TaskGroup::new();
    group.spawn(async { receiver.await.map_err(|_| "cancelled") });
    group.spawn(async { Err("failed") });
    group.spawn(async { sender.send(1).map(|()| 3).map_err(|_| "unheard") });
    assert_eq!(block_on(group.join_all()), [Ok(1), Err("failed"), Ok(3)]);
}

#[test]
fn what_was_taken_before_is_not_joined_again() {
    let mut group = TaskGroup::new();
    group.spawn(ready('a'));
    let first = block_on(group.next());
    group.spawn(ready('b'));
    group.spawn(ready('c'));
    assert_eq!(first, Some((0, 'a')));
    assert_eq!(block_on(group.join_all()), ['b', 'c']);
}

#[test]
fn the_first_error_ends_the_others_if_so_chosen() {
    let alive = Rc::default();
    let mut group = TaskGroup::new();
    for index in 0..5 {
        let life = Alive::new(&alive);
        group.spawn(async move {
            let _life = life;
            if index == 3 {
                Err(index)
            } else {
                pending().await
            }
        });
    }
    let mut joined = Box::pin(group.try_join_all());
    assert_eq!(alive.get(), 5);
    assert_eq!(joined.as_mut().now_or_never(), Some(Err::<Vec<()>, _>(3)));
    assert_eq!(alive.get(), 0);
}

#[test]
fn without_an_error_all_successes_come_in_order() {
    let (sender, receiver) = oneshot::channel();
    let mut group = TaskGroup::new();
    group.spawn(receiver);
    group.spawn(async { Ok(2) });
    sender.send(1).expect("it is received");
    assert_eq!(block_on(group.try_join_all()), Ok(vec![1, 2]));
}

#[test]
fn no_child_outlives_the_group() {
    let alive = Rc::default();
    let spawn = |group: &mut TaskGroup<'_, ()>| {
        let life = Alive::new(&alive);
        group.spawn(async move {
            let _life = life;
            pending().await
        });
    };
    let mut group = TaskGroup::new();
    spawn(&mut group);
    assert_eq!(block_on(poll_immediate(group.next())), None);
    spawn(&mut group);
    assert_eq!(alive.get(), 2);
    drop(group);
    assert_eq!(alive.get(), 0);

    let mut group = TaskGroup::new();
    spawn(&mut group);
    let mut joined = Box::pin(group.join_all());
    assert!(joined.as_mut().now_or_never().is_none());
    drop(joined);
    assert_eq!(alive.get(), 0);
}

#[test]
fn a_cancelled_group_can_be_used_again() {
    let alive = Rc::default();
    let mut group = TaskGroup::new();
    let life = Alive::new(&alive);
    group.spawn(async move {
        let _life = life;
        pending::<u8>().await
    });
    assert!(!group.is_empty());
    group.cancel_all();
    assert_eq!((alive.get(), group.len(), group.is_empty()), (0, 0, true));
    assert_eq!(block_on(group.next()), None);
    assert_eq!(group.spawn(ready(7)), 1);
    assert_eq!(block_on(group.next()), Some((1, 7)));
}

#[test]
fn a_child_that_panics_takes_the_others_with_it() {
    let alive = Rc::default();
    let mut group = TaskGroup::new();
    let life = Alive::new(&alive);
    group.spawn(async move {
        let _life = life;
        pending().await
    });
    group.spawn(async { panic!("on purpose") });
    let panicked = catch_unwind(AssertUnwindSafe(|| block_on(group.join_all())));
    assert!(panicked.is_err());
    assert_eq!(alive.get(), 0);
}

#[test]
fn children_borrow_from_their_parent_and_share_a_limit() {
    let semaphore = Semaphore::new(2);
    let order = RefCell::new(Vec::new());
    let mut group = TaskGroup::new();
    for name in ["a", "b", "c", "d"] {
        let (semaphore, order) = (&semaphore, &order);
        group.spawn(async move {
            let _permit = semaphore.acquire().await?;
            assert!(semaphore.available_permits() < 2);
            order.borrow_mut().push(name);
            Ok::<_, hackershelf::sync::AcquireError>(name.len())
        });
    }
    assert_eq!(block_on(group.try_join_all()), Ok(vec![1; 4]));
    assert_eq!(order.take(), ["a", "b", "c", "d"]);
}

#[test]
fn ten_thousand_children() {
    let mut group = TaskGroup::new();
    for number in 0..10_000 {
        group.spawn(ready(number));
    }
    assert!(block_on(group.join_all()).into_iter().eq(0..10_000));
}
