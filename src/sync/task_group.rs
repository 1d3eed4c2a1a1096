//! Several futures run as one, and none outlives the group.
//!
//! The group is polled by whoever awaits it and owns its children: dropping it, or the future
//! that it is part of, drops them, and with them their requests. That is why it doesn't use
//! `spawn_local`: a task spawned there belongs to nobody, goes on when its result isn't wanted
//! any more, can't borrow from its parent, and loses its panic and its result on the way back.
//! In return children only make progress while the group is awaited.

use std::cell::Cell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_core::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;

/// Runs children that end in a `T` each; they may borrow what outlives `'a`.
///
/// Children that fail do so beside those that succeed: a `TaskGroup<Result<_, _>>` gives every
/// result unless [`try_join_all`](TaskGroup::try_join_all) is asked to stop at the first error.
/// It sets no limit on how many run at once; that is a [`Semaphore`](super::Semaphore)'s job.
///
/// ```
/// use hackershelf::sync::TaskGroup;
///
/// # futures_executor::block_on(async {
/// let words = ["7", "x", "9"];
/// let mut group = TaskGroup::new();
/// for word in &words {
///     group.spawn(async move { word.parse::<u32>() });
/// }
/// let numbers = group.join_all().await;
/// assert_eq!(numbers[0], Ok(7));
/// assert!(numbers[1].is_err());
/// assert_eq!(numbers[2], Ok(9));
/// # });
/// ```
#[must_use = "children only run while the group is awaited"]
pub struct TaskGroup<'a, T> {
    /// Of one type whatever `T` is, and so one piece of code: a child leaves its result aside.
    running: FuturesUnordered<LocalBoxFuture<'a, ()>>,
    /// The result of the child that was polled last, if that ended it.
    result: Rc<Cell<Option<(usize, T)>>>,
    spawned: usize,
}

impl<'a, T: 'a> TaskGroup<'a, T> {
    /// Creates a group without children.
    pub fn new() -> Self {
        Self {
            running: FuturesUnordered::new(),
            result: Rc::default(),
            spawned: 0,
        }
    }

    /// Adds a child and returns its index, counted from 0 in the order of spawning.
    ///
    /// It is first polled when the group is next awaited.
    pub fn spawn(&mut self, child: impl Future<Output = T> + 'a) -> usize {
        let index = self.spawned;
        self.spawned += 1;
        let result = Rc::clone(&self.result);
        self.running.push(Box::pin(async move {
            let given = child.await;
            result.set(Some((index, given)));
        }));
        index
    }

    /// How many children haven't given their result yet.
    pub fn len(&self) -> usize {
        self.running.len()
    }

    /// Whether every child has given its result.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// The next result and its child's index, as they complete; `None` when no child is left.
    ///
    /// Dropping the wait loses nothing.
    ///
    /// ```
    /// use hackershelf::sync::TaskGroup;
    ///
    /// # futures_executor::block_on(async {
    /// let (sender, receiver) = futures_channel::oneshot::channel();
    /// let mut group = TaskGroup::new();
    /// group.spawn(async { receiver.await.is_ok() });
    /// group.spawn(async { sender.send(()).is_ok() });
    /// assert_eq!(group.next().await, Some((1, true)));
    /// assert_eq!(group.next().await, Some((0, true)));
    /// assert_eq!(group.next().await, None);
    /// # });
    /// ```
    pub async fn next(&mut self) -> Option<(usize, T)> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Like [`next`](Self::next), for futures written by hand.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, T)>> {
        let next = Pin::new(&mut self.running).poll_next(cx);
        next.map(|ended| ended.and_then(|()| self.result.take()))
    }

    /// Waits for all children that are left; their results in the order of spawning.
    pub async fn join_all(mut self) -> Vec<T> {
        let mut results = Vec::with_capacity(self.len());
        while let Some(result) = self.next().await {
            results.push(result);
        }
        in_order(results)
    }

    /// Drops all children; the group can be used again, and goes on counting.
    pub fn cancel_all(&mut self) {
        self.running.clear();
    }
}

impl<'a, T: 'a, E: 'a> TaskGroup<'a, Result<T, E>> {
    /// Waits for all children that are left, or for the first that fails.
    ///
    /// # Errors
    /// The first error in time; all other children are dropped before it is returned.
    pub async fn try_join_all(mut self) -> Result<Vec<T>, E> {
        let mut results = Vec::with_capacity(self.len());
        while let Some((index, result)) = self.next().await {
            results.push((index, result?));
        }
        Ok(in_order(results))
    }
}

fn in_order<T>(mut results: Vec<(usize, T)>) -> Vec<T> {
    results.sort_unstable_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

impl<'a, T: 'a> Default for TaskGroup<'a, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for TaskGroup<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskGroup")
            .field("len", &self.running.len())
            .finish_non_exhaustive()
    }
}
