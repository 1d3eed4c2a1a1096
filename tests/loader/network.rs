//! A network that answers when it is told to, and a reader in front of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use futures_executor::LocalPool;
use futures_util::task::LocalSpawnExt as _;
use hackershelf::hn::{self, Error, Id};
use hackershelf::http::{self, Hold, Place, Transport};
use hackershelf::loader::{Change, Intent, Keeping, Loader};
use hackershelf::store::Memory;
use hackershelf::sync::Semaphore;
use hackershelf::time::ManualClock;

/// What the network says to one path.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    Body(&'static str),
    Status(u16),
    NoConnection,
    Hang,
}

struct InFlight {
    path: String,
    reply: oneshot::Sender<Result<http::Answer, http::Error>>,
    _hold: Hold,
}

#[derive(Default)]
struct Wire {
    ranking: Vec<Id>,
    scripted: HashMap<String, Answer>,
    in_flight: Vec<InFlight>,
    asked: Vec<String>,
    /// One tab at a time gets it; `None` where tabs can't wait for each other.
    alone: Option<Semaphore>,
    answered: Vec<String>,
    peak: usize,
}

#[derive(Clone, Default)]
pub struct Network(Rc<RefCell<Wire>>);

impl Transport for Network {
    fn get(
        &self,
        url: &str,
        hold: Hold,
    ) -> LocalBoxFuture<'static, Result<http::Answer, http::Error>> {
        self.drop_aborted();
        let path = url.strip_prefix("replay:").unwrap_or(url).to_owned();
        let (reply, answer) = oneshot::channel();
        let mut wire = self.0.borrow_mut();
        wire.asked.push(path.clone());
        wire.in_flight.push(InFlight {
            path,
            reply,
            _hold: hold,
        });
        wire.peak = wire.peak.max(wire.in_flight.len());
        Box::pin(async { answer.await.expect("an answer once it was sent") })
    }

    fn alone(&self) -> LocalBoxFuture<'static, Place> {
        let alone = self.0.borrow().alone.as_ref().map(Semaphore::acquire);
        Box::pin(async { Some(Box::new(alone?.await.ok()?) as _) })
    }
}

impl Network {
    pub fn asked(&self) -> Vec<String> {
        self.0.borrow().asked.clone()
    }

    pub fn answered(&self) -> Vec<String> {
        self.0.borrow().answered.clone()
    }

    pub fn peak(&self) -> usize {
        self.0.borrow().peak
    }

    pub fn in_flight(&self) -> Vec<String> {
        self.drop_aborted();
        self.0
            .borrow()
            .in_flight
            .iter()
            .map(|request| request.path.clone())
            .collect()
    }

    pub fn forget(&self) {
        self.0.borrow_mut().asked.clear();
    }

    pub fn set_ranking(&self, ids: impl IntoIterator<Item = Id>) {
        self.0.borrow_mut().ranking = ids.into_iter().collect();
    }

    pub fn script(&self, path: &str, answer: Answer) {
        self.0.borrow_mut().scripted.insert(path.to_owned(), answer);
    }

    pub fn unscript(&self) {
        self.0.borrow_mut().scripted.clear();
    }

    /// An aborted request leaves the wire, and only then its permit comes back.
    fn drop_aborted(&self) {
        let mut wire = self.0.borrow_mut();
        let (gone, left) = wire
            .in_flight
            .drain(..)
            .partition(|request| request.reply.is_canceled());
        wire.in_flight = left;
        drop(wire);
        let gone: Vec<InFlight> = gone;
        drop(gone);
    }

    /// Answers the first request in flight for `path`; false if there is none, or it hangs.
    fn answer(&self, path: &str) -> bool {
        self.drop_aborted();
        let mut wire = self.0.borrow_mut();
        let scripted = wire.scripted.get(path).copied();
        let answer = match scripted {
            Some(Answer::Hang) => return false,
            Some(Answer::NoConnection) => Err(http::Error::Connect),
            Some(Answer::Status(status)) => Ok(http::Answer {
                status,
                ..http::Answer::default()
            }),
            Some(Answer::Body(body)) => Ok(http::Answer {
                status: 200,
                body: body.into(),
                ..http::Answer::default()
            }),
            None => Ok(http::Answer {
                status: 200,
                body: wire.plain(path),
                ..http::Answer::default()
            }),
        };
        let Some(place) = wire
            .in_flight
            .iter()
            .position(|request| request.path == path)
        else {
            return false;
        };
        let request = wire.in_flight.remove(place);
        wire.answered.push(path.to_owned());
        drop(wire);
        // A reader who went away doesn't listen.
        let _ = request.reply.send(answer);
        true
    }
}

impl Wire {
    fn plain(&self, path: &str) -> String {
        match path
            .strip_prefix("/item/")
            .and_then(|rest| rest.strip_suffix(".json"))
        {
            Some(id) => format!(r#"{{"id":{id},"type":"story","title":"Story {id}"}}"#),
            None if path.starts_with("algolia:") => "null".to_owned(),
            None => serde_json::to_string(&self.ranking).expect("numbers"),
        }
    }
}

/// What a few letters are made of: a browser knows them all.
pub fn decompose(letter: char) -> String {
    let parts = match letter.to_lowercase().next().unwrap_or(letter) {
        'é' => "e\u{301}",
        'ü' => "u\u{308}",
        'ǖ' => "u\u{308}\u{304}",
        'å' => "a\u{30a}",
        'ñ' => "n\u{303}",
        other => return other.to_string(),
    };
    parts.to_owned()
}

/// Somebody reading: the loader with everything below it.
pub struct Reader {
    pub network: Network,
    pub clock: ManualClock,
    pub store: Rc<Memory>,
    loader: Loader,
    changes: Rc<RefCell<Vec<Change>>>,
    pool: RefCell<LocalPool>,
}

impl Reader {
    /// A first visit to a site whose top feed lists the stories 1 to `count`.
    pub fn with_stories(count: Id) -> Self {
        let network = Network::default();
        network.set_ranking(1..=count);
        Self::new(network, ManualClock::new(), Rc::new(Memory::new()))
    }

