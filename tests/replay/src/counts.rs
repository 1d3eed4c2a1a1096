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
use serde::{Deserialize, Serialize};

mod body;

pub(crate) use body::Counted;

/// The log keeps this many of the newest requests.
const LOG_LIMIT: usize = 100_000;
/// Paths beyond this many are counted together under `(other)`, so memory stays bounded.
const PATH_LIMIT: usize = 100_000;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The answer was handed over whole, whatever its status.
    Answered,
    /// The client went away before it had the whole answer.
    Aborted,
    /// A rule cut the connection or stream in the middle of the body.
    Cut,
    /// The server was stopped while the request was in flight.
    Stopped,
}

/// One request in the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Path and query as they were sent.
    pub path: String,
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub version: &'static str,
    /// Milliseconds from the server's first start to the request's head.
    pub start: f64,
    /// Milliseconds from the server's first start to the end; none while in flight.
    pub end: Option<f64>,
    /// How it ended; none while in flight.
    pub outcome: Option<Outcome>,
}

/// Static files sent from one path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCount {
    /// Requests, answered or not.
    pub requests: u64,
    /// Bytes of bodies handed over, as sent (compressed files count compressed), without heads.
    pub bytes: u64,
}

/// The counts since the start or the last reset. Static files and `/__replay/` stand apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// API requests by path, without the query.
    pub requests: BTreeMap<String, u64>,
    /// All API requests; always `answered + aborted + cut + stopped + in_flight`, less those in
    /// flight since before the last reset.
    pub total: u64,
    /// API requests in flight now, those from before the last reset included.
    pub in_flight: u64,
    /// The most that were in flight at one moment.
    pub peak: u64,
    /// Requests that ended as [`Outcome::Answered`].
    pub answered: u64,
    /// Requests that ended as [`Outcome::Aborted`].
    pub aborted: u64,
    /// Requests that ended as [`Outcome::Cut`].
    pub cut: u64,
    /// Requests that ended as [`Outcome::Stopped`].
    pub stopped: u64,
    /// Requests waiting at a gate now.
    pub held: u64,
    /// CORS preflights, which are in none of the counts above.
    pub preflights: u64,
    /// Connections accepted.
    pub connections: u64,
    /// Static files by path.
    pub files: BTreeMap<String, FileCount>,
}

impl Stats {
    /// API requests to exactly this path.
    pub fn at(&self, path: &str) -> u64 {
        self.requests.get(path).copied().unwrap_or(0)
    }

    /// API requests to all paths that start so.
    pub fn below(&self, prefix: &str) -> u64 {
        let paths = self.requests.iter();
        paths
            .filter(|(path, _)| path.starts_with(prefix))
            .map(|(_, n)| n)
            .sum()
    }

    /// Requests for static files, all paths together.
    pub fn file_requests(&self) -> u64 {
        self.files.values().map(|file| file.requests).sum()
    }

    /// Bytes of static files, all paths together.
    pub fn file_bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }
}

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
