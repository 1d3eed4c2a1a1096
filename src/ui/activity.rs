//! What the Activity page draws, as plain values: no browser, tested on the host.
//!
//! The drawing has a row per permit. A request stands in the row of the lane that it took, or will
//! take again after a back-off; what has no lane yet stands in a row of its own below. All bars of
//! one kind are one SVG path, so the drawing has the same few elements however much goes on.

use std::time::Duration;

use crate::hn::{quoted, sort};
use crate::http::event::{Bar, Doing, Outcome, Record, Trace};
use crate::loader::shelf::Needle;
use crate::sync::Priority;

/// How much of the past a drawing shows, in milliseconds.
pub const WINDOW: u32 = 15_000;

/// A drawing's width, in its own units: one is 10 ms.
pub const WIDTH: u32 = WINDOW / 10;

/// The height of a row, in units.
pub const ROW: u32 = 18;

/// The height of the line of requests in flight, in units.
pub const LINE: u32 = 60;

/// What a bar says. The order is that of [`Drawing::bars`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Waiting for its turn.
    Waiting,
    /// Backing off after a failure.
    BackOff,
    /// Waiting for its origin, or for the device to be online.
    Paused,
    /// In flight now.
    Flying,
    /// A flight that brought what was wanted.
    Done,
    /// A flight that failed and was followed by another.
    Retried,
    /// A flight that was the last and failed.
    Failed,
    /// A flight that nobody wanted any more.
    Aborted,
}

impl Ink {
    /// All kinds, in order.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::BackOff,
        Self::Paused,
        Self::Flying,
        Self::Done,
        Self::Retried,
        Self::Failed,
        Self::Aborted,
    ];
}

/// The last [`WINDOW`] as SVG path data, the present at the right edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// Rows: one per permit or lane in use, and one for what waits without a lane.
    pub rows: u32,
    /// One path for each [`Ink`].
    pub bars: [String; 8],
    /// One path for the edges on top of the flights of each priority: `Now`, `Soon`, `Later`.
    pub marks: [String; 3],
    /// The number in flight over time, as a line over an area [`LINE`] high.
    pub in_flight: String,
}

/// What the requests of a [`Trace`] come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Requests that wait: for their turn, an origin, or after a failure.
    pub queued: usize,
    /// Requests in flight.
    pub in_flight: usize,
    /// Half of the answered flights took at most so many milliseconds.
    pub p50: Option<u32>,
    /// Of a hundred answered flights, 95 took at most so many milliseconds.
    pub p95: Option<u32>,
}

/// The sums that the counts of a trace don't hold.
pub fn summary(trace: &Trace) -> Summary {
    let mut summary = Summary::default();
    let mut latencies = Vec::new();
    for record in &trace.records {
        match record.bars.last() {
            Some(bar) if bar.to.is_none() => match bar.doing {
                Doing::InFlight { .. } => summary.in_flight += 1,
                _ => summary.queued += 1,
            },
            _ => {}
        }
        if record.outcome == Some(Outcome::Done) {
            latencies.extend(latency(record));
        }
    }
    sort(&mut latencies);
    let part = |percent: usize| {
        // The nearest rank: the smallest value that so many are not above.
        let rank = (latencies.len() * percent).div_ceil(100);
        latencies.get(rank.checked_sub(1)?).copied()
    };
    summary.p50 = part(50);
    summary.p95 = part(95);
    summary
}

/// How long a request's last flight took, in milliseconds, once it is over.
pub fn latency(record: &Record) -> Option<u32> {
    let mut bars = record.bars.iter().rev();
    let last = bars.find(|bar| lane(bar).is_some())?;
    Some(millis(last.to?.saturating_sub(last.from)))
}

/// How long a request waited before it was first sent, in milliseconds.
pub fn waited(record: &Record) -> Option<u32> {
    let sent = record.bars.iter().find(|bar| lane(bar).is_some())?;
    Some(millis(sent.from.saturating_sub(record.bars.first()?.from)))
}

