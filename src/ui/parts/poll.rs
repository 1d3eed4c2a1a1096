use leptos::prelude::*;

use crate::hn::{Id, Reply, plain_text};
use crate::ui::el::{El, Svg, draw, el, live, nothing};
use crate::ui::state::State;
use crate::ui::words;

/// A poll's options, each with a bar as long as its part of all votes.
pub fn poll() -> AnyView {
    let thread = State::current().thread;
    live(move || {
        let options = thread.options.get();
        if options.is_empty() {
            return nothing();
        }
        let score = |id: &Id| {
            thread.comment(*id).reply.with(|reply| match reply {
                Reply::There(item) => item.score.unwrap_or_default().max(0),
                _ => 0,
            })
        };
        let all: i64 = options.iter().map(score).sum();
        el("ol")
            .class("poll")
            .children(options.iter().map(|id| option(*id, score(id), all)))
            .into()
    })
}

fn option(id: Id, votes: i64, all: i64) -> El {
    let reply = State::current().thread.comment(id).reply;
    let words = reply.with(|reply| match reply {
        Reply::There(item) => plain_text(item.text.as_deref().unwrap_or_default()),
        Reply::Awaited => "…".to_owned(),
        Reply::Failed(error) => words::why(error),
    });
    let bar = draw(Svg::Root)
        .class("poll-bar")
        .attr("viewBox", &format!("0 0 {} 1", all.max(1)))
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child(
            draw(Svg::Rect)
                .attr("height", "1")
                .attr("width", &votes.to_string()),
        );
    el("li")
        .child(el("span").attr("dir", "auto").text(&words))
        .child(
            el("span")
                .class("votes")
                .text(&words::count(votes, "point", "points")),
        )
        .child(bar)
}
