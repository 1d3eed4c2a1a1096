//! What tests need that not every engine has, the one table of known differences, or not every
//! machine. A test that needs what isn't there is skipped, with the reason that stands here.

use crate::places;

use super::Engine;
use super::Engine::{Firefox, Webkit};

/// What a test may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Commands of the browser's own protocol: scripts before all others, lost networks, crashes.
    Protocol,
    /// What the reader asked the system for: colours, contrast, motion.
    Media,
    /// Windows as narrow as a phone's.
    Narrow,
    /// Telling what moved in a page as it was laid out.
    Shifts,
    /// HTTP/2 in which one request can end before its answer, by either side's will.
    Resets,
    /// What pages write into the console. A test doesn't need it; where it isn't told, nobody sees
    /// that the console stays silent.
    Console,
    /// Word of a module that fails before it has started.
    Modules,
    /// A cache of the browser's own.
    Cache,
    /// A browser that finds what it kept when it is started again.
    Restart,
    /// A database of LevelDB's.
    LevelDb,
    /// Recorded answers of the real API.
    Recorded,
    Nginx,
    Caddy,
}

/// What is needed, who hasn't got it, and why.
const DIFFERENCES: [(Need, &[Engine], &str); 10] = [
    (
        Need::Protocol,
        &[Firefox, Webkit],
        "the driver has no commands beyond WebDriver's",
    ),
    (
        Need::Media,
        &[Firefox, Webkit],
        "the driver can't pretend what the reader asked the system for",
    ),
    (
        Need::Narrow,
        &[Firefox, Webkit],
        "no window is as narrow as a phone",
    ),
    (
        Need::Shifts,
        &[Firefox, Webkit],
        "the engine doesn't tell its pages what moved",
    ),
    (
        Need::Resets,
        &[Webkit],
        "its library (libsoup) doesn't tell the server of all that is aborted, nor hears over HTTP/2 what is cut",
    ),
    (
        Need::Console,
        &[Webkit],
        "the driver keeps what the browser prints to itself",
    ),
    (
        Need::Modules,
        &[Webkit],
        "nobody is told of a module whose first await fails; the page says that it takes long",
    ),
    (
        Need::Cache,
        &[Webkit],
        "under its driver it has no cache of its own, and loads files again",
    ),
    (
        Need::Restart,
        &[Webkit],
        "under its driver it keeps nothing from one start to the next",
    ),
    (
        Need::LevelDb,
        &[Firefox, Webkit],
        "its database is SQLite, which has no such log",
    ),
];

impl Engine {
    /// Why it, or this machine, hasn't got this, if so.
    pub fn lacks(self, need: Need) -> Option<&'static str> {
        let (there, why) = match need {
            Need::Recorded => (places::recorded(), "there are no recorded answers here"),
            Need::Nginx => (places::nginx(), "nginx isn't at hand"),
            Need::Caddy => (places::caddy(), "Caddy isn't at hand, as without --long"),
            _ => return self.differs(need),
        };
        there.is_none().then_some(why)
    }

    fn differs(self, need: Need) -> Option<&'static str> {
        let it = |row: &&(Need, &[Engine], &'static str)| row.0 == need && row.1.contains(&self);
        DIFFERENCES.iter().find(it).map(|row| row.2)
    }
}
