use std::rc::Rc;

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{Shape, icon};
use crate::hn::{Error, Id, Item, Reply};
use crate::loader::Intent;
use crate::time::Timestamp;
use crate::ui::address::Address;
use crate::ui::children::keyed;
use crate::ui::el::{El, el};
use crate::ui::safe_html::safe_html;
use crate::ui::state::{Comment, State, Thread};
use crate::ui::words;

/// What all comments of a thread have in common: asked for once, not for each of thousands.
struct Talk {
    thread: Thread,
    poster: Option<String>,
    now: Timestamp,
}

/// The comments below an item, each with its replies: nested lists, as a screen reader tells them.
///
/// One listener hears all their buttons: thousands of them would take longer to set up than the
/// comments themselves.
pub fn comments(id: Id) -> El {
    let state = State::current();
    let replies = state.thread.comment(id).replies;
    let talk = move || {
        Rc::new(Talk {
            thread: state.thread,
            poster: state.thread.poster(),
            now: state.now.get_untracked(),
        })
    };
    let list = el("ol").class("comments").on("click", move |event| {
        if let Some((button, id)) = pressed(&event) {
            act(state, &button, id);
        }
    });
    list.child(keyed(move || replies.get(), move |id| comment(id, &talk())))
}

/// The button of a comment that was pressed, by its class, and the comment.
fn pressed(event: &ev::Event) -> Option<(String, Id)> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let button = target.closest("button").ok()??;
    let comment = button.closest(".comment").ok()??;
    let id = comment.id().strip_prefix('c')?.parse().ok()?;
    Some((button.class_name(), id))
}

fn act(state: State, button: &str, id: Id) {
    match button {
        "fold" => state.toggle_collapsed(id),
        "quiet more" => state.thread.show_all(),
        "quiet retry" => state.send(Intent::Thread {
            id: state.thread.root(),
            refresh: false,
            by_hand: true,
        }),
        _ => {}
    }
}

fn comment(id: Id, talk: &Rc<Talk>) -> El {
    let shown = talk.thread.comment(id);
    let new = talk.thread.is_new(id);
    let folded = shown.folded.clone();
    let replies = shown.replies.clone();
    let (here, below) = (Rc::clone(talk), Rc::clone(talk));
    // What the first screen shows has its height from the start.
    let mut class = "comment".to_owned();
    if talk.thread.is_long() {
        class += " far";
    }
    if new {
        class += " new";
    }
    el("li")
        .class(&class)
        .attr("id", &format!("c{id}"))
        .attr_by("data-folded", move || folded.get().map(words::hidden))
        .live(move || content(id, &shown, &here))
        .child(
            el("ol")
                .class("replies")
                .child(keyed(move || replies.get(), move |id| comment(id, &below))),
        )
}

fn content(id: Id, shown: &Comment, talk: &Talk) -> El {
    match shown.reply.get() {
        Reply::There(item) => el("article")
            .child(head(id, &item, shown, talk))
            .child(body(&item)),
        Reply::Failed(Error::Missing) => gone(shown, words::NOT_YET, None),
        Reply::Failed(error) => gone(shown, &words::why(&error), Some(retry(id))),
        Reply::Awaited => el("article").child(el("div").class("skeleton")),
    }
}

/// A way to fold it, who, and when.
fn head(id: Id, item: &Item, shown: &Comment, talk: &Talk) -> El {
    let mut head = el("p")
        .class("comment-head")
        .child(fold(item.by.as_deref(), shown));
    if let Some(by) = &item.by {
        let author = el("a").class("by").attr("href", &format!("user/{by}"));
        head = head.child(author.child(el("bdi").text(by)));
    }
    if item.by.is_some() && item.by == talk.poster {
        let label = el("span")
            .class("label poster")
            .attr("title", words::POSTER);
        head = head.child(label.text("OP"));
    }
    if talk.thread.is_new(id) {
        head = head.child(el("span").class("label new-label").text("new"));
    }
    if item.dead {
        head = head.child(el("span").class("label").text("dead"));
    }
    if let Some(posted) = item.posted() {
        let when = el("time")
            .attr("datetime", &words::iso(posted))
            .text(&words::ago(posted, talk.now));
        let link = el("a")
            .class("permalink")
            .attr("href", &Address::Item(Some(id)).href());
        head = head.child(link.child(when));
    }
    head.children(more(shown))
}

/// A comment's text, or what stands in its place.
fn body(item: &Item) -> El {
    match (&item.text, item.deleted) {
        (_, true) => el("p").class("gone").text(words::DELETED),
        (Some(text), _) => safe_html(text),
        (None, _) => el("p").class("gone").text(words::NO_TEXT),
    }
}

/// A place in the thread where there is no comment to show, but perhaps replies.
fn gone(shown: &Comment, why: &str, retry: Option<El>) -> El {
    let why = el("span")
        .class("gone")
        .child(icon(Shape::Warning))
        .text(why);
    let head = el("p").class("comment-head").child(fold(None, shown));
    let head = head.child(why).children(retry).children(more(shown));
    el("article").child(head)
}

fn retry(id: Id) -> El {
    press("quiet retry")
        .attr("aria-label", &format!("Retry comment {id}"))
        .text("Retry")
}

/// Folds the comment and all below it.
fn fold(by: Option<&str>, shown: &Comment) -> El {
    let folded = shown.folded.clone();
    press("fold")
        .attr("aria-label", &words::fold(by))
        .attr_by("aria-expanded", move || {
            Some(folded.with(Option::is_none).to_string())
        })
}

/// Says that more replies have come, where they would have moved what is being read.
fn more(shown: &Comment) -> Option<El> {
    let held = shown.held.get()?;
    let words = words::count(held as i64, "more reply", "more replies");
    Some(press("quiet more").text(&words))
}

/// A button that [`act`] hears.
fn press(class: &str) -> El {
    el("button").attr("type", "button").class(class)
}
