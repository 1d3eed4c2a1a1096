//! What really happened: every request from its head to the last byte of its answer.
//!
//! Tests trust these numbers, so they err in no one's favour. A request is in flight from its
//! head until its body has been handed over whole or dropped. A [`Guard`] travels with the answer
//! and reports the end from its `Drop`, so no way out goes uncounted. The server's runtime has
//! one thread and runs tasks in the order in which they were woken: so an abort that arrives in
//! one packet with the next request counts before it if, and only if, the client sent it first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use hyper::Version;

mod body;
mod stats;

pub(crate) use body::Counted;
pub use stats::{Entry, FileCount, Outcome, Stats};

/// The log keeps this many of the newest requests.
const LOG_LIMIT: usize = 100_000;
/// Paths beyond this many are counted together under `(other)`, so memory stays bounded.
const PATH_LIMIT: usize = 100_000;

/// What a guard counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Api,
    File,
}

#[derive(Debug)]
pub(crate) struct Counts {
    epoch: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    stats: Stats,
    log: VecDeque<Entry>,
    /// The number of the log's first entry; entries are numbered for ever.
    first: u64,
    /// Grows by one at each reset: an older request only leaves `in_flight`.
    era: u64,
    stopping: bool,
}

impl Counts {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            epoch: Instant::now(),
            state: Mutex::default(),
        })
    }

    /// A poisoned lock is taken over: counting must go on in whatever state a test left it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn now(&self) -> f64 {
        self.epoch.elapsed().as_secs_f64() * 1000.0
    }

    /// Counts a request from its head on.
    pub fn begin(self: &Arc<Self>, kind: Kind, path: &str, query: &str, version: Version) -> Guard {
        let start = self.now();
        let mut state = self.state();
        let number = match kind {
            Kind::Api => state.begin_api(path, query, version, start),
            Kind::File => {
                let files = &mut state.stats.files;
                let key = bounded(files, path);
                files.entry(key).or_default().requests += 1;
                0
            }
        };
        Guard {
            counts: Arc::clone(self),
            kind,
            path: path.to_owned(),
            number,
            era: state.era,
            ended: None,
            bytes: 0,
        }
    }

    pub fn preflight(&self) {
        self.state().stats.preflights += 1;
    }

    pub fn connection(&self) {
        self.state().stats.connections += 1;
    }

    /// From now on, requests that are dropped were stopped by the server, not by their client.
    pub fn stopping(&self, stopping: bool) {
        self.state().stopping = stopping;
    }

    pub fn stats(&self, held: u64) -> Stats {
        let mut stats = self.state().stats.clone();
        stats.held = held;
        stats
    }

    pub fn log(&self) -> Vec<Entry> {
        self.state().log.iter().cloned().collect()
    }

    /// Clears all but what is in flight.
    pub fn reset(&self) {
        let mut state = self.state();
        let in_flight = state.stats.in_flight;
        state.stats = Stats {
            in_flight,
            peak: in_flight,
            ..Stats::default()
        };
        state.first += state.log.len() as u64;
        state.log.clear();
        state.era += 1;
    }
}

impl State {
    fn begin_api(&mut self, path: &str, query: &str, version: Version, start: f64) -> u64 {
        self.stats.total += 1;
        self.stats.in_flight += 1;
        self.stats.peak = self.stats.peak.max(self.stats.in_flight);
        let key = bounded(&self.stats.requests, path);
        *self.stats.requests.entry(key).or_default() += 1;
        if self.log.len() == LOG_LIMIT {
            self.log.pop_front();
            self.first += 1;
        }
        let path = match query {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        };
        self.log.push_back(Entry {
            path,
            version: match version {
                Version::HTTP_2 => "HTTP/2.0",
                Version::HTTP_10 => "HTTP/1.0",
                _ => "HTTP/1.1",
            },
            start,
            end: None,
            outcome: None,
        });
        self.first + self.log.len() as u64 - 1
    }

    fn end_api(&mut self, guard: &Guard, outcome: Outcome, end: f64) {
        self.stats.in_flight -= 1;
        if guard.era != self.era {
            return;
        }
        match outcome {
            Outcome::Answered => self.stats.answered += 1,
            Outcome::Aborted => self.stats.aborted += 1,
            Outcome::Cut => self.stats.cut += 1,
            Outcome::Stopped => self.stats.stopped += 1,
        }
        let index = guard.number.checked_sub(self.first);
        if let Some(entry) = index.and_then(|index| self.log.get_mut(index as usize)) {
            entry.end = Some(end);
            entry.outcome = Some(outcome);
        }
    }
}

fn bounded<T>(map: &BTreeMap<String, T>, path: &str) -> String {
    let known = map.len() < PATH_LIMIT || map.contains_key(path);
    if known { path } else { "(other)" }.to_owned()
}

/// One request under count. Dropped before [`Guard::end`], it was aborted.
#[derive(Debug)]
pub(crate) struct Guard {
    counts: Arc<Counts>,
    kind: Kind,
    path: String,
    number: u64,
    era: u64,
    ended: Option<Outcome>,
    bytes: u64,
}

impl Guard {
    /// Notes the end; the first word holds.
    pub fn end(&mut self, outcome: Outcome) {
        if self.ended.is_some() {
            return;
        }
        self.ended = Some(outcome);
        let end = self.counts.now();
        let counts = Arc::clone(&self.counts);
        let mut state = counts.state();
        match self.kind {
            Kind::Api => state.end_api(self, outcome, end),
            Kind::File if self.era == state.era => {
                let files = &mut state.stats.files;
                let key = bounded(files, &self.path);
                files.entry(key).or_default().bytes += self.bytes;
            }
            Kind::File => {}
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let stopping = self.counts.state().stopping;
        self.end(if stopping {
            Outcome::Stopped
        } else {
            Outcome::Aborted
        });
    }
}
