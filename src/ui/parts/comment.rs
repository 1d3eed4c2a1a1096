use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::{document, window};
use web_sys::{Element, Node};

use super::story::author;
use super::{Shape, icon};
use crate::hn::{Error, Id, Item, Reply};
use crate::loader::Intent;
use crate::time::Timestamp;
use crate::ui::address::Address;
use crate::ui::children::keyed;
use crate::ui::el::{El, el, touched};
use crate::ui::focus::focus_stop;
use crate::ui::safe_html::safe_html;
use crate::ui::signal::effect;
use crate::ui::state::{Comment, State, Thread};
use crate::ui::words;

/// What all comments of a thread have in common: asked for once, not for each of thousands.
struct Talk {
    thread: Thread,
    poster: Option<String>,
    ages: Rc<Ages>,
}

/// When comments were written, and where it stands how long ago that was.
type Ages = RefCell<Vec<(Timestamp, Node)>>;

/// The comments below an item, each with its replies: nested lists, as a screen reader tells them.
///
/// One listener hears all their buttons, and one effect renews all their ages: thousands of them
/// would take longer to set up than the comments themselves.
pub fn comments(id: Id) -> El {
    let state = State::current();
    let replies = state.thread.comment(id).replies;
    let ages = Rc::new(Ages::default());
    let (said, mut before) = (Rc::clone(&ages), Timestamp(0));
    effect(move || {
        let now = state.now.get();
        said.borrow_mut().retain(|(posted, text)| {
            if words::age(*posted, now) != words::age(*posted, before) {
                text.set_node_value(Some(&words::ago(*posted, now)));
            }
            // A comment that was made anew has a new one.
            text.is_connected()
        });
        before = now;
    });
    let talk = move || {
        Rc::new(Talk {
            thread: state.thread,
            poster: state.thread.poster(),
            ages: Rc::clone(&ages),
        })
    };
    let list = el("ol").class("comments").on("click", move |event| {
        if let Some(part) = touched(&event, PARTS) {
            act(state, &part);
        }
    });
    list.child(keyed(move || replies.get(), move |id| comment(id, &talk())))
}

/// What of a comment can be clicked, and what keeps the click to itself.
const PARTS: &str = "a, button, .comment-head, .replies, article, .comment";

/// Does what a part of a comment is for. Its head line folds it as its button does, and so does the
/// rail beside its replies, from wherever one is among them.
fn act(state: State, part: &Element) {
    let Ok(Some(comment)) = part.closest(".comment") else {
        return;
    };
    let name = comment.id();
    let Some(id) = name.strip_prefix('c').and_then(|id| id.parse().ok()) else {
        return;
    };
    match part.class_name().as_str() {
        "fold" => state.toggle_collapsed(id),
        // Of the comment itself only that is left, beside the line, which says what is folded.
        name if (name == "replies" || name.starts_with("comment")) && !is_selecting() => {
            if comment.get_bounding_client_rect().top() < 0.0 {
                comment.scroll_into_view();
            }
            state.toggle_collapsed(id);
        }
        // These buttons go when they are pressed.
        "quiet more" => {
            focus_stop(&name);
            state.thread.show_all();
        }
        "quiet retry" => {
            focus_stop(&name);
            state.send(Intent::Thread {
                id: state.thread.root(),
                refresh: false,
                by_hand: true,
            });
        }
        _ => {}
    }
}

/// Whether the reader selects text: the click only ends that.
fn is_selecting() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
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
        head = head.child(author(by));
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
        let now = State::current().now.get_untracked();
        let text: Node = document().create_text_node(&words::ago(posted, now)).into();
        talk.ages.borrow_mut().push((posted, text.clone()));
        let when = el("time")
            .attr("datetime", &words::iso(posted))
            .holding(text);
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
