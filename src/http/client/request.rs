use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::Engine;
use crate::http::event::{Event, What};
use crate::http::policy::{Sign, Turn, backoff, retry_after};
use crate::http::{Answer, Ask, Error, Hold, Lane, Place};
use crate::sync::{Priority, Urgency};

/// One request from the first asker to the answer, with all its attempts.
pub struct Request {
    engine: Rc<Engine>,
    number: usize,
    url: Rc<str>,
    origin: usize,
    ask: Ask,
    urgency: Urgency,
    /// The last attempt was a probe that came too soon.
    turned_away: Cell<bool>,
    over: Cell<bool>,
}

impl Request {
    pub fn new(
        engine: &Rc<Engine>,
        url: &Rc<str>,
        origin: usize,
        ask: Ask,
        urgency: Urgency,
    ) -> Self {
        let number = engine.requests.get();
        engine.requests.set(number + 1);
        Self {
            engine: Rc::clone(engine),
            number,
            url: Rc::clone(url),
            origin,
            ask,
            urgency,
            turned_away: Cell::new(false),
            over: Cell::new(false),
        }
    }

    pub async fn run(self) -> Result<String, Error> {
        let result = self.attempts().await;
        self.over.set(true);
        match &result {
            Ok(_) => self.engine.budget.borrow_mut().succeeded(),
            Err(error) => self.tell(What::Failed(error.clone())),
        }
        result
    }

    async fn attempts(&self) -> Result<String, Error> {
        let engine = &*self.engine;
        let mut attempt = 1;
        loop {
            let error = match self.attempt().await {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            let tries_once = self.ask.by_hand && !engine.online.get();
            // A 429 says that all would be well at another time. While an asker has time left, to
            // ask whether it has come costs neither an attempt nor the budget, and the pause that
            // follows is long enough a back-off.
            let probes = self.turned_away.take() && self.ask.deadline.is_some();
            let last = attempt >= engine.limits.get().attempts && !probes;
            if last || tries_once || !error.is_transient() {
                return Err(error);
            }
            engine.patience(self.origin, self.ask.deadline)?;
            if probes {
                let after = Duration::ZERO;
                self.tell(What::Retry { why: error, after });
                continue;
            }
            let after = backoff(attempt, engine.chance());
            if engine.is_late(after, self.ask.deadline) || !engine.budget.borrow_mut().spend() {
                return Err(error);
            }
            self.tell(What::Retry { why: error, after });
            engine.clock.sleep(after).await;
            attempt += 1;
        }
    }

    async fn attempt(&self) -> Result<String, Error> {
        let engine = &*self.engine;
        let (hold, visit) = self.turn().await?;
        let sent = Sent::now(engine);
        let timeout = engine.limits.get().timeout();
        let exchange = engine.transport.get(&self.url, hold);
        let result = match select(exchange, engine.clock.sleep(timeout)).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => Err(Error::Timeout(timeout)),
        };
        drop(sent);
        let sign = self.sign(&result);
        if sign != Sign::Silent {
            engine.heard.set(engine.clock.now());
        }
        let was_probe = visit.hear(sign);
        let too_soon = matches!(result, Ok(Answer { status: 429, .. }));
        self.turned_away.set(was_probe && too_soon);
        let Answer { status, body, .. } = result?;
        let bytes = body.len();
        self.tell(What::Answered { status, bytes });
        match status {
            200..=299 => {
                self.over.set(true);
                if engine.semaphore.has_waiters_at(self.urgency.get()) {
                    engine.transport.others_first().await;
                }
                Ok(body)
            }
            status => Err(Error::Status(status)),
        }
    }

    /// Waits until this request may be sent, and tells that it is.
    async fn turn(&self) -> Result<(Hold, Visit<'_>), Error> {
        let engine = &*self.engine;
        loop {
            let visit = self.pass().await?;
            self.tell(What::Queued);
            let permit = engine.semaphore.acquire_at_urgency(&self.urgency).await;
            let permit = permit.map_err(|_| Error::Stopped)?;
            // The wait may have been long.
            if !visit.is_good() {
                continue;
            }
            let lane = Lane::lowest_free(&engine.lanes);
            let number = lane.number as usize;
            let place = self.place(&visit, number).await;
            if visit.is_good() {
                self.tell(What::Started { lane: number });
                let hold = Hold {
                    place,
                    _lane: Some(lane),
                    _permit: permit,
                };
                return Ok((hold, visit));
            }
        }
    }

