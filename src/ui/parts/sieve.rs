use leptos::prelude::*;

use super::{button, follow};
use crate::store::Reading;
use crate::ui::el::{El, el};
use crate::ui::signal::Signal;
use crate::ui::state::State;

/// The id of what the button opens.
const PANEL: &str = "filter";
const FIELD: &str = "filter-text";
const TICK: &str = "filter-read";

/// A button that opens and closes the choice of what feeds leave out; pressed in looks as long as
/// there is such a choice.
pub fn sieve_button(open: &Signal<bool>) -> El {
    let state = State::current();
    let (expanded, open) = (open.clone(), open.clone());
    let class = move || {
        let active = state.reading() != Reading::default();
        Some(if active { "button active" } else { "button" }.to_owned())
    };
    el("button")
        .attr("type", "button")
        .attr_by("class", class)
        .attr("aria-controls", PANEL)
        .attr_by("aria-expanded", move || Some(expanded.get().to_string()))
        .on("click", move |_| open.update(|open| *open = !*open))
        .text("Filter")
}

/// The choice itself: kept in this browser, for all feeds.
pub fn sieve_panel(open: Signal<bool>) -> El {
    let state = State::current();
    let now = untrack(|| state.reading());
    let mut tick =
        el("input")
            .attr("id", TICK)
            .attr("type", "checkbox")
            .on("change", move |event| {
                let on = event_target_checked(&event);
                state.change(move |settings| settings.reading.hide_read = on);
            });
    if now.hide_read {
        tick = tick.attr("checked", "");
    }
    let field = el("textarea")
        .attr("id", FIELD)
        .attr("rows", "3")
        .attr("spellcheck", "false")
        .attr("autocapitalize", "none")
        .attr("aria-describedby", "filter-hint")
        .on("change", move |event| {
            let text = event_target_value(&event);
            state.change(move |settings| settings.reading.filter = text.clone());
        })
        .text(&now.filter);
    // Another tab may change it.
    follow(FIELD, move || state.reading().filter);
    el("div")
        .class("sieve")
        .attr("id", PANEL)
        .attr_by("hidden", move || (!open.get()).then(String::new))
        .child(
            el("p").child(tick).child(
                el("label")
                    .attr("for", TICK)
                    .text("Leave out what I have read"),
            ),
        )
        .child(
            el("label")
                .attr("for", FIELD)
                .text("Leave out stories with"),
        )
        .child(field)
        .child(
            el("p")
                .class("hint")
                .attr("id", "filter-hint")
                .text("One a line or between commas: words of the title, ")
                .child(el("code").text("site:example.com"))
                .text(", or ")
                .child(el("code").text("by:name"))
                .text("."),
        )
        // By hand only, so that nothing moves while somebody types.
        .child(button("button", || {}).text("Apply"))
}
