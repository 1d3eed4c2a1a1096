//! Brings what a page wants to show: what the store has at once, what the network has when it comes.
//!
//! [`plan`] decides and never waits; [`Loader`] carries its effects out and never decides. A load
//! owns all its requests: a new intent ends the one before, which aborts what it had in flight,
//! takes what it had queued out of the queue, and keeps what it already got. Only a download, made
//! of the same loads and told as [`Keeping`], goes on behind whatever page is read.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use futures_util::FutureExt;
use futures_util::future::ready;

use crate::hn::{self, Feed, Hits, Id, Item, News, Query, Reply, User};
use crate::http;
use crate::store::eviction::Holdings;
use crate::store::{self, Course, Job, Kept, Mark, Marking, Part, Settings, Store, Stored};
use crate::time::{Clock, Timestamp};

mod download;
mod keeping;
mod load;
pub mod plan;
pub mod shelf;
mod transfer;
mod upkeep;

use keeping::Tally;
pub use keeping::{Keeping, Stage};
use plan::{Discussion, Effect, Pages, Person, Plan, Search, Shelving, Stories};
use shelf::{Decompose, Findings, Shelf};
pub use transfer::{End, Export, Next, Put, Report};

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
    /// Show an item and the comments below it. What is recent enough isn't asked for again, but
    /// what is missing is.
    Thread {
        /// The story, poll, job or comment.
        id: Id,
        /// Whether the reader asked for new data.
        refresh: bool,
        /// Whether the reader asked for what is missing.
        by_hand: bool,
    },
    /// Bring these stories: what is kept of them, and from the network only what isn't.
    Items(Vec<Id>),
    /// Show a person and a page of what they posted.
    Person {
        /// The name, case-sensitive.
        name: String,
        /// The page, from 1.
        page: usize,
        /// Whether the reader asked for new data.
        refresh: bool,
    },
    /// Look for something, on the shelf and in the index.
    Search {
        /// What for.
        query: Query,
        /// Whether the reader is typing, and may type on.
        typed: bool,
    },
    /// Put on the shelf what is kept, so that it is found.
    Shelve,
    /// Try these rows again.
    Retry(Vec<Id>),
    /// Keep stories with their comments, to be read offline. Ignored while others are being kept.
    Keep(Job),
    /// Try what couldn't be kept again, or go on with what was stopped.
    KeepAgain,
    /// Go on with what a page before this one, or another tab, has begun to keep.
    Resume {
        /// Another tab has just begun it, and tells of it by itself: here it goes on if that tab
        /// is closed.
        behind_another: bool,
    },
    /// Delete what is too old or too much, once nothing else is going on.
    Tidy,
}

impl Intent {
    /// To keep the first `most` stories of a feed, from now on. With `exact`, replies are kept in
    /// Hacker News' own order at every depth.
    pub fn keep(feed: Feed, most: usize, exact: bool, now: Timestamp) -> Self {
        let recently = now.0.saturating_sub(plan::FRESH.as_millis() as u64);
        Self::Keep(Job {
            feed,
            most,
            exact,
            since: Timestamp(recently),
            course: Course::Running,
        })
    }

    /// Whether it is for a page that is being opened or renewed: so what the one before wanted isn't
    /// wanted any more.
    pub fn opens(&self) -> bool {
        matches!(
            self,
            Self::Open { .. }
                | Self::Thread { .. }
                | Self::Person { .. }
                | Self::Search { .. }
                | Self::Items(_)
        )
    }
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
    /// Comments came, changed or got their order.
    Thread(News),
    /// What is shown of a thread was fetched then.
    AsOf(Timestamp),
    /// The parents of a comment, the nearest first.
    Trail(Vec<(Id, Reply)>),
    /// A person's profile, and when it was fetched.
    Person(Stored<User>),
    /// Nobody has this name.
    Nobody,
    /// What is found so far.
    Found(Findings),
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
    /// The ranking that this visit reads in of each feed, in their order.
    snapshots: RefCell<[Option<Stored<Vec<Id>>>; Feed::ALL.len()]>,
    /// What can be searched, and what is looked for.
    shelf: RefCell<Shelf>,
    sought: RefCell<(Query, Option<Hits>)>,
    /// When the shelf was looked through last, in case something was put there since.
    looked: Cell<Duration>,
    /// Dropping it ends the walk that fills the shelf.
    shelving: RefCell<Option<oneshot::Sender<()>>>,
    /// Dropping one ends its load.
    loads: RefCell<Vec<oneshot::Sender<()>>>,
    /// The same for the download, as long as one runs; none in it once it is stopped.
    download: RefCell<Option<Option<oneshot::Sender<()>>>>,
    /// The last download.
    tally: RefCell<Option<Tally>>,
    /// This page waits for its turn to go on with what others have begun to download.
    resuming: Cell<bool>,
}

