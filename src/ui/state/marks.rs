//! What the reader marked, here and in other tabs.
//!
//! A mark is shown at once and kept after that. Other tabs are told only which story was marked:
//! each reads what the store says of it, so that messages that cross each other do no harm.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos::reactive::spawn_local;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

use super::State;
use crate::hn::{Id, Kind, Reply};
use crate::store::{Mark, Marking};

/// The name under which the tabs hear of each other's marks.
const CHANNEL: &str = "hackershelf";

/// The marks of all stories. Copies share everything.
#[derive(Clone, Copy)]
pub struct Marks {
    all: StoredValue<HashMap<Id, ArcRwSignal<Mark>>, LocalStorage>,
    channel: StoredValue<Option<BroadcastChannel>, LocalStorage>,
    /// Tells that a mark changed, whichever.
    changed: RwSignal<()>,
}

impl Marks {
    /// The marks that were kept.
    pub(super) fn new(kept: Vec<(Id, Mark)>) -> Self {
        let signal = |(id, mark)| (id, ArcRwSignal::new(mark));
        Self {
            all: StoredValue::new_local(kept.into_iter().map(signal).collect()),
            channel: StoredValue::new_local(BroadcastChannel::new(CHANNEL).ok()),
            changed: RwSignal::new(()),
        }
    }

    fn of(self, id: Id) -> ArcRwSignal<Mark> {
        let mark = self.all.try_update_value(|all| {
            let none = || ArcRwSignal::new(Mark::default());
            all.entry(id).or_insert_with(none).clone()
        });
        mark.expect("the state lives as long as the app")
    }

    fn put(self, id: Id, mark: Mark) {
        let shown = self.of(id);
        if shown.with_untracked(|shown| *shown != mark) {
            shown.set(mark);
            self.changed.set(());
        }
    }
}

impl State {
    /// The marks of a story, kept up to date.
    pub fn mark(self, story: Id) -> ArcRwSignal<Mark> {
        self.marks.of(story)
    }

    /// What `read` finds in the marks of all stories, each without being followed; whoever asks
    /// follows that any of them changes.
    pub fn marks<T>(self, mut read: impl FnMut(Id, &Mark) -> Option<T>) -> Vec<T> {
        self.marks.changed.track();
        self.marks.all.with_value(|all| {
            let marks = all.iter();
            marks
                .filter_map(|(&id, mark)| mark.with_untracked(|mark| read(id, mark)))
                .collect()
        })
    }

    /// Marks a story: here at once, in the store and in other tabs as soon as can be.
    pub fn set_mark(self, story: Id, marking: Marking) {
        let mut mark = self.mark(story).get_untracked();
        mark.apply(&marking, self.now.get_untracked());
        self.marks.put(story, mark);
        let kept = self
            .loader
            .with_value(|loader| loader.set_mark(story, marking));
        spawn_local(async move {
            if let Some(mark) = kept.await {
                self.marks.put(story, mark);
                self.marks.channel.with_value(|channel| {
                    // Nobody may be there to hear it.
                    channel
                        .as_ref()
                        .map(|channel| channel.post_message(&story.into()))
                });
            }
        });
    }

    /// Marks a story as read.
    pub fn read(self, story: Id) {
        if self.mark(story).with_untracked(|mark| mark.read.is_none()) {
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
        let seen = Memo::new(move |_| {
            let item = root.with(|reply| match reply {
                Reply::There(item) if item.kind != Kind::Comment => Some(item.descendants),
                _ => None,
            });
            let whole = self.thread.settled.get() && self.thread.facts.get().loaded;
            let count = item.map(Option::unwrap_or_default);
            count.map(|count| (count, whole.then(|| self.thread.highest())))
        });
        Effect::new(move |_| match seen.get() {
            Some((_, None)) => self.read(story),
            Some((count, Some(highest))) => self.set_mark(story, Marking::Visited(count, highest)),
            None => {}
        });
    }

    /// Shows what other tabs mark from now on.
    pub(super) fn hear_other_tabs(self) {
        let hear = move |event: MessageEvent| {
            if let Some(story) = event.data().as_f64() {
                let kept = self.loader.with_value(|loader| loader.mark(story as Id));
                spawn_local(async move {
                    if let Some(mark) = kept.await {
                        self.marks.put(story as Id, mark);
                    }
                });
            }
        };
        let hear: JsValue = Closure::<dyn Fn(MessageEvent)>::new(hear).into_js_value();
        self.marks.channel.with_value(|channel| {
            if let Some(channel) = channel {
                channel.set_onmessage(Some(hear.unchecked_ref()));
            }
        });
    }
}
