use leptos::prelude::*;

use super::feed::{View, newer, retry_all, waiting};
use super::set_title;
use crate::hn::User;
use crate::loader::Intent;
use crate::loader::plan::Pages;
use crate::ui::address::Address;
use crate::ui::children::keyed;
use crate::ui::el::{El, bare, el, group, live, nothing};
use crate::ui::navigation::Navigation;
use crate::ui::parts::{
    Shape, banner, button, icon, link_button, notice, pager, paragraph, post_row, progress_bar,
    when,
};
use crate::ui::safe_html::safe_html;
use crate::ui::signal::{memo, on_leave};
use crate::ui::state::{Phase, State};
use crate::ui::words;

/// A person, and a page of what they posted. `page` is none for what is no page's number.
pub fn user_page(name: String, page: Option<usize>) -> AnyView {
    set_title(&name);
    let Some(page) = page else {
        return no_such_page(&name, "A page’s number counts from 1.").into();
    };
    let state = State::current();
    state.stay(Navigation::current().returned());
    open(&name, page, false);
    on_leave(move || state.leave());
    let again = name.clone();
    state.on_return(move |refresh| open(&again, page, refresh));
    let below = name.clone();
    group([
        profile(&name).into(),
        live(move || match state.nobody.get() {
            true => nobody(&below).into(),
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
    let view = memo(move || {
        let pages = state
            .ranking
            .with(|ranking| ranking.as_ref().map(|ranking| ranking.pages));
        match (pages, state.phase.get()) {
            (None, Phase::Failed(why)) => View::Nothing(why),
            (None, _) => View::Waiting,
            (Some(0), _) => View::Empty,
            (Some(pages), _) if page > pages => View::Beyond(page, pages),
            _ => View::Rows,
        }
    });
    let below = name.to_owned();
    let view = live(move || match view.get() {
        View::Waiting => waiting().into(),
        View::Nothing(why) => notice("This person can’t be looked up")
            .child(paragraph(&why))
            .child(el("p").child(try_again(&below, page, "button")))
            .into(),
        View::Empty => notice("Nothing posted")
            .child(paragraph("Neither stories nor comments so far."))
            .into(),
        View::Beyond(_, pages) => {
            let count = words::count(pages as i64, "page", "pages");
            no_such_page(&below, &format!("The posts fill {count}.")).into()
        }
        View::Rows => {
            let below = below.clone();
            let stale = stale(&below, page);
            let href = move |pages| match pages {
                Pages::One(page) => Address::User(below.clone(), Some(page)).href(),
                Pages::All => String::new(),
            };
            group([
                stale,
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
        }
    });
    group([
        toolbar(name, page).into(),
        progress_bar().into(),
        newer(),
        view,
    ])
}

fn toolbar(name: &str, page: usize) -> El {
    let state = State::current();
    let as_of = move || match state.ranking.get() {
        Some(ranking) => group([bare("As of ".to_owned()), when(ranking.as_of).into()]),
        None => nothing(),
    };
    let renewed = name.to_owned();
    el("div")
        .class("toolbar")
        .child(el("h2").text("Stories and comments"))
        .child(el("p").class("as-of").live(as_of))
        .child(
            button("button", move || open(&renewed, page, true))
                .child(icon(Shape::Refresh))
                .child(el("span").text("Refresh")),
        )
        .child(elsewhere(name))
}

/// Says that what was kept is shown, and why.
fn stale(name: &str, page: usize) -> AnyView {
    let state = State::current();
    let name = name.to_owned();
    live(move || match state.phase.get() {
        Phase::Failed(why) => banner(&format!("This is what was kept. {why}"))
            .attr("role", "status")
            .child(try_again(&name, page, "quiet"))
            .into(),
        _ => nothing(),
    })
}

fn try_again(name: &str, page: usize, class: &'static str) -> El {
    let name = name.to_owned();
    button(class, move || open(&name, page, true)).text("Try again")
}

fn nobody(name: &str) -> El {
    notice("Nobody has this name")
        .child(paragraph(
            "Names on Hacker News tell capital letters from small ones, and a new account shows up after its first post.",
        ))
        .child(
            el("p")
                .class("choices")
                .child(el("a").class("button").attr("href", "./").text("Go to the top stories"))
                .child(elsewhere(name)),
        )
}

fn elsewhere(name: &str) -> El {
    // Written as this app's own: `user/NAME`.
    let name = Address::user(name).href();
    let name = name.strip_prefix("user/").unwrap_or(&name);
    el("a")
        .class("button")
        .attr(
            "href",
            &format!("https://news.ycombinator.com/user?id={name}"),
        )
        .attr("rel", "noreferrer")
        .text("On Hacker News")
}

fn no_such_page(name: &str, why: &str) -> El {
    notice("There is no such page")
        .child(paragraph(why))
        .child(link_button(
            &Address::user(name).href(),
            "Go to the first page",
        ))
}
