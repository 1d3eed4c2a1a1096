use super::button;
use crate::hn::Id;
use crate::store::{Mark, Marking};
use crate::ui::el::{El, el};
use crate::ui::focus::focus_stop;
use crate::ui::state::State;

/// A mark as it is offered: its word, whether it is set, and how it changes.
type Offer = (&'static str, fn(&Mark) -> bool, fn(bool) -> Marking);

const OFFERS: [Offer; 3] = [
    ("Read", |mark| mark.read.is_some(), Marking::Read),
    ("Save", |mark| mark.saved.is_some(), Marking::Saved),
    ("Hide", |mark| mark.hidden.is_some(), Marking::Hidden),
];

/// The buttons that mark a story, or take a mark off again.
pub fn marking(id: Id, title: &str) -> El {
    let state = State::current();
    let offer = |(words, is_set, marking): Offer| {
        button("mark", move || {
            state.set_mark(id, marking(!is_set(&state.mark_now(id))));
            // The button is gone with the story.
            if words == "Hide" {
                focus_stop(&format!("s{id}"));
            }
        })
        .attr("aria-label", &format!("{words}: {title}"))
        .attr_by("aria-pressed", move || {
            Some(is_set(&state.mark(id)).to_string())
        })
        .text(words)
    };
    el("span").class("marking").children(OFFERS.map(offer))
}
