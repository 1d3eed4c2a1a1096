use leptos::prelude::*;

use super::set_title;
use crate::hn::User;
use crate::loader::Intent;
use crate::loader::plan::Pages;
use crate::ui::address::Address;
use crate::ui::children::keyed;
use crate::ui::el::{El, el, group, live, nothing};
use crate::ui::navigation::Navigation;
use crate::ui::parts::{
    Listing, Shape, as_of, button, elsewhere, icon, listing, newer, no_such_page, notice, pager,
    paragraph, post_row, progress_bar, retry_all, status, when,
};
use crate::ui::safe_html::safe_html;
use crate::ui::signal::on_leave;
use crate::ui::state::State;
use crate::ui::words;

/// A person, and a page of what they posted. `page` is none for what is no page's number.
pub fn user_page(name: String, page: Option<usize>) -> AnyView {
    set_title(&name);
    let Some(page) = page else {
        return no_such_page(words::NO_NUMBER, &Address::user(&name).href()).into();
    };
    let state = State::current();
    state.stay(Navigation::current().returned());
    open(&name, page, false);
    on_leave(move || state.leave());
    let again = name.clone();
    state.on_return(move |refresh| open(&again, page, refresh));
    let (below, nobodys) = (name.clone(), name.clone());
    group([
        profile(&name).into(),
        status(move || match state.nobody.get() {
            true => nobody(&nobodys).into(),
            false => nothing(),
        })
        .into(),
        live(move || match state.nobody.get() {
            true => nothing(),
            false => posts(&below, page),
        }),
    ])
}

fn open(name: &str, page: usize, refresh: bool) {
    State::current().send(Intent::Person {
        name: name.to_owned(),
        page,
        refresh,
    });
}

/// The name, and what is known of who has it.
fn profile(name: &str) -> El {
    let state = State::current();
    el("div")
        .class("item profile")
        .child(el("h1").child(el("bdi").text(name)))
        .child(el("p").class("meta").live(move || {
            state.as_of.track();
            match &*state.person.borrow() {
                Some(person) => facts(person),
                None => nothing(),
            }
        }))
        .child(live(move || {
            state.as_of.track();
            let person = state.person.borrow();
            match person.as_ref().and_then(|person| person.about.as_ref()) {
                Some(about) => safe_html(about).into(),
                None => nothing(),
            }
        }))
}

fn facts(person: &User) -> AnyView {
    let User {
        karma, submitted, ..
    } = person;
    let span = |words: String| el("span").text(&words);
    let karma = karma.map(|karma| span(words::count(karma, "point of karma", "points of karma")));
    let since = person.created();
    let since = since.map(|moment| el("span").text("joined ").child(when(moment)));
    let posts = words::count(submitted.len() as i64, "submission", "submissions");
    let facts = [karma, since, Some(span(posts))].into_iter().flatten();
    group(facts.map(AnyView::from).collect::<Vec<_>>())
}

fn posts(name: &str, page: usize) -> AnyView {
    let state = State::current();
    let list = Listing {
        shown: Pages::One(page),
        first: Address::user(name).href(),
        kept: words::MAYBE_OLD,
        failed: "This person can’t be looked up",
        empty: ["Nothing posted", words::NOTHING_POSTED],
    };
    let (below, again) = (name.to_owned(), name.to_owned());
    let rows = move || {
        let below = below.clone();
        let href = move |pages| match pages {
            Pages::One(page) => Address::User(below.clone(), Some(page)).href(),
            Pages::All => String::new(),
        };
        group([
            el("ol")
                .class("stories posts")
                .attr("start", &(page * 30 - 29).to_string())
                .child(keyed(move || state.rows.get(), post_row))
                .into(),
            retry_all(),
            live(move || match state.ranking.get() {
                Some(ranking) => pager(&href, Pages::One(page), ranking.pages, false).into(),
                None => nothing(),
            }),
        ])
    };
    group([
        toolbar(name, page).into(),
        progress_bar().into(),
        newer(),
        listing(list, move || open(&again, page, true), rows),
    ])
}

fn toolbar(name: &str, page: usize) -> El {
    let renewed = name.to_owned();
    el("div")
        .class("toolbar")
        .child(el("h2").text("Stories and comments"))
        .child(as_of())
        .child(
            button("button", move || open(&renewed, page, true))
                .child(icon(Shape::Refresh))
                .child(el("span").text("Refresh")),
        )
        .child(elsewhere(&Address::user(name)))
}

fn nobody(name: &str) -> El {
    notice("Nobody has this name")
        .child(paragraph(words::NOBODY))
        .child(
            el("p")
                .class("choices")
                .child(
                    el("a")
                        .class("button")
                        .attr("href", "./")
                        .text("Go to the top stories"),
                )
                .child(elsewhere(&Address::user(name))),
        )
}
