use std::cell::RefCell;
use std::time::Duration;

use crate::http::policy::{Pause, Sign, Turn};

/// The pauses of all origins that were asked so far: a handful.
#[derive(Default)]
pub struct Origins(RefCell<Vec<(Box<str>, Pause)>>);

impl Origins {
    /// The place of a URL's origin: all before the path, as in RFC 6454 §4.
    pub fn of(&self, url: &str) -> usize {
        let name = match url.split_once("://") {
            Some((scheme, rest)) => {
                let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                &url[..scheme.len() + 3 + host]
            }
            None => "",
        };
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
