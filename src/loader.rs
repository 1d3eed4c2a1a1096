//! Brings what a page wants to show: from the store first, then from the network.
//!
//! [`plan`] decides and never waits; [`Loader`] carries its effects out and never decides. A load
//! owns all its requests: a new intent ends the one before, which aborts what it had in flight,
//! takes what it had queued out of the queue, and keeps what it already got.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use futures_util::FutureExt;

use crate::hn::{self, Feed, Id, Item};
use crate::http::{self, Ask};
use crate::store::{self, Batch, Settings, Store, Stored};
use crate::sync::{Priority, TaskGroup};
use crate::time::{Clock, Timestamp};

pub mod plan;

use plan::{DEADLINE, Effect, Event, KEEP_EVERY, Plan};

/// What a page asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Show a page of a feed, numbered from 1. With `refresh`, everything is asked for anew.
    Open {
        /// The feed.
        feed: Feed,
        /// Its page, from 1.
        page: usize,
        /// Whether the reader asked for new data.
        refresh: bool,
    },
    /// Show one item on a page of its own.
    Item(Id),
    /// Try these rows again.
    Retry(Vec<Id>),
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

    /// Ends all loads: the page that wanted them is gone.
    pub fn leave(&self) {
        self.0.loads.borrow_mut().clear();
    }

    /// Starts `intent` and returns what carries it out, to be spawned by the caller.
    ///
    /// Opening a page ends all loads before it; a retry runs beside them.
    pub fn run(&self, intent: Intent) -> LocalBoxFuture<'static, ()> {
        let shared = Rc::clone(&self.0);
        if !matches!(intent, Intent::Retry(_)) {
            self.leave();
        }
        let ask = Ask {
            priority: Priority::Now,
            deadline: Some(shared.clock.now() + DEADLINE),
            by_hand: matches!(
                intent,
                Intent::Retry(_) | Intent::Open { refresh: true, .. }
            ),
        };
        let (plan, effects) = match intent {
            Intent::Open {
                feed,
                page,
                refresh,
            } => {
                let snapshot = shared.snapshots.borrow().get(&feed).cloned();
                let now = shared.clock.wall();
                Plan::open(feed, page.max(1), refresh, snapshot, now)
            }
            Intent::Item(id) => Plan::item(id),
            Intent::Retry(ids) => Plan::retry(ids),
        };
        let (load, left) = oneshot::channel();
        let mut loads = shared.loads.borrow_mut();
        loads.retain(|load| !load.is_canceled());
        loads.push(load);
        drop(loads);
        Box::pin(async move { shared.load(plan, effects, ask, left).await })
    }
}

impl Shared {
    async fn load(
        &self,
        mut plan: Plan,
        mut effects: Vec<Effect>,
        ask: Ask,
        left: oneshot::Receiver<()>,
    ) {
        // What an `Abort` drops, and what goes on: the timers and the writes.
        let mut requests = TaskGroup::new();
        let mut others = TaskGroup::new();
        others.spawn(left.map(|_| Event::Left).boxed_local());
        others.spawn(self.overdue().boxed_local());
        others.spawn(self.after(KEEP_EVERY, Event::Tick));
        loop {
            for effect in effects {
                match effect {
                    Effect::Show(change) => (self.show)(change),
                    Effect::Remember(feed, ranking) => {
                        self.snapshots.borrow_mut().insert(feed, ranking);
                    }
                    Effect::Keep(batch) => {
                        others.spawn(self.store.write(batch).map(Event::Kept).boxed_local());
                    }
                    Effect::Abort => requests.cancel_all(),
                    Effect::Finish => return,
                    Effect::ReadRanking(feed) => {
                        requests.spawn(self.read_ranking(feed).boxed_local());
                    }
                    Effect::ReadItems(ids) => {
                        requests.spawn(self.read_items(ids).boxed_local());
                    }
                    Effect::FetchRanking(feed) => {
                        let ranking = self.hn.feed(feed, ask);
                        requests.spawn(ranking.map(Event::Ranked).boxed_local());
                    }
                    Effect::FetchItem(id) => {
                        requests.spawn(self.fetch_item(id, ask).boxed_local());
                    }
                }
            }
            let event = either(&mut requests, &mut others).await;
            if event == Event::Tick {
                others.spawn(self.after(KEEP_EVERY, Event::Tick));
            }
            effects = plan.on(event, self.clock.wall());
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

    async fn overdue(&self) -> Event {
        self.clock.sleep(DEADLINE).await;
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
