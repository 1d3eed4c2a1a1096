use leptos::prelude::*;

use super::{Shape, button, icon, marking, unless_kept, when};
use crate::hn::{Id, Item, Kind, decode_entities};
use crate::loader::Intent;
use crate::store::Marking;
use crate::store::Stored;
use crate::ui::address::Address;
use crate::ui::el::{El, el, live, nothing};
use crate::ui::focus::focus_stop;
use crate::ui::navigation::STORY;
use crate::ui::signal::memo;
use crate::ui::state::{Row, State};
use crate::ui::words;

/// One story of a feed: it keeps its place and height whether it is there, awaited or failed.
pub fn story_row(id: Id) -> El {
    row(id, headline, story_line)
}

/// What is said of a story in a list, and what can be done with it.
pub(super) fn story_line(meta: El, item: &Item) -> El {
    story_meta(meta, item)
        .child(new_comments(item))
        .child(marking(item.id, &title(item)))
}

/// A row for an item: what `head` makes of it, and what `line` puts on the line below.
pub(super) fn row(id: Id, head: fn(&Item) -> El, line: fn(El, &Item) -> El) -> El {
    let state = State::current();
    let Row { rank, content } = state.row(id);
    let hidden = memo(move || state.mark(id).hidden.is_some());
    let away = hidden.clone();
    el("li")
        .attr("id", &format!("s{id}"))
        .attr_by("class", move || {
            let mut names = String::from("story");
            for (holds, name) in [
                (state.mark(id).read.is_some(), " read"),
                (away.get(), " away"),
            ] {
                names += if holds { name } else { "" };
            }
            Some(names)
        })
        .child(
            el("span")
                .class("rank")
                .attr("aria-hidden", "true")
                .text_by(move || match rank.get() {
                    // Some lists have no ranking.
                    0 => String::new(),
                    rank => rank.to_string(),
                }),
        )
        .live(move || {
            let content = content.get();
            if hidden.get() {
                return put_away(id, content.item());
            }
            match (content.story, content.failed) {
                (Some(story), failed) => {
                    let meta = line(el("p").class("meta"), &story.value);
                    let meta = match failed {
                        Some(why) => not_renewed(meta, id, why, &story),
                        None => meta,
                    };
                    el("article").child(head(&story.value)).child(meta)
                }
                (None, Some(why)) => failure(id, why),
                (None, None) => el("div").class("skeleton").attr("aria-hidden", "true"),
            }
        })
}

/// What stands in the place of a story that was hidden just now.
fn put_away(id: Id, item: Option<&Item>) -> El {
    let title = item.map_or_else(|| format!("Story {id}"), title);
    let state = State::current();
    let undo = button("quiet", move || {
        state.set_mark(id, Marking::Hidden(false));
        focus_stop(&format!("s{id}"));
    });
    el("p")
        .class("meta")
        .child(el("span").text("Hidden: ").child(el("bdi").text(&title)))
        .child(
            undo.attr("aria-label", &format!("Undo hiding {title}"))
                .text("Undo"),
        )
}

/// How many comments a story has got since the reader was there.
fn new_comments(item: &Item) -> AnyView {
    let (state, id) = (State::current(), item.id);
    let count = item.descendants.unwrap_or_default();
    live(move || match state.mark(id).new_comments(count) {
        0 => nothing(),
        new => el("span")
            .class("new-count")
            .text(&words::new_comments(new))
            .into(),
    })
}

/// The title, and the site that it leads to.
pub(super) fn headline(item: &Item) -> El {
    let heading = el("h2").class("title");
    match item.link() {
        Some(_) => linked_title(heading, item),
        None => heading.child(
            el("a")
                .attr("href", &Address::Item(Some(item.id)).href())
                .attr("dir", "auto")
                .text(&title(item)),
        ),
    }
}

/// Appends the title as a link to where the story leads, and that site's name, or the bare title.
pub fn linked_title(heading: El, item: &Item) -> El {
    match item.link() {
        Some(link) => heading
            .child(
                el("a")
                    .attr("href", &link.href)
                    .attr("rel", "nofollow noopener noreferrer")
                    .attr("dir", "auto")
                    .attr(STORY, &item.id.to_string())
                    .text(&title(item)),
            )
            .child(el("span").class("site").text(&link.site)),
        None => heading.child(el("span").attr("dir", "auto").text(&title(item))),
    }
}

/// An item's title in plain text, or what stands in for it.
pub fn title(item: &Item) -> String {
    match (&item.title, item.deleted, item.kind) {
        (Some(title), ..) => decode_entities(title).into_owned(),
        (None, true, _) => "[deleted]".into(),
        (None, _, Kind::Comment) => "A comment".into(),
        (None, _, Kind::PollOption) => "An option of a poll".into(),
        (None, ..) => "[untitled]".into(),
    }
}

/// Appends points, author, age and comments to `meta`, as far as there are any.
pub fn story_meta(mut meta: El, item: &Item) -> El {
    let label = match (item.deleted, item.dead, item.kind) {
        (true, ..) => Some("deleted"),
        (_, true, _) => Some("dead"),
        (.., Kind::Job) => Some("job"),
        (.., Kind::Poll) => Some("poll"),
        _ => None,
    };
    meta = meta.children(label.map(|label| el("span").class("label").text(label)));
    if let Some(votes) = item.score
        && !matches!(item.kind, Kind::Job | Kind::Comment)
    {
        meta = meta.child(el("span").text(&words::count(votes, "point", "points")));
    }
    if let Some(by) = &item.by {
        meta = meta.child(
            el("span")
                .text("by ")
                .child(unless_kept(author(by), Address::user(by))),
        );
    }
    if let Some(posted) = item.posted() {
        meta = meta.child(el("span").child(when(posted)));
    }
    if matches!(item.kind, Kind::Story | Kind::Poll) {
        // The index doesn't count.
        let words = match item.descendants {
            Some(comments) => words::count(comments.into(), "comment", "comments"),
            None => "comments".to_owned(),
        };
        let place = Address::Item(Some(item.id));
        let mut link = el("a").attr("href", &place.href()).text(&words);
        if item.descendants > Some(0) {
            link = unless_kept(link, place);
        }
        meta = meta.child(link);
    }
    meta
}

/// A name as a link to the person.
pub fn author(name: &str) -> El {
    el("a")
        .class("by")
        .attr("href", &Address::user(name).href())
        .child(el("bdi").text(name))
}

/// A story that couldn't be fetched and was never kept: why, and another try.
fn failure(id: Id, why: String) -> El {
    let heading = el("h2")
        .class("title")
        .child(icon(Shape::Warning))
        .text(&format!("Story {id} isn’t here"));
    let meta = el("p").class("meta").child(el("span").text(&why));
    el("article")
        .class("failure")
        .child(heading)
        .child(meta.child(retry(id)))
}

/// Says of a story that it is shown as it was kept, because the network failed.
fn not_renewed(meta: El, id: Id, why: String, story: &Stored<Item>) -> El {
    let age = el("span")
        .class("failure")
        .attr("title", &why)
        .child(icon(Shape::Warning))
        .text("as of ")
        .child(when(story.fetched_at));
    meta.child(age).child(retry(id))
}

fn retry(id: Id) -> El {
    let state = State::current();
    let retry = move || {
        // The button goes with what it stands in.
        focus_stop(&format!("s{id}"));
        state.send(Intent::Retry(vec![id]));
    };
    button("quiet", retry)
        .attr("aria-label", &format!("Retry story {id}"))
        .text("Retry")
}
