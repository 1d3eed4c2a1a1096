use leptos::prelude::AnyView;

use super::set_title;
use crate::hn::Feed;
use crate::store::Bounds;
use crate::ui::el::{El, el, group, nothing};
use crate::ui::parts::{
    Label, Number, bar, button, holdings, is_ticked, keep, number, paragraph, take_away, tick,
};
use crate::ui::signal::{Signal, effect};
use crate::ui::state::{State, forgets};
use crate::ui::words;

/// So many stories of a feed are offered to be kept, and how that is said.
const AMOUNTS: [(usize, &str); 3] = [(30, "30"), (100, "100"), (usize::MAX, "All")];

/// The box that asks for the order of all replies.
const EXACT: Label = Label {
    id: "exact",
    name: "Replies in Hacker News’ own order at every depth",
    hint: words::EXACT,
};

/// The box that deletes the reader's marks, too.
const MARKS: Label = Label {
    id: "marks",
    name: "Delete my marks, too",
    hint: words::MARKS,
};

/// What is kept in this browser, and what more is to be.
pub fn shelf_page() -> El {
    set_title("Shelf");
    let state = State::current();
    // Each download changes it.
    effect(move || {
        if !state.is_keeping.get() {
            state.count_stored();
        }
    });
    el("section")
        .class("settings shelf")
        .child(el("h1").text("Shelf"))
        .child(paragraph(words::SHELF))
        .child(
            el("p")
                .class("stored")
                .attr("role", "status")
                .text_by(move || {
                    state.counted.get();
                    let stored = state.stored.get();
                    stored.map_or_else(String::new, |(holdings, _)| {
                        words::kept(&holdings, state.marked(), state.is_keeping.get())
                    })
                }),
        )
        .live(stored)
        .children(forgets().then(|| paragraph(words::FORGETS).class("forgets")))
        .child(el("h2").text("Keep for offline"))
        .child(paragraph(words::KEEP))
        .child(el("ul").class("amounts").children(Feed::ALL.map(amounts)))
        .child(tick(EXACT, false, |_| ()))
        .child(take_away())
        .child(el("h2").text("Make room"))
        .children(make_room())
}

/// What is kept, as a drawing.
fn stored() -> AnyView {
    let state = State::current();
    state.counted.get();
    let Some((kept, used)) = state.stored.get() else {
        return nothing();
    };
    let bounds = state.bounds();
    let room = el("p")
        .class("hint")
        .text(&words::room(&kept, &bounds, used));
    let bar = bar(kept.bytes(), bounds.bytes());
    group([room.into(), bar.into(), holdings(&kept).into()])
}

fn bounds(said: &Signal<Option<String>>) -> [El; 2] {
    let state = State::current();
    let field = |label, (least, most): (u32, u32), value: fn(&mut Bounds) -> &mut u32| {
        let said = said.clone();
        number(
            Number {
                label,
                least: least.into(),
                most: most.into(),
            },
            Box::new(move || (*value(&mut state.bounds())).into()),
            Box::new(move |chosen, words| {
                state.change(move |settings| *value(&mut settings.bounds) = chosen as u32);
                said.set(Some(words));
            }),
        )
    };
    [
        field(
            Label {
                id: "megabytes",
                name: "Megabytes at most",
                hint: words::MEGABYTES,
            },
            Bounds::MEGABYTES,
            |bounds| &mut bounds.megabytes,
        ),
        field(
            Label {
                id: "days",
                name: "Days unopened at most",
                hint: words::DAYS,
            },
            Bounds::DAYS,
            |bounds| &mut bounds.days,
        ),
    ]
}

/// A feed, and how many of its stories can be kept.
fn amounts(feed: Feed) -> El {
    let name = words::feed(feed);
    let amount = |(most, words): (usize, &str)| {
        keep(feed, most, || is_ticked(EXACT.id))
            .attr("aria-label", &format!("Keep {words} of {name}"))
            .text(words)
    };
    el("li")
        .child(el("span").text(name))
        .children(AMOUNTS.map(amount))
}

fn make_room() -> [El; 5] {
    let state = State::current();
    let said = Signal::new(None::<String>);
    let sure = Signal::new(false);
    let (asked, answered, words) = (sure.clone(), said.clone(), said.clone());
    let cleaned = said.clone();
    let [megabytes, days] = bounds(&said);
    let delete = move || {
        if sure.get_untracked() {
            let done = said.clone();
            said.set(Some(words::DELETING.to_owned()));
            state.clear_stored(is_ticked(MARKS.id), move |cleared| {
                let words = match cleared {
                    true => words::ALL_DELETED,
                    false => words::UNDONE,
                };
                done.set(Some(words.to_owned()));
            });
        } else {
            said.set(Some(words::SURE.to_owned()));
        }
        sure.update(|sure| *sure = !*sure);
    };
    let clean_up = move || {
        let said = cleaned.clone();
        said.set(Some(words::CLEANING.to_owned()));
        state.clean_up(move |done| {
            let words = match done {
                true => words::CLEANED,
                false => words::UNDONE,
            };
            said.set(Some(words.to_owned()));
        });
    };
    let persist = move || {
        let said = answered.clone();
        state.persist(move |words| said.set(Some(words.to_owned())));
    };
    [
        megabytes,
        days,
        tick(MARKS, false, |_| ()),
        el("p")
            .class("choices")
            .child(
                button("button", clean_up)
                    .attr_by("disabled", move || state.is_keeping.get().then(String::new))
                    .text("Clean up now"),
            )
            .child(button("button", delete).text_by(move || match asked.get() {
                true => "Really delete all".to_owned(),
                false => "Delete all".to_owned(),
            }))
            .child(button("button", persist).text("Ask the browser to keep it")),
        el("p")
            .class("said")
            .attr("role", "status")
            .text_by(move || words.get().unwrap_or_default()),
    ]
}
