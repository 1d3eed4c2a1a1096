//! One request's life: its turn, then its timer, then fetch with headers *and* body, then an
//! answer.
//!
//! [`Client`] runs it, [`policy`] decides it, a [`Transport`] carries it, [`event`] tells it. Two
//! things hold always: no permit is held while nothing is being sent (a back-off, a pause), and a
//! permit comes back only once the network has really let go of the request.
//!
//! Its turn is, in this order: the device is online and the origin isn't paused; a permit, by
//! priority; a place beside the app's other tabs; the rate limit, by priority.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures_core::future::LocalBoxFuture;
use futures_util::FutureExt;

use crate::sync::{Permit, Priority};

mod client;
mod error;
pub mod event;
pub mod policy;

#[cfg(target_arch = "wasm32")]
pub mod fetch;

pub use client::{Client, Reach};
pub use error::Error;
pub use event::{Event, Trace};

/// The largest body that is read, in bytes. A whole thread of 3,000 comments is about 3 MiB.
pub const MAX_BODY: usize = 8 * 1024 * 1024;

/// How somebody asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Whose turn it is.
    pub priority: Priority,
    /// The moment on the engine's clock when the asker will stop waiting, if it will. The engine
    /// begins no wait that ends later; to leave by then is up to the asker.
    pub deadline: Option<Duration>,
    /// Whether the reader asked for just this, by hand: then it is tried once even while the
    /// device says that it is offline, which isn't always true.
    pub by_hand: bool,
}

impl From<Priority> for Ask {
    /// At this priority, without a deadline, not by hand.
    fn from(priority: Priority) -> Self {
        Self {
            priority,
            deadline: None,
            by_hand: false,
        }
    }
}

/// What came back over the network, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The value of `Retry-After`, where a script may read it.
    pub retry_after: Option<String>,
    /// The whole body as text.
    pub body: String,
}

/// Carries one GET request over the network.
pub trait Transport {
    /// Sends a GET for `url` and reads the whole answer.
    ///
    /// Dropping the returned future aborts the request. What it holds belongs to the request and
    /// not to that future: an implementation drops it only when nothing of the request can reach
    /// the server any more, which after an abort is later than the drop; and after the answer,
    /// so that a refusal is heard before another request takes the permit.
    fn get(&self, url: &str, hold: Hold) -> LocalBoxFuture<'static, Result<Answer, Error>>;

    /// Waits as long as it takes to send what has got its turn by an answer, before that answer is
    /// worked on: what comes together would otherwise keep the next requests waiting.
    fn others_first(&self) -> LocalBoxFuture<'static, ()> {
        std::future::ready(()).boxed_local()
    }

    /// Waits for one of the `places` that all tabs of the app have together, best the one
    /// numbered `first`, which is likely to be free. Dropping the wait ends it.
    fn place(&self, first: usize, places: usize) -> LocalBoxFuture<'static, Place> {
        let _ = (first, places);
        std::future::ready(None).boxed_local()
    }

    /// Waits until no other tab of the app is alone, and then is, until the place is given back:
    /// what takes long is done by one tab at a time. Dropping the wait ends it.
    fn alone(&self) -> LocalBoxFuture<'static, Place> {
        std::future::ready(None).boxed_local()
    }
}

/// A place among all tabs, given back when dropped; `None` where tabs don't know of each other.
pub type Place = Option<Box<dyn Any>>;

/// What a request holds for as long as anything of it may reach the server: all of it is given
/// back when this is dropped, the place first, so that it is free for whoever has the permit next.
pub struct Hold {
    place: Place,
    _lane: Option<Lane>,
    _permit: Permit,
}

impl From<Permit> for Hold {
    fn from(permit: Permit) -> Self {
        Self {
            place: None,
            _lane: None,
            _permit: permit,
        }
    }
}

impl Hold {
    /// The place, for a transport whose places take a moment to be free again: given back before
    /// the rest, it is free for whoever has the permit next.
    pub fn take_place(&mut self) -> Place {
        self.place.take()
    }
}

/// One of the lanes in which requests are drawn: no two in flight have the same.
struct Lane {
    taken: Rc<Cell<u32>>,
    number: u32,
}

impl Lane {
    fn lowest_free(taken: &Rc<Cell<u32>>) -> Self {
        let number = taken.get().trailing_ones();
        taken.set(taken.get() | Self::bit(number));
        Self {
            taken: Rc::clone(taken),
            number,
        }
    }

    /// None beyond the 32 permits that there are at most.
    fn bit(number: u32) -> u32 {
        1_u32.checked_shl(number).unwrap_or(0)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.taken.set(self.taken.get() & !Self::bit(self.number));
    }
}
