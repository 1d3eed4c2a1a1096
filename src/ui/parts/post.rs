use super::story::{headline, row, story_line};
use super::when;
use crate::hn::{Id, Item, Kind, plain_text};
use crate::ui::address::Address;
use crate::ui::el::{El, el};
use crate::ui::words;

/// One thing that a person posted: a story, or how a comment begins.
pub fn post_row(id: Id) -> El {
    row(id, head, line)
}

fn head(item: &Item) -> El {
    if item.kind != Kind::Comment {
        return headline(item);
    }
    match (&item.text, item.deleted) {
        (Some(text), false) => el("p")
            .class("beginning")
            .attr("dir", "auto")
            .text(&plain_text(text)),
        (_, true) => el("p").class("gone").text(words::DELETED),
        (None, _) => el("p").class("gone").text(words::NO_TEXT),
    }
}

/// Whose the comments are, the page says: the line says where they stand.
fn line(meta: El, item: &Item) -> El {
    if item.kind != Kind::Comment {
        return story_line(meta, item);
    }
    let label = match (item.deleted, item.dead) {
        (true, _) => "deleted",
        (_, true) => "dead",
        _ => "comment",
    };
    let link = |id: Id, words: &str| {
        let link = el("a").attr("href", &Address::Item(Some(id)).href());
        link.text(words)
    };
    meta.child(el("span").class("label").text(label))
        .children(item.posted().map(|posted| el("span").child(when(posted))))
        .child(link(item.id, "in its thread"))
        .children(item.parent.map(|parent| link(parent, "what it replies to")))
}
