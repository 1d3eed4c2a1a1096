//! The one place that writes what the pages show.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use rustc_hash::FxHashMap as HashMap;

use super::address::{Address, Order};
use super::later::{after, spawn};
use super::release::Release;
use super::signal::Signal;
use super::words;
use crate::hn::{self, Id, Query, User};
use crate::http::Reach;
use crate::loader::shelf::Findings;
use crate::loader::{Change, Intent, Loader};
use crate::store::eviction::Holdings;
use crate::store::{self, Kept, Mark, Settings, Store};
use crate::sync::{Priority, head_start};
use crate::time::{Clock, Timestamp};

mod keeping;
mod marks;
mod network;
mod page;
mod settings;
mod storage;
mod thread;
mod transfer;

use marks::Marks;
use page::Outcome;
pub use page::{Content, Phase, Progress, Ranking, Row};
pub use storage::forgets;
pub use thread::{Comment, Thread};

/// What the app starts with.
pub struct Start {
    /// The API.
    pub hn: hn::Client,
    /// Where things are kept.
    pub store: Rc<dyn Store>,
    /// What the reader marked before.
    pub marks: Vec<(Id, Mark)>,
    /// What the reader chose before.
    pub settings: Settings,
    /// Why nothing will be kept, if so.
    pub not_kept: Option<store::Error>,
    /// The time.
    pub clock: Rc<dyn Clock>,
}

/// Scrolled further than this, in CSS pixels, the reader is reading: nothing may move.
const READING: f64 = 60.0;

/// What the network brings is shown so much later, with all that comes until then.
const MOMENT: Duration = Duration::from_millis(30);

/// Everything the pages read, and the way to ask for more. It lives as long as the app.
#[derive(Clone, Copy)]
pub struct State(&'static Shared);

impl Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        self.0
    }
}

thread_local! {
    static CURRENT: Cell<Option<State>> = const { Cell::new(None) };
}

/// What all copies of the [`State`] share.
pub struct Shared {
    loader: Loader,
    /// What came back and isn't shown yet.
    changes: RefCell<Vec<Change>>,
    contents: RefCell<HashMap<Id, Row>>,
    outcomes: RefCell<HashMap<Id, Outcome>>,
    marks: Marks,
    /// The reader came back to the page: nothing of it may change by itself.
    stays: Cell<bool>,
    /// The page asked for last, and the one that the rows belong to.
    asked: RefCell<Option<Address>>,
    shown: RefCell<Option<Address>>,
    /// The rows in rank order.
    pub rows: Signal<Vec<Id>>,
    /// The ranking that the rows show.
    pub ranking: Signal<Option<Ranking>>,
    /// A newer ranking, held back because the reader is reading.
    pub newer: Signal<Option<Ranking>>,
    /// How the page is doing.
    pub phase: Signal<Phase>,
    /// How many stories are there.
    pub progress: Signal<Progress>,
    /// What is looked for.
    pub sought: RefCell<Query>,
    /// What was found; whoever reads it follows `rows`.
    pub found: RefCell<Findings>,
    /// The person whom the page is about; whoever reads it follows `as_of`.
    pub person: RefCell<Option<User>>,
    /// When that was fetched.
    pub as_of: Signal<Option<Timestamp>>,
    /// There is nobody of that name.
    pub nobody: Signal<bool>,
    /// The thread that the page shows.
    pub thread: Thread,
    /// What is said of the last download, until the reader puts it away.
    pub keeping: Signal<Option<String>>,
    /// Whether it goes on.
    pub is_keeping: Signal<bool>,
    /// What is offered once it doesn't: to go on, or another try.
    pub keep_again: Signal<Option<String>>,
    /// What is kept, on the page that tells of it, and the bytes that the browser counts.
    /// Whoever reads it follows `counted`.
    pub stored: Cell<Option<(Holdings, Option<u64>)>>,
    /// Tells that it was counted anew.
    pub counted: Signal<()>,
    /// What can be opened, as long as there is no network.
    kept: Signal<Option<Kept>>,
    settings: Signal<Settings>,
    /// How an export or import goes, or went.
    pub transfer: Signal<Option<String>>,
    /// Whether one goes on.
    transferring: Cell<bool>,
    /// Why nothing is kept.
    pub not_kept: Signal<Option<String>>,
    /// Whether that is because there is no room.
    pub is_full: Cell<bool>,
    /// Whether the browser believes to have a network.
    pub online: Signal<bool>,
    /// How well the servers can be reached while the page waits for them.
    pub reach: Signal<Reach>,
    watches: Cell<bool>,
    /// How often the reader asked for a page that was shown.
    renewals: Signal<usize>,
    /// What is to be said of the build that runs.
    pub release: Signal<Release>,
    /// The time, twice a minute.
    pub now: Signal<Timestamp>,
}

