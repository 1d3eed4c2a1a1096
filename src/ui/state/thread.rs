//! What is shown of a thread.
//!
//! A thread of thousands of comments is put on the page in slices, each short enough that a key
//! press or a scroll is answered between two of them.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::time::Duration;

use leptos::prelude::*;
use rustc_hash::FxHashMap as HashMap;

use crate::hn::{Facts, Id, Kind, News, Reply};
use crate::store::Mark;
use crate::time::Timestamp;
use crate::ui::later::{after, spawn};
use crate::ui::reveal::{Pace, Reveal, Sight};
use crate::ui::signal::Signal;

/// How long it should take to build a slice, in milliseconds. What the browser takes to lay the page
/// out comes on top, however small a slice is: many small ones would take the reader far longer.
const SLICE: f64 = 20.0;

/// No screen shows more comments than these at first.
const FIRST: usize = 40;

/// When what was never fetched was fetched.
const NEVER: Timestamp = Timestamp(0);

/// A breath between two slices.
const BETWEEN: Duration = Duration::from_millis(1);

/// If nothing has come for so long, what stands behind comments that are still to come is shown.
const OVERDUE: Duration = Duration::from_secs(2);

/// What is shown of one comment.
#[derive(Clone, Debug)]
pub struct Comment {
    /// The comment itself.
    pub reply: Signal<Reply>,
    /// The replies that stand below it.
    pub replies: Signal<Vec<Id>>,
    /// How many replies are hidden with it, if it is folded.
    pub folded: Signal<Option<usize>>,
    /// How many replies more there are, held back lest they move what is being read.
    pub held: Signal<Option<usize>>,
}

/// The thread of the page. It lives as long as the app.
#[derive(Clone, Copy)]
pub struct Thread(&'static Shared);

impl Deref for Thread {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        self.0
    }
}

/// What all copies of the [`Thread`] share.
pub struct Shared {
    reveal: RefCell<Reveal>,
    /// All that is known; a comment gets its signals when it is put on the page.
    known: RefCell<HashMap<Id, Reply>>,
    comments: RefCell<HashMap<Id, Comment>>,
    /// How many comments a slice holds: as many as go into its time.
    slice: Cell<f64>,
    /// Whether a slice is on its way to the page, and more after it.
    building: Cell<bool>,
    /// How often something came.
    heard: Cell<u32>,
    /// The lowest place that has been in view, in pixels from the top of the page.
    deepest: Cell<f64>,
    /// How far the thread is.
    pub facts: Signal<Facts>,
    /// Whether all that may be shown is.
    pub settled: Signal<bool>,
    /// When it was fetched; the beginning of time if it wasn't.
    pub as_of: Signal<Timestamp>,
    /// The parents of a comment, the nearest first.
    pub trail: Signal<Vec<Id>>,
    /// Those of the comments shown that came after the last visit.
    pub new: Signal<Vec<Id>>,
    /// A poll's options.
    pub options: Signal<Vec<Id>>,
    /// Something is held back, or stands in another order than on Hacker News.
    pub held: Signal<bool>,
}

impl Thread {
    /// No thread.
    pub fn new() -> Self {
        Self(Box::leak(Box::new(Shared {
            reveal: RefCell::default(),
            known: RefCell::default(),
            comments: RefCell::default(),
            slice: Cell::new(24.0),
            building: Cell::new(false),
            heard: Cell::new(0),
            deepest: Cell::new(0.0),
            facts: Signal::new(Facts::default()),
            settled: Signal::new(false),
            as_of: Signal::new(NEVER),
            trail: Signal::new(Vec::new()),
            new: Signal::new(Vec::new()),
            options: Signal::new(Vec::new()),
            held: Signal::new(false),
        })))
    }

