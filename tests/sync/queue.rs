//! A queue with an end: order, room, leaving and closing.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_executor::{LocalPool, block_on};
use futures_util::FutureExt;
use futures_util::task::LocalSpawnExt;
use hackershelf::sync::queue::{Receiver, SendError, Sender, TrySendError, bounded};
use proptest::prelude::{any, proptest};

use crate::by_hand::{Task, random, yield_now};

/// A wait for room.
struct Sending<'a> {
    wait: Pin<Box<dyn Future<Output = Result<(), SendError<u32>>> + 'a>>,
    task: Arc<Task>,
}

impl<'a> Sending<'a> {
    fn new(sender: &'a Sender<u32>, value: u32) -> Self {
        Self {
            wait: Box::pin(sender.send(value)),
            task: Arc::default(),
        }
    }

    /// One that was polled and must wait.
    #[track_caller]
    fn queued(sender: &'a Sender<u32>, value: u32) -> Self {
        let mut sending = Self::new(sender, value);
        assert!(sending.poll().is_pending());
        sending
    }

    fn poll(&mut self) -> Poll<Result<(), SendError<u32>>> {
        let waker = Waker::from(Arc::clone(&self.task));
        self.wait.as_mut().poll(&mut Context::from_waker(&waker))
    }
}

/// What the receiver sees now.
fn look<T>(receiver: &mut Receiver<T>) -> Poll<Option<T>> {
    receiver.poll_recv(&mut Context::from_waker(Waker::noop()))
}

/// A queue that is full of ones.
fn full(capacity: u32) -> (Sender<u32>, Receiver<u32>) {
    let (sender, receiver) = bounded(usize::try_from(capacity).expect("it is small"));
    for _ in 0..capacity {
        sender.try_send(1).expect("there is room");
    }
    (sender, receiver)
}

#[test]
fn values_come_out_in_the_order_in_which_they_went_in() {
    let (sender, mut receiver) = bounded(3);
    let other = sender.clone();
    for (sender, value) in [(&sender, 1), (&other, 2), (&sender, 3)] {
        assert_eq!(block_on(sender.send(value)), Ok(()));
    }
    for value in 1..=3 {
        assert_eq!(look(&mut receiver), Poll::Ready(Some(value)));
    }
    assert_eq!(look(&mut receiver), Poll::Pending);
}

#[test]
fn who_finds_it_full_waits_for_room_and_goes_in_turn() {
    let (sender, mut receiver) = full(2);
    let mut waits = [2, 3, 4].map(|value| Sending::queued(&sender, value));
    for (next, value) in [1, 1, 2].into_iter().enumerate() {
        assert_eq!(look(&mut receiver), Poll::Ready(Some(value)));
        let woken = waits.each_ref().map(|wait| wait.task.wakes() > 0);
        assert_eq!(woken.iter().filter(|&&woken| woken).count(), next + 1);
        assert_eq!(waits[next].poll(), Poll::Ready(Ok(())));
    }
}

#[test]
fn nobody_barges_in_before_one_that_waits() {
    let (sender, mut receiver) = full(1);
    let mut waits = Sending::queued(&sender, 2);
    assert_eq!(look(&mut receiver), Poll::Ready(Some(1)));
    assert_eq!(sender.try_send(3), Err(TrySendError::Full(3)));
    assert_eq!(waits.poll(), Poll::Ready(Ok(())));
    assert_eq!(look(&mut receiver), Poll::Ready(Some(2)));
    assert_eq!(sender.try_send(3), Ok(()));
}

#[test]
fn one_that_stops_waiting_sends_nothing_and_keeps_no_room() {
    let (sender, mut receiver) = full(1);
    let [first, second] = [2, 3].map(|value| Sending::queued(&sender, value));
    let mut third = Sending::queued(&sender, 4);
    drop(first);
    assert_eq!(look(&mut receiver), Poll::Ready(Some(1)));
    // It has its room, but never looked.
    assert_eq!(second.task.wakes(), 1);
    drop(second);
    assert_eq!(third.poll(), Poll::Ready(Ok(())));
    assert_eq!(look(&mut receiver), Poll::Ready(Some(4)));
}

#[test]
fn a_wait_for_a_value_that_is_dropped_loses_none() {
    let (sender, mut receiver) = bounded(1);
    assert_eq!(receiver.recv().now_or_never(), None);
    sender.try_send(1).expect("there is room");
    drop(receiver.recv());
    assert_eq!(receiver.recv().now_or_never(), Some(Some(1)));
}

#[test]
fn the_receiver_is_woken_by_a_value_and_by_the_last_sender_that_goes() {
    let (sender, mut receiver) = bounded(1);
    let task = Arc::new(Task::default());
    let waker = Waker::from(Arc::clone(&task));
    let mut poll = || receiver.poll_recv(&mut Context::from_waker(&waker));
    assert_eq!(poll(), Poll::Pending);
    sender.try_send(1).expect("there is room");
    assert_eq!(task.wakes(), 1);
    assert_eq!(poll(), Poll::Ready(Some(1)));
    assert_eq!(poll(), Poll::Pending);
    let last = sender.clone();
    drop(sender);
    assert_eq!((poll(), task.wakes()), (Poll::Pending, 1));
    drop(last);
    assert_eq!((task.wakes(), poll()), (2, Poll::Ready(None)));
}

#[test]
fn what_was_sent_is_received_after_the_senders_are_gone() {
    let (sender, mut receiver) = full(2);
    drop(sender);
    assert_eq!(look(&mut receiver), Poll::Ready(Some(1)));
    assert_eq!(look(&mut receiver), Poll::Ready(Some(1)));
    assert_eq!(look(&mut receiver), Poll::Ready(None));
}

