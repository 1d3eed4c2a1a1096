//! A queue with an end: who fills it faster than it is emptied waits.
//!
//! Each value in it holds a permit of a [`Semaphore`] with as many as there is room for. So
//! senders go in turn, one that leaves takes nothing along, and taking a value out is what
//! lets the next one in.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{Permit, Semaphore, TryAcquireError};

/// The receiver is gone; the value comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody receives any more")]
pub struct SendError<T>(pub T);

/// Why [`Sender::try_send`] sent nothing; the value comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrySendError<T> {
    /// There is no room, or others wait for it.
    #[error("the queue is full")]
    Full(T),
    /// The receiver is gone.
    #[error("nobody receives any more")]
    Closed(T),
}

/// Creates a queue with room for so many values; for one where it is 0.
///
/// ```
/// use hackershelf::sync::queue;
///
/// # futures_executor::block_on(async {
/// let (sender, mut receiver) = queue::bounded(2);
/// sender.send('a').await?;
/// sender.send('b').await?;
/// assert!(sender.try_send('c').is_err());
/// assert_eq!(receiver.recv().await, Some('a'));
/// sender.send('c').await?;
///
/// drop(sender);
/// assert_eq!(receiver.recv().await, Some('b'));
/// assert_eq!(receiver.recv().await, Some('c'));
/// assert_eq!(receiver.recv().await, None);
/// # Ok::<(), queue::SendError<char>>(()) }).expect("the receiver is there");
/// ```
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let queue = Rc::new(Queue {
        values: RefCell::default(),
        room: Semaphore::new(capacity.max(1)),
        senders: Cell::new(1),
        receiver: RefCell::new(None),
    });
    (Sender(Rc::clone(&queue)), Receiver(queue))
}

struct Queue<T> {
    values: RefCell<VecDeque<(T, Permit)>>,
    room: Semaphore,
    senders: Cell<usize>,
    /// Who waits for a value, or for the last sender to go.
    receiver: RefCell<Option<Waker>>,
}

impl<T> Queue<T> {
    fn push(&self, value: T, room: Permit) {
        self.values.borrow_mut().push_back((value, room));
        self.wake();
    }

    fn wake(&self) {
        let waker = self.receiver.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Puts values in at the end. Clones send into the same queue.
pub struct Sender<T>(Rc<Queue<T>>);

impl<T> Sender<T> {
    /// Waits for room and puts the value in; who waited first goes first.
    ///
    /// Dropping the wait drops the value with it, and leaves the queue as it was.
    ///
    /// # Errors
    /// Gives the value back once the receiver is gone.
    pub async fn send(&self, value: T) -> Result<(), SendError<T>> {
        match self.0.room.acquire().await {
            Ok(room) if !self.0.room.is_closed() => {
                self.0.push(value, room);
                Ok(())
            }
            _ => Err(SendError(value)),
        }
    }

    /// Puts the value in if there is room and nobody waits for it.
    ///
    /// # Errors
    /// Gives the value back, and says why.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        match self.0.room.try_acquire() {
            Ok(room) => {
                self.0.push(value, room);
                Ok(())
            }
            Err(TryAcquireError::NoPermits) => Err(TrySendError::Full(value)),
            Err(TryAcquireError::Closed) => Err(TrySendError::Closed(value)),
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.senders.set(self.0.senders.get() + 1);
        Self(Rc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.senders.set(self.0.senders.get() - 1);
        if self.0.senders.get() == 0 {
            self.0.wake();
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").finish_non_exhaustive()
    }
}

/// Takes values out at the front. What is still in when it is dropped is dropped with it.
pub struct Receiver<T>(Rc<Queue<T>>);

impl<T> Receiver<T> {
    /// The next value; `None` when the queue is empty and all senders are gone.
    ///
    /// Dropping the wait loses nothing.
    pub async fn recv(&mut self) -> Option<T> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    /// Like [`recv`](Self::recv), for futures written by hand.
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let next = self.0.values.borrow_mut().pop_front();
        if let Some((value, room)) = next {
            drop(room);
            return Poll::Ready(Some(value));
        }
        if self.0.senders.get() == 0 {
            return Poll::Ready(None);
        }
        let stale = self.0.receiver.replace(Some(cx.waker().clone()));
        drop(stale);
        Poll::Pending
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.0.room.close();
        let (values, waker) = (self.0.values.take(), self.0.receiver.take());
        drop((values, waker));
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").finish_non_exhaustive()
    }
}
