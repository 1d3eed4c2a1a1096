use crate::ui::el::{El, Svg, draw, el};
use crate::ui::state::State;

/// A slim bar over the stories: what has arrived, what failed, of how many.
pub fn progress_bar() -> El {
    let state = State::current();
    let busy = move || state.phase.get().waits();
    let words = move || {
        let progress = state.progress.get();
        let failed = match progress.failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        match (busy(), progress.total) {
            (true, 0) => "Asking…".to_owned(),
            (_, 0) => String::new(),
            (_, total) => format!("{} of {total}{failed}", progress.done),
        }
    };
    let bar = |class, width: fn(State) -> usize| {
        draw(Svg::Rect)
            .class(class)
            .attr("height", "1")
            .attr_by("width", move || Some(width(state).to_string()))
    };
    // Drawn in units of stories: the drawing's width is their number.
    let drawing = draw(Svg::Root)
        .class("progress-bar")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .attr_by("viewBox", move || {
            Some(format!("0 0 {} 1", state.progress.get().total.max(1)))
        })
        .child(bar("progress-done", |state| {
            let progress = state.progress.get();
            progress.done + progress.failed
        }))
        .child(bar("progress-failed", |state| state.progress.get().failed));
    el("div")
        .attr_by("class", move || {
            Some(if busy() { "progress busy" } else { "progress" }.to_owned())
        })
        .child(drawing)
        .child(el("span").class("progress-words").text_by(words))
        .child(
            el("span")
                .class("unseen")
                .attr("role", "status")
                .text_by(move || if busy() { String::new() } else { words() }),
        )
}