/// Draws what happened up to `now` with `permits` at most in flight.
pub fn draw(trace: &Trace, permits: usize, now: Duration) -> Drawing {
    let mut drawing = Drawing::default();
    let lanes = trace.records.iter().flat_map(|record| &record.bars);
    let lanes = lanes.filter_map(lane).map(|lane| lane + 1);
    let lanes = lanes.max().unwrap_or_default().max(permits) as u32;
    drawing.rows = lanes + 1;
    // When a flight began or ended, twice the place plus 1 for a beginning: sorted, an end goes
    // before a beginning at the same place.
    let mut turns = Vec::new();
    let mut flying = 0;
    for record in &trace.records {
        let mut row = lanes;
        // Backwards: a wait stands in the row of the flight that followed it.
        for (place, bar) in record.bars.iter().enumerate().rev() {
            if let Some(lane) = lane(bar) {
                row = lane as u32;
            }
            let (from, to) = (x(bar.from, now), bar.to.map_or(WIDTH, |to| x(to, now)));
            if to == 0 && bar.to.is_some() {
                continue;
            }
            let ink = ink(record, place);
            let flight = lane(bar).is_some();
            let (top, height) = if flight { (3, 9) } else { (13, 4) };
            let width = (to - from).max(1);
            let path = &mut drawing.bars[ink as usize];
            rectangle(path, from, row * ROW + top, width, height);
            if flight {
                let mark = &mut drawing.marks[record.priority as usize];
                rectangle(mark, from, row * ROW + 1, width, 2);
                flying += u32::from(from == 0);
                if from > 0 {
                    turns.push(from * 2 + 1);
                }
                if bar.to.is_some() {
                    turns.push(to * 2);
                }
            }
        }
    }
    sort(&mut turns);
    drawing.in_flight = line(flying, &turns, permits.max(1) as u32);
    drawing
}

/// A step at each turn, as high as so many of `permits` are in flight.
fn line(mut flying: u32, turns: &[u32], permits: u32) -> String {
    let y = |flying: u32| (LINE - (flying * LINE / permits).min(LINE)).to_string();
    let mut path = "M0 ".to_owned() + &y(flying);
    for turn in turns {
        flying = match turn % 2 {
            1 => flying + 1,
            _ => flying.saturating_sub(1),
        };
        path += "H";
        path += &(turn / 2).to_string();
        path += "V";
        path += &y(flying);
    }
    path += "H";
    path + &WIDTH.to_string()
}

fn rectangle(path: &mut String, x: u32, y: u32, width: u32, height: u32) {
    let width = width.to_string();
    for (command, number) in [
        ("M", &x.to_string()),
        (" ", &y.to_string()),
        ("h", &width),
        ("v", &height.to_string()),
        ("h-", &width),
    ] {
        *path += command;
        *path += number;
    }
    *path += "z";
}

fn ink(record: &Record, place: usize) -> Ink {
    let bar = &record.bars[place];
    match bar.doing {
        Doing::Waiting => Ink::Waiting,
        Doing::BackOff => Ink::BackOff,
        Doing::Paused => Ink::Paused,
        Doing::InFlight { .. } if bar.to.is_none() => Ink::Flying,
        Doing::InFlight { .. } if place + 1 < record.bars.len() => Ink::Retried,
        Doing::InFlight { .. } => match record.outcome {
            Some(Outcome::Failed(_)) => Ink::Failed,
            Some(Outcome::Aborted) => Ink::Aborted,
            _ => Ink::Done,
        },
    }
}

fn lane(bar: &Bar) -> Option<usize> {
    match bar.doing {
        Doing::InFlight { lane } => Some(lane),
        _ => None,
    }
}

/// A moment's place in a drawing whose right edge is `now`; 0 for all that was before it begins.
fn x(moment: Duration, now: Duration) -> u32 {
    WIDTH.saturating_sub(millis(now.saturating_sub(moment)) / 10)
}

fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

/// How a request ended, or what it does.
pub fn state(record: &Record) -> String {
    match (&record.outcome, record.bars.last()) {
        (Some(Outcome::Done), _) => "done".to_owned(),
        (Some(Outcome::Failed(error)), _) => error.to_string(),
        (Some(Outcome::Aborted), _) => "aborted".to_owned(),
        (None, Some(bar)) => match bar.doing {
            Doing::Waiting => "waiting",
            Doing::InFlight { .. } => "in flight",
            Doing::BackOff => "backing off",
            Doing::Paused => "paused",
        }
        .to_owned(),
        (None, None) => String::new(),
    }
}

