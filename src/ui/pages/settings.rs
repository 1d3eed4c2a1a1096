use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::set_title;
use crate::http::policy::Limits;
use crate::ui::el::{El, el};
use crate::ui::parts::{Number, button, number, paragraph};
use crate::ui::signal::Signal;
use crate::ui::state::State;

/// A number of the engine's limits.
struct Field {
    id: &'static str,
    label: &'static str,
    hint: &'static str,
    least: u64,
    most: u64,
    get: fn(&Limits) -> u64,
    set: fn(&mut Limits, u64),
}

const FIELDS: [Field; 5] = [
    Field {
        id: "permits",
        label: "Requests at once",
        hint: "Over all tabs. Six is what a browser opens to one server over HTTP/1.1.",
        least: 1,
        most: 32,
        get: |limits| limits.permits as u64,
        set: |limits, value| limits.permits = value as usize,
    },
    Field {
        id: "rate",
        label: "Requests a second",
        hint: "At most so many are started; 0 sets no rate.",
        least: 0,
        most: 100,
        get: |limits| limits.rate.into(),
        set: |limits, value| limits.rate = value as u32,
    },
    Field {
        id: "burst",
        label: "Of these at once after a rest",
        hint: "Only with a rate.",
        least: 1,
        most: 100,
        get: |limits| limits.burst.into(),
        set: |limits, value| limits.burst = value as u32,
    },
    Field {
        id: "timeout",
        label: "Milliseconds for one answer",
        hint: "Headers and body; then the request is aborted.",
        least: 100,
        most: 60_000,
        get: |limits| limits.timeout_ms,
        set: |limits, value| limits.timeout_ms = value,
    },
    Field {
        id: "attempts",
        label: "Attempts at one request",
        hint: "Only what may pass is tried again, later each time.",
        least: 1,
        most: 10,
        get: |limits| limits.attempts.into(),
        set: |limits, value| limits.attempts = value as u32,
    },
];

/// The id of the box for Algolia.
const ALGOLIA: &str = "algolia";

/// What the reader can set: applied at once, kept in this browser.
pub fn settings_page() -> El {
    set_title("Settings");
    let state = State::current();
    let said = Signal::new(String::new());
    let apply = |limits: Limits, said: &Signal<String>, words: String| {
        State::current().set_limits(limits);
        said.set(words);
    };
    let numbers = FIELDS.iter().map(|field| {
        let Field {
            id,
            label,
            hint,
            least,
            most,
            get,
            set,
        } = *field;
        let bounds = Number {
            id,
            label,
            hint,
            least,
            most,
        };
        let said = said.clone();
        number(
            bounds,
            Box::new(move || get(&state.limits())),
            Box::new(move |value, words| {
                let mut limits = state.limits();
                set(&mut limits, value);
                apply(limits, &said, words);
            }),
        )
    });
    let numbers: Vec<El> = numbers.collect();
    let heard = said.clone();
    let mut tick = el("input")
        .attr("id", ALGOLIA)
        .attr("type", "checkbox")
        .attr("aria-describedby", "algolia-hint")
        .on("change", move |event| {
            let input: HtmlInputElement = event_target(&event);
            let mut limits = state.limits();
            limits.algolia = input.checked();
            let now = if limits.algolia { "on" } else { "off" };
            apply(limits, &heard, format!("Algolia: {now}, from now on."));
        });
    if state.limits().algolia {
        tick = tick.attr("checked", "");
    }
    let algolia = el("div")
        .class("field")
        .child(el("label").attr("for", ALGOLIA).text("Algolia"))
        .child(tick)
        .child(
            el("p")
                .class("hint")
                .attr("id", "algolia-hint")
                .text("Hacker News’ search service, for whole threads and search. Off: only Hacker News itself is asked."),
        );
    let heard = said.clone();
    let reset = button("button", move || {
        let limits = Limits::default();
        for field in &FIELDS {
            if let Some(input) = input(field.id) {
                input.set_value(&(field.get)(&limits).to_string());
            }
        }
        if let Some(input) = input(ALGOLIA) {
            input.set_checked(limits.algolia);
        }
        apply(
            limits,
            &heard,
            "Everything is as it was at first.".to_owned(),
        );
    })
    .text("Reset");
    el("section")
        .class("settings")
        .child(el("h1").text("Settings"))
        .child(paragraph(
            "Each change holds at once, also for what is under way, and is kept in this browser.",
        ))
        .children(numbers)
        .child(algolia)
        .child(
            el("p").child(reset).child(
                el("span")
                    .class("said")
                    .attr("role", "status")
                    .text_by(move || said.get()),
            ),
        )
}

fn input(id: &str) -> Option<HtmlInputElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
