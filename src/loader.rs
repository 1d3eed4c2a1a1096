//! Brings what a page wants to show: what the store has at once, what the network has when it comes.
//!
//! [`plan`] decides and never waits; [`Loader`] carries its effects out and never decides. A load
//! owns all its requests: a new intent ends the one before, which aborts what it had in flight,
//! takes what it had queued out of the queue, and keeps what it already got. Only a download,
//! which is the same load told as [`Keeping`], goes on behind whatever page is read.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use futures_util::FutureExt;
use futures_util::future::ready;

use crate::hn::{self, Feed, Id, Item};
use crate::http::{self, Ask};
use crate::store::{self, Batch, Settings, Store, Stored};
use crate::sync::{Priority, TaskGroup};
use crate::time::{Clock, Timestamp};

mod keeping;
pub mod plan;

pub use keeping::{Keeping, Stage};
use plan::{DEADLINE, Effect, Event, KEEP_EVERY, Pages, Plan};

/// So many stories of a load are in the engine's hands at most; the others wait here. More than
/// there are permits, so that none is idle, and few enough that a deadline isn't spent in a queue.
const AHEAD: usize = 64;

/// What a page asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Show a feed. With `refresh`, everything is asked for anew.
    Open {
        /// The feed.
        feed: Feed,
        /// What of it.
        pages: Pages,
        /// Whether the reader asked for new data.
        refresh: bool,
    },
    /// Show one item on a page of its own.
    Item(Id),
    /// Try these rows again.
    Retry(Vec<Id>),
    /// Keep all stories of a feed, to be read offline. Ignored while another feed is being kept.
    Keep(Feed),
    /// Try what couldn't be kept again.
    KeepAgain,
}

/// What the page learns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The page lists these stories, in rank order.
    Ranking {
        /// The stories of this page.
        ids: Vec<Id>,
        /// How many stories stand before this page.
        first: usize,
        /// How many pages the ranking has.
        pages: usize,
        /// When the ranking was fetched.
        as_of: Timestamp,
    },
    /// Nothing is kept of this page; the network is being asked.
    Blank,
    /// The ranking couldn't be fetched; an older one may be shown.
    RankingFailed(hn::Error),
    /// These stories are being asked for.
    Asked(Vec<Id>),
    /// A story, from the store or, if `fresh`, just from the network.
    Story {
        /// Its id.
        id: Id,
        /// The story and when it was fetched.
        story: Stored<Item>,
        /// Whether it came from the network just now.
        fresh: bool,
    },
    /// What is shown of this story is recent enough.
    Fresh(Id),
    /// A story couldn't be fetched.
    Failed(Id, hn::Error),
    /// All that this page asked for has been answered.
    Settled,
    /// How far a download is.
    Keeping(Keeping),
    /// Nothing, or no more, is kept in this browser.
    NotKept(store::Error),
}

/// Runs intents. Clones share everything.
#[derive(Clone)]
pub struct Loader(Rc<Shared>);

struct Shared {
    hn: hn::Client,
    store: Rc<dyn Store>,
    clock: Rc<dyn Clock>,
    show: Box<dyn Fn(Change)>,
    /// The ranking of each feed that this visit reads in.
    snapshots: RefCell<HashMap<Feed, Stored<Vec<Id>>>>,
    /// Dropping one ends its load.
    loads: RefCell<Vec<oneshot::Sender<()>>>,
    /// The same for the download, as long as one runs; none in it once it is stopped.
    download: RefCell<Option<Option<oneshot::Sender<()>>>>,
    /// The last download.
    keeping: RefCell<Option<Keeping>>,
}

/// On what terms a load asks.
#[derive(Clone, Copy)]
struct Terms {
    by_hand: bool,
    /// It is a download: nobody waits for it, and it has no deadline.
    later: bool,
}

impl Loader {
    /// A loader that tells `show` whatever changes.
    pub fn new(
        hn: hn::Client,
        store: Rc<dyn Store>,
        clock: Rc<dyn Clock>,
        show: impl Fn(Change) + 'static,
    ) -> Self {
        Self(Rc::new(Shared {
            hn,
            store,
            clock,
            show: Box::new(show),
            snapshots: RefCell::default(),
            loads: RefCell::default(),
            download: RefCell::default(),
            keeping: RefCell::default(),
        }))
    }