    /// Waits for a place beside the app's other tabs, and for the rate limit. No place is held
    /// while that is waited for, and whoever may start by it has a place to start now.
    async fn place(&self, visit: &Visit<'_>, lane: usize) -> Place {
        let engine = &*self.engine;
        let _turn = match engine.limits.get().rate {
            0 => None,
            _ => engine.start.acquire_at_urgency(&self.urgency).await.ok(),
        };
        loop {
            let places = engine.limits.get().permits;
            // Downloads take places from one end and all else from the other: what a reader waits
            // for finds one free at once, also while another tab downloads.
            let first = match self.urgency.get() {
                Priority::Later => lane,
                _ => places.saturating_sub(1 + lane),
            };
            let place = engine.transport.place(first, places).await;
            let now = engine.clock.now();
            let reserve = || engine.limiter.borrow_mut().try_reserve(now);
            let Some(Err(wait)) = visit.is_good().then(reserve) else {
                return place;
            };
            drop(place);
            engine.stirs(self.urgency.get(), Some(wait)).await;
        }
    }

    /// Waits while the device is offline or the origin is paused, holding nothing.
    async fn pass(&self) -> Result<Visit<'_>, Error> {
        let engine = &*self.engine;
        let mut paused = false;
        loop {
            let now = engine.clock.now();
            let wait = if self.is_held_back() {
                None
            } else {
                match engine.origins.turn(self.origin, now) {
                    turn @ (Turn::Go | Turn::Probe) => {
                        if turn == Turn::Probe {
                            // All that ask this origin wait for it.
                            self.urgency.raise(Priority::Now);
                        }
                        let visit = Visit {
                            request: self,
                            is_probe: Cell::new(turn == Turn::Probe),
                        };
                        return Ok(visit);
                    }
                    Turn::Wait(wait) => Some(wait),
                    Turn::Await => None,
                }
            };
            engine.patience(self.origin, self.ask.deadline)?;
            if !std::mem::replace(&mut paused, true) {
                self.tell(What::Paused(wait));
            }
            engine.stirs(self.urgency.get(), wait).await;
        }
    }

    /// Whether the device is offline and the reader didn't ask for this by hand.
    fn is_held_back(&self) -> bool {
        !self.engine.online.get() && !self.ask.by_hand
    }

    fn sign(&self, result: &Result<Answer, Error>) -> Sign {
        match result {
            Ok(Answer {
                status: 429 | 503,
                retry_after: asked,
                ..
            }) => {
                let now = self.engine.clock.wall();
                Sign::Refuses(asked.as_ref().and_then(|text| retry_after(text, now)))
            }
            Err(Error::Connect) => Sign::Unreachable,
            Err(Error::Timeout(_)) => Sign::Silent,
            _ => Sign::Alive,
        }
    }

    fn tell(&self, what: What) {
        self.engine.tell(Event {
            request: self.number,
            url: Rc::clone(&self.url),
            priority: self.urgency.get(),
            at: self.engine.clock.now(),
            what,
        });
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if !self.over.get() {
            self.tell(What::Aborted);
        }
    }
}

/// It is in flight.
struct Sent<'a>(&'a Engine);

impl<'a> Sent<'a> {
    fn now(engine: &'a Engine) -> Self {
        let others = engine.in_flight.replace(engine.in_flight.get() + 1);
        if others == 0 {
            engine.heard.set(engine.clock.now());
        }
        Self(engine)
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        self.0.in_flight.set(self.0.in_flight.get() - 1);
    }
}

/// A request's turn at its origin. A probe that is dropped leaves its turn to the next.
struct Visit<'a> {
    request: &'a Request,
    is_probe: Cell<bool>,
}

impl Visit<'_> {
    /// Whether it may be sent still.
    fn is_good(&self) -> bool {
        let open = self.request.engine.origins.is_open(self.request.origin);
        (open || self.is_probe.get()) && !self.request.is_held_back()
    }

    /// Learns from what came back; whether it was the probe.
    fn hear(&self, sign: Sign) -> bool {
        let engine = &*self.request.engine;
        let (now, chance) = (engine.clock.now(), engine.chance());
        let is_probe = self.is_probe.take();
        engine
            .origins
            .hear(self.request.origin, sign, is_probe, now, chance);
        if is_probe {
            engine.ring();
        }
        is_probe
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let engine = &*self.request.engine;
        if self.is_probe.get() {
            engine
                .origins
                .give_up(self.request.origin, engine.clock.now());
            engine.ring();
        }
    }
}
