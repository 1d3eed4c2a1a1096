use super::set_title;
use crate::http::policy::Limits;
use crate::ui::el::{El, el};
use crate::ui::look::{LOOKS, wear};
use crate::ui::parts::{Label, Number, button, choice, input, number, paragraph, tick};
use crate::ui::signal::Signal;
use crate::ui::state::State;

/// A number of the engine's limits, how it is read and how it is set.
type Limit = (Number, fn(&Limits) -> u64, fn(&mut Limits, u64));

const LIMITS: [Limit; 5] = [
    (
        Number {
            label: Label {
                id: "permits",
                name: "Requests at once",
                hint: "Over all tabs. Six is what a browser opens to one server over HTTP/1.1.",
            },
            least: 1,
            most: 32,
        },
        |limits| limits.permits as u64,
        |limits, value| limits.permits = value as usize,
    ),
    (
        Number {
            label: Label {
                id: "rate",
                name: "Requests a second",
                hint: "At most so many are started; 0 sets no rate.",
            },
            least: 0,
            most: 100,
        },
        |limits| limits.rate.into(),
        |limits, value| limits.rate = value as u32,
    ),
    (
        Number {
            label: Label {
                id: "burst",
                name: "Of these at once after a rest",
                hint: "Only with a rate.",
            },
            least: 1,
            most: 100,
        },
        |limits| limits.burst.into(),
        |limits, value| limits.burst = value as u32,
    ),
    (
        Number {
            label: Label {
                id: "timeout",
                name: "Milliseconds for one answer",
                hint: "Headers and body; then the request is aborted.",
            },
            least: 100,
            most: 60_000,
        },
        |limits| limits.timeout_ms,
        |limits, value| limits.timeout_ms = value,
    ),
    (
        Number {
            label: Label {
                id: "attempts",
                name: "Attempts at one request",
                hint: "Only what may pass is tried again, later each time.",
            },
            least: 1,
            most: 10,
        },
        |limits| limits.attempts.into(),
        |limits, value| limits.attempts = value as u32,
    ),
];

const ALGOLIA: Label = Label {
    id: "algolia",
    name: "Algolia",
    hint: "Hacker News’ search service, for whole threads and search. Off: only Hacker News itself is asked.",
};

const KEYS: Label = Label {
    id: "keys-on",
    name: "Keys of one character",
    hint: "Off: no letter does anything by itself, as is best for who speaks to the browser.",
};

/// What can be chosen of the [`LOOKS`].
const LOOK: [Label; 2] = [
    Label {
        id: "colours",
        name: "Colours",
        hint: "Automatic: light or dark, as the system is.",
    },
    Label {
        id: "size",
        name: "Size of text",
        hint: "Of all there is, besides the browser’s own zoom.",
    },
];

/// What the reader can set: applied at once, kept in this browser.
pub fn settings_page() -> El {
    set_title("Settings");
    let state = State::current();
    let said = Signal::new(String::new());
    let numbers = LIMITS.map(|(limit, get, set)| {
        let said = said.clone();
        number(
            limit,
            Box::new(move || get(&state.limits())),
            Box::new(move |value, words| {
                state.change(move |settings| set(&mut settings.network, value));
                said.set(words);
            }),
        )
    });
    let heard = said.clone();
    let algolia = tick(ALGOLIA, state.limits().algolia, move |ticked| {
        state.change(move |settings| settings.network.algolia = ticked);
        heard.set(now(ALGOLIA.name, ticked));
    });
    let heard = said.clone();
    let keys = tick(KEYS, state.has_keys(), move |ticked| {
        state.change(move |settings| settings.keys_off = !ticked);
        heard.set(now(KEYS.name, ticked));
    });
    let heard = said.clone();
    let reset = button("button", move || {
        let limits = Limits::default();
        for (limit, get, _) in LIMITS {
            if let Some(input) = input(limit.label.id) {
                input.set_value(&get(&limits).to_string());
            }
        }
        if let Some(input) = input(ALGOLIA.id) {
            input.set_checked(limits.algolia);
        }
        if let Some(input) = input(KEYS.id) {
            input.set_checked(true);
        }
        state.change(|settings| {
            settings.network = Limits::default();
            settings.keys_off = false;
        });
        heard.set("Everything is as it was at first.".to_owned());
    })
    .text("Reset");
    let looks = [0, 1].map(|place| {
        let heard = said.clone();
        choice(LOOK[place], LOOKS[place], move |(class, words)| {
            wear(place, class);
            heard.set(format!("{}: {words}, from now on.", LOOK[place].name));
        })
    });
    el("section")
        .class("settings")
        .child(el("h1").text("Settings"))
        .child(paragraph(
            "Each change holds at once, also for what is under way, and is kept in this browser.",
        ))
        .children(looks)
        .children(numbers)
        .child(algolia)
        .child(keys)
        .child(
            el("p").child(reset).child(
                el("span")
                    .class("said")
                    .attr("role", "status")
                    .text_by(move || said.get()),
            ),
        )
        .child(
            el("p").child(
                el("a")
                    .attr("href", "licenses.txt")
                    .attr("target", "_blank")
                    .text("Who wrote what this is made of"),
            ),
        )
}

fn now(name: &str, on: bool) -> String {
    let state = if on { "on" } else { "off" };
    format!("{name}: {state}, from now on.")
}
