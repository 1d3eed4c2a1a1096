use leptos::prelude::*;

use super::{Shape, button, icon};
use crate::hn::{Error, Id, Item, Reply};
use crate::loader::Intent;
use crate::ui::address::Address;
use crate::ui::el::{El, el, keyed, live, nothing};
use crate::ui::safe_html::safe_html;
use crate::ui::state::{Comment, State};
use crate::ui::words;

/// The comments below an item, each with its replies: nested lists, as a screen reader tells them.
pub fn comments(id: Id) -> El {
    let replies = State::current().thread.comment(id).replies;
    el("ol")
        .class("comments")
        .child(keyed(move || replies.get(), comment))
}

fn comment(id: Id) -> El {
    let shown = State::current().thread.comment(id);
    let folded = shown.folded.clone();
    let replies = shown.replies.clone();
    el("li")
        .attr("id", &format!("c{id}"))
        .attr_by("class", move || {
            let folded = folded.with(Option::is_some);
            Some(if folded { "comment folded" } else { "comment" }.to_owned())
        })
        .live(move || content(id, &shown))
        .child(
            el("ol")
                .class("replies")
                .child(keyed(move || replies.get(), comment)),
        )
}

fn content(id: Id, shown: &Comment) -> El {
    match shown.reply.get() {
        Reply::There(item) => el("article")
            .child(head(id, &item, shown))
            .children(body(&item)),
        Reply::Failed(Error::Missing) => gone(id, shown, words::NOT_YET),
        Reply::Failed(error) => gone(id, shown, &words::why(&error)).child(retry(id)),
        Reply::Awaited => el("article").child(el("div").class("skeleton")),
    }
}

/// Who, when, and a way to fold it.
fn head(id: Id, item: &Item, shown: &Comment) -> El {
    let mut head = el("p")
        .class("comment-head")
        .child(fold(id, item.by.as_deref(), shown));
    if let Some(by) = &item.by {
        let author = el("a")
            .class("by")
            .attr("href", &format!("user/{by}"))
            .child(el("bdi").text(by));
        head = head.child(author);
        if State::current().thread.poster().as_deref() == Some(by) {
            let label = el("span")
                .class("label poster")
                .attr("title", words::POSTER);
            head = head.child(label.text("OP"));
        }
    }
    if item.dead {
        head = head.child(el("span").class("label").text("dead"));
    }
    if let Some(posted) = item.posted() {
        let now = State::current().now.get_untracked();
        let when = el("time")
            .attr("datetime", &words::iso(posted))
            .text(&words::ago(posted, now));
        let link = el("a")
            .class("permalink")
            .attr("href", &Address::Item(Some(id)).href());
        head = head.child(link.child(when));
    }
    head.child(more(shown))
}

/// One comment's text, or what stands in its place.
fn body(item: &Item) -> Option<El> {
    match (&item.text, item.deleted) {
        (_, true) => Some(el("p").class("gone").text(words::DELETED)),
        (Some(text), _) => Some(safe_html(text)),
        (None, _) => Some(el("p").class("gone").text(words::NO_TEXT)),
    }
}

/// A place in the thread where there is no comment to show, but perhaps replies.
fn gone(id: Id, shown: &Comment, why: &str) -> El {
    let head = el("p").class("comment-head").child(fold(id, None, shown));
    let why = el("span")
        .class("gone")
        .child(icon(Shape::Warning))
        .text(why);
    el("article").child(head.child(why).child(more(shown)))
}

fn retry(id: Id) -> El {
    let state = State::current();
    let root = state.thread.root();
    button("quiet retry", move || {
        state.send(Intent::Thread {
            id: root,
            refresh: false,
            by_hand: true,
        });
    })
    .attr("aria-label", &format!("Retry comment {id}"))
    .text("Retry")
}

/// Folds the comment and all below it; says how many that hides.
fn fold(id: Id, by: Option<&str>, shown: &Comment) -> El {
    let (folded, words) = (shown.folded.clone(), shown.folded.clone());
    let thread = State::current().thread;
    button("fold", move || thread.toggle(id))
        .attr_by("aria-expanded", move || {
            Some(folded.with(Option::is_none).to_string())
        })
        .attr("aria-label", &words::fold(by))
        .text_by(move || match words.get() {
            None => "−".to_owned(),
            Some(0) => "+".to_owned(),
            Some(hidden) => format!("+{hidden}"),
        })
}

/// Says that more replies have come, where they would have moved what is being read.
fn more(shown: &Comment) -> AnyView {
    let held = shown.held.clone();
    let thread = State::current().thread;
    live(move || match held.get() {
        0 => nothing(),
        held => button("quiet", move || thread.show_all())
            .text(&words::count(held as i64, "more reply", "more replies"))
            .into(),
    })
}
