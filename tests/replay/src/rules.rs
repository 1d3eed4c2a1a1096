//! Rules: which requests are treated badly, and how.
//!
//! Every rule that matches and is within its limits fires: delays add up, every named gate holds,
//! and of the faults the last rule's wins. Rules apply to API requests, and to a static file whose
//! path is exactly the rule's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

mod active;

pub(crate) use active::Rules;

/// What happens to the requests of some paths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The path, exactly, or with `*` for any run of characters. A pattern with a `?` is held
    /// against path and query, any other against the path alone.
    pub path: String,
    /// Lets the first so many requests of each path pass untouched.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skip: u64,
    /// Fires only for the first so many requests of each path (after the skipped ones).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Fires only for every so-manieth request of each path (after the skipped ones).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// Fires at most so many times over all paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Milliseconds that the answer waits, on top of other latency.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub latency_ms: u64,
    /// Up to so many milliseconds more, drawn from the server's seed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub jitter_ms: u64,
    /// The gate at which the answer waits until it is released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
    /// What is wrong with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// What is wrong with an answer. All but [`Fault::Status`] and [`Fault::Answer`] bend the true one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Another status, with its own body and headers.
    Status {
        /// The status code.
        status: u16,
        /// The body; empty if not given.
        #[serde(default)]
        body: String,
        /// Headers on top of the usual ones.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// Names of headers that scripts of other origins may read.
        #[serde(default)]
        expose: Vec<String>,
    },
    /// A wholly different JSON answer with status 200.
    Answer {
        /// The JSON.
        json: Value,
    },
    /// The true answer without CORS headers: a browser refuses to hand it over.
    NoCors,
    /// No head, ever.
    Hang,
    /// The head and half of the body, then nothing.
    HangBody,
    /// The head and half of the body, then the connection (HTTP/1.1) or stream (HTTP/2) is reset.
    Cut,
    /// Half of the body as a complete HTTP answer.
    Truncated,
    /// `{]`
    WrongJson,
    /// A JSON string.
    WrongType,
    /// `null` with status 200, as for what doesn't exist.
    Null,
    /// A tree of comments without half of its nodes, at every depth; which, their ids decide.
    HalfTree,
    /// A tree of comments in which a third of the nodes have an id and children alone.
    EmptyNodes,
    /// A valid JSON string of so many bytes.
    Huge {
        /// Length of the body in bytes, 2 or more.
        bytes: u64,
        /// Whether `Content-Length` tells the length.
        #[serde(default = "yes")]
        declared: bool,
    },
    /// The true body, a few bytes at a time.
    Drip {
        /// Bytes in one go, 1 or more.
        bytes: usize,
        /// Milliseconds between two goes.
        every_ms: u64,
    },
}

