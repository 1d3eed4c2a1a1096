use leptos::prelude::*;

use super::set_title;
use crate::hn::Id;
use crate::loader::Intent;
use crate::ui::el::{El, el, group, keyed, live};
use crate::ui::parts::{link_button, notice, paragraph, story_row};
use crate::ui::state::State;

/// What the reader saved, the last on top. A story that isn't saved any more stays until the page
/// is left, so that a slip is mended where it was made.
pub fn saved_page() -> AnyView {
    set_title("Saved stories");
    let state = State::current();
    let ids = Memo::new(move |before: Option<&Vec<Id>>| {
        let mut ids = saved(state);
        let here = before.into_iter().flatten();
        let gone = here.filter(|id| !ids.contains(id)).copied();
        let gone: Vec<Id> = gone.collect();
        ids.extend(gone);
        ids
    });
    Effect::new(move |_| state.send(Intent::Items(ids.get())));
    on_cleanup(move || state.leave());
    let count = move || saved(state).len();
    group([
        el("div")
            .class("toolbar")
            .child(el("h1").text("Saved stories"))
            .child(el("p").class("as-of").text_by(move || match count() {
                0 => String::new(),
                count => format!("{count} on the shelf"),
            }))
            .into(),
        live(move || match ids.with(Vec::is_empty) {
            true => nothing_saved().into(),
            false => el("ol")
                .class("stories unranked")
                .child(keyed(move || ids.get(), story_row))
                .into(),
        }),
    ])
}

/// The saved stories, the last on top.
fn saved(state: State) -> Vec<Id> {
    let mut saved = state.marks(|id, mark| mark.saved.map(|at| (at, id)));
    saved.sort_unstable_by(|a, b| b.cmp(a));
    saved.into_iter().map(|(_, id)| id).collect()
}

fn nothing_saved() -> El {
    notice("Nothing is saved yet")
        .child(paragraph(
            "“Save” beside a story puts it here. It stays in this browser, for offline too.",
        ))
        .child(link_button("./", "Go to the top stories"))
}
