//! A network that answers when it is told to, and those who ask it through one client.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use futures_executor::LocalPool;
use futures_util::FutureExt as _;
use futures_util::future::{AbortHandle, abortable};
use futures_util::task::LocalSpawnExt as _;
use hackershelf::http::policy::Limits;
use hackershelf::http::{Answer, Ask, Client, Error, Hold, Place, Reach, Transport};
use hackershelf::sync::{Priority, Semaphore};
use hackershelf::time::ManualClock;

pub const BASE: &str = "https://news.example";
pub const NOW: Ask = at(Priority::Now);
pub const LATER: Ask = at(Priority::Later);
pub const BY_HAND: Ask = Ask {
    by_hand: true,
    ..NOW
};

const fn at(priority: Priority) -> Ask {
    Ask {
        priority,
        deadline: None,
        by_hand: false,
    }
}

pub fn until(secs: u64) -> Ask {
    Ask {
        deadline: Some(Duration::from_secs(secs)),
        ..NOW
    }
}

pub fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

struct InFlight {
    url: String,
    reply: oneshot::Sender<Result<Answer, Error>>,
    hold: Hold,
}

#[derive(Default)]
struct State {
    in_flight: Vec<InFlight>,
    /// All that was ever sent, without the base.
    sent: Vec<String>,
    peak: usize,
    aborted: usize,
    /// Aborted requests go on counting until they are let go.
    lingers: bool,
    /// The places that all tabs have together.
    places: Option<Semaphore>,
    /// What an answer waits for while others are sent.
    others: Option<Semaphore>,
}

#[derive(Clone, Default)]
struct Wire(Rc<RefCell<State>>);

impl Transport for Wire {
    fn get(&self, url: &str, hold: Hold) -> LocalBoxFuture<'static, Result<Answer, Error>> {
        let (reply, answer) = oneshot::channel();
        let mut state = self.0.borrow_mut();
        let url = url.strip_prefix(BASE).unwrap_or(url).to_owned();
        state.sent.push(url.clone());
        state.in_flight.push(InFlight { url, reply, hold });
        state.peak = state.peak.max(state.in_flight.len());
        Box::pin(async { answer.await.expect("an answer once it was sent") })
    }

    fn others_first(&self) -> LocalBoxFuture<'static, ()> {
        let others = self.0.borrow().others.clone();
        async move {
            if let Some(others) = others {
                drop(others.acquire().await);
            }
        }
        .boxed_local()
    }

    fn place(&self, _: usize, _: usize) -> LocalBoxFuture<'static, Place> {
        let places = self.0.borrow().places.clone();
        async move {
            let place = places?.acquire().await.expect("nobody closes it");
            Some(Box::new(place) as Box<dyn std::any::Any>)
        }
        .boxed_local()
    }
}

/// One tab: a client, its network and its time.
pub struct World {
    pub client: Rc<Client>,
    pub clock: ManualClock,
    wire: Wire,
    pool: RefCell<LocalPool>,
}

/// Somebody who asked.
pub struct Asker {
    result: Rc<RefCell<Option<Result<String, Error>>>>,
    leave: AbortHandle,
}

impl Asker {
    pub fn result(&self) -> Option<Result<String, Error>> {
        self.result.borrow().clone()
    }

    #[track_caller]
    pub fn error(&self) -> Error {
        self.result().expect("a result").expect_err("an error")
    }

    pub fn has_body(&self) -> bool {
        matches!(self.result(), Some(Ok(_)))
    }

    pub fn waits(&self) -> bool {
        self.result().is_none()
    }
}

impl World {
    pub fn new(limits: Limits) -> Self {
        let (wire, clock) = (Wire::default(), ManualClock::new());
        let client = Client::new(Rc::new(wire.clone()), Rc::new(clock.clone()), 1);
        client.set_limits(limits);
        Self {
            client: Rc::new(client),
            clock,
            wire,
            pool: RefCell::new(LocalPool::new()),
        }
    }

    pub fn with_permits(permits: usize) -> Self {
        Self::new(Limits {
            permits,
            ..Limits::default()
        })
    }

    /// One request a second, and no more at once after a rest.
    pub fn slow() -> Self {
        Self::new(Limits {
            rate: 1,
            burst: 1,
            ..Limits::default()
        })
    }

    pub fn reach(&self) -> Reach {
        self.client.reach(BASE)
    }