    /// A page shows the thread below `id`. One that was there before is put on the page anew: in
    /// slices, and every list as it stands on Hacker News.
    ///
    /// `mark` is what the reader left there at the last visit.
    pub fn enter(self, id: Id, mark: Mark) {
        self.new.set(Vec::new());
        self.deepest.set(0.0);
        self.settled.set(false);
        self.held.set(false);
        if self.root() == id {
            let mut reveal = self.reveal.borrow_mut();
            reveal.hide();
            reveal.mark = mark;
            drop(reveal);
            for comment in self.comments.borrow().values() {
                comment.replies.set(Vec::new());
            }
            if !self.building.get() {
                self.show(Pace::InTurn);
            }
            return;
        }
        let mut reveal = Reveal::new(id);
        reveal.mark = mark;
        self.reveal.replace(reveal);
        self.known.take();
        self.comments.take();
        self.facts.set(Facts::default());
        self.as_of.set(NEVER);
        self.trail.set(Vec::new());
        self.options.set(Vec::new());
    }

    /// The item that the thread hangs from.
    pub fn root(self) -> Id {
        self.reveal.borrow().root()
    }

    /// What is shown of a comment, or of the item that the thread hangs from.
    pub fn comment(self, id: Id) -> Comment {
        let new = || {
            let known = self.known.borrow().get(&id).cloned();
            let folded = self.reveal.borrow().mark.is_collapsed(id);
            Comment {
                reply: Signal::new(known.unwrap_or(Reply::Awaited)),
                replies: Signal::new(Vec::new()),
                folded: Signal::new(folded.then_some(0)),
                held: Signal::new(None),
            }
        };
        let mut comments = self.comments.borrow_mut();
        comments.entry(id).or_insert_with(new).clone()
    }

    /// Whether a screen or more of comments stands on the page already.
    pub fn is_long(self) -> bool {
        self.comments.borrow().len() > FIRST
    }

    /// Who started the thread.
    pub fn poster(self) -> Option<String> {
        let root = self.comment(self.root());
        root.reply.with_untracked(|reply| match reply {
            Reply::There(item) if item.kind != Kind::Comment => item.by.clone(),
            _ => None,
        })
    }

    /// Comments came, changed, or got their order.
    pub fn hear(self, news: News) {
        if self.root() != news.root {
            return;
        }
        for (id, reply) in news.items {
            if reply != Reply::Awaited {
                self.reveal.borrow_mut().settle(id);
            }
            self.tell(id, reply);
        }
        for (id, replies) in news.lists {
            self.reveal.borrow_mut().list(id, replies);
        }
        self.options.set(news.options);
        self.facts.set(news.facts);
        self.settled.set(false);
        if !news.facts.loaded {
            self.wait();
        }
        // A slice under way goes on to what is new by itself.
        if !self.building.get() {
            self.show(Pace::InTurn);
        }
    }

    /// Goes on without what is still to come, if nothing comes for a while.
    fn wait(self) {
        let heard = self.heard.get().wrapping_add(1);
        self.heard.set(heard);
        self.pass_over(heard);
    }

    fn pass_over(self, heard: u32) {
        let go_on = move || match self.building.get() {
            _ if self.heard.get() != heard => {}
            false => self.show(Pace::Overdue),
            // What is here isn't shown yet.
            true => self.pass_over(heard),
        };
        after(OVERDUE, go_on);
    }

    /// These are the parents of the comment that the thread hangs from, the nearest first.
    pub fn follow(self, trail: Vec<(Id, Reply)>) {
        let ids = trail.iter().map(|(id, _)| *id).collect();
        for (id, reply) in trail {
            self.tell(id, reply);
        }
        self.trail.set(ids);
    }

    /// Whether anything of the thread is here.
    pub fn is_here(self) -> bool {
        self.as_of.get() != NEVER
    }

    /// Shows what is held back, and every list as it stands on Hacker News.
    pub fn show_all(self) {
        self.show(Pace::Asked);
    }

    /// The reader scrolled: what was held back may be out of view now.
    pub fn scrolled(self) {
        let bottom = Screen::measure(0.0).bottom;
        self.deepest.set(self.deepest.get().max(bottom));
        if self.held.get_untracked() && !self.building.get() {
            self.show(Pace::InTurn);
        }
    }

    /// Whether a comment came after the last visit.
    pub fn is_new(self, id: Id) -> bool {
        self.reveal.borrow().is_new(id)
    }

