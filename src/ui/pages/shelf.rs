use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::set_title;
use crate::hn::Feed;
use crate::ui::el::{El, el};
use crate::ui::parts::{button, keep, paragraph, take_away};
use crate::ui::signal::{Signal, effect};
use crate::ui::state::State;
use crate::ui::words;

/// So many stories of a feed are offered to be kept, and how that is said.
const AMOUNTS: [(usize, &str); 3] = [(30, "30"), (100, "100"), (usize::MAX, "All")];

/// The id of the box that asks for the order of all replies.
const EXACT: &str = "exact";
/// The id of the box that deletes the reader's marks, too.
const MARKS: &str = "marks";

/// What is kept in this browser, and what more is to be.
pub fn shelf_page() -> El {
    set_title("Shelf");
    let state = State::current();
    state.count_stored();
    // Each download changes it.
    effect(move || {
        if !state.is_keeping.get() {
            state.count_stored();
        }
    });
    el("section")
        .class("settings shelf")
        .child(el("h1").text("Shelf"))
        .child(paragraph(
            "Everything you open is kept in this browser, to be read without a network.",
        ))
        .child(
            el("p")
                .class("stored")
                .attr("role", "status")
                .text_by(move || state.stored.get().unwrap_or_default()),
        )
        .child(el("h2").text("Keep for offline"))
        .child(paragraph(
            "Stories with all their comments. It goes on while you read, and after the page was closed.",
        ))
        .child(el("ul").class("amounts").children(Feed::ALL.map(amounts)))
        .child(tick(EXACT, "Replies in Hacker News’ own order at every depth", "One more request for each comment with several replies; without it, replies stand oldest first until you open the thread."))
        .child(take_away())
        .child(el("h2").text("Make room"))
        .children(make_room())
}

/// A feed, and how many of its stories can be kept.
fn amounts(feed: Feed) -> El {
    let name = words::feed(feed);
    let amount = |(most, words): (usize, &str)| {
        keep(feed, most, || is_ticked(EXACT))
            .attr("aria-label", &format!("Keep {words} of {name}"))
            .text(words)
    };
    el("li")
        .child(el("span").text(name))
        .children(AMOUNTS.map(amount))
}

fn make_room() -> [El; 3] {
    let state = State::current();
    let said = Signal::new(None::<String>);
    let sure = Signal::new(false);
    let (asked, answered, words) = (sure.clone(), said.clone(), said.clone());
    let delete = move || {
        if sure.get_untracked() {
            let marks = is_ticked(MARKS);
            state.clear_stored(marks);
            said.set(Some("Everything fetched was deleted.".to_owned()));
        } else {
            said.set(Some("Press once more to delete it all.".to_owned()));
        }
        sure.update(|sure| *sure = !*sure);
    };
    let persist = move || {
        let said = answered.clone();
        state.persist(move |words| said.set(Some(words.to_owned())));
    };
    [
        tick(
            MARKS,
            "Delete my marks, too",
            "What you read, saved, hid and folded.",
        ),
        el("p")
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

fn tick(id: &str, label: &str, hint: &str) -> El {
    let described = format!("{id}-hint");
    el("div")
        .class("field")
        .child(el("label").attr("for", id).text(label))
        .child(
            el("input")
                .attr("id", id)
                .attr("type", "checkbox")
                .attr("aria-describedby", &described),
        )
        .child(el("p").class("hint").attr("id", &described).text(hint))
}

fn is_ticked(id: &str) -> bool {
    let found = document().get_element_by_id(id);
    let input = found.and_then(|found| found.dyn_into::<HtmlInputElement>().ok());
    input.is_some_and(|input| input.checked())
}
