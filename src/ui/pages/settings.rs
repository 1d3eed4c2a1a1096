use super::set_title;
use crate::http::policy::Limits;
use crate::ui::el::{El, el};
use crate::ui::look::{LOOKS, wear};
use crate::ui::parts::{Label, Number, button, choice, input, number, paragraph, tick};
use crate::ui::signal::Signal;
use crate::ui::state::State;
use crate::ui::words;

/// A number of the engine's limits, how it is read and how it is set.
type Limit = (Number, fn(&Limits) -> u64, fn(&mut Limits, u64));

const LIMITS: [Limit; 5] = [
    (
        Number {
            label: Label {
                id: "permits",
                name: "Requests at once",
                hint: words::PERMITS,
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
                hint: words::RATE,
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
                hint: words::BURST,
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
                hint: words::TIMEOUT,
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
                hint: words::ATTEMPTS,
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
    hint: words::ALGOLIA,
};

const KEYS: Label = Label {
    id: "keys-on",
    name: "Keys of one character",
    hint: words::KEYS,
};

/// What can be chosen of the [`LOOKS`].
const LOOK: [Label; 2] = [
    Label {
        id: "colours",
        name: "Colours",
        hint: words::COLOURS,
    },
    Label {
        id: "size",
        name: "Size of text",
        hint: words::SIZE,
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
        heard.set(words::switched(ALGOLIA.name, ticked));
    });
    let heard = said.clone();
    let keys = tick(KEYS, state.has_keys(), move |ticked| {
        state.change(move |settings| settings.keys_off = !ticked);
        heard.set(words::switched(KEYS.name, ticked));
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
        heard.set(words::RESET.to_owned());
    })
    .text("Reset");
    let looks = [0, 1].map(|place| {
        let heard = said.clone();
        choice(LOOK[place], LOOKS[place], move |(class, name)| {
            wear(place, class);
            heard.set(words::chosen(LOOK[place].name, name));
        })
    });
    el("section")
        .class("settings")
        .child(el("h1").text("Settings"))
        .child(paragraph(words::SETTINGS))
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
