use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::select;

use super::event::{Event, Trace, What};
use super::policy::{Budget, Limits};
use super::{Ask, Error, Place, Transport};
use crate::sync::{Priority, RateLimiter, Semaphore, SingleFlight};
use crate::time::Clock;

mod origins;
mod request;

use origins::Origins;
use request::Request;

/// The one engine that every request of the app goes through, whichever API it asks.
pub struct Client {
    engine: Rc<Engine>,
    /// By URL, and whether it is tried while offline.
    flights: SingleFlight<(Rc<str>, bool), Result<String, Error>>,
}

/// While requests are in flight and nothing has come back for so long, the servers are silent.
const SILENCE: Duration = Duration::from_secs(2);

/// How well the servers can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// They answer, or nothing was asked.
    #[default]
    Fine,
    /// The device has no network.
    Offline,
    /// There are no connections to it.
    Unreachable,
    /// Requests are sent and nothing comes back.
    Silent,
}

/// What all requests share.
struct Engine {
    transport: Rc<dyn Transport>,
    clock: Rc<dyn Clock>,
    semaphore: Semaphore,
    limiter: RefCell<RateLimiter>,
    /// One at a time waits for the limiter, the most urgent first.
    start: Semaphore,
    limits: Cell<Limits>,
    budget: RefCell<Budget>,
    chance: RefCell<fastrand::Rng>,
    origins: Origins,
    online: Cell<bool>,
    /// Has no permits: whoever waits here is woken by [`Engine::ring`].
    bell: Semaphore,
    lanes: Rc<Cell<u32>>,
    in_flight: Cell<usize>,
    /// When something came back the last time, or was sent while nothing else was in flight.
    heard: Cell<Duration>,
    requests: Cell<usize>,
    trace: RefCell<Trace>,
}

impl Client {
    /// An engine with the default [`Limits`], online; `seed` feeds its jitter.
    pub fn new(transport: Rc<dyn Transport>, clock: Rc<dyn Clock>, seed: u64) -> Self {
        let limits = Limits::default();
        let engine = Engine {
            transport,
            clock,
            semaphore: Semaphore::new(limits.permits),
            limiter: RefCell::new(RateLimiter::new(limits.rate, limits.burst)),
            start: Semaphore::new(1),
            limits: Cell::new(limits),
            budget: RefCell::default(),
            chance: RefCell::new(fastrand::Rng::with_seed(seed)),
            origins: Origins::default(),
            online: Cell::new(true),
            bell: Semaphore::new(0),
            lanes: Rc::default(),
            in_flight: Cell::default(),
            heard: Cell::default(),
            requests: Cell::new(0),
            trace: RefCell::default(),
        };
        Self {
            engine: Rc::new(engine),
            flights: SingleFlight::new(),
        }
    }

    /// The limits as they are.
    pub fn limits(&self) -> Limits {
        self.engine.limits.get()
    }

    /// Changes the limits at once, also for what is already queued. What is in flight keeps its
    /// timeout, and above a lowered number of permits it drains.
    pub fn set_limits(&self, limits: Limits) {
        let engine = &self.engine;
        let now = engine.clock.now();
        let before = engine.limits.replace(limits);
        engine.semaphore.resize(limits.permits);
        let mut limiter = engine.limiter.borrow_mut();
        match before.rate {
            0 => *limiter = RateLimiter::new(limits.rate, limits.burst),
            _ => limiter.set(now, limits.rate, limits.burst),
        }
        drop(limiter);
        engine.ring();
    }

    /// Whether the device has a network, as far as it knows.
    pub fn is_online(&self) -> bool {
        self.engine.online.get()
    }

    /// What is known now of the way to the servers, above all to the one of `url`.
    pub fn reach(&self, url: &str) -> Reach {
        let engine = &self.engine;
        let silent = engine.clock.now().saturating_sub(engine.heard.get());
        if !engine.online.get() {
            Reach::Offline
        } else if engine.origins.is_unreachable(engine.origins.of(url)) {
            Reach::Unreachable
        } else if engine.in_flight.get() > 0 && silent >= SILENCE {
            Reach::Silent
        } else {
            Reach::Fine
        }
    }