/// The requests that the page lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of their address.
    pub path: String,
    /// How they ended.
    pub outcome: Wanted,
}

/// Which outcomes a [`Filter`] lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// All.
    #[default]
    All,
    /// Those that aren't over.
    Open,
    /// Those that brought what was wanted.
    Done,
    /// Those that failed.
    Failed,
    /// Those that nobody wanted any more.
    Aborted,
    /// Those that were sent more than once.
    Retried,
}

impl Wanted {
    /// All choices, with their names.
    pub const ALL: [(Self, &str); 6] = [
        (Self::All, "all"),
        (Self::Open, "open"),
        (Self::Done, "done"),
        (Self::Failed, "failed"),
        (Self::Aborted, "aborted"),
        (Self::Retried, "retried"),
    ];
}

impl Filter {
    /// Whether the page lists this request.
    pub fn lets(&self, record: &Record) -> bool {
        let outcome = match self.outcome {
            Wanted::All => true,
            Wanted::Open => record.outcome.is_none(),
            Wanted::Done => record.outcome == Some(Outcome::Done),
            Wanted::Failed => matches!(record.outcome, Some(Outcome::Failed(_))),
            Wanted::Aborted => record.outcome == Some(Outcome::Aborted),
            Wanted::Retried => record.attempts > 1,
        };
        let part = self.path.trim();
        outcome && (part.is_empty() || Needle::new(part).is_in(path(&record.url)))
    }
}

/// The requests that `filter` lets through as a JSON array, the oldest first. Times are in
/// milliseconds since the page was opened.
pub fn json(trace: &Trace, filter: &Filter) -> String {
    let listed = trace.records.iter().filter(|record| filter.lets(record));
    let requests: Vec<_> = listed.map(object).collect();
    format!("[{}]", requests.join(",\n"))
}

fn object(record: &Record) -> String {
    let number = |number: Option<u32>| number.map_or("null".to_owned(), |it| it.to_string());
    format!(
        "{{\"url\":{},\"priority\":\"{}\",\"state\":{},\"attempts\":{},\"asked_at\":{},\
         \"waited\":{},\"took\":{},\"bytes\":{},\"status\":{}}}",
        quoted(&record.url),
        priority(record.priority),
        quoted(&state(record)),
        record.attempts,
        number(record.bars.first().map(|bar| millis(bar.from))),
        number(waited(record)),
        number(latency(record)),
        record.bytes,
        number(record.status.map(u32::from)),
    )
}

/// The path of an address: what tells one request from the other.
pub fn path(url: &str) -> &str {
    // It begins with the third slash.
    let path = url.match_indices('/').nth(2);
    path.and_then(|(at, _)| url.get(at..)).unwrap_or(url)
}

