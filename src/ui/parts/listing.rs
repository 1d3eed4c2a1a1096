//! A list over several pages, as feeds and people have them: the rows of one, or what is to be said
//! in their place. What is said stands where a screen reader waits for it, from the start.

use std::rc::Rc;

use leptos::prelude::*;

use super::{banner, brief_button, link_button, notice, paragraph, status, try_again, when};
use crate::loader::Intent;
use crate::loader::plan::{PAGE, Pages};
use crate::ui::el::{El, bare, el, group, live, nothing};
use crate::ui::signal::memo;
use crate::ui::state::{Phase, State};
use crate::ui::words;

/// A list, in words.
pub struct Listing {
    /// What of it is shown.
    pub shown: Pages,
    /// The address where it begins.
    pub first: String,
    /// Over rows that were kept: that they are.
    pub kept: &'static str,
    /// In the place of rows: that they failed.
    pub failed: &'static str,
    /// In the place of rows: that there are none, and what that means.
    pub empty: [&'static str; 2],
}

/// What stands below the toolbar.
#[derive(Clone, Default, PartialEq)]
enum View {
    #[default]
    Waiting,
    Nothing(String),
    Empty,
    Beyond(usize, usize),
    Rows,
}

/// The list; `again` asks for it once more.
pub fn listing(
    list: Listing,
    again: impl Fn() + 'static,
    rows: impl Fn() -> AnyView + 'static,
) -> AnyView {
    listed(list, Rc::new(again), Box::new(rows))
}

fn listed(list: Listing, again: Rc<dyn Fn()>, rows: Box<dyn Fn() -> AnyView>) -> AnyView {
    let state = State::current();
    let shown = list.shown;
    let view = memo(move || {
        let pages = state
            .ranking
            .with(|ranking| ranking.as_ref().map(|ranking| ranking.pages));
        match (pages, shown, state.phase.get()) {
            (None, _, Phase::Failed(why)) => View::Nothing(why),
            (None, ..) => View::Waiting,
            (Some(0), ..) => View::Empty,
            (Some(pages), Pages::One(page), _) if page > pages => View::Beyond(page, pages),
            _ => View::Rows,
        }
    });
    let told = view.clone();
    let said = status(move || {
        let again = Rc::clone(&again);
        match told.get() {
            View::Waiting => nothing(),
            View::Nothing(why) => notice(list.failed)
                .child(paragraph(&why))
                .child(paragraph(words::NONE_KEPT))
                .child(el("p").child(try_again("button", move || again())))
                .into(),
            View::Empty => notice(list.empty[0]).child(paragraph(list.empty[1])).into(),
            View::Beyond(page, pages) => {
                no_such_page(&words::beyond(page, pages), &list.first).into()
            }
            View::Rows => stale(list.kept, move || again()),
        }
    });
    let below = live(move || match view.get() {
        View::Waiting => waiting().into(),
        View::Rows => rows(),
        _ => nothing(),
    });
    group([said.into(), below])
}

/// If the network failed: that what is shown may be old, why, and another try.
pub fn stale(kept: &str, again: impl Fn() + 'static) -> AnyView {
    match State::current().phase.get() {
        Phase::Failed(why) => banner(&format!("{kept} {why}"))
            .child(try_again("quiet", again))
            .into(),
        _ => nothing(),
    }
}

/// In the place of a page that there isn't: why, and the way to the first.
pub fn no_such_page(why: &str, first: &str) -> El {
    notice("There is no such page")
        .child(paragraph(why))
        .child(link_button(first, "Go to the first page"))
}

/// Rows without anything, in the place of those to come.
pub fn waiting() -> El {
    let row = |_| el("li").class("story").child(el("div").class("skeleton"));
    el("ol")
        .class("stories")
        .attr("aria-hidden", "true")
        .children((0..PAGE).map(row))
}

/// How old the ranking is.
pub fn as_of() -> El {
    let state = State::current();
    el("p")
        .class("as-of")
        .live(move || match state.ranking.get() {
            Some(ranking) => group([bare("As of ".to_owned()), when(ranking.as_of).into()]),
            None => nothing(),
        })
}

/// Offers a newer ranking to somebody who is in the middle of the older one.
pub fn newer() -> AnyView {
    let state = State::current();
    live(move || {
        if state.newer.with(Option::is_none) {
            return nothing();
        }
        let show = move || {
            state.show_newer();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        };
        brief_button("newer", show)
            .text("Show the newer ranking")
            .into()
    })
}

/// Offers another try for all rows that failed.
pub fn retry_all() -> AnyView {
    let state = State::current();
    live(move || {
        let failed = state.progress.get().failed;
        if failed < 2 {
            return nothing();
        }
        let retry = brief_button("button", move || state.send(Intent::Retry(state.failed())));
        let words = format!("Retry all {failed} that failed");
        el("p").class("retry-all").child(retry.text(&words)).into()
    })
}