    /// The highest id among the comments that are shown, or 0.
    pub fn highest(self) -> Id {
        let reveal = self.reveal.borrow();
        let all = reveal.below(reveal.root());
        all.into_iter().max().unwrap_or_default()
    }

    /// Whether a comment is folded.
    pub fn is_folded(self, id: Id) -> bool {
        self.comment(id).folded.with_untracked(Option::is_some)
    }

    /// Folds these comments with all below them, or unfolds them.
    pub(super) fn fold(self, ids: &[Id], fold: bool) {
        let below = |id: &Id| self.reveal.borrow().below(*id).len();
        for id in ids {
            self.comment(*id).folded.renew(fold.then(|| below(id)));
        }
    }

    /// This is what is known of an item now.
    fn tell(self, id: Id, reply: Reply) {
        let shown = self.comments.borrow().get(&id).cloned();
        if let Some(shown) = shown {
            shown.reply.renew(reply.clone());
        }
        self.known.borrow_mut().insert(id, reply);
    }

    /// The comments of the top level.
    pub fn top(self) -> Vec<Id> {
        let reveal = self.reveal.borrow();
        reveal.shown(reveal.root()).to_vec()
    }

    /// The comments that neither are new nor have anything new below them; of those below each
    /// other the uppermost.
    pub fn known(self) -> Vec<Id> {
        let reveal = self.reveal.borrow();
        reveal.without(|id| reveal.is_new(id))
    }

    /// Counts anew what is hidden and what is new.
    fn count(self) {
        let mut folded: Vec<Id> = self.comments.borrow().keys().copied().collect();
        folded.retain(|&id| self.is_folded(id));
        self.fold(&folded, true);
        let reveal = self.reveal.borrow();
        let mut new = reveal.below(reveal.root());
        new.retain(|&id| reveal.is_new(id));
        self.new.set(new);
    }

    /// Shows one slice, and goes on until all is shown.
    fn show(self, pace: Pace) {
        let began = now();
        let most = self.slice.get() as usize;
        let screen = Screen::measure(self.deepest.get());
        self.deepest.set(screen.deepest);
        let step = self.reveal.borrow_mut().step(most, pace, &screen);
        for id in step.changed {
            let replies = self.reveal.borrow().shown(id).to_vec();
            let comment = self.comment(id);
            comment.held.renew(None);
            comment.replies.set(replies);
        }
        self.held.set(!step.held.is_empty() || step.disordered > 0);
        for (id, held) in step.held {
            self.comment(id).held.renew(Some(held));
        }
        self.building.set(step.more);
        if step.more {
            // Lists hear of what changed before this task has its turn.
            spawn(async move {
                let took = (now() - began).max(1.0);
                let slice = self.slice.get() * (SLICE / took).min(1.5);
                self.slice.set(slice.clamp(8.0, 400.0));
                after(BETWEEN, move || self.show(pace));
            });
        } else {
            self.count();
            self.settled.set(true);
        }
    }
}

/// What of the page is in view.
struct Screen {
    height: f64,
    bottom: f64,
    deepest: f64,
}

impl Screen {
    fn measure(deepest: f64) -> Self {
        let window = window();
        let height = window
            .inner_height()
            .ok()
            .and_then(|height| height.as_f64());
        let height = height.unwrap_or_default();
        let bottom = window.scroll_y().unwrap_or_default() + height;
        Self {
            height,
            bottom,
            deepest: deepest.max(bottom),
        }
    }
}

impl Sight for Screen {
    fn ends_away(&self, id: Id) -> bool {
        bounds(id).is_none_or(|(_, end)| end <= 0.0 || end >= self.height)
    }

    fn is_unseen(&self, id: Id) -> bool {
        let top = bounds(id).map(|(top, _)| top + self.bottom - self.height);
        top.is_none_or(|top| top > self.deepest)
    }
}

/// Where a comment with its replies begins and ends, in pixels from the top of the screen.
fn bounds(id: Id) -> Option<(f64, f64)> {
    let element = document().get_element_by_id(&format!("c{id}"))?;
    let bounds = element.get_bounding_client_rect();
    Some((bounds.top(), bounds.bottom()))
}

/// Milliseconds on the browser's steady clock.
fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
