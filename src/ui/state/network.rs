//! How well the network does, and what that means for links.

use std::time::Duration;

use super::{Phase, State};
use crate::http::{Reach, Trace};
use crate::store::Kept;
use crate::ui::address::Address;
use crate::ui::later::{after, spawn};
use crate::ui::signal::{effect, memo};

/// How often it is looked whether answers come.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl State {
    /// The browser says whether it has a network.
    pub fn set_online(self, online: bool) {
        self.loader.engine().set_online(online);
        self.online.set(online);
    }

    /// Looks, as long as the page waits for something, how well the servers can be reached.
    pub(super) fn watch_reach(self) {
        let waits = self.phase.get_untracked().waits();
        let reach = match waits {
            true => self.loader.reach(),
            false => Reach::Fine,
        };
        self.reach.renew(reach);
        self.watches.set(waits);
        if waits {
            after(LOOK_EVERY, move || self.watch_reach());
        }
    }

    /// Does `again` as long as the page is shown: each time that there is a network once more, for
    /// what failed in the tunnel, and, with `true`, each time that the reader asks for the page
    /// although it is shown.
    pub fn on_return(self, again: impl Fn(bool) + 'static) {
        let mut before = (true, self.renewals.get_untracked());
        effect(move || {
            let now = (self.online.get(), self.renewals.get());
            if now.0 && now > before {
                again(now.1 > before.1);
            }
            before = now;
        });
    }

    /// The reader follows a link to the page that is shown.
    pub fn renew(self) {
        self.renewals.update(|count| *count += 1);
    }

    /// Finds out what is kept whenever the network is gone, so that links to all else can say so.
    pub fn watch_links(self) {
        let away = memo(move || {
            let reach = self.reach.get();
            let failed = self.phase.with(|phase| matches!(phase, Phase::Failed(_)));
            !self.online.get() || reach != Reach::Fine || failed
        });
        effect(move || {
            self.kept.set(None);
            if away.get() {
                let (kept, away) = (self.loader.kept(), away.clone());
                spawn(async move {
                    let kept = kept.await;
                    if away.get_untracked() {
                        self.kept.set(Some(kept));
                    }
                });
            }
        });
    }

    /// Whether a link leads to what isn't kept and can't be fetched now.
    pub fn lacks(self, place: &Address) -> bool {
        let is_there = |kept: &Kept| match place {
            Address::Item(Some(id)) => kept.has_thread(*id),
            Address::User(name, _) => kept.has_user(name),
            Address::Feed { feed, .. } => kept.has_feed(*feed),
            _ => true,
        };
        self.kept
            .with(|kept| kept.as_ref().is_some_and(|kept| !is_there(kept)))
    }

    /// Reads what the engine remembers of its work, at this moment on its clock.
    pub fn trace<T>(self, read: impl FnOnce(&Trace, Duration) -> T) -> T {
        let engine = self.loader.engine();
        read(&engine.trace(), engine.now())
    }
}
