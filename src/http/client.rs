use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::{Either, select};

use super::policy::{Budget, Limits, backoff};
use super::{Error, Transport};
use crate::sync::{Priority, Semaphore};
use crate::time::Clock;

/// The one engine that every request of the app goes through, whichever API it asks.
pub struct Client {
    transport: Rc<dyn Transport>,
    clock: Rc<dyn Clock>,
    semaphore: Semaphore,
    limits: Cell<Limits>,
    budget: RefCell<Budget>,
    chance: RefCell<fastrand::Rng>,
}

impl Client {
    /// An engine with the default [`Limits`]; `seed` feeds the jitter of its back-off.
    pub fn new(transport: Rc<dyn Transport>, clock: Rc<dyn Clock>, seed: u64) -> Self {
        let limits = Limits::default();
        Self {
            transport,
            clock,
            semaphore: Semaphore::new(limits.permits),
            limits: Cell::new(limits),
            budget: RefCell::default(),
            chance: RefCell::new(fastrand::Rng::with_seed(seed)),
        }
    }

    /// Changes the limits at once, also for what is already queued.
    pub fn set_limits(&self, limits: Limits) {
        self.semaphore.resize(limits.permits);
        self.limits.set(limits);
    }

    /// Fetches the body at `url`, trying again what may pass.
    ///
    /// Dropping the future aborts what is in flight and leaves the queue.
    ///
    /// # Errors
    /// The last attempt's [`Error`].
    pub async fn get(&self, url: &str, priority: Priority) -> Result<String, Error> {
        let mut attempt = 1;
        loop {
            let error = match self.attempt(url, priority).await {
                Ok(body) => {
                    self.budget.borrow_mut().succeeded();
                    return Ok(body);
                }
                Err(error) => error,
            };
            let again = attempt < self.limits.get().attempts && error.is_transient();
            if !again || !self.budget.borrow_mut().spend() {
                return Err(error);
            }
            let chance = self.chance.borrow_mut().u32(..);
            self.clock.sleep(backoff(attempt, chance)).await;
            attempt += 1;
        }
    }

    async fn attempt(&self, url: &str, priority: Priority) -> Result<String, Error> {
        let Ok(permit) = self.semaphore.acquire_at(priority).await else {
            return Err(Error::Stopped);
        };
        let timeout = self.limits.get().timeout();
        let exchange = self.transport.get(url, permit);
        let answer = match select(exchange, self.clock.sleep(timeout)).await {
            Either::Left((answer, _)) => answer?,
            Either::Right(_) => return Err(Error::Timeout(timeout)),
        };
        match answer.status {
            200..=299 => Ok(answer.body),
            status => Err(Error::Status(status)),
        }
    }
}
