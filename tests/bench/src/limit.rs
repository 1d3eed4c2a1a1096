//! The three semaphores, as what they are measured by.

use std::future::Future;

use hackershelf::sync as ours;

/// A number of permits, and the wait for one of them.
pub trait Limit {
    /// A permit, or what holds one; it goes back when this is dropped.
    type Answer<'a>
    where
        Self: 'a;

    fn new(permits: usize) -> Self;

    fn acquire(&self) -> impl Future<Output = Self::Answer<'_>>;
}

impl Limit for ours::Semaphore {
    type Answer<'a> = Result<ours::Permit, ours::AcquireError>;

    fn new(permits: usize) -> Self {
        Self::new(permits)
    }

    fn acquire(&self) -> impl Future<Output = Self::Answer<'_>> {
        self.acquire()
    }
}

impl Limit for tokio::sync::Semaphore {
    type Answer<'a> = Result<tokio::sync::SemaphorePermit<'a>, tokio::sync::AcquireError>;

    fn new(permits: usize) -> Self {
        Self::new(permits)
    }

    fn acquire(&self) -> impl Future<Output = Self::Answer<'_>> {
        self.acquire()
    }
}

impl Limit for async_lock::Semaphore {
    type Answer<'a> = async_lock::SemaphoreGuard<'a>;

    fn new(permits: usize) -> Self {
        Self::new(permits)
    }

    fn acquire(&self) -> impl Future<Output = Self::Answer<'_>> {
        self.acquire()
    }
}
