use leptos::ev;
use leptos::prelude::*;

use super::set_title;
use crate::hn::{Facts, Id, Item, Kind, Reply};
use crate::loader::Intent;
use crate::ui::address::Address;
use crate::ui::el::{El, bare, el, group, live, nothing};
use crate::ui::focus::focus_next_new;
use crate::ui::parts::{
    Shape, brief_button, button, comments, elsewhere, icon, link_button, linked_title, marking,
    notice_page, paragraph, poll, share as share_button, stale, status, story_meta, title,
    try_again, when,
};
use crate::ui::safe_html::safe_html;
use crate::ui::signal::{memo, on_leave};
use crate::ui::state::State;
use crate::ui::words;

/// An item with all that is said below it; for a comment, also what it replies to. `id` is none
/// for an address that holds no item's number.
pub fn item_page(id: Option<Id>) -> AnyView {
    let Some(id) = id else {
        set_title("No such item");
        return notice_page("This isn’t the number of an item")
            .child(
                paragraph("Stories and comments have addresses such as ")
                    .child(el("code").text("item/1"))
                    .text("."),
            )
            .child(link_button("./", "Go to the top stories"))
            .into();
    };
    let state = State::current();
    state.thread.enter(id, state.mark_now(id));
    state.visit(id);
    open(id, false, false);
    let scrolled = window_event_listener(ev::scroll, move |_| state.thread.scrolled());
    on_leave(move || {
        scrolled.remove();
        state.leave();
    });
    state.on_return(move |_| open(id, false, false));
    let root = state.thread.comment(id);
    let (shown, root) = (root.reply.clone(), root.reply);
    let item = live(move || match shown.get() {
        Reply::There(item) => {
            set_title(&title(&item));
            whole(&item).into()
        }
        Reply::Failed(_) => nothing(),
        Reply::Awaited => {
            set_title("Loading…");
            el("div")
                .class("item")
                .child(el("div").class("skeleton"))
                .into()
        }
    });
    let told = root.clone();
    let said = status(move || match told.get() {
        Reply::Failed(error) => not_here(id, &words::why(&error)).into(),
        _ if state.thread.is_here() => stale(words::MAYBE_OLD, move || open(id, false, true)),
        _ => nothing(),
    });
    let here = memo(move || root.with(|root| matches!(root, Reply::There(_))));
    let facts = move || Some(facts(&state.thread.facts.get(), state.thread.settled.get()));
    el("section")
        .class("thread")
        .attr_by("data-state", facts)
        .attr_by("aria-busy", move || Some(is_busy(state).to_string()))
        .child(trail())
        .child(item)
        .child(said)
        .live(move || match here.get() {
            // Not before the item, which would push them down.
            true => group([toolbar(id).into(), comments(id).into()]),
            false => nothing(),
        })
        .into()
}

fn open(id: Id, refresh: bool, by_hand: bool) {
    State::current().send(Intent::Thread {
        id,
        refresh,
        by_hand,
    });
}

fn is_busy(state: State) -> bool {
    state.phase.get().waits()
}

/// How far the thread is, for tests.
fn facts(facts: &Facts, settled: bool) -> String {
    let all = [
        (facts.loaded && settled, "loaded"),
        (facts.ranked && settled, "ranked"),
        (facts.verified && settled, "verified"),
    ];
    let held = all.into_iter().filter(|(holds, _)| *holds);
    let held: Vec<_> = held.map(|(_, name)| name.to_owned()).collect();
    held.join(" ")
}

/// The item itself.
fn whole(item: &Item) -> El {
    let mut article = el("article").class("item");
    article = article.child(linked_title(el("h1"), item));
    let mut meta = story_meta(el("p").class("meta"), item);
    if matches!(item.kind, Kind::Story | Kind::Poll | Kind::Job) {
        meta = meta.child(marking(item.id, &title(item)));
    }
    article = article.child(meta);
    if let Some(html) = &item.text {
        article = article.child(safe_html(html));
    }
    article.child(poll())
}

