use leptos::prelude::*;

use super::set_title;
use crate::hn::{Feed, Id};
use crate::loader::Intent;
use crate::loader::plan::Pages;
use crate::ui::address::{Address, Order};
use crate::ui::children::keyed;
use crate::ui::el::{El, el, group, live, nothing};
use crate::ui::navigation::Navigation;
use crate::ui::parts::{
    Listing, Shape, as_of, button, icon, keep, listing, newer, no_such_page, pager, progress_bar,
    retry_all, sieve_button, sieve_panel, sort_by, status, story_row,
};
use crate::ui::sieve::{LeftOut, Sieve};
use crate::ui::signal::{Signal, on_leave};
use crate::ui::state::State;
use crate::ui::words;

/// A feed, or a part of it. `pages` is none for what is no page's number.
pub fn feed_page(feed: Feed, pages: Option<Pages>) -> AnyView {
    let heading = words::heading(feed);
    let Some(pages) = pages else {
        set_title(heading);
        return group([
            toolbar(feed, Pages::One(1), heading).into(),
            no_such_page(
                words::NO_NUMBER,
                &Address::feed(feed, 1, Order::Rank).href(),
            )
            .into(),
        ]);
    };
    match pages {
        Pages::One(1) => set_title(heading),
        Pages::One(page) => set_title(&format!("{heading}, page {page}")),
        Pages::All => set_title(&format!("{heading}, all")),
    }
    let state = State::current();
    state.stay(Navigation::current().returned());
    open(feed, pages, false);
    on_leave(move || state.leave());
    state.on_return(move |refresh| open(feed, pages, refresh));
    let filter = Signal::new(false);
    group([
        toolbar(feed, pages, heading)
            .child(sieve_button(&filter))
            .into(),
        sieve_panel(filter).into(),
        progress_bar().into(),
        newer(),
        stories(feed, pages),
    ])
}

fn open(feed: Feed, pages: Pages, refresh: bool) {
    let state = State::current();
    if refresh {
        state.stay(false);
    }
    state.send(Intent::Open {
        feed,
        pages,
        refresh,
    });
}

/// The heading, how old the ranking is, its order, and ways to renew it and to keep it all.
fn toolbar(feed: Feed, pages: Pages, heading: &'static str) -> El {
    let navigation = Navigation::current();
    let choose = move |order| navigation.replace(Address::part(feed, pages, order));
    el("div")
        .class("toolbar")
        .child(el("h1").text(heading))
        .child(as_of())
        .child(sort_by(move || navigation.order(), choose))
        .child(
            button("button", move || open(feed, pages, true))
                .child(icon(Shape::Refresh))
                .child(el("span").text("Refresh")),
        )
        .child(keep(feed, usize::MAX, || false).text("Keep for offline"))
}

fn stories(feed: Feed, shown: Pages) -> AnyView {
    let all = Signal::new(false);
    let list = Listing {
        shown,
        first: Address::feed(feed, 1, Order::Rank).href(),
        kept: words::FEED_KEPT,
        failed: "The stories can’t be loaded",
        empty: ["This feed is empty", words::FEED_EMPTY],
    };
    let again = move || open(feed, shown, true);
    listing(list, again, move || {
        let shown_all = all.clone();
        group([
            el("ol")
                .class("stories")
                .child(keyed(move || sifted(shown_all.get()).rows, story_row))
                .into(),
            left_out(all.clone()).into(),
            retry_all(),
            pages(feed, shown),
        ])
    })
}

/// The stories that pass, and how many don't.
struct Sifted {
    rows: Vec<Id>,
    left_out: LeftOut,
}

/// Sifts the stories: when the ranking or the filter changes, and when all answers are in, but not
/// at each of them or at each mark: a row must not leave while somebody reads it.
fn sifted(all: bool) -> Sifted {
    let state = State::current();
    state.phase.track();
    let sieve = Sieve::new(&state.reading());
    let mut left_out = LeftOut::default();
    let mut rows = rows();
    rows.retain(|&id| {
        let why = state.why_left_out(id, &sieve);
        left_out.count(why);
        all || why.is_none()
    });
    Sifted { rows, left_out }
}

/// Says how many stories are left out, and shows them all if asked.
fn left_out(all: Signal<bool>) -> El {
    status(move || {
        let Some(words) = words::left_out(&sifted(true).left_out) else {
            return nothing();
        };
        let (chosen, shown) = (all.clone(), all.clone());
        let word = move || if shown.get() { "Leave out" } else { "Show" }.to_owned();
        el("p")
            .class("left-out")
            .child(el("span").text(&words))
            .child(button("quiet", move || chosen.update(|all| *all = !*all)).text_by(word))
            .into()
    })
}

/// The stories in the order in force.
fn rows() -> Vec<Id> {
    let state = State::current();
    let order = Navigation::current().order();
    let ids = state.rows.get();
    if order == Order::Rank {
        return ids;
    }
    // Sorted anew when another order is chosen and when all answers are in, not at each of them: a
    // row must not move while somebody reads it.
    state.phase.track();
    let mut sorted: Vec<(Option<i64>, Id)> = Vec::new();
    for id in ids {
        let key = state
            .row(id)
            .content
            .with_untracked(|row| order.key(row.item()));
        let place = sorted.partition_point(|(other, _)| *other >= key);
        sorted.insert(place, (key, id));
    }
    sorted.into_iter().map(|(_, id)| id).collect()
}

fn pages(feed: Feed, shown: Pages) -> AnyView {
    let state = State::current();
    live(move || {
        let order = Navigation::current().order();
        let href = move |pages| Address::part(feed, pages, order).href();
        match state.ranking.get() {
            Some(ranking) => pager(&href, shown, ranking.pages, true).into(),
            None => nothing(),
        }
    })
}
