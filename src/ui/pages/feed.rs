use leptos::prelude::*;

use super::set_title;
use crate::hn::{Feed, Id};
use crate::loader::Intent;
use crate::loader::plan::PAGE;
use crate::ui::address::{Address, Order};
use crate::ui::el::{El, el, group, keyed, live, nothing};
use crate::ui::navigation::Navigation;
use crate::ui::parts::{
    Shape, banner, icon, link_button, notice, pager, paragraph, progress_bar, sort_by, story_row,
    when,
};
use crate::ui::state::{Phase, State};
use crate::ui::words;

/// One page of a feed. `page` counts from 1 and is none for what is no page's number.
pub fn feed_page(feed: Feed, page: Option<usize>) -> AnyView {
    let heading = words::heading(feed);
    let Some(page) = page else {
        set_title(heading);
        return group([
            toolbar(feed, 1, heading).into(),
            no_such_page(feed, "A page’s number counts from 1.".to_owned()).into(),
        ]);
    };
    match page {
        1 => set_title(heading),
        _ => set_title(&format!("{heading}, page {page}")),
    }
    let state = State::current();
    open(feed, page, false);
    on_cleanup(move || state.leave());
    // Back from a tunnel: what failed there is asked for again.
    Effect::new(move |before: Option<bool>| {
        let online = state.online.get();
        if online && before == Some(false) {
            open(feed, page, false);
        }
        online
    });
    group([
        toolbar(feed, page, heading).into(),
        progress_bar().into(),
        newer(),
        stories(feed, page),
    ])
}

fn open(feed: Feed, page: usize, refresh: bool) {
    State::current().send(Intent::Open {
        feed,
        page,
        refresh,
    });
}

/// The heading, how old the ranking is, its order, and a way to renew it.
fn toolbar(feed: Feed, page: usize, heading: &'static str) -> El {
    let state = State::current();
    let navigation = Navigation::current();
    let as_of = move || match state.ranking.get() {
        Some(ranking) => group(["As of ".into_any(), when(ranking.as_of).into()]),
        None => nothing(),
    };
    let choose = move |order| navigation.replace(Address::feed(feed, page, order));
    el("div")
        .class("toolbar")
        .child(el("h1").text(heading))
        .child(el("p").class("as-of").live(as_of))
        .child(live(move || sort_by(navigation.order(), choose).into()))
        .child(
            button("button", move || open(feed, page, true))
                .child(icon(Shape::Refresh))
                .child(el("span").text("Refresh")),
        )
}

fn button(class: &'static str, action: impl Fn() + Send + 'static) -> El {
    el("button")
        .attr("type", "button")
        .class(class)
        .on("click", move |_| action())
}

/// Offers a newer ranking to somebody who is in the middle of the older one.
fn newer() -> AnyView {
    let state = State::current();
    live(move || {
        if state.newer.with(Option::is_none) {
            return nothing();
        }
        let show = move || {
            state.show_newer();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        };
        button("newer", show).text("Show the newer ranking").into()
    })
}

/// What stands below the toolbar.
#[derive(Clone, PartialEq)]
enum View {
    Waiting,
    Nothing(String),
    Empty,
    Beyond(usize),
    Rows,
}

fn stories(feed: Feed, page: usize) -> AnyView {
    let state = State::current();
    let view = Memo::new(move |_| {
        let pages = state
            .ranking
            .with(|ranking| ranking.as_ref().map(|ranking| ranking.pages));
        match (pages, state.phase.get()) {
            (None, Phase::Failed(why)) => View::Nothing(why),
            (None, _) => View::Waiting,
            (Some(0), _) => View::Empty,
            (Some(pages), _) if page > pages => View::Beyond(pages),
            _ => View::Rows,
        }
    });
    live(move || match view.get() {
        View::Waiting => waiting().into(),
        View::Nothing(why) => notice("The stories can’t be loaded")
            .child(paragraph(&why))
            .child(paragraph(
                "Nothing of this feed was kept before, so there is nothing to show yet.",
            ))
            .child(el("p").child(try_again(feed, page, "button")))
            .into(),
        View::Empty => notice("This feed is empty")
            .child(paragraph(
                "Hacker News lists no stories here at the moment.",
            ))
            .into(),
        View::Beyond(pages) => {
            let count = words::count(pages as i64, "page", "pages");
            let why = format!("The feed has {count} at the moment, and this would be page {page}.");
            no_such_page(feed, why).into()
        }
        View::Rows => group([
            stale(feed, page),
            el("ol")
                .class("stories")
                .child(keyed(rows, story_row))
                .into(),
            retry_all(),
            pages(feed, page),
        ]),
    })
}

/// The stories in the order in force.
fn rows() -> Vec<Id> {
    let state = State::current();
    let order = Navigation::current().order();
    let mut ids = state.rows.get();
    if order != Order::Rank {
        // Sorted anew when another order is chosen and when all answers are in, not at each of
        // them: a row must not move while somebody reads it.
        state.phase.track();
        let key = |id: &Id| state.row(*id).with_untracked(|row| order.key(row.item()));
        ids.sort_by_cached_key(|id| std::cmp::Reverse(key(id)));
    }
    ids
}

/// Says that an older ranking is shown, and why.
fn stale(feed: Feed, page: usize) -> AnyView {
    let state = State::current();
    live(move || match state.phase.get() {
        Phase::Failed(why) => banner(&format!("This is the last ranking that was kept. {why}"))
            .attr("role", "status")
            .child(try_again(feed, page, "quiet"))
            .into(),
        _ => nothing(),
    })
}

fn try_again(feed: Feed, page: usize, class: &'static str) -> El {
    button(class, move || open(feed, page, true)).text("Try again")
}

fn retry_all() -> AnyView {
    let state = State::current();
    live(move || {
        let failed = state.progress.get().failed;
        if failed < 2 {
            return nothing();
        }
        let retry = button("button", move || state.send(Intent::Retry(state.failed())));
        let words = format!("Retry all {failed} that failed");
        el("p").class("retry-all").child(retry.text(&words)).into()
    })
}

fn pages(feed: Feed, page: usize) -> AnyView {
    let state = State::current();
    live(move || {
        let order = Navigation::current().order();
        let href = move |page| Address::feed(feed, page, order).href();
        match state.ranking.get() {
            Some(ranking) => pager(&href, page, ranking.pages).into(),
            None => nothing(),
        }
    })
}

/// Rows without anything, in the place of those to come.
fn waiting() -> El {
    let row = |_| el("li").class("story").child(el("div").class("skeleton"));
    el("ol")
        .class("stories")
        .attr("aria-hidden", "true")
        .children((0..PAGE).map(row))
}

fn no_such_page(feed: Feed, why: String) -> El {
    let first = Address::feed(feed, 1, Order::Rank).href();
    notice("There is no such page")
        .child(paragraph(&why))
        .child(link_button(&first, "Go to the first page"))
}