    /// The engine that all requests go through.
    pub fn engine(&self) -> &http::Client {
        self.0.hn.http()
    }

    /// Applies the reader's settings at once and returns what keeps them.
    pub fn set(&self, settings: Settings) -> LocalBoxFuture<'static, ()> {
        let shared = Rc::clone(&self.0);
        shared.hn.http().set_limits(settings.network);
        let batch = Batch {
            settings: Some(settings),
            ..Batch::default()
        };
        Box::pin(async move { shared.or_without(shared.store.write(batch).await) })
    }

    /// Ends all loads but a download: the page that wanted them is gone.
    pub fn leave(&self) {
        self.0.loads.borrow_mut().clear();
    }

    /// Ends the download.
    pub fn stop(&self) {
        if let Some(download) = &mut *self.0.download.borrow_mut() {
            *download = None;
        }
    }

    /// Starts `intent` and returns what carries it out, to be spawned by the caller.
    ///
    /// Opening a page ends all loads before it; a retry and a download run beside them.
    pub fn run(&self, intent: Intent) -> LocalBoxFuture<'static, ()> {
        let shared = Rc::clone(&self.0);
        let terms = Terms {
            by_hand: matches!(
                intent,
                Intent::Retry(_) | Intent::Open { refresh: true, .. }
            ),
            later: matches!(intent, Intent::Keep(_) | Intent::KeepAgain),
        };
        if terms.later && shared.download.borrow().is_some() {
            return ready(()).boxed_local();
        }
        if matches!(intent, Intent::Open { .. } | Intent::Item(_)) {
            self.leave();
        }
        let now = shared.clock.wall();
        let snapshot = |feed| shared.snapshots.borrow().get(&feed).cloned();
        let (plan, effects) = match intent {
            Intent::Open {
                feed,
                pages,
                refresh,
            } => Plan::open(feed, pages, refresh, snapshot(feed), now),
            Intent::Item(id) => Plan::item(id),
            Intent::Retry(ids) => Plan::retry(ids, false),
            Intent::Keep(feed) => {
                shared.keeping.replace(Some(Keeping::new(feed)));
                Plan::keep(feed, snapshot(feed), now)
            }
            Intent::KeepAgain => {
                let Some(keeping) = &mut *shared.keeping.borrow_mut() else {
                    return ready(()).boxed_local();
                };
                match keeping.again() {
                    failed if failed.is_empty() => {
                        *keeping = Keeping::new(keeping.feed);
                        Plan::keep(keeping.feed, snapshot(keeping.feed), now)
                    }
                    failed => Plan::retry(failed, true),
                }
            }
        };
        let (load, left) = oneshot::channel();
        if terms.later {
            shared.download.replace(Some(Some(load)));
            shared.tell_keeping();
        } else {
            let mut loads = shared.loads.borrow_mut();
            loads.retain(|load| !load.is_canceled());
            loads.push(load);
        }
        Box::pin(async move { shared.load(plan, effects, terms, left).await })
    }
}