impl State {
    /// The state of an app that just started, with its loader.
    pub fn new(start: Start) -> Self {
        let Start {
            hn,
            store,
            marks,
            settings,
            not_kept,
            clock,
        } = start;
        let now = Signal::new(clock.wall());
        let online = window().navigator().on_line();
        hn.http().set_online(online);
        let tick = (now.clone(), Rc::clone(&clock));
        set_interval(move || tick.0.set(tick.1.wall()), Duration::from_secs(30));
        let loader = Loader::new(hn, store, clock, decompose, |change| {
            Self::current().note(change);
        });
        let state = Self(Box::leak(Box::new(Shared {
            loader,
            changes: RefCell::default(),
            contents: RefCell::default(),
            outcomes: RefCell::default(),
            marks: Marks::new(marks),
            stays: Cell::new(false),
            asked: RefCell::default(),
            shown: RefCell::default(),
            rows: Signal::new(Vec::new()),
            ranking: Signal::new(None),
            newer: Signal::new(None),
            phase: Signal::new(Phase::Blank),
            progress: Signal::new(Progress::default()),
            sought: RefCell::default(),
            found: RefCell::default(),
            person: RefCell::default(),
            as_of: Signal::new(None),
            nobody: Signal::new(false),
            thread: Thread::new(),
            keeping: Signal::new(None),
            is_keeping: Signal::new(false),
            keep_again: Signal::new(None),
            stored: Cell::new(None),
            counted: Signal::default(),
            kept: Signal::default(),
            settings: Signal::new(settings),
            transfer: Signal::new(None),
            transferring: Cell::new(false),
            not_kept: Signal::new(not_kept.as_ref().map(words::not_kept)),
            is_full: Cell::new(false),
            online: Signal::new(online),
            reach: Signal::new(Reach::Fine),
            watches: Cell::new(false),
            renewals: Signal::new(0),
            release: Signal::new(Release::Usual),
            now,
        })));
        CURRENT.set(Some(state));
        state.hear_other_tabs();
        state
    }

    /// The state of the app that was started.
    pub fn current() -> Self {
        CURRENT.get().expect("the app starts with its state")
    }

    /// Asks the loader; what comes back is written here.
    pub fn send(self, intent: Intent) {
        // What the page before was told is its own.
        self.catch_up();
        if intent.opens() {
            let asked = place(&intent);
            let keeps = |shown: &Option<Address>| match (shown, &asked) {
                (Some(Address::User(shown, _)), Some(Address::User(asked, _))) => shown == asked,
                (Some(Address::Feed { .. }), Some(Address::Feed { .. })) => true,
                (Some(Address::Search(_)), Some(Address::Search(_))) => true,
                (None, _) | (_, None) => true,
                _ => false,
            };
            // Rows of another kind would be taken for this page's.
            if !keeps(&self.shown.borrow()) {
                self.clear();
            }
            self.asked.replace(asked);
            self.newer.set(None);
            self.nobody.renew(false);
            self.outcomes.borrow_mut().clear();
            self.progress.set(Progress::default());
            if self.phase.get_untracked() != Phase::Blank {
                self.phase.set(Phase::Loading);
            }
            if !self.watches.replace(true) {
                self.watch_reach();
            }
        }
        let load = self.loader.run(intent);
        // What it asks the network first is on its way before the page for it is built.
        if let Some(rest) = untrack(|| head_start(load)) {
            spawn(rest);
        }
    }

    /// Whether the page's order stays until the reader asks for another.
    pub fn stay(self, stays: bool) {
        self.stays.set(stays);
    }

    /// There is something to say of the build that runs, or no more.
    pub fn set_release(self, release: Release) {
        self.release.set(release);
    }

    /// The page is gone: ends its loads.
    pub fn leave(self) {
        self.loader.leave();
        self.stay(false);
        if self.phase.with_untracked(Phase::waits) {
            self.phase.set(Phase::Settled);
        }
    }

    /// Shows the newer ranking that was held back.
    pub fn show_newer(self) {
        if let Some(ranking) = self.newer.update(Option::take) {
            self.show(ranking);
        }
    }

    /// The row of a story, empty where nothing is known of it.
    pub fn row(self, id: Id) -> Row {
        let mut contents = self.contents.borrow_mut();
        contents.entry(id).or_default().clone()
    }

    /// The rows that failed.
    pub fn failed(self) -> Vec<Id> {
        let outcomes = self.outcomes.borrow();
        let failed = outcomes
            .iter()
            .filter(|&(_, outcome)| *outcome == Outcome::Failed);
        failed.map(|(&id, _)| id).collect()
    }

    /// Shows what is kept, and how things ended, at once, and what the network brings a moment
    /// later, together with all else until then: its next requests are sent before the page is
    /// painted, and it is painted while they are on their way. Where nothing waits to be sent, the
    /// moment is only as long as what is under way takes.
    fn note(self, change: Change) {
        let waits = matches!(
            change,
            Change::Ranking { .. }
                | Change::Asked(_)
                | Change::Fresh(_)
                | Change::Failed(..)
                | Change::Story { fresh: true, .. }
                | Change::Thread(_)
                | Change::AsOf(_)
        );
        let is_story = matches!(change, Change::Story { .. });
        let mut changes = self.changes.borrow_mut();
        let first = changes.is_empty();
        changes.push(change);
        drop(changes);
        if !waits {
            self.catch_up();
        } else if is_story && !self.loader.engine().has_waiters_at(Priority::Soon) {
            after(Duration::ZERO, move || self.catch_up());
        } else if first {
            after(MOMENT, move || self.catch_up());
        }
    }