fn not_here(id: Id, why: &str) -> El {
    set_title("Not here");
    notice_page("This isn’t here")
        .child(paragraph(&format!("Item {id}: {why}")))
        .child(
            el("p")
                .class("choices")
                .child(try_again("button", move || open(id, false, true)))
                .child(elsewhere(&Address::Item(Some(id)))),
        )
}

/// What a comment replies to, from the story down.
fn trail() -> AnyView {
    let thread = State::current().thread;
    live(move || {
        let trail = thread.trail.get();
        if trail.is_empty() {
            return nothing();
        }
        let step = |id: &Id| {
            let link = el("a").attr("href", &Address::Item(Some(*id)).href());
            let step = el("li");
            match &thread.comment(*id).reply.get() {
                Reply::There(item) if item.title.is_some() => {
                    step.child(link.attr("dir", "auto").text(&title(item)))
                }
                Reply::There(item) => {
                    let by = item.by.as_deref().unwrap_or("[deleted]");
                    step.child(link.child(el("bdi").text(by)))
                        .children(item.text.as_deref().map(safe_html))
                }
                Reply::Awaited => step.child(link.text("…")),
                Reply::Failed(error) => step
                    .child(link.text(&format!("Item {id}")))
                    .text(" ")
                    .text(&words::why(error)),
            }
        };
        el("ol")
            .class("trail")
            .attr("aria-label", "What this replies to")
            .children(trail.iter().rev().map(step))
            .into()
    })
}

/// How much is here and how old it is, and what can be done with all of it.
fn toolbar(id: Id) -> El {
    let state = State::current();
    let thread = state.thread;
    let status = move || words::thread(&thread.facts.get());
    let as_of = move || match thread.is_here() {
        true => group([bare(" as of ".to_owned()), when(thread.as_of.get()).into()]),
        false => nothing(),
    };
    // They come and go by `hidden`, so that none loses the focus while the figures change.
    let retry = brief_button("quiet retry", move || open(id, false, true))
        .attr_by("hidden", move || {
            hidden_unless(thread.facts.get().failed > 0 && !is_busy(state))
        })
        .text("Retry");
    let reorder = brief_button("button reorder", move || thread.show_all())
        .attr_by("hidden", move || hidden_unless(thread.held.get()))
        .attr("title", words::REORDER)
        .text("Reorder");
    let some_new = move || hidden_unless(!thread.new.with(Vec::is_empty));
    let next_new = button("button next-new", focus_next_new)
        .attr_by("hidden", some_new)
        .text_by(move || words::next_new(thread.new.with(Vec::len)));
    let fold_known = button("button", move || state.fold_known())
        .attr_by("hidden", some_new)
        .attr("title", words::FOLD_KNOWN)
        .text("Fold what isn’t new");
    let top = thread.comment(id).replies;
    let all_folded = move || {
        let is_folded = |id: &Id| thread.comment(*id).folded.with(Option::is_some);
        top.with(|top| !top.is_empty() && top.iter().all(is_folded))
    };
    let fold_all = button("button fold-all", move || state.toggle_all())
        .text_by(move || words::fold_all(all_folded()));
    el("div")
        .class("toolbar thread-bar")
        .child(
            el("p")
                .class("as-of thread-status")
                .child(el("span").attr("role", "status").text_by(status))
                .child(live(as_of))
                .child(retry),
        )
        .child(next_new)
        .child(fold_known)
        .child(reorder)
        .child(fold_all)
        .child(
            button("button", move || open(id, true, true))
                .child(icon(Shape::Refresh))
                .child(el("span").text("Refresh")),
        )
        .child(elsewhere(&Address::Item(Some(id))))
        .child(share(id))
}

fn share(id: Id) -> El {
    let root = State::current().thread.comment(id).reply;
    share_button(id, move || {
        root.with_untracked(|reply| match reply {
            Reply::There(item) => title(item),
            _ => String::new(),
        })
    })
}

fn hidden_unless(shown: bool) -> Option<String> {
    (!shown).then(String::new)
}