#[test]
fn without_a_receiver_values_come_back() {
    let (sender, mut receiver) = full(1);
    let mut granted = Sending::queued(&sender, 2);
    let mut waits = Sending::queued(&sender, 3);
    assert_eq!(look(&mut receiver), Poll::Ready(Some(1)));
    drop(receiver);
    assert_eq!(waits.task.wakes(), 1);
    // Also of one that had its room before.
    assert_eq!(granted.poll(), Poll::Ready(Err(SendError(2))));
    assert_eq!(waits.poll(), Poll::Ready(Err(SendError(3))));
    assert_eq!(block_on(sender.send(4)), Err(SendError(4)));
    assert_eq!(sender.try_send(5), Err(TrySendError::Closed(5)));
}

#[test]
fn the_receiver_takes_what_is_still_in_with_it() {
    let value = Rc::new(());
    let (sender, receiver) = bounded(1);
    sender.try_send(Rc::clone(&value)).expect("there is room");
    assert_eq!(Rc::strong_count(&value), 2);
    drop(receiver);
    assert_eq!(Rc::strong_count(&value), 1);
}

#[test]
fn a_value_may_use_the_queue_when_it_is_dropped() {
    struct Replies(Sender<Option<Replies>>, Rc<Cell<usize>>);
    impl Drop for Replies {
        fn drop(&mut self) {
            self.1.set(self.1.get() + 1);
            assert!(self.0.try_send(None).is_err());
        }
    }
    let (sender, receiver) = bounded(1);
    let drops = Rc::default();
    let value = Some(Replies(sender.clone(), Rc::clone(&drops)));
    assert!(sender.try_send(value).is_ok());
    drop(receiver);
    assert_eq!(drops.get(), 1);
}

#[test]
fn no_room_at_all_is_room_for_one() {
    let (sender, mut receiver) = bounded(0);
    assert_eq!(sender.try_send(1), Ok(()));
    assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    assert_eq!(look(&mut receiver), Poll::Ready(Some(1)));
}

#[test]
fn never_more_in_it_than_there_is_room_for_and_all_arrive() {
    let (sender, mut receiver) = bounded(3);
    let (inside, peak) = (Rc::new(Cell::new(0_usize)), Rc::new(Cell::new(0)));
    let mut pool = LocalPool::new();
    for task in 0..10 {
        let (sender, inside, peak) = (sender.clone(), Rc::clone(&inside), Rc::clone(&peak));
        let sends = async move {
            for number in 0..10 {
                sender.send((task, number)).await.expect("it is received");
                inside.set(inside.get() + 1);
                peak.set(peak.get().max(inside.get()));
            }
        };
        pool.spawner()
            .spawn_local(sends)
            .expect("the pool is there");
    }
    drop(sender);
    let received = Rc::new(RefCell::new(Vec::new()));
    let all = Rc::clone(&received);
    let receives = async move {
        while let Some(value) = receiver.recv().await {
            inside.set(inside.get() - 1);
            all.borrow_mut().push(value);
            yield_now().await;
        }
    };
    pool.spawner()
        .spawn_local(receives)
        .expect("the pool is there");
    pool.run();
    assert_eq!(peak.get(), 3);
    for task in 0..10 {
        let received = received.borrow();
        let of_it = received.iter().filter(|value| value.0 == task);
        assert!(of_it.map(|value| value.1).eq(0..10), "in order");
    }
}

proptest! {
    #![proptest_config(random())]

    /// The queue does what a list with an end and a list of those who wait do.
    #[test]
    fn random_sends_receipts_and_leavings_do_as_the_model(
        capacity in 1..5_u32,
        steps in proptest::collection::vec(any::<[u8; 2]>(), 1..80),
    ) {
        let (sender, mut receiver) = bounded(usize::try_from(capacity).expect("it is small"));
        let mut waits: Vec<(u32, Sending<'_>)> = Vec::new();
        let (mut inside, mut value) = (VecDeque::new(), 0);
        // How many of the places are full, or kept for one that hasn't looked yet.
        let room = |inside: &VecDeque<u32>| capacity as usize - inside.len();
        for [kind, which] in steps {
            match kind % 8 {
                0..3 => {
                    value += 1;
                    let mut sending = Sending::new(&sender, value);
                    if sending.poll().is_ready() {
                        assert!(waits.len() < room(&inside));
                        inside.push_back(value);
                    } else {
                        assert!(waits.len() >= room(&inside));
                        waits.push((value, sending));
                    }
                }
                3 => {
                    value += 1;
                    let sent = sender.try_send(value).is_ok();
                    assert_eq!(sent, waits.len() < room(&inside));
                    if sent {
                        inside.push_back(value);
                    }
                }
                4..6 => assert_eq!(
                    look(&mut receiver),
                    inside.pop_front().map_or(Poll::Pending, |value| Poll::Ready(Some(value)))
                ),
                6 => {
                    let at = usize::from(which) % waits.len().max(1);
                    if at < waits.len() {
                        let goes = at < room(&inside);
                        assert_eq!(waits[at].1.poll().is_ready(), goes);
                        if goes {
                            inside.push_back(waits.remove(at).0);
                        }
                    }
                }
                _ => {
                    let at = usize::from(which) % waits.len().max(1);
                    if at < waits.len() {
                        waits.remove(at);
                    }
                }
            }
        }
    }
}
