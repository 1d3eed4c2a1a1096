//! What the reader marked, here and in other tabs, and what feeds leave out because of it.
//!
//! A mark is shown at once and kept after that. Other tabs are told only which story was marked:
//! each reads what the store says of it, so that messages that cross each other do no harm.

use std::cell::RefCell;

use rustc_hash::FxHashMap as HashMap;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

use super::State;
use super::settings::SETTINGS;
use crate::hn::{Id, Kind, Reply};
use crate::store::{Mark, Marking};
use crate::time::Timestamp;
use crate::ui::later::spawn;
use crate::ui::sieve::{Sieve, Why};
use crate::ui::signal::{Signal, effect};

/// The name under which the tabs hear of each other's marks.
const CHANNEL: &str = "hackershelf";

/// What a tab says in the place of a story when it has changed the marks of many.
const MANY: Id = 0;

/// The marks of all stories.
pub struct Marks {
    entries: RefCell<HashMap<Id, Entry>>,
    /// Tells that a mark changed, whichever.
    changed: Signal<()>,
    channel: Option<BroadcastChannel>,
}

/// What is known of one story.
#[derive(Default)]
struct Entry {
    mark: Signal<Mark>,
    /// Why the ranking of that time leaves it out, or that it doesn't.
    left_out: Option<(Timestamp, Option<Why>)>,
}

impl Marks {
    /// What was kept.
    pub(super) fn new(kept: Vec<(Id, Mark)>) -> Self {
        let entry = |(id, mark)| {
            let entry = Entry {
                mark: Signal::new(mark),
                left_out: None,
            };
            (id, entry)
        };
        Self {
            entries: RefCell::new(kept.into_iter().map(entry).collect()),
            changed: Signal::default(),
            channel: BroadcastChannel::new(CHANNEL).ok(),
        }
    }

    fn of(&self, id: Id) -> Signal<Mark> {
        let mut entries = self.entries.borrow_mut();
        entries.entry(id).or_default().mark.clone()
    }

    /// The stories that have marks.
    pub(super) fn stories(&self) -> Vec<Id> {
        self.entries.borrow().keys().copied().collect()
    }

    pub(super) fn put(&self, id: Id, mark: Mark) {
        let kept = self.of(id);
        if kept.with_untracked(|kept| *kept != mark) {
            kept.set(mark);
            self.changed.set(());
        }
    }
}

impl State {
    /// The marks of a story; whoever asks follows them.
    pub fn mark(self, story: Id) -> Mark {
        self.marks.of(story).get()
    }

    /// The marks of a story at this moment.
    pub fn mark_now(self, story: Id) -> Mark {
        self.marks.of(story).get_untracked()
    }

    /// The stories that are saved, the last on top; whoever asks follows them.
    pub fn saved(self) -> Vec<Id> {
        self.marks.changed.track();
        let mut saved: Vec<(Timestamp, Id)> = Vec::new();
        for (&id, entry) in &*self.marks.entries.borrow() {
            if let Some(at) = entry.mark.with_untracked(|mark| mark.saved) {
                let place = saved.partition_point(|other| *other > (at, id));
                saved.insert(place, (at, id));
            }
        }
        saved.into_iter().map(|(_, id)| id).collect()
    }

    /// Marks a story: here at once, in the store and in other tabs as soon as can be.
    pub fn set_mark(self, story: Id, marking: Marking) {
        let mut mark = self.mark_now(story);
        mark.apply(&marking, self.now.get_untracked());
        self.marks.put(story, mark);
        let kept = self.loader.set_mark(story, marking);
        spawn(async move {
            if let Some(mark) = kept.await {
                self.marks.put(story, mark);
                self.tell_tabs(&story.into());
            }
        });
    }

    /// Marks a story as read.
    pub fn read(self, story: Id) {
        if self.mark_now(story).read.is_none() {
            self.set_mark(story, Marking::Read(true));
        }
    }

    /// Folds comments of the thread that is shown, each with all below it, or unfolds them;
    /// remembered.
    pub fn fold(self, comments: Vec<Id>, fold: bool) {
        if !comments.is_empty() {
            self.thread.fold(&comments, fold);
            self.set_mark(self.thread.root(), Marking::Collapsed(comments, fold));
        }
    }

