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
use crate::hn::Id;
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

    /// Folds a comment of a story's thread, or unfolds it; remembered.
    pub fn toggle_collapsed(self, story: Id, comment: Id) {
        let collapsed = self
            .mark(story)
            .with_untracked(|mark| mark.is_collapsed(comment));
        self.set_mark(story, Marking::Collapsed(vec![comment], !collapsed));
    }

    /// The thread of a story has been shown, with `count` comments of which `highest` has the
    /// highest id: from the next visit on, those above it are new.
    pub fn visited(self, story: Id, count: u32, highest: Id) {
        self.set_mark(story, Marking::Visited(count, highest));
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
