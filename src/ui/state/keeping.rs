//! What is said of a download, in the tab that carries it out and in all others.
//!
//! Between tabs go short texts: that one begins, that it is to end, and, after a sign that tells
//! whether it goes on, what is to be said of it.

use super::State;
use crate::loader::{Intent, Keeping, Stage};
use crate::ui::words;

/// A download begins: one of the others goes on with it if this tab is closed.
const BEGINS: &str = "begins";
/// The reader ended it in another tab than its own.
const END: &str = "end";
const GOES_ON: &str = "+";
const IS_OVER: &str = "-";

impl State {
    /// How far the download of this tab is.
    pub(super) fn tell_keeping(self, keeping: &Keeping) {
        let (on, was_on) = (keeping.is_on(), self.is_keeping.get_untracked());
        let words = words::keeping(keeping);
        if on && !was_on {
            self.tell_tabs(&BEGINS.into());
        }
        let sign = if on { GOES_ON } else { IS_OVER };
        self.tell_tabs(&format!("{sign}{words}").into());
        self.show_keeping(words, on);
        let offer = match keeping.stage {
            _ if on => None,
            Stage::Stopped | Stage::NotKept => Some("Go on"),
            Stage::Unknown(_) => Some("Try again"),
            _ => (!keeping.failed.is_empty()).then_some("Try again"),
        };
        self.keep_again.set(offer.map(str::to_owned));
    }

    /// Ends the download, or puts away what is said of it.
    pub fn stop_keeping(self) {
        match self.is_keeping.get_untracked() {
            true => self.end_keeping(),
            false => self.keeping.set(None),
        }
    }

    /// Ends the download, whichever tab carries it out.
    pub(super) fn end_keeping(self) {
        if !self.loader.stop() {
            self.tell_tabs(&END.into());
        }
    }

    /// Another tab says something of a download.
    pub(super) fn hear_keeping(self, said: &str) {
        if said == BEGINS {
            self.send(Intent::Resume {
                behind_another: true,
            });
        } else if said == END {
            self.loader.stop();
        } else if !self.loader.downloads()
            && let Some((sign, words)) = said.split_at_checked(1)
        {
            self.keep_again.set(None);
            self.show_keeping(words.to_owned(), sign == GOES_ON);
        }
    }

    fn show_keeping(self, words: String, on: bool) {
        self.keeping.set(Some(words));
        self.is_keeping.renew(on);
    }
}