    /// Folds a comment, or unfolds it.
    pub fn toggle_collapsed(self, comment: Id) {
        self.fold(vec![comment], !self.thread.is_folded(comment));
    }

    /// Folds all comments of the top level, or, if all are folded, unfolds them.
    pub fn toggle_all(self) {
        let mut top = self.thread.top();
        let fold = !top.iter().all(|&id| self.thread.is_folded(id));
        top.retain(|&id| self.thread.is_folded(id) != fold);
        self.fold(top, fold);
    }

    /// Folds all that has been seen at the last visit.
    pub fn fold_known(self) {
        let mut known = self.thread.known();
        known.retain(|&id| !self.thread.is_folded(id));
        self.fold(known, true);
    }

    /// Marks the story of the thread as read, and remembers what there was to see of it once all
    /// of it is shown.
    pub fn visit(self, story: Id) {
        let root = self.thread.comment(story).reply;
        let mut opened = false;
        let mut before = None;
        effect(move || {
            let count = root.with(|reply| match reply {
                Reply::There(item) if item.kind != Kind::Comment => item.descendants.or(Some(0)),
                _ => None,
            });
            let whole = self.thread.settled.get() && self.thread.facts.get().loaded;
            let Some(count) = count else { return };
            if !std::mem::replace(&mut opened, true) {
                self.read(story);
            }
            if whole {
                let seen = Some((count, self.thread.highest()));
                if std::mem::replace(&mut before, seen) != seen {
                    self.set_mark(story, Marking::Visited(count, self.thread.highest()));
                }
            }
        });
    }

    /// What feeds leave out changed: what was said of a story doesn't hold any more.
    pub(super) fn sift_anew(self) {
        for entry in self.marks.entries.borrow_mut().values_mut() {
            entry.left_out = None;
        }
    }

    /// Why a story is left out of the feed, if it is. What was said of a ranking's story holds as
    /// long as the ranking does: what is read or hidden just now stays in its place.
    pub fn why_left_out(self, id: Id, sieve: &Sieve) -> Option<Why> {
        let as_of = self
            .ranking
            .with_untracked(|ranking| ranking.as_ref().map(|it| it.as_of))?;
        let story = self.row(id);
        let mut entries = self.marks.entries.borrow_mut();
        let entry = entries.entry(id).or_default();
        match entry.left_out {
            Some((decided, why)) if decided == as_of => why,
            _ => story.content.with_untracked(|story| {
                let story = story.item()?;
                let why = entry.mark.with_untracked(|mark| sieve.why(story, mark));
                entry.left_out = Some((as_of, why));
                why
            }),
        }
    }

    /// Tells other tabs that many marks changed.
    pub(super) fn tell_of_marks(self) {
        self.tell_tabs(&MANY.into());
    }

    /// Shows the marks of all stories as they are kept.
    pub(super) async fn read_marks(self) {
        for (story, mark) in self.loader.marks().await {
            self.marks.put(story, mark);
        }
    }

    pub(super) fn tell_tabs(self, message: &JsValue) {
        if let Some(channel) = &self.marks.channel {
            // Nobody may be there to hear it.
            let _ = channel.post_message(message);
        }
    }

    /// Shows what other tabs mark, choose and download from now on.
    pub(super) fn hear_other_tabs(self) {
        let hear = move |event: MessageEvent| {
            if let Some(said) = event.data().as_string() {
                self.hear_keeping(&said);
            } else if event.data() == MANY {
                spawn(self.read_marks());
            } else if event.data() == SETTINGS {
                self.hear_settings();
            } else if let Some(story) = event.data().as_f64() {
                let kept = self.loader.mark(story as Id);
                spawn(async move {
                    if let Some(mark) = kept.await {
                        self.marks.put(story as Id, mark);
                    }
                });
            }
        };
        let hear: JsValue = Closure::<dyn Fn(MessageEvent)>::new(hear).into_js_value();
        if let Some(channel) = &self.marks.channel {
            channel.set_onmessage(Some(hear.unchecked_ref()));
        }
    }
}