fn yes() -> bool {
    true
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Rule {
    /// Reads one rule, or a list of rules, from JSON.
    ///
    /// # Errors
    /// If it isn't JSON, or a field is unknown or of the wrong type.
    pub fn parse_all(text: &[u8]) -> serde_json::Result<Vec<Self>> {
        match serde_json::from_slice(text)? {
            list @ Value::Array(_) => serde_json::from_value(list),
            one => Ok(vec![serde_json::from_value(one)?]),
        }
    }

    /// A rule for exactly this path, or for a pattern with `*`.
    pub fn path(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            skip: 0,
            first: None,
            every: None,
            times: None,
            latency_ms: 0,
            jitter_ms: 0,
            hold: None,
            fault: None,
        }
    }

    /// A rule for all paths that start so.
    pub fn prefix(prefix: &str) -> Self {
        Self::path(format!("{prefix}*"))
    }

    /// A rule for every API request.
    pub fn any() -> Self {
        Self::path("*")
    }

    /// Lets the first `n` requests of each path pass.
    pub fn skip(mut self, n: u64) -> Self {
        self.skip = n;
        self
    }

    /// Fires for the first `n` requests of each path.
    pub fn first(mut self, n: u64) -> Self {
        self.first = Some(n);
        self
    }

    /// Fires for every `n`th request of each path.
    pub fn every(mut self, n: u64) -> Self {
        self.every = Some(n);
        self
    }

    /// Fires at most `n` times.
    pub fn times(mut self, n: u64) -> Self {
        self.times = Some(n);
        self
    }

    /// The answer waits `ms` milliseconds and up to `jitter_ms` more.
    pub fn latency(mut self, ms: u64, jitter_ms: u64) -> Self {
        self.latency_ms = ms;
        self.jitter_ms = jitter_ms;
        self
    }

    /// The answer waits at a gate until [`crate::Server::release`].
    pub fn hold(mut self, gate: impl Into<String>) -> Self {
        self.hold = Some(gate.into());
        self
    }

    /// The answer has this fault.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// The answer has this status and an empty body.
    pub fn status(self, status: u16) -> Self {
        self.fault(Fault::Status {
            status,
            body: String::new(),
            headers: BTreeMap::new(),
            expose: Vec::new(),
        })
    }

    /// The body beside a [`Rule::status`].
    pub fn body(mut self, text: impl Into<String>) -> Self {
        if let Some(Fault::Status { body, .. }) = &mut self.fault {
            *body = text.into();
        }
        self
    }

    /// A header beside a [`Rule::status`]; scripts of other origins can't read it.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Some(Fault::Status { headers, .. }) = &mut self.fault {
            headers.insert(name.into(), value.into());
        }
        self
    }

    /// `Retry-After` (seconds or an HTTP date) beside a [`Rule::status`], hidden from scripts.
    pub fn retry_after(self, value: impl Into<String>) -> Self {
        self.header("retry-after", value)
    }

    /// Exposes a header of a [`Rule::status`] to scripts of other origins.
    pub fn expose(mut self, name: impl Into<String>) -> Self {
        if let Some(Fault::Status { expose, .. }) = &mut self.fault {
            expose.push(name.into());
        }
        self
    }

    /// Shorthand for [`Fault::Answer`].
    pub fn answer(self, json: Value) -> Self {
        self.fault(Fault::Answer { json })
    }

    /// Shorthand for [`Fault::NoCors`].
    pub fn no_cors(self) -> Self {
        self.fault(Fault::NoCors)
    }

    /// Shorthand for [`Fault::Hang`].
    pub fn hang(self) -> Self {
        self.fault(Fault::Hang)
    }

    /// Shorthand for [`Fault::HangBody`].
    pub fn hang_body(self) -> Self {
        self.fault(Fault::HangBody)
    }

    /// Shorthand for [`Fault::Cut`].
    pub fn cut(self) -> Self {
        self.fault(Fault::Cut)
    }

    /// Shorthand for [`Fault::Truncated`].
    pub fn truncated(self) -> Self {
        self.fault(Fault::Truncated)
    }

    /// Shorthand for [`Fault::WrongJson`].
    pub fn wrong_json(self) -> Self {
        self.fault(Fault::WrongJson)
    }

    /// Shorthand for [`Fault::WrongType`].
    pub fn wrong_type(self) -> Self {
        self.fault(Fault::WrongType)
    }

    /// Shorthand for [`Fault::Null`].
    pub fn null(self) -> Self {
        self.fault(Fault::Null)
    }

    /// Shorthand for [`Fault::HalfTree`].
    pub fn half_tree(self) -> Self {
        self.fault(Fault::HalfTree)
    }

    /// Shorthand for [`Fault::EmptyNodes`].
    pub fn empty_nodes(self) -> Self {
        self.fault(Fault::EmptyNodes)
    }

    /// A body of so many bytes, declared by `Content-Length`.
    pub fn huge(self, bytes: u64) -> Self {
        self.fault(Fault::Huge {
            bytes,
            declared: true,
        })
    }

    /// The true body, `bytes` at a time, every `every_ms` milliseconds.
    pub fn drip(self, bytes: usize, every_ms: u64) -> Self {
        self.fault(Fault::Drip { bytes, every_ms })
    }
}