impl Shared {
    async fn load(
        &self,
        mut plan: Plan,
        mut effects: Vec<Effect>,
        terms: Terms,
        left: oneshot::Receiver<()>,
    ) {
        let deadline = Cell::new(self.clock.now() + DEADLINE);
        let ask = |priority| Ask {
            priority,
            deadline: (!terms.later).then(|| deadline.get()),
            by_hand: terms.by_hand,
        };
        // What an `Abort` drops, and what goes on: the timers and the writes.
        let mut queue = VecDeque::new();
        let mut requests = TaskGroup::new();
        let mut others = TaskGroup::new();
        others.spawn(left.map(|_| Event::Left).boxed_local());
        if !terms.later {
            others.spawn(self.overdue(&deadline).boxed_local());
        }
        others.spawn(self.after(KEEP_EVERY, Event::Tick));
        // Who opens a story that a download has queued shares and raises it: so all of it is.
        let ahead = if terms.later { usize::MAX } else { AHEAD };
        loop {
            for effect in effects {
                match effect {
                    Effect::Show(change) if terms.later => self.note(change),
                    Effect::Show(change) => (self.show)(change),
                    Effect::Remember(feed, ranking) => {
                        self.snapshots.borrow_mut().insert(feed, ranking);
                    }
                    Effect::Keep(batch) => {
                        others.spawn(self.store.write(batch).map(Event::Kept).boxed_local());
                    }
                    Effect::Abort => {
                        queue.clear();
                        requests.cancel_all();
                    }
                    Effect::Extend => deadline.set(self.clock.now() + DEADLINE),
                    Effect::Finish => {
                        if terms.later {
                            self.kept();
                        }
                        return;
                    }
                    Effect::ReadRanking(feed) => {
                        requests.spawn(self.read_ranking(feed).boxed_local());
                    }
                    Effect::ReadItems(ids) => {
                        requests.spawn(self.read_items(ids).boxed_local());
                    }
                    Effect::FetchRanking(feed) => {
                        let priority = match terms.later {
                            true => Priority::Later,
                            false => Priority::Now,
                        };
                        let ranking = self.hn.feed(feed, ask(priority));
                        requests.spawn(ranking.map(Event::Ranked).boxed_local());
                    }
                    Effect::FetchItem(id, priority) => queue.push_back((id, priority)),
                }
            }
            while requests.len() < ahead
                && let Some((id, priority)) = queue.pop_front()
            {
                requests.spawn(self.fetch_item(id, ask(priority)).boxed_local());
            }
            let event = either(&mut requests, &mut others).await;
            if let Event::Item(id, Err(hn::Error::Http(http::Error::Busy(wait)))) = event
                && self.clock.now() + wait <= deadline.get()
            {
                // Too long a pause when it was asked for; by now the deadline has moved on.
                queue.push_front((id, Priority::Soon));
                effects = Vec::new();
                continue;
            }
            if event == Event::Tick {
                others.spawn(self.after(KEEP_EVERY, Event::Tick));
            }
            effects = plan.on(event, self.clock.wall());
        }
    }

    /// Counts what a download brings.
    fn note(&self, change: Change) {
        let counts = |keeping: &mut Keeping| keeping.note(&change);
        if self.keeping.borrow_mut().as_mut().is_some_and(counts) {
            self.tell_keeping();
        }
        if let Change::NotKept(_) = change {
            (self.show)(change);
        }
    }

    /// The download is over.
    fn kept(&self) {
        let stopped = matches!(self.download.take(), Some(None));
        if let Some(keeping) = &mut *self.keeping.borrow_mut() {
            keeping.end(stopped);
        }
        self.tell_keeping();
    }

    fn tell_keeping(&self) {
        let keeping = self.keeping.borrow().clone();
        if let Some(keeping) = keeping {
            (self.show)(Change::Keeping(keeping));
        }
    }

    async fn read_ranking(&self, feed: Feed) -> Event {
        Event::StoredRanking(self.or_without(self.store.feed(feed).await))
    }

    async fn read_items(&self, ids: Vec<Id>) -> Event {
        Event::StoredItems(self.or_without(self.store.items(ids).await))
    }

    async fn fetch_item(&self, id: Id, ask: Ask) -> Event {
        Event::Item(id, self.hn.item(id, ask).await)
    }

    /// Waits for a deadline that may move on.
    async fn overdue(&self, deadline: &Cell<Duration>) -> Event {
        loop {
            let left = deadline.get().saturating_sub(self.clock.now());
            if left.is_zero() {
                break;
            }
            self.clock.sleep(left).await;
        }
        Event::Overdue(match self.hn.http().is_online() {
            true => http::Error::Timeout(DEADLINE),
            false => http::Error::Offline,
        })
    }

    fn after(&self, delay: Duration, event: Event) -> LocalBoxFuture<'static, Event> {
        self.clock.sleep(delay).map(|()| event).boxed_local()
    }

    /// A store that fails is a store without the thing; the reader learns why.
    fn or_without<T: Default>(&self, read: Result<T, store::Error>) -> T {
        read.unwrap_or_else(|error| {
            (self.show)(Change::NotKept(error));
            T::default()
        })
    }
}

/// The next event of two groups, the second of which is never empty.
async fn either<'a>(
    requests: &mut TaskGroup<'a, Event>,
    others: &mut TaskGroup<'a, Event>,
) -> Event {
    poll_fn(|context| {
        for group in [&mut *requests, &mut *others] {
            if let Poll::Ready(Some((_, event))) = group.poll_next(context) {
                return Poll::Ready(event);
            }
        }
        Poll::Pending
    })
    .await
}