/// A priority's name.
pub fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Now => "now",
        Priority::Soon => "soon",
        Priority::Later => "later",
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::http::Error;
    use crate::http::event::{Event, What};

    const SECOND: Duration = Duration::from_secs(1);

    /// Requests, each with what happened to it and at which millisecond.
    fn trace(requests: &[&[(u64, What)]]) -> Trace {
        let mut trace = Trace::default();
        for (request, happened) in requests.iter().enumerate() {
            for (at, what) in happened.iter() {
                trace.add(&Event {
                    request,
                    url: Rc::from(format!("https://api.example/v0/item/{request}.json")),
                    priority: Priority::Soon,
                    at: Duration::from_millis(*at),
                    what: what.clone(),
                });
            }
        }
        trace
    }

    fn flight(lane: usize, from: u64, to: u64) -> [(u64, What); 3] {
        let answered = What::Answered {
            status: 200,
            bytes: 7,
        };
        [
            (0, What::Queued),
            (from, What::Started { lane }),
            (to, answered),
        ]
    }

    #[test]
    fn a_flight_stands_in_its_lane_between_its_times() {
        let trace = trace(&[&flight(1, 14_000, 14_500)]);
        let drawing = draw(&trace, 2, 15 * SECOND);
        assert_eq!(drawing.rows, 3);
        assert_eq!(drawing.bars[Ink::Done as usize], "M1400 21h50v9h-50z");
        // Its wait, before it and below.
        assert_eq!(drawing.bars[Ink::Waiting as usize], "M0 31h1400v4h-1400z");
        assert_eq!(drawing.marks[Priority::Soon as usize], "M1400 19h50v2h-50z");
        assert_eq!(drawing.in_flight, "M0 60H1400V30H1450V60H1500");
    }

    #[test]
    fn what_is_over_before_the_window_is_not_drawn_and_what_reaches_into_it_is_cut() {
        let trace = trace(&[&flight(0, 100, 200), &flight(0, 4_000, 5_500)]);
        let drawing = draw(&trace, 1, 20 * SECOND);
        assert_eq!(drawing.bars[Ink::Done as usize], "M0 3h50v9h-50z");
        assert_eq!(drawing.in_flight, "M0 0H50V60H1500");
    }

    #[test]
    fn a_retry_is_drawn_as_three_bars_of_one_lane() {
        let retried = [
            (0, What::Queued),
            (0, What::Started { lane: 0 }),
            (
                1_000,
                What::Retry {
                    why: Error::Connect,
                    after: SECOND,
                },
            ),
            (2_000, What::Queued),
            (3_000, What::Started { lane: 2 }),
            (4_000, What::Failed(Error::Connect)),
        ];
        let drawing = draw(&trace(&[&retried]), 3, 15 * SECOND);
        assert_eq!(drawing.bars[Ink::Retried as usize], "M0 3h100v9h-100z");
        assert_eq!(drawing.bars[Ink::BackOff as usize], "M100 49h100v4h-100z");
        assert_eq!(drawing.bars[Ink::Failed as usize], "M300 39h100v9h-100z");
    }

    #[test]
    fn percentiles_are_of_answered_flights_by_nearest_rank() {
        let flights: Vec<_> = (1..=20).map(|took| flight(0, 0, took * 10)).collect();
        let requests: Vec<_> = flights.iter().map(<[_; 3]>::as_slice).collect();
        let summary = summary(&trace(&requests));
        assert_eq!((summary.p50, summary.p95), (Some(100), Some(190)));
        assert_eq!(super::summary(&Trace::default()), Summary::default());
    }

    #[test]
    fn what_waits_and_what_flies_is_counted() {
        let waiting = [(0, What::Queued)];
        let flying = [(0, What::Queued), (1, What::Started { lane: 0 })];
        let paused = [(0, What::Queued), (1, What::Paused(None))];
        let summary = summary(&trace(&[&waiting, &flying, &paused, &flight(0, 1, 2)]));
        assert_eq!((summary.queued, summary.in_flight), (2, 1));
    }

    #[test]
    fn the_filter_takes_part_of_the_path_and_an_outcome() {
        let trace = trace(&[&flight(0, 1, 2), &[(0, What::Queued)]]);
        let lets = |path: &str, outcome| {
            let filter = Filter {
                path: path.to_owned(),
                outcome,
            };
            let listed = trace.records.iter().filter(|record| filter.lets(record));
            listed.map(|record| record.request).collect::<Vec<_>>()
        };
        assert_eq!(lets("", Wanted::All), [0, 1]);
        assert_eq!(lets(" item/1 ", Wanted::All), [1]);
        assert_eq!(lets("", Wanted::Done), [0]);
        assert_eq!(lets("", Wanted::Open), [1]);
        assert_eq!(lets("api.example", Wanted::All), [0; 0]);
    }

    #[test]
    fn the_copy_is_json() {
        let trace = trace(&[&flight(0, 10, 30), &[(5, What::Queued)]]);
        let copy: serde_json::Value =
            serde_json::from_str(&json(&trace, &Filter::default())).expect("JSON");
        assert_eq!(copy[0]["state"], "done");
        assert_eq!(copy[0]["took"], 20);
        assert_eq!(copy[0]["bytes"], 7);
        assert_eq!(copy[1]["url"], "https://api.example/v0/item/1.json");
        assert_eq!(copy[1]["took"], serde_json::Value::Null);
    }
}
