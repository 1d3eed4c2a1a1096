use super::{Shape, icon};
use crate::ui::el::{El, el, live, nothing};
use crate::ui::state::State;

/// What concerns every page: no network, nothing kept.
pub fn banners() -> El {
    let state = State::current();
    el("div")
        .attr("role", "status")
        .child(live(move || {
            if state.online.get() {
                return nothing();
            }
            banner("You’re offline. What was read before is shown as it was kept.").into()
        }))
        .child(live(move || match state.not_kept.get() {
            Some(reason) => banner(&reason).into(),
            None => nothing(),
        }))
}

/// A line about the state of things.
pub fn banner(words: &str) -> El {
    el("p")
        .class("banner")
        .child(icon(Shape::Warning))
        .child(el("span").text(words))
}
