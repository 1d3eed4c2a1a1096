//! A stand-in for both Hacker News APIs and for a static host.
//!
//! A [`Server`] answers on 127.0.0.1 from a [`World`], over HTTP/1.1 and, with a certificate made
//! at start, over HTTP/2. It misbehaves where a [`Rule`] says so, and it counts what really
//! happened ([`Stats`]). A [`Host`] serves a built app. The map, each module using only those
//! above it (`server` and the handlers know each other):
//!
//! | module | purpose |
//! | --- | --- |
//! | `counts` | requests per path, in flight, peak, aborted; the log |
//! | `gate` | places where answers wait for a test |
//! | `rules`, `fault` | which requests go wrong, and how |
//! | `world` | the data: built by a test, recorded, generated, or hostile |
//! | `host` | static files, with the app's API addresses rewritten in flight |
//! | `firebase`, `algolia`, `control` | the paths |
//! | `tls`, `server` | listeners, one request's way, start and stop |

mod algolia;
mod control;
mod counts;
mod fault;
mod firebase;
mod gate;
mod host;
mod rules;
mod server;
mod tls;
mod world;

pub use counts::{Entry, FileCount, Outcome, Stats};
pub use host::{Host, Rewrite};
pub use rules::{Fault, Rule};
pub use server::{Config, Server};
pub use world::{Feed, HOSTILE_MARK, HOSTILE_PATH, Oddity, Snippet, World};
