use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::set_title;
use crate::hn::Id;
use crate::http::event::{Counts, Record, Trace};
use crate::ui::activity::{self, Drawing, Filter, LINE, ROW, Summary, WIDTH, Wanted};
use crate::ui::address::named;
use crate::ui::children::keyed;
use crate::ui::el::{El, Svg, draw, el, group};
use crate::ui::later::spawn;
use crate::ui::parts::{button, copy, option, paragraph};
use crate::ui::signal::{Signal, on_leave};
use crate::ui::state::State;
use crate::ui::words;

/// How often the drawing is made anew, and how often where the reader wants little motion.
const FRAME: Duration = Duration::from_millis(100);
const CALM_FRAME: Duration = Duration::from_secs(1);

/// The kinds of bars in the order of [`activity::Ink`]: a class, and a name for the key.
const INKS: [(&str, &str); 8] = [
    ("waiting", "waiting"),
    ("back-off", "backing off"),
    ("paused", "paused"),
    ("flying", "in flight"),
    ("done", "done"),
    ("retried", "failed, tried again"),
    ("failed", "failed"),
    ("aborted", "aborted"),
];

/// The marks of the priorities in their order: a class, and a name for the key.
const MARKS: [(&str, &str); 3] = [
    ("now", "edge: the page waits for it"),
    ("soon", "edge: visible next"),
    ("later", "edge: in the background"),
];

/// All that a frame shows.
#[derive(Clone, Default)]
struct Frame {
    drawing: Drawing,
    summary: Summary,
    counts: Counts,
    permits: usize,
}

/// What the page follows. Clones share it.
#[derive(Clone, Default)]
struct Live {
    frame: Signal<Frame>,
    rows: Signal<Vec<Id>>,
    filter: Rc<RefCell<Filter>>,
}

impl Live {
    fn show(&self) {
        let state = State::current();
        let permits = state.limits().permits;
        self.frame.set(state.trace(|trace, now| Frame {
            drawing: activity::draw(trace, permits, now),
            summary: activity::summary(trace),
            counts: trace.counts,
            permits,
        }));
        let listed = state.trace(|trace, _| keys(trace, &self.filter.borrow()));
        if self.rows.with_untracked(|shown| *shown != listed) {
            self.rows.set(listed);
        }
    }

    fn choose(&self, change: impl FnOnce(&mut Filter)) {
        change(&mut self.filter.borrow_mut());
        self.show();
    }

    /// What `read` makes of each frame.
    fn each<T>(&self, read: impl Fn(&Frame) -> T + 'static) -> impl Fn() -> T + 'static {
        let frame = self.frame.clone();
        move || frame.with(&read)
    }
}

/// What the engine does, live. Nothing of this runs while the page is closed.
pub fn activity_page() -> AnyView {
    set_title("Activity");
    let live = Live::default();
    live.show();
    let calm = window()
        .match_media("(prefers-reduced-motion: reduce)")
        .is_ok_and(|query| query.is_some_and(|query| query.matches()));
    let every = if calm { CALM_FRAME } else { FRAME };
    let shown = live.clone();
    if let Ok(handle) = set_interval_with_handle(move || shown.show(), every) {
        on_leave(move || handle.clear());
    }
    group([
        el("h1").text("Activity").into(),
        paragraph(words::ACTIVITY).class("hint").into(),
        figures(&live).into(),
        lanes(&live).into(),
        in_flight(&live).into(),
        legend().into(),
        list(&live).into(),
    ])
}

fn figures(live: &Live) -> El {
    let figure = |name: &'static str, value: fn(&Frame) -> String| {
        el("div")
            .child(el("dt").text(name))
            .child(el("dd").attr("data-figure", name).text_by(live.each(value)))
    };
    el("dl").class("figures").children([
        figure("in flight", |frame| {
            format!("{} of {}", frame.summary.in_flight, frame.permits)
        }),
        figure("queued", |frame| frame.summary.queued.to_string()),
        figure("done", |frame| frame.counts.done.to_string()),
        figure("retried", |frame| frame.counts.retried.to_string()),
        figure("failed", |frame| frame.counts.failed.to_string()),
        figure("aborted", |frame| frame.counts.aborted.to_string()),
        figure("shared", |frame| frame.counts.shared.to_string()),
        figure("p50", |frame| millis_or_dash(frame.summary.p50)),
        figure("p95", |frame| millis_or_dash(frame.summary.p95)),
        figure("received", |frame| words::bytes(frame.counts.bytes)),
    ])
}

fn millis_or_dash(time: Option<u32>) -> String {
    time.map_or("–".to_owned(), |time| format!("{time} ms"))
}

/// A row for each lane, and one below for what has none yet.
fn lanes(live: &Live) -> El {
    let height = |frame: &Frame| frame.drawing.rows * ROW;
    let path = |class: &str| draw(Svg::Path).class(class);
    let rules = live.each(|frame| {
        let rule = |row| format!("M0 {}h{WIDTH}", row * ROW);
        Some((1..frame.drawing.rows).map(rule).collect())
    });
    let bars = (0..INKS.len()).map(|ink| {
        let bars = live.each(move |frame| Some(frame.drawing.bars[ink].clone()));
        path(INKS[ink].0).attr_by("d", bars)
    });
    let marks = (0..MARKS.len()).map(|mark| {
        let marks = live.each(move |frame| Some(frame.drawing.marks[mark].clone()));
        path(MARKS[mark].0).attr_by("d", marks)
    });
    let drawing = draw(Svg::Root)
        .class("chart lanes")
        .attr("role", "img")
        .attr(
            "aria-label",
            "A bar for each thing that a request did, in a row for each permit",
        )
        .attr("preserveAspectRatio", "none")
        .attr_by(
            "viewBox",
            live.each(move |frame| Some(format!("0 0 {WIDTH} {}", height(frame)))),
        )
        .attr_by(
            "height",
            live.each(move |frame| Some(height(frame).to_string())),
        )
        .child(path("rules").attr_by("d", rules))
        .children(bars)
        .children(marks);
    el("figure")
        .child(el("figcaption").text("Permits, and below them what has none yet"))
        .child(drawing)
}

