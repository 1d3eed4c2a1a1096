//! A search: on the shelf at once, and, once the reader pauses, in the index of all there is.
//!
//! A new query is a new load, which ends the one before: so what is typed on the way to it is
//! never asked for, or is aborted.

use std::time::Duration;

use super::{Effect, Event, Plan};
use crate::hn::{Error, Query};
use crate::loader::Change;
use crate::time::Timestamp;

/// Whoever types on within this time isn't done.
pub const PAUSE: Duration = Duration::from_millis(250);

/// One search.
#[derive(Debug)]
pub struct Search {
    query: Query,
}

impl Search {
    /// A search for `query`. `index` tells whether the index may be asked, `typed` whether the reader
    /// is typing.
    pub fn open(query: Query, index: bool, typed: bool) -> (Self, Vec<Effect>) {
        let mut effects = vec![Effect::LookUp(query.clone(), None)];
        match (query.is_empty() || !index, typed) {
            (true, _) => effects.extend([Effect::Show(Change::Settled), Effect::Finish]),
            (_, true) => effects.push(Effect::Wake(PAUSE)),
            (_, false) => effects.push(Effect::FetchHits(query.clone())),
        }
        (Self { query }, effects)
    }
}

impl Plan for Search {
    fn on(&mut self, event: Event, _: Timestamp) -> Vec<Effect> {
        match event {
            Event::Woken => vec![Effect::FetchHits(self.query.clone())],
            Event::Hits(Ok(hits)) => vec![
                Effect::LookUp(self.query.clone(), Some(hits)),
                Effect::Show(Change::Settled),
                Effect::Finish,
            ],
            Event::Hits(Err(error)) => {
                vec![Effect::Show(Change::RankingFailed(error)), Effect::Finish]
            }
            Event::Overdue(error) => vec![
                Effect::Abort,
                Effect::Show(Change::RankingFailed(Error::Http(error))),
                Effect::Finish,
            ],
            Event::Left => vec![Effect::Abort, Effect::Finish],
            _ => Vec::new(),
        }
    }
}
