use leptos::prelude::*;

use super::set_title;
use crate::hn::{Feed, Id};
use crate::loader::Intent;
use crate::loader::plan::{PAGE, Pages};
use crate::ui::address::{Address, Order};
use crate::ui::children::keyed;
use crate::ui::el::{El, bare, el, group, live, nothing};
use crate::ui::navigation::Navigation;
use crate::ui::parts::{
    Shape, banner, brief_button, button, icon, keep, link_button, notice, pager, paragraph,
    progress_bar, sieve_button, sieve_panel, sort_by, story_row, when,
};
use crate::ui::sieve::{LeftOut, Sieve};
use crate::ui::signal::{Signal, memo, on_leave};
use crate::ui::state::{Phase, State};
use crate::ui::words;

/// A feed, or a part of it. `pages` is none for what is no page's number.
pub fn feed_page(feed: Feed, pages: Option<Pages>) -> AnyView {
    let heading = words::heading(feed);
    let Some(pages) = pages else {
        set_title(heading);
        return group([
            toolbar(feed, Pages::One(1), heading).into(),
            no_such_page(feed, "A page’s number counts from 1.".to_owned()).into(),
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
    let state = State::current();
    let navigation = Navigation::current();
    let as_of = move || match state.ranking.get() {
        Some(ranking) => group([bare("As of ".to_owned()), when(ranking.as_of).into()]),
        None => nothing(),
    };
    let choose = move |order| navigation.replace(Address::part(feed, pages, order));
    el("div")
        .class("toolbar")
        .child(el("h1").text(heading))
        .child(el("p").class("as-of").live(as_of))
        .child(live(move || sort_by(navigation.order(), choose).into()))
        .child(
            button("button", move || open(feed, pages, true))
                .child(icon(Shape::Refresh))
                .child(el("span").text("Refresh")),
        )
        .child(keep(feed, usize::MAX, || false).text("Keep for offline"))
}

/// Offers a newer ranking to somebody who is in the middle of the older one.
pub(super) fn newer() -> AnyView {
    let state = State::current();
    live(move || {
        if state.newer.with(Option::is_none) {
            return nothing();
        }
        let show = move || {
            state.show_newer();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        };
        brief_button("newer", show)
            .text("Show the newer ranking")
            .into()
    })
}

/// What stands below the toolbar.
#[derive(Clone, Default, PartialEq)]
pub(super) enum View {
    #[default]
    Waiting,
    Nothing(String),
    Empty,
    Beyond(usize, usize),
    Rows,
}

fn stories(feed: Feed, shown: Pages) -> AnyView {
    let state = State::current();
    let all = Signal::new(false);
    let view = memo(move || {
        let pages = state
            .ranking
            .with(|ranking| ranking.as_ref().map(|ranking| ranking.pages));
        match (pages, shown, state.phase.get()) {
            (None, _, Phase::Failed(why)) => View::Nothing(why),
            (None, ..) => View::Waiting,
            (Some(0), ..) => View::Empty,
            (Some(pages), Pages::One(page), _) if page > pages => View::Beyond(page, pages),
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
            .child(el("p").child(try_again(feed, shown, "button")))
            .into(),
        View::Empty => notice("This feed is empty")
            .child(paragraph(
                "Hacker News lists no stories here at the moment.",
            ))
            .into(),
        View::Beyond(page, pages) => {
            let count = words::count(pages as i64, "page", "pages");
            let why = format!("The feed has {count} at the moment, and this would be page {page}.");
            no_such_page(feed, why).into()
        }
        View::Rows => {
            let shown_all = all.clone();
            group([
                stale(feed, shown),
                el("ol")
                    .class("stories")
                    .child(keyed(move || sifted(shown_all.get()).rows, story_row))
                    .into(),
                left_out(all.clone()),
                retry_all(),
                pages(feed, shown),
            ])
        }
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
fn left_out(all: Signal<bool>) -> AnyView {
    live(move || {
        let Some(words) = words::left_out(&sifted(true).left_out) else {
            return nothing();
        };
        let (chosen, shown) = (all.clone(), all.clone());
        let word = move || if shown.get() { "Leave out" } else { "Show" }.to_owned();
        el("p")
            .class("left-out")
            .child(el("span").attr("role", "status").text(&words))
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
        let key = state.row(id).with_untracked(|row| order.key(row.item()));
        let place = sorted.partition_point(|(other, _)| *other >= key);
        sorted.insert(place, (key, id));
    }
    sorted.into_iter().map(|(_, id)| id).collect()
}

/// Says that an older ranking is shown, and why.
fn stale(feed: Feed, pages: Pages) -> AnyView {
    let state = State::current();
    live(move || match state.phase.get() {
        Phase::Failed(why) => banner(&format!("This is the last ranking that was kept. {why}"))
            .attr("role", "status")
            .child(try_again(feed, pages, "quiet"))
            .into(),
        _ => nothing(),
    })
}

fn try_again(feed: Feed, pages: Pages, class: &'static str) -> El {
    button(class, move || open(feed, pages, true)).text("Try again")
}

pub(super) fn retry_all() -> AnyView {
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

/// Rows without anything, in the place of those to come.
pub(super) fn waiting() -> El {
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
