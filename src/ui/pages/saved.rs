use leptos::prelude::*;

use super::set_title;
use crate::loader::Intent;
use crate::ui::children::keyed;
use crate::ui::el::{El, el, group, live};
use crate::ui::parts::{link_button, notice, paragraph, story_row};
use crate::ui::signal::{Signal, effect, memo, on_leave};
use crate::ui::state::State;
use crate::ui::words;

/// What the reader saved, the last on top. A story that isn't saved any more stays until the page
/// is left, so that a slip is mended where it was made.
pub fn saved_page() -> AnyView {
    set_title("Saved stories");
    let state = State::current();
    let ids = Signal::new(Vec::new());
    let followed = ids.clone();
    effect(move || {
        let shown = followed.get_untracked();
        let mut saved = state.saved();
        saved.retain(|id| !shown.contains(id));
        if !saved.is_empty() {
            saved.extend(shown);
            state.send(Intent::Items(saved.clone()));
            followed.set(saved);
        }
    });
    on_leave(move || state.leave());
    let all = ids.clone();
    let is_empty = memo(move || all.with(Vec::is_empty));
    group([
        el("div")
            .class("toolbar")
            .child(el("h1").text("Saved stories"))
            .child(
                el("p")
                    .class("as-of")
                    .text_by(move || match state.saved().len() {
                        0 => String::new(),
                        count => format!("{count} on the shelf"),
                    }),
            )
            .into(),
        live(move || {
            let ids = ids.clone();
            match is_empty.get() {
                true => nothing_saved().into(),
                false => el("ol")
                    .class("stories unranked")
                    .child(keyed(move || ids.get(), story_row))
                    .into(),
            }
        }),
    ])
}

fn nothing_saved() -> El {
    notice("Nothing is saved yet")
        .child(paragraph(words::SAVE_FIRST))
        .child(link_button("./", "Go to the top stories"))
}