/// On what terms a load asks.
#[derive(Clone, Copy)]
struct Terms {
    by_hand: bool,
    /// It is a download: nobody waits for it, and it has no deadline.
    later: bool,
}

impl Loader {
    /// A loader that tells `show` whatever changes. `decompose` knows letters for the search.
    pub fn new(
        hn: hn::Client,
        store: Rc<dyn Store>,
        clock: Rc<dyn Clock>,
        decompose: Decompose,
        show: impl Fn(Change) + 'static,
    ) -> Self {
        Self(Rc::new(Shared {
            hn,
            store,
            clock,
            show: Box::new(show),
            snapshots: RefCell::default(),
            shelf: RefCell::new(Shelf::new(decompose, shelf::MOST)),
            sought: RefCell::default(),
            looked: Cell::default(),
            shelving: RefCell::default(),
            loads: RefCell::default(),
            download: RefCell::default(),
            tally: RefCell::default(),
            resuming: Cell::default(),
        }))
    }

    /// The engine that all requests go through.
    pub fn engine(&self) -> &http::Client {
        self.0.hn.http()
    }

    /// How well Hacker News itself can be reached.
    pub fn reach(&self) -> http::Reach {
        self.0.hn.reach()
    }

    /// What changes the reader's settings as they are kept; all of them then, unless that fails.
    pub fn change_settings(
        &self,
        change: Box<dyn Fn(&mut Settings)>,
    ) -> LocalBoxFuture<'static, Option<Settings>> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move {
            let kept = shared.store.change_settings(&change).await;
            shared.or_without(kept.map(Some))
        })
    }

    /// What reads the reader's settings.
    pub fn settings(&self) -> LocalBoxFuture<'static, Option<Settings>> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move { shared.or_without(shared.store.settings().await.map(Some)) })
    }

    /// What keeps a change of a story's marks; what they are then, unless that fails.
    pub fn set_mark(&self, id: Id, marking: Marking) -> LocalBoxFuture<'static, Option<Mark>> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move {
            let now = shared.clock.wall();
            let mut kept = shared.store.set_mark(id, marking.clone(), now).await;
            if kept == Err(store::Error::Full) {
                // Whatever was fetched can be fetched again.
                shared.or_without(shared.clean_up(true).await);
                kept = shared.store.set_mark(id, marking, now).await;
            }
            shared.or_without(kept.map(Some))
        })
    }

    /// What reads a story's marks.
    pub fn mark(&self, id: Id) -> LocalBoxFuture<'static, Option<Mark>> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move { shared.or_without(shared.store.mark(id).await.map(Some)) })
    }

    /// What adds up what is kept.
    pub fn holdings(&self) -> LocalBoxFuture<'static, Holdings> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move {
            let entries = shared.or_without(shared.store.census().await);
            Holdings::of(&entries, shared.clock.wall())
        })
    }

    /// What finds out what can be opened without a network.
    pub fn kept(&self) -> LocalBoxFuture<'static, Kept> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move {
            let entries = shared.or_without(shared.store.census().await);
            let all = shared
                .store
                .part(Part::Feeds, Part::Feeds.start(), u32::MAX);
            Kept::of(entries, shared.or_without(all.await))
        })
    }

    /// What deletes all that is too old or too much, once no other tab does or downloads; more than
    /// that, if the browser's storage is `full`. Tells whether it could.
    pub fn clean_up(&self, full: bool) -> LocalBoxFuture<'static, bool> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move {
            let _alone = shared.hn.http().alone().await;
            let cleaned = shared.clean_up(full).await;
            shared.or_without(cleaned.map(|()| true))
        })
    }

    /// What deletes all that was fetched, and, with `marks`, what the reader marked; settings stay.
    /// A download ends first, here at once, and it waits for another tab's. Tells whether it could.
    pub fn clear(&self, marks: bool) -> LocalBoxFuture<'static, bool> {
        let shared = Rc::clone(&self.0);
        self.stop();
        Box::pin(async move {
            let _alone = shared.hn.http().alone().await;
            shared.snapshots.take();
            shared.shelf.borrow_mut().clear();
            let cleared = shared.store.clear(marks).await;
            shared.or_without(cleared.map(|()| true))
        })
    }

    /// Ends all loads but a download: the page that wanted them is gone.
    pub fn leave(&self) {
        self.0.shelving.take();
        self.0.loads.borrow_mut().clear();
    }

    /// Ends the download; whether there is one here.
    pub fn stop(&self) -> bool {
        let mut download = self.0.download.borrow_mut();
        let is_here = download.is_some();
        if let Some(download) = &mut *download {
            *download = None;
        }
        is_here
    }

    /// Whether a download goes on here, or waits for another tab's.
    pub fn downloads(&self) -> bool {
        self.0.download.borrow().is_some()
    }

    /// Starts `intent` and returns what carries it out, to be spawned by the caller.
    ///
    /// Opening a page ends all loads before it; a retry and a download run beside them.
    pub fn run(&self, intent: Intent) -> LocalBoxFuture<'static, ()> {
        let shared = Rc::clone(&self.0);
        let terms = Terms {
            by_hand: matches!(
                intent,
                Intent::Retry(_)
                    | Intent::Open { refresh: true, .. }
                    | Intent::Person { refresh: true, .. }
                    | Intent::Thread { by_hand: true, .. }
            ),
            later: false,
        };
        if matches!(intent, Intent::Search { .. }) {
            // What fills the shelf goes on while somebody types.
            self.0.loads.borrow_mut().clear();
        } else if intent.opens() {
            self.leave();
        }
        let opened = upkeep::opened(&intent);
        let now = shared.clock.wall();
        let snapshot = |feed: Feed| shared.snapshots.borrow()[feed as usize].clone();
        let (plan, effects): (Box<dyn Plan>, _) = match intent {
            Intent::Open {
                feed,
                pages,
                refresh,
            } => boxed(Stories::open(feed, pages, refresh, snapshot(feed), now)),
            Intent::Thread { id, refresh, .. } => {
                let algolia = shared.hn.http().limits().algolia;
                boxed(Discussion::open(id, refresh, algolia))
            }
            Intent::Items(ids) => boxed(Stories::kept(ids)),
            Intent::Person {
                name,
                page,
                refresh,
            } => boxed(Person::open(name, page, refresh)),
            Intent::Search { query, typed } => {
                let engine = shared.hn.http();
                let index = engine.limits().algolia && engine.is_online();
                boxed(Search::open(query, index, typed))
            }
            Intent::Shelve => {
                let (load, left) = oneshot::channel();
                shared.shelving.replace(Some(load));
                shared.shelf.borrow_mut().stock.whole = false;
                let (plan, effects) = boxed(Shelving::start());
                return Box::pin(async move {
                    let show = &shared.show;
                    shared.load(plan, effects, terms, left, show).await;
                });
            }
            Intent::Retry(ids) => boxed(Stories::retry(ids, false)),
            Intent::Keep(_) | Intent::KeepAgain if shared.download.borrow().is_some() => {
                return ready(()).boxed_local();
            }
            Intent::Keep(_) | Intent::KeepAgain => {
                let left = shared.begin();
                return Box::pin(async move { shared.download(intent, left, None).await });
            }
            Intent::Resume { behind_another } => {
                return Box::pin(async move { shared.resume(behind_another).await });
            }
            Intent::Tidy => return Box::pin(async move { shared.tidy().await }),
        };
        let (load, left) = oneshot::channel();
        shared.loads.borrow_mut().retain(|load| !load.is_canceled());
        shared.loads.borrow_mut().push(load);
        Box::pin(async move {
            let load = shared.load(plan, effects, terms, left, &shared.show);
            load.await;
            // Reading never waits for this write. In WebKit (2.50) it could for ever, when both were
            // asked of the database at once.
            shared.touch(opened).await;
        })
    }
}

fn boxed<P: Plan + 'static>((plan, effects): (P, Vec<Effect>)) -> (Box<dyn Plan>, Vec<Effect>) {
    (Box::new(plan), effects)
}
