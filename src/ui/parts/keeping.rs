use super::{brief_button, button};
use crate::hn::Feed;
use crate::loader::Intent;
use crate::ui::el::{El, el};
use crate::ui::navigation::focus_main;
use crate::ui::state::State;
use crate::ui::words;

/// A quiet line on every page: how far the download of a feed is, and a way to end it.
///
/// Its parts come and go by `hidden`, so that none loses the focus while the figures change.
pub fn keeping_line() -> El {
    let state = State::current();
    let words = move || state.keeping.get().unwrap_or_default();
    let hidden = |hidden: bool| hidden.then(String::new);
    el("div")
        .class("keeping")
        .attr_by("hidden", move || {
            hidden(state.keeping.with(Option::is_none))
        })
        .child(
            el("span")
                .class("keeping-words")
                .attr("id", "keeping")
                .text_by(words),
        )
        .child(
            brief_button("quiet", move || state.send(Intent::KeepAgain))
                .attr_by("hidden", move || hidden(state.keep_again.get().is_none()))
                .text_by(move || state.keep_again.get().unwrap_or_default()),
        )
        .child(
            button("quiet", move || {
                // The line goes with what is dismissed, and stays with what is stopped.
                if !state.is_keeping.get_untracked() {
                    focus_main();
                }
                state.stop_keeping();
            })
            .text_by(move || {
                let end = if state.is_keeping.get() {
                    "Stop"
                } else {
                    "Dismiss"
                };
                end.to_owned()
            }),
        )
        // Only how it ended is read out.
        .child(
            el("span")
                .class("unseen")
                .attr("role", "status")
                .text_by(move || match state.is_keeping.get() {
                    true => String::new(),
                    false => words(),
                }),
        )
}

/// Keeps so many stories of a feed at most, and, if `exact` says so when it is pressed, all replies
/// in their exact order. One download at a time: the line on top says which.
pub fn keep(feed: Feed, most: usize, exact: fn() -> bool) -> El {
    let state = State::current();
    let when_busy = move |words: &str| state.is_keeping.get().then(|| words.to_owned());
    let keep = move || {
        let now = state.now.get_untracked();
        if !state.is_keeping.get_untracked() {
            state.send(Intent::keep(feed, most, exact(), now));
        }
    };
    button("button", keep)
        .attr("aria-describedby", "keeping")
        // A button that is disabled outright loses the focus of whoever pressed it.
        .attr_by("aria-disabled", move || when_busy("true"))
        .attr_by("title", move || when_busy(words::ONE_AT_A_TIME))
}