fn in_flight(live: &Live) -> El {
    let line = live.each(|frame| Some(frame.drawing.in_flight.clone()));
    let line = draw(Svg::Path).class("line").attr_by("d", line);
    let limit = draw(Svg::Path)
        .class("limit")
        .attr("d", &format!("M0 0h{WIDTH}"));
    let drawing = draw(Svg::Root)
        .class("chart")
        .attr("role", "img")
        .attr(
            "aria-label",
            "Requests in flight over time, against the limit",
        )
        .attr("preserveAspectRatio", "none")
        .attr("viewBox", &format!("0 -3 {WIDTH} {}", LINE + 6))
        .attr("height", &(LINE + 6).to_string())
        .child(limit)
        .child(line);
    el("figure")
        .child(el("figcaption").text("In flight, against the limit"))
        .child(drawing)
}

fn legend() -> El {
    let swatch = |(class, name): &(&'static str, &'static str)| {
        let drawing = draw(Svg::Root)
            .class("swatch")
            .attr("viewBox", "0 0 12 12")
            .attr("aria-hidden", "true")
            .child(draw(Svg::Path).class(class).attr("d", "M0 1h12v10h-12z"));
        el("li").child(drawing).text(name)
    };
    el("ul")
        .class("legend")
        .attr("aria-label", "Colours")
        .children(INKS.iter().chain(&MARKS).map(swatch))
}

/// The last requests, the newest first, as a table that can be filtered and copied.
fn list(live: &Live) -> El {
    let (typed, chosen, copied) = (live.clone(), live.clone(), live.clone());
    let path = el("input")
        .attr("type", "search")
        .attr("placeholder", "item/")
        .on("input", move |event| {
            typed.choose(|filter| filter.path = event_target_value(&event));
        });
    let choice = |(_, name): (Wanted, &str)| option(name, name, false);
    let outcome = el("select")
        .on("change", move |event| {
            let wanted = named(&Wanted::ALL, &event_target_value(&event));
            chosen.choose(|filter| filter.outcome = wanted);
        })
        .children(Wanted::ALL.map(choice));
    let said = Signal::new(String::new());
    let heard = said.clone();
    let copy = button("button", move || {
        let filter = copied.filter.borrow();
        let json = State::current().trace(|trace, _| activity::json(trace, &filter));
        let said = said.clone();
        spawn(async move {
            let copied = JsFuture::from(copy(&json)).await.is_ok();
            said.set(words::copied(copied).to_owned());
        });
    })
    .text("Copy as JSON");
    let tools = el("div")
        .class("toolbar")
        .child(el("h2").text("Requests"))
        .child(el("label").text("Path ").child(path))
        .child(el("label").text("Outcome ").child(outcome))
        .child(copy)
        .child(
            el("span")
                .class("said")
                .attr("role", "status")
                .text_by(move || heard.get()),
        );
    let heads = [
        "Path", "Priority", "State", "Attempts", "Waited", "Took", "Bytes",
    ];
    let rows = live.rows.clone();
    let head = heads.map(|name| el("th").attr("scope", "col").text(name));
    let table = el("table")
        .child(el("thead").child(el("tr").children(head)))
        .child(el("tbody").child(keyed(move || rows.get(), row)));
    el("section").class("requests").child(tools).child(
        el("div")
            .class("scroll")
            .attr("tabindex", "0")
            .attr("role", "region")
            .attr("aria-label", "Requests")
            .child(table),
    )
}

/// The requests to list, the newest first. A key changes with all that its row shows, so that a row
/// is made anew just when it must.
fn keys(trace: &Trace, filter: &Filter) -> Vec<Id> {
    let listed = trace
        .records
        .iter()
        .rev()
        .filter(|record| filter.lets(record));
    listed
        .map(|record| {
            let over = Id::from(record.outcome.is_some());
            record.request as Id * 64 + (record.bars.len() as Id).min(31) * 2 + over
        })
        .collect()
}

fn row(key: Id) -> El {
    let request = (key / 64) as usize;
    State::current().trace(|trace, _| {
        let first = trace.records.front().map_or(0, |record| record.request);
        let place = request.checked_sub(first);
        match place.and_then(|place| trace.records.get(place)) {
            Some(record) => cells(record),
            None => el("tr"),
        }
    })
}

fn cells(record: &Record) -> El {
    let cell = |words: &str| el("td").text(words);
    el("tr")
        .child(
            el("th")
                .attr("scope", "row")
                .text(activity::path(&record.url)),
        )
        .child(cell(activity::priority(record.priority)))
        .child(cell(&activity::state(record)))
        .child(cell(&record.attempts.to_string()))
        .child(cell(&millis_or_dash(activity::waited(record))))
        .child(cell(&millis_or_dash(activity::latency(record))))
        .child(cell(&record.bytes.to_string()))
}
