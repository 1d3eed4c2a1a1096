//! What the reader chose, here and in other tabs.
//!
//! A change holds at once. It is kept as a change of what is kept by then, and not as what this tab
//! knows of: another may have changed something else.

use super::State;
use crate::http::policy::Limits;
use crate::store::{Bounds, Reading, Settings};
use crate::ui::later::spawn;

/// What a tab says in the place of a story when it has changed settings.
pub const SETTINGS: i32 = -1;

impl State {
    /// The engine's limits as they are.
    pub fn limits(self) -> Limits {
        self.loader.engine().limits()
    }

    /// What feeds leave out; whoever asks follows it.
    pub fn reading(self) -> Reading {
        self.settings.with(|settings| settings.reading.clone())
    }

    /// How much is kept, and for how long.
    pub fn bounds(self) -> Bounds {
        self.settings.with_untracked(|settings| settings.bounds)
    }

    /// Whether single letters do something.
    pub fn has_keys(self) -> bool {
        self.settings.with_untracked(|settings| !settings.keys_off)
    }

    /// Changes settings: here at once, in the store and in other tabs as soon as can be.
    pub fn change(self, change: impl Fn(&mut Settings) + 'static) {
        self.carry_out(Box::new(change));
    }

    fn carry_out(self, change: Box<dyn Fn(&mut Settings)>) {
        let mut settings = self.settings.get_untracked();
        change(&mut settings);
        self.obey(settings);
        let kept = self.loader.change_settings(change);
        spawn(async move {
            if let Some(settings) = kept.await {
                self.obey(settings);
                self.tell_tabs(&SETTINGS.into());
            }
        });
    }

    /// Another tab changed settings.
    pub(super) fn hear_settings(self) {
        let kept = self.loader.settings();
        spawn(async move {
            if let Some(settings) = kept.await {
                self.obey(settings);
            }
        });
    }

    fn obey(self, settings: Settings) {
        let before = self.settings.get_untracked();
        if settings.network != before.network {
            self.loader.engine().set_limits(settings.network);
        }
        if settings.reading != before.reading {
            self.sift_anew();
        }
        let bounds = settings.bounds != before.bounds;
        self.settings.set(settings);
        if bounds {
            self.counted.set(());
        }
    }
}
