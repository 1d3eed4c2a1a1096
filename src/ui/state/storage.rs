//! What is kept in this browser as a whole, and for how long the browser keeps it.

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::State;
use crate::store::Mark;
use crate::ui::later::spawn;
use crate::ui::words;

impl State {
    /// Counts anew what is kept.
    pub fn count_stored(self) {
        let holdings = self.loader.holdings();
        spawn(async move {
            self.stored.set(Some((holdings.await, used().await)));
            self.counted.set(());
        });
    }

    /// How many stories have marks.
    pub fn marked(self) -> usize {
        let marks = self.marks.stories().into_iter();
        marks
            .filter(|id| self.mark_now(*id) != Mark::default())
            .count()
    }

    /// Deletes what is too old or too much, or, if there is no room, more; then `done` hears whether
    /// it could.
    pub fn clean_up(self, done: impl FnOnce(bool) + 'static) {
        let cleaned = self.loader.clean_up(self.is_full.get());
        spawn(async move {
            let cleaned = cleaned.await;
            if cleaned {
                self.has_room();
            }
            self.count_stored();
            done(cleaned);
        });
    }

    /// Deletes what was fetched and, with `marks`, what the reader marked, after the end of any
    /// download; then `done` hears whether it could.
    pub fn clear_stored(self, marks: bool, done: impl FnOnce(bool) + 'static) {
        self.end_keeping();
        let cleared = self.loader.clear(marks);
        spawn(async move {
            let cleared = cleared.await;
            if cleared {
                self.has_room();
                if marks {
                    self.forget_marks();
                }
            }
            self.count_stored();
            done(cleared);
        });
    }

    fn has_room(self) {
        if self.is_full.take() {
            self.not_kept.set(None);
        }
    }

    /// Asks the browser not to delete by itself what is kept, and tells `said` what it answers.
    pub fn persist(self, said: impl Fn(&'static str) + 'static) {
        let asked = window().navigator().storage().persist();
        spawn(async move {
            let answer = match asked {
                Ok(promise) => JsFuture::from(promise).await.ok(),
                Err(_) => None,
            };
            said(match answer.and_then(|answer| answer.as_bool()) {
                Some(true) => words::PERSISTS,
                _ => words::MAY_FORGET,
            });
        });
    }

    fn forget_marks(self) {
        for story in self.marks.stories() {
            self.marks.put(story, Mark::default());
            self.tell_tabs(&story.into());
        }
    }
}

/// The bytes that the browser counts for this origin, where it tells.
async fn used() -> Option<u64> {
    let estimate = window().navigator().storage().estimate().ok()?;
    let estimate = JsFuture::from(estimate).await.ok()?;
    let used = Reflect::get(&estimate, &"usage".into()).ok()?.as_f64()?;
    Some(used as u64)
}

/// Whether the engine deletes what its reader didn't come back to: WebKit does, and says so nowhere.
pub fn forgets() -> bool {
    let vendor = Reflect::get(&window().navigator(), &"vendor".into());
    vendor.is_ok_and(|vendor| vendor == "Apple Computer, Inc.")
}