    /// Shows what wasn't shown yet.
    fn catch_up(self) {
        for change in self.changes.take() {
            self.apply(change);
        }
    }

    fn apply(self, change: Change) {
        match change {
            Change::Blank => self.clear(),
            Change::Found(findings) => {
                let ids = findings.found.iter().map(|found| found.hit.id).collect();
                self.found.replace(findings);
                self.shown.replace(self.asked.borrow().clone());
                self.rows.set(ids);
            }
            Change::Person(user) => {
                self.person.replace(Some(user.value));
                self.as_of.set(Some(user.fetched_at));
            }
            Change::Nobody => self.nobody.set(true),
            Change::Ranking {
                ids,
                first,
                pages,
                as_of,
            } => {
                let ranking = Ranking {
                    ids,
                    first,
                    pages,
                    as_of,
                };
                // Of the page that is being read, a new ranking waits for the reader.
                let same_page = self.shown == self.asked;
                let reading = window().scroll_y().unwrap_or_default() > READING;
                let moves = self.ranking.with_untracked(|shown| {
                    shown.as_ref().is_some_and(|shown| shown.ids != ranking.ids)
                });
                if same_page && (reading || self.stays.get()) && moves {
                    self.newer.set(Some(ranking));
                } else {
                    self.show(ranking);
                }
            }
            Change::RankingFailed(error) => self.phase.set(Phase::Failed(words::why(&error))),
            Change::Asked(ids) => {
                for id in ids {
                    self.row(id).content.change(forget_failure);
                    self.outcome(id, Outcome::Waiting);
                }
            }
            Change::Story { id, story, fresh } => {
                self.row(id).content.change(|content| {
                    let differs = content.item() != Some(&story.value);
                    content.story = Some(story);
                    forget_failure(content) || differs
                });
                if fresh {
                    self.outcome(id, Outcome::Done);
                }
            }
            Change::Fresh(id) => self.row(id).content.change(forget_failure),
            Change::Failed(id, error) => {
                let failed = Some(words::why(&error));
                self.row(id)
                    .content
                    .update(|content| content.failed = failed);
                self.outcome(id, Outcome::Failed);
            }
            Change::Settled => {
                if !matches!(self.phase.get_untracked(), Phase::Failed(_)) {
                    self.phase.set(Phase::Settled);
                }
            }
            Change::Keeping(keeping) => self.tell_keeping(&keeping),
            Change::Thread(news) => self.thread.hear(news),
            Change::AsOf(moment) => self.thread.as_of.set(moment),
            Change::Trail(trail) => self.thread.follow(trail),
            Change::NotKept(error) => {
                self.is_full.set(error == store::Error::Full);
                self.not_kept.set(Some(words::not_kept(&error)));
            }
        }
    }

    /// There is nothing to show yet.
    fn clear(self) {
        self.shown.take();
        self.rows.set(Vec::new());
        self.ranking.set(None);
        self.person.take();
        self.as_of.set(None);
        self.nobody.renew(false);
        self.phase.set(Phase::Blank);
    }

    fn show(self, ranking: Ranking) {
        // What is on no page any more is forgotten; the store has it.
        let mut shown = HashMap::default();
        for (place, &id) in ranking.ids.iter().enumerate() {
            let row = self.row(id);
            row.rank.renew(ranking.first + place + 1);
            shown.insert(id, row);
        }
        let rows = ranking.ids.clone();
        self.contents.replace(shown);
        self.shown.replace(self.asked.borrow().clone());
        self.rows.set(rows);
        self.ranking.set(Some(ranking));
        if self.phase.get_untracked() == Phase::Blank {
            self.phase.set(Phase::Loading);
        }
    }

    fn outcome(self, id: Id, outcome: Outcome) {
        let mut outcomes = self.outcomes.borrow_mut();
        outcomes.insert(id, outcome);
        let count = |wanted| {
            let such = outcomes.values().filter(|&&outcome| outcome == wanted);
            such.count()
        };
        self.progress.set(Progress {
            total: outcomes.len(),
            done: count(Outcome::Done),
            failed: count(Outcome::Failed),
        });
    }
}

/// Forgets how the network failed; whether it had.
fn forget_failure(content: &mut Content) -> bool {
    content.failed.take().is_some()
}

/// What a list of rows is shown for.
fn place(intent: &Intent) -> Option<Address> {
    match intent {
        Intent::Open { feed, pages, .. } => Some(Address::part(*feed, *pages, Order::Rank)),
        Intent::Person { name, page, .. } => Some(Address::User(name.clone(), Some(*page))),
        Intent::Search { .. } => Some(Address::Search(Query::default())),
        _ => None,
    }
}

/// What a letter is made of, as the browser knows it.
fn decompose(letter: char) -> String {
    js_sys::JsString::from(letter.to_string())
        .normalize("NFD")
        .to_lower_case()
        .into()
}
