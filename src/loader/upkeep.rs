//! Keeps the store within the reader's bounds: after a download, once after start when the page has
//! nothing to do, and on the reader's word; also when it is full and a mark doesn't fit.

use std::time::Duration;

use super::{Intent, Shared};
use crate::store::eviction::outdated;
use crate::store::record::Key;
use crate::store::{Error, Part};

/// So many records go in one transaction: others get their turn in between.
const SLICE: usize = 200;

/// After so long a time without a load, the page has nothing to do.
const IDLE: Duration = Duration::from_secs(10);

impl Shared {
    /// Cleans up once nothing else is going on.
    pub(super) async fn tidy(&self) {
        loop {
            self.clock.sleep(IDLE).await;
            let loads = self.loads.borrow().iter().all(|load| load.is_canceled());
            if loads && self.download.borrow().is_none() {
                break;
            }
        }
        let _alone = self.hn.http().alone().await;
        self.or_without(self.clean_up(false).await);
    }

    /// Deletes what is too old or too much; more, if there is no room in the browser.
    pub(super) async fn clean_up(&self, full: bool) -> Result<(), Error> {
        let bounds = self.store.settings().await?.bounds;
        let marks = self.store.marks().await?;
        let saved = marks.iter().filter(|(_, mark)| mark.saved.is_some());
        let saved = saved.map(|(id, _)| *id).collect();
        let entries = self.store.census().await?;
        let keys = outdated(&entries, bounds, full, &saved, self.clock.wall());
        for slice in keys.chunks(SLICE) {
            self.store.evict(slice.to_vec()).await?;
        }
        // A search that is under way ends with what it has; the next one begins anew.
        if !keys.is_empty() && self.shelving.borrow().is_none() {
            self.shelf.borrow_mut().clear();
        }
        Ok(())
    }

    /// Notes that the reader opens what this intent is about.
    pub(super) async fn touch(&self, keys: Vec<(Part, Key)>) {
        if !keys.is_empty() {
            let touched = self.store.touch(keys, self.clock.wall()).await;
            self.or_without(touched);
        }
    }
}

/// What the reader opens with this.
pub(super) fn opened(intent: &Intent) -> Vec<(Part, Key)> {
    match intent {
        Intent::Thread { id, .. } => {
            vec![(Part::Items, Key::Id(*id)), (Part::Threads, Key::Id(*id))]
        }
        Intent::Person { name, .. } => vec![(Part::Users, Key::Name(name.clone()))],
        _ => Vec::new(),
    }
}
