use leptos::prelude::*;

use super::set_title;
use crate::hn::{Id, Item, Kind};
use crate::loader::Intent;
use crate::ui::address::Address;
use crate::ui::el::{El, el, group, live};
use crate::ui::parts::{failure, link_button, linked_title, notice, paragraph, story_meta, title};
use crate::ui::safe_html::safe_html;
use crate::ui::state::{State, Status};
use crate::ui::words;

/// One story on a page of its own: title, link, text, and the way to its comments. `id` is none
/// for an address that holds no item's number.
pub fn item_page(id: Option<Id>) -> AnyView {
    let Some(id) = id else {
        set_title("No such item");
        return notice("This isn’t the number of an item")
            .child(
                paragraph("Stories and comments have addresses such as ")
                    .child(el("code").text("item/1"))
                    .text("."),
            )
            .child(link_button("./", "Go to the top stories"))
            .into();
    };
    let state = State::current();
    state.send(Intent::Thread {
        id,
        refresh: false,
        by_hand: false,
    });
    on_cleanup(move || state.leave());
    let content = state.row(id);
    live(move || {
        let content = content.get();
        match (content.story, content.status) {
            (Some(story), _) => {
                set_title(&title(&story.value));
                group([whole(&story.value).into(), elsewhere(id).into()])
            }
            (None, Status::Failed(why)) => {
                set_title("Not here");
                let failure = el("div").class("item").child(failure(id, why));
                failure.child(elsewhere(id)).into()
            }
            (None, _) => {
                let skeleton = el("div").class("skeleton");
                el("div").class("item").child(skeleton).into()
            }
        }
    })
}

fn whole(item: &Item) -> El {
    let mut article = el("article")
        .class("item")
        .child(linked_title(el("h1"), item))
        .child(story_meta(el("p").class("meta"), item));
    if let Some(html) = &item.text {
        article = article.child(safe_html(html));
    }
    if let Some(parent) = item.parent.or(item.poll) {
        let link = el("a").attr("href", &Address::Item(Some(parent)).href());
        article = article.child(el("p").child(link.text("What this belongs to")));
    }
    if let Some(comments) = item.descendants
        && matches!(item.kind, Kind::Story | Kind::Poll)
    {
        let count = words::count(comments.into(), "comment", "comments");
        article = article.child(paragraph(&format!(
            "{count} so far. Hackershelf shows stories; the conversation is on Hacker News."
        )));
    }
    article
}

fn elsewhere(id: Id) -> El {
    let link = el("a")
        .class("button")
        .attr(
            "href",
            &format!("https://news.ycombinator.com/item?id={id}"),
        )
        .attr("rel", "noreferrer")
        .text("Open on Hacker News");
    el("p").child(link)
}