    /// Whether a request of this priority or a higher one waits for a permit.
    pub fn has_waiters_at(&self, priority: Priority) -> bool {
        self.engine.semaphore.has_waiters_at(priority)
    }

    /// Waits until no other tab does what only one tab at a time does, and keeps the others from
    /// it until the place is given back. Dropping the wait ends it.
    pub async fn alone(&self) -> Place {
        self.engine.transport.alone().await
    }

    /// Tells the engine whether the device has a network.
    ///
    /// Without one nothing is sent but what the reader asked for by hand; the rest waits until
    /// there is one again.
    pub fn set_online(&self, online: bool) {
        self.engine.online.set(online);
        if online {
            self.engine.origins.reconnected(self.engine.clock.now());
            self.engine.ring();
        }
    }

    /// The moment on the engine's clock, which the trace's times are on.
    pub fn now(&self) -> Duration {
        self.engine.clock.now()
    }

    /// The sums since the start and the last requests. Drop it before anything is awaited.
    pub fn trace(&self) -> Ref<'_, Trace> {
        self.engine.trace.borrow()
    }

    /// Fetches the body at `url`, trying again what may pass.
    ///
    /// Who asks for a URL that is being fetched gets the same answer, and raises its priority.
    /// Dropping the future leaves the queue or aborts what is in flight, unless somebody else
    /// waits for it too.
    ///
    /// # Errors
    /// The last attempt's [`Error`]; [`Error::Busy`] as soon as it is known that the origin is
    /// paused beyond the deadline.
    pub async fn get(&self, url: &str, ask: Ask) -> Result<String, Error> {
        let engine = &self.engine;
        let url: Rc<str> = url.into();
        let origin = engine.origins.of(&url);
        loop {
            engine.patience(origin, ask.deadline)?;
            // What is tried while offline isn't shared with what waits.
            let key = (Rc::clone(&url), ask.by_hand && !engine.online.get());
            let mut shared = true;
            let flight = self.flights.join(key, ask.priority, |urgency| {
                shared = false;
                Request::new(engine, &url, origin, ask, urgency).run()
            });
            if shared {
                engine.tell_shared(&url, ask.priority);
            }
            match flight.await {
                // Too long for whom it was shared with, but not for this asker.
                Err(Error::Busy(wait)) if !engine.is_late(wait, ask.deadline) => {}
                answer => return answer,
            }
        }
    }
}

impl Engine {
    /// Whether waiting for so long is longer than an asker waits.
    fn is_late(&self, wait: Duration, deadline: Option<Duration>) -> bool {
        deadline.is_some_and(|end| self.clock.now() + wait > end)
    }

    /// Fails if an origin is paused for longer than an asker waits.
    fn patience(&self, origin: usize, deadline: Option<Duration>) -> Result<(), Error> {
        let wait = self.origins.left(origin, self.clock.now());
        if self.is_late(wait, deadline) {
            return Err(Error::Busy(wait));
        }
        Ok(())
    }

    /// Waits until something may have changed, or until so much time has passed.
    async fn stirs(&self, priority: Priority, wait: Option<Duration>) {
        let rung = self.bell.acquire_at(priority);
        match wait {
            Some(wait) => drop(select(rung, self.clock.sleep(wait)).await),
            None => drop(rung.await),
        }
    }

    /// Wakes all who wait for something to change, the most urgent first.
    fn ring(&self) {
        self.bell.resize(usize::MAX);
        self.bell.resize(0);
    }

    /// Tells of one more asker for what is asked for already.
    fn tell_shared(&self, url: &Rc<str>, priority: Priority) {
        let trace = self.trace.borrow();
        let mut records = trace.records.iter().rev();
        let running = records.find(|record| record.url == *url && record.outcome.is_none());
        let request = running.map(|record| record.request);
        drop(trace);
        if let Some(request) = request {
            self.tell(Event {
                request,
                url: Rc::clone(url),
                priority,
                at: self.clock.now(),
                what: What::Shared,
            });
        }
    }

    fn chance(&self) -> u32 {
        self.chance.borrow_mut().u32(..)
    }

    fn tell(&self, event: Event) {
        self.trace.borrow_mut().add(&event);
    }
}
