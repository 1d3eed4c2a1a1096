//! Drives a real browser against a built app and the stand-in, as a reader would.
//!
//! A [`Browser`] is a driver with one window, started once. A [`Site`] is a build served together
//! with both APIs from a fresh origin, so nothing that one test kept reaches another. [`Page`]
//! reads what the window shows and does what a reader does. The stand-in says what really crossed
//! the wire; the console must stay silent. The map:
//!
//! | module | purpose |
//! | --- | --- |
//! | `places` | what the environment says about builds and programs, and temporary room |
//! | `until` | waiting for a condition, with a deadline and without sleeping blindly |
//! | `port` | ports, none of them twice |
//! | `engine` | Chromium, Firefox and WebKit: how they start, and what each hasn't got |
//! | `browser` | an engine's window and console |
//! | `copy` | copies of builds that tests may change |
//! | `web_host` | nginx and Caddy, as `deploy/` sets them up |
//! | `site` | a build behind the stand-in, on an origin of its own |
//! | `page` | reading and using the window |
//! | `thread` | a thread as it is shown, and as the data has it |
//! | `report` | what came of the tests, in all engines |
//! | `suite` | runs tests one after the other, engine by engine |
//!
//! What can't go on panics with what was expected: this is a test harness.

mod browser;
mod copy;
mod engine;
mod page;
pub mod places;
mod port;
mod report;
mod site;
pub mod suite;
pub mod thread;
mod until;
mod web_host;

pub use browser::Browser;
pub use copy::{Copy, named};
pub use engine::{Engine, Need};
pub use page::{Notice, Page, Row, View};
pub use site::{Site, discussed, generated, noise, plain, recorded, unguarded};
pub use suite::Case;
pub use until::{LONG, until, until_within};
pub use web_host::WebHost;
