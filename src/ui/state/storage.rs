//! What is kept in this browser as a whole, and for how long the browser keeps it.

use js_sys::Reflect;
use leptos::prelude::*;
use leptos::reactive::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::State;
use crate::store::Mark;
use crate::ui::words;

impl State {
    /// Counts anew what is kept.
    pub fn count_stored(self) {
        let counts = self.loader.counts();
        spawn_local(async move {
            let counts = counts.await;
            self.stored.set(Some(words::kept(&counts, used().await)));
        });
    }

    /// Deletes what was fetched and, with `marks`, what the reader marked.
    pub fn clear_stored(self, marks: bool) {
        let cleared = self.loader.clear(marks);
        spawn_local(async move {
            cleared.await;
            if marks {
                self.forget_marks();
            }
            self.count_stored();
        });
    }

    /// Asks the browser not to delete by itself what is kept, and tells `said` what it answers.
    pub fn persist(self, said: impl Fn(&'static str) + 'static) {
        let asked = window().navigator().storage().persist();
        spawn_local(async move {
            let answer = match asked {
                Ok(promise) => JsFuture::from(promise).await.ok(),
                Err(_) => None,
            };
            said(match answer.and_then(|answer| answer.as_bool()) {
                Some(true) => "The browser keeps it until you delete it.",
                _ => "The browser doesn’t promise that; it may delete it when space runs short.",
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