    /// A later visit with the same store: nothing else is left of the earlier one.
    pub fn restart(&self) -> Self {
        self.restart_at(self.clock.clone())
    }

    /// The same, with another clock.
    pub fn restart_at(&self, clock: ManualClock) -> Self {
        let network = Network::default();
        network.set_ranking(self.network.0.borrow().ranking.clone());
        Self::new(network, clock, Rc::clone(&self.store))
    }

    /// Another tab of the same browser, which waits while this one is alone.
    pub fn beside(&self, alone: &Semaphore) -> Self {
        let other = self.restart();
        for tab in [self, &other] {
            tab.network.0.borrow_mut().alone = Some(alone.clone());
        }
        other
    }

    /// It is closed: nothing of it goes on.
    pub fn close(self) {
        drop(self.pool);
    }

    fn new(network: Network, clock: ManualClock, store: Rc<Memory>) -> Self {
        let engine = http::Client::new(Rc::new(network.clone()), Rc::new(clock.clone()), 1);
        let hn = hn::Client::new(Rc::new(engine), "replay:", "algolia:");
        let changes = Rc::new(RefCell::new(Vec::new()));
        let told = Rc::clone(&changes);
        let loader = Loader::new(
            hn,
            Rc::clone(&store) as _,
            Rc::new(clock.clone()),
            decompose,
            move |change| {
                told.borrow_mut().push(change);
            },
        );
        Self {
            network,
            clock,
            store,
            loader,
            changes,
            pool: RefCell::new(LocalPool::new()),
        }
    }

    pub fn loader(&self) -> &Loader {
        &self.loader
    }

    pub fn open(&self, intent: Intent) {
        let load = self.loader.run(intent);
        let spawned = self.pool.borrow().spawner().spawn_local(load);
        spawned.expect("the pool lives as long as the reader");
        self.turn();
    }

    pub fn leave(&self) {
        self.loader.leave();
        self.turn();
    }

    /// Ends the download.
    pub fn stop(&self) {
        self.loader.stop();
        self.turn();
    }

    /// Lets everything run that can.
    pub fn turn(&self) {
        loop {
            self.pool.borrow_mut().run_until_stalled();
            let before = self.network.0.borrow().in_flight.len();
            self.network.drop_aborted();
            if self.network.0.borrow().in_flight.len() == before {
                return;
            }
        }
    }

    pub fn answer(&self, path: &str) {
        assert!(self.network.answer(path), "{path} isn't in flight");
        self.turn();
    }

    pub fn answer_in_flight(&self) {
        for path in self.network.in_flight() {
            self.network.answer(&path);
        }
        self.turn();
    }

    /// Answers whatever is asked, waiting out the back-offs, until nothing is asked any more.
    pub fn answer_all(&self) {
        while !self.is_idle() {
            self.answer_in_flight();
            if self.network.in_flight().is_empty() {
                self.clock.advance(Duration::from_millis(200));
                self.turn();
            }
        }
    }

    pub fn answer_all_but_hanging(&self) {
        while self
            .network
            .in_flight()
            .iter()
            .any(|path| self.network.answer(path))
        {
            self.turn();
        }
    }

    /// Lets time pass until every timeout, back-off and deadline is over.
    pub fn run_out_the_clock(&self) {
        for _ in 0..400 {
            self.clock.advance(Duration::from_millis(100));
            self.turn();
        }
    }

    /// No load runs any more: each of them waits for its deadline as long as it lives.
    fn is_idle(&self) -> bool {
        self.clock.next_due().is_none()
    }

    pub fn changes(&self) -> Vec<Change> {
        self.changes.borrow().clone()
    }

    /// What was last said of a download.
    pub fn keeping(&self) -> Option<Keeping> {
        let mut said = self
            .changes()
            .into_iter()
            .filter_map(|change| match change {
                Change::Keeping(keeping) => Some(keeping),
                _ => None,
            });
        said.next_back()
    }

    pub fn is_settled(&self) -> bool {
        self.changes().contains(&Change::Settled)
    }

    /// The page as it stands: the ids of the last ranking shown.
    pub fn shown(&self) -> Vec<Id> {
        let mut rankings = self
            .changes()
            .into_iter()
            .filter_map(|change| match change {
                Change::Ranking { ids, .. } => Some(ids),
                _ => None,
            });
        rankings.next_back().unwrap_or_default()
    }

    /// The stories that came from the network, and those of threads.
    pub fn fresh(&self) -> BTreeSet<Id> {
        let mut fresh = BTreeSet::new();
        for change in self.changes() {
            match change {
                Change::Story {
                    id, fresh: true, ..
                } => {
                    fresh.insert(id);
                }
                Change::Thread(news) => fresh.extend(news.items.into_iter().map(|(id, _)| id)),
                _ => {}
            }
        }
        fresh
    }

    /// The rows that stand as failed, and why.
    pub fn failed(&self) -> BTreeMap<Id, Error> {
        let mut failed = BTreeMap::new();
        for change in self.changes() {
            match change {
                Change::Failed(id, error) => {
                    failed.insert(id, error);
                }
                Change::Asked(ids) => failed.retain(|id, _| !ids.contains(id)),
                _ => {}
            }
        }
        failed
    }
}
