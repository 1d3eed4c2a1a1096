//! What the engine tells of its work, and the record of it that the Activity page draws.
//!
//! A request tells the same few things whether anybody listens or not. They are kept in a
//! [`Trace`]: some sums and the last 500 requests, no more memory than that and no formatting.
//! So whoever opens the page late sees what has been, and the engine does no work for it.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use super::Error;
use crate::sync::Priority;

/// Requests that a [`Trace`] remembers.
pub const KEPT: usize = 500;

/// One moment in one request's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The request's number, from 0.
    pub request: usize,
    /// Where it goes.
    pub url: Rc<str>,
    /// How urgent it is at this moment.
    pub priority: Priority,
    /// When, on the engine's clock.
    pub at: Duration,
    /// What happened.
    pub what: What,
}

/// What happened to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It waits for its turn: a permit, a place beside other tabs, the rate limit. Comes again
    /// after each back-off and pause.
    Queued,
    /// It waits because its origin is paused, for so long at least, or, without a time, until a
    /// probe is back or the device is online.
    Paused(Option<Duration>),
    /// It was sent, and takes this lane: the lowest that was free, from 0.
    Started {
        /// The lane.
        lane: usize,
    },
    /// The whole answer is there. The end, if the status is 2xx.
    Answered {
        /// The HTTP status code.
        status: u16,
        /// Bytes of the body.
        bytes: usize,
    },
    /// It failed in a way that may pass, and will be queued again.
    Retry {
        /// Why it failed.
        why: Error,
        /// How long it backs off.
        after: Duration,
    },
    /// The end: it failed for good.
    Failed(Error),
    /// The end: nobody wants it any more.
    Aborted,
    /// One more asked for the same and will have the same answer.
    Shared,
}

/// How many of what there were since the app started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests that were asked for, however often each was sent.
    pub asked: usize,
    /// Requests that brought what was wanted.
    pub done: usize,
    /// Attempts that failed and were followed by another.
    pub retried: usize,
    /// Requests that nobody wanted any more.
    pub aborted: usize,
    /// Requests that failed for good.
    pub failed: usize,
    /// Askers who were given another one's answer.
    pub shared: usize,
    /// Bytes of all bodies.
    pub bytes: u64,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With what was wanted.
    Done,
    /// With an error.
    Failed(Error),
    /// Without anybody who wanted it.
    Aborted,
}

/// What a request did for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It waited for its turn.
    Waiting,
    /// It was in flight, in this lane.
    InFlight {
        /// The lane.
        lane: usize,
    },
    /// It backed off after a failure.
    BackOff,
    /// It waited for its origin, or for the device to be online.
    Paused,
}

/// Something that a request did, and for how long: one bar in a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it did.
    pub doing: Doing,
    /// Since when, on the engine's clock.
    pub from: Duration,
    /// Until when; `None` while it goes on.
    pub to: Option<Duration>,
}

/// One request, as far as it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number, from 0.
    pub request: usize,
    /// Where it goes.
    pub url: Rc<str>,
    /// How urgent it was last.
    pub priority: Priority,
    /// How often it was sent.
    pub attempts: usize,
    /// The status of its last answer.
    pub status: Option<u16>,
    /// Bytes of all its bodies.
    pub bytes: usize,
    /// How it ended, if it has.
    pub outcome: Option<Outcome>,
    /// All that it did, one after the other without a gap.
    pub bars: Vec<Bar>,
}

/// The sums of all requests, and the last [`KEPT`] of them, the oldest first.
#[derive(Debug, Default)]
pub struct Trace {
    /// The sums.
    pub counts: Counts,
    /// The last requests. Their numbers follow one another.
    pub records: VecDeque<Record>,
}

impl Trace {
    /// Takes an event in. One about a request that is forgotten already only counts.
    pub fn add(&mut self, event: &Event) {
        let first = self.records.front().map_or(0, |record| record.request);
        if event.request >= first + self.records.len() {
            if self.records.len() == KEPT {
                self.records.pop_front();
            }
            self.counts.asked += 1;
            self.records.push_back(Record {
                request: event.request,
                url: Rc::clone(&event.url),
                priority: event.priority,
                attempts: 0,
                status: None,
                bytes: 0,
                outcome: None,
                bars: Vec::new(),
            });
        }
        match &event.what {
            What::Answered { bytes, .. } => self.counts.bytes += *bytes as u64,
            What::Retry { .. } => self.counts.retried += 1,
            What::Failed(_) => self.counts.failed += 1,
            What::Aborted => self.counts.aborted += 1,
            What::Shared => self.counts.shared += 1,
            What::Queued | What::Paused(_) | What::Started { .. } => {}
        }
        let done = matches!(
            event.what,
            What::Answered {
                status: 200..=299,
                ..
            }
        );
        self.counts.done += usize::from(done);

        let first = self.records.front().map_or(0, |record| record.request);
        let place = event.request.checked_sub(first);
        if let Some(record) = place.and_then(|place| self.records.get_mut(place)) {
            record.priority = event.priority;
            record.add(event, done);
        }
    }
}

impl Record {
    fn add(&mut self, event: &Event, done: bool) {
        let doing = match &event.what {
            What::Queued => Some(Doing::Waiting),
            What::Paused(_) => Some(Doing::Paused),
            What::Retry { .. } => Some(Doing::BackOff),
            What::Started { lane } => {
                self.attempts += 1;
                Some(Doing::InFlight { lane: *lane })
            }
            What::Answered { status, bytes } => {
                self.status = Some(*status);
                self.bytes += bytes;
                self.outcome = done.then_some(Outcome::Done);
                None
            }
            What::Failed(error) => {
                self.outcome = Some(Outcome::Failed(error.clone()));
                None
            }
            What::Aborted => {
                self.outcome = Some(Outcome::Aborted);
                None
            }
            What::Shared => return,
        };
        if let Some(bar) = self.bars.last_mut() {
            bar.to.get_or_insert(event.at);
        }
        self.bars.extend(doing.map(|doing| Bar {
            doing,
            from: event.at,
            to: None,
        }));
    }
}
