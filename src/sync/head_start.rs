use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

/// Runs a future up to where it has to wait; returns what is left of it, to be given to an executor.
///
/// An executor begins what it is given only when the caller is through. What must be under way by
/// then, such as a request before the page that will show it is built, begins here.
///
/// ```
/// use std::cell::Cell;
/// use hackershelf::sync::head_start;
///
/// let sent = Cell::new(false);
/// let rest = head_start(Box::pin(async {
///     sent.set(true);
///     std::future::pending().await
/// }));
/// assert!(sent.get());
/// assert!(rest.is_some());
/// ```
pub fn head_start<F: Future<Output = ()> + Unpin>(mut future: F) -> Option<F> {
    let mut context = Context::from_waker(Waker::noop());
    // Whoever polls the rest is woken instead of nobody: a future wakes who polled it last.
    let polled = Pin::new(&mut future).poll(&mut context);
    polled.is_pending().then_some(future)
}
