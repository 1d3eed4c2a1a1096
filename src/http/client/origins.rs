use std::cell::RefCell;
use std::time::Duration;

use crate::http::policy::{Pause, Sign, Turn};

/// The pauses of all origins that were asked so far: a handful.
#[derive(Default)]
pub struct Origins(RefCell<Vec<(Box<str>, Pause)>>);

impl Origins {
    /// The place of an http(s) URL's origin (RFC 6454 §4): all of it before the path.
    pub fn of(&self, url: &str) -> usize {
        let is_end = |(at, byte)| at >= "https://".len() && matches!(byte, b'/' | b'?' | b'#');
        let end = url.bytes().enumerate().position(is_end);
        let name = end.and_then(|end| url.get(..end)).unwrap_or(url);
        let mut origins = self.0.borrow_mut();
        let known = origins.iter().position(|(origin, _)| **origin == *name);
        known.unwrap_or_else(|| {
            origins.push((name.into(), Pause::default()));
            origins.len() - 1
        })
    }

    pub fn turn(&self, origin: usize, now: Duration) -> Turn {
        self.0.borrow_mut()[origin].1.turn(now)
    }

    pub fn is_open(&self, origin: usize) -> bool {
        self.0.borrow()[origin].1.is_open()
    }

    pub fn is_unreachable(&self, origin: usize) -> bool {
        self.0.borrow()[origin].1.is_unreachable()
    }

    pub fn left(&self, origin: usize, now: Duration) -> Duration {
        self.0.borrow()[origin].1.left(now)
    }

    pub fn hear(&self, origin: usize, sign: Sign, is_probe: bool, now: Duration, chance: u32) {
        self.0.borrow_mut()[origin]
            .1
            .hear(sign, is_probe, now, chance);
    }

    pub fn give_up(&self, origin: usize, now: Duration) {
        self.0.borrow_mut()[origin].1.give_up(now);
    }

    pub fn reconnected(&self, now: Duration) {
        for (_, pause) in self.0.borrow_mut().iter_mut() {
            pause.reconnected(now);
        }
    }
}
