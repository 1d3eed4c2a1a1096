//! What the counts tell a test.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