    pub fn share_places(&self, places: &Semaphore) {
        self.wire.0.borrow_mut().places = Some(places.clone());
    }

    /// Has answers wait, while others are sent, until this has a permit.
    pub fn others_first(&self, others: &Semaphore) {
        self.wire.0.borrow_mut().others = Some(others.clone());
    }

    pub fn ask(&self, path: &str) -> Asker {
        self.ask_as(path, NOW)
    }

    /// Asks, and lets everything run that can.
    pub fn ask_as(&self, path: &str, ask: Ask) -> Asker {
        let client = Rc::clone(&self.client);
        let url = match path.starts_with('/') {
            true => format!("{BASE}{path}"),
            false => path.to_owned(),
        };
        let result = Rc::new(RefCell::new(None));
        let told = Rc::clone(&result);
        let (asking, leave) = abortable(async move {
            let answer = client.get(&url, ask).await;
            told.replace(Some(answer));
        });
        let spawner = self.pool.borrow().spawner();
        spawner
            .spawn_local(asking.map(drop))
            .expect("the pool lives as long as the world");
        self.turn();
        Asker { result, leave }
    }

    pub fn ask_all(&self, paths: impl IntoIterator<Item = usize>) -> Vec<Asker> {
        let ask = |path| self.ask(&format!("/{path}"));
        paths.into_iter().map(ask).collect()
    }

    pub fn leave(&self, asker: &Asker) {
        asker.leave.abort();
        self.turn();
    }

    /// Lets everything run that can; what was aborted is over then, unless it lingers.
    pub fn turn(&self) {
        loop {
            self.pool.borrow_mut().run_until_stalled();
            let mut state = self.wire.0.borrow_mut();
            if state.lingers {
                return;
            }
            let all = std::mem::take(&mut state.in_flight);
            let (gone, left): (Vec<_>, Vec<_>) =
                all.into_iter().partition(|it| it.reply.is_canceled());
            state.in_flight = left;
            state.aborted += gone.len();
            drop(state);
            if gone.is_empty() {
                return;
            }
        }
    }

    /// Whether aborted requests go on counting.
    pub fn linger(&self, lingers: bool) {
        self.wire.0.borrow_mut().lingers = lingers;
        self.turn();
    }

    pub fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.turn();
    }

    /// Lets so much time pass in small steps.
    pub fn pass_slowly(&self, time: Duration) {
        (0..time.as_millis() / 10).for_each(|_| self.pass(ms(10)));
    }

    pub fn in_flight(&self) -> Vec<String> {
        let state = self.wire.0.borrow();
        state.in_flight.iter().map(|it| it.url.clone()).collect()
    }

    pub fn sent(&self) -> Vec<String> {
        self.wire.0.borrow().sent.clone()
    }

    pub fn peak(&self) -> usize {
        self.wire.0.borrow().peak
    }

    pub fn aborted(&self) -> usize {
        self.wire.0.borrow().aborted
    }

    /// Ends the oldest request in flight for this path.
    #[track_caller]
    pub fn end(&self, path: &str, result: Result<Answer, Error>) {
        let mut state = self.wire.0.borrow_mut();
        let place = state.in_flight.iter().position(|it| it.url == path);
        let request = state.in_flight.remove(place.expect("it is in flight"));
        drop(state);
        // Who went away doesn't listen.
        let _ = request.reply.send(result);
        drop(request.hold);
        self.turn();
    }

    #[track_caller]
    pub fn answer(&self, path: &str) {
        self.end(path, Ok(status(200)));
    }

    #[track_caller]
    pub fn refuse(&self, path: &str, code: u16) {
        self.end(path, Ok(status(code)));
    }

    /// Ends all that are in flight, and not what is sent because of it.
    pub fn end_all(&self, result: &Result<Answer, Error>) {
        for path in self.in_flight() {
            self.end(&path, result.clone());
        }
    }

    /// Answers everything until nothing is in flight.
    pub fn answer_all(&self) {
        while !self.in_flight().is_empty() {
            self.end_all(&Ok(status(200)));
        }
    }
}

pub fn status(status: u16) -> Answer {
    Answer {
        status,
        retry_after: None,
        body: "body".to_owned(),
    }
}

pub fn busy(retry_after: &str) -> Result<Answer, Error> {
    Ok(Answer {
        retry_after: Some(retry_after.to_owned()),
        ..status(429)
    })
}
