use std::time::Duration;

use leptos::prelude::*;

use super::set_title;
use crate::hn::Query;
use crate::loader::Intent;
use crate::loader::plan::Pages;
use crate::loader::shelf::Findings;
use crate::ui::address::{Address, SOUGHT, SPANS, name, named};
use crate::ui::el::{El, el, group, live, nothing};
use crate::ui::later::{after, next_frame};
use crate::ui::navigation::Navigation;
use crate::ui::parts::{
    banner, found_row, input, no_such_page, notice, option, pager, paragraph, status as say,
    try_again, waiting,
};
use crate::ui::signal::{effect, on_leave};
use crate::ui::state::{Phase, State};
use crate::ui::words;

/// The id of the field that words are typed into.
const FIELD: &str = "search";

/// The address follows so long after what is typed: browsers let it change only so often.
const FOLLOWS: Duration = Duration::from_millis(250);

/// Looks for words on the shelf, as they are typed, and in all of Hacker News.
pub fn search_page() -> AnyView {
    set_title("Search");
    let state = State::current();
    let navigation = Navigation::current();
    let query = sought(navigation.address_untracked());
    let form = form(&query);
    state.send(Intent::Shelve);
    look(query, false);
    // Another address, by a link or by going back, is another search.
    effect(move || {
        // The page is about to go, and what was found stays for who comes back.
        let Address::Search(query) = navigation.address() else {
            return;
        };
        if query != *state.sought.borrow() {
            fill(&query);
            look(query, false);
        }
    });
    state.on_return(|_| again());
    on_leave(move || state.leave());
    if !navigation.returned() {
        // The heading of a new page has the focus first.
        next_frame(|| {
            if let Some(field) = input(FIELD) {
                let _ = field.focus();
            }
        });
    }
    group([
        form.into(),
        status().into(),
        say(trouble).into(),
        live(move || {
            state.rows.track();
            results(&state.sought.borrow(), &state.found.borrow())
        }),
    ])
}

fn look(query: Query, typed: bool) {
    let state = State::current();
    state.sought.replace(query.clone());
    state.send(Intent::Search { query, typed });
}

fn again() {
    let query = State::current().sought.borrow().clone();
    look(query, false);
}

/// Looks for something else, from its first page on; the address follows.
fn typed(change: impl FnOnce(&mut Query)) {
    let mut query = State::current().sought.borrow().clone();
    query.page = 1;
    change(&mut query);
    look_if_new(query);
}

fn look_if_new(query: Query) {
    let state = State::current();
    if query == *state.sought.borrow() {
        return;
    }
    look(query.clone(), true);
    let follow = move || {
        let navigation = Navigation::current();
        let here = matches!(navigation.address_untracked(), Address::Search(_));
        if here && query == *state.sought.borrow() {
            navigation.replace(Address::Search(query));
        }
    };
    after(FOLLOWS, follow);
}

/// What an address looks for.
fn sought(address: Address) -> Query {
    match address {
        Address::Search(query) => query,
        _ => Query::default(),
    }
}

/// The field, and what narrows the search.
fn form(query: &Query) -> El {
    let field = el("input")
        .attr("id", FIELD)
        .attr("type", "search")
        .attr("aria-label", "Search stories and comments")
        .attr("placeholder", "Words, names, sites")
        .attr("autocomplete", "off")
        .attr("enterkeyhint", "search")
        .attr("value", &query.words)
        .on("input", move |event| {
            let words = event_target_value(&event);
            typed(|query| query.words = words);
        });
    let kinds = ["Stories and comments", "Stories", "Comments"];
    let spans = [
        "Any time",
        "Past day",
        "Past week",
        "Past month",
        "Past year",
    ];
    let (kind, span) = (name(&SOUGHT, &query.sought), name(&SPANS, &query.span));
    let number = el("input")
        .attr("id", "search-points")
        .attr("type", "number")
        .attr("min", "0")
        .attr("inputmode", "numeric")
        .attr("placeholder", "any")
        .attr("value", &points(query))
        .on("change", move |event| {
            let points = event_target_value(&event).trim().parse();
            let points = points.unwrap_or_default();
            typed(|query| query.points = points);
        });
    let by = el("input")
        .attr("id", "search-by")
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("placeholder", "anyone")
        .attr("value", &query.by)
        .on("change", move |event| {
            let by = event_target_value(&event);
            typed(|query| query.by = by.trim().to_owned());
        });
    let labelled =
        |words: &'static str, field: El| el("label").child(el("span").text(words)).child(field);
    el("form")
        .class("search")
        .attr("role", "search")
        // What is typed is looked for as it is; there is nothing to send.
        .on("submit", |event| event.prevent_default())
        .child(el("h1").text("Search"))
        .child(field)
        .child(
            el("div")
                .class("filters")
                .child(choice(
                    "search-type",
                    "Kind",
                    &kinds,
                    &SOUGHT.map(|it| it.1),
                    kind,
                    move |name| {
                        typed(|query| query.sought = named(&SOUGHT, name));
                    },
                ))
                .child(choice(
                    "search-sort",
                    "Order",
                    &["Relevance", "Date"],
                    &["date"],
                    order(query),
                    move |name| {
                        typed(|query| query.newest = name == "date");
                    },
                ))
                .child(choice(
                    "search-since",
                    "Time",
                    &spans,
                    &SPANS.map(|it| it.1),
                    span,
                    move |name| {
                        typed(|query| query.span = named(&SPANS, name));
                    },
                ))
                .child(labelled("Least points", number))
                .child(labelled("Author", by)),
        )
}

/// A choice among `labels`; the first stands for no name, the others for `names`.
fn choice(
    id: &str,
    words: &'static str,
    labels: &[&str],
    names: &[&str],
    chosen: &str,
    choose: impl Fn(&str) + 'static,
) -> El {
    let option = |(label, name): (&&str, &&str)| option(name, label, *name == chosen);
    let names = [""].iter().chain(names);
    let select = el("select")
        .attr("id", id)
        .on("change", move |event| choose(&event_target_value(&event)))
        .children(labels.iter().zip(names).map(option));
    el("label").child(el("span").text(words)).child(select)
}

/// The least points as they are written; none are nothing.
fn points(query: &Query) -> String {
    match query.points {
        0 => String::new(),
        points => points.to_string(),
    }
}

/// The order's name.
fn order(query: &Query) -> &'static str {
    if query.newest { "date" } else { "" }
}

/// Puts a query into the fields.
fn fill(query: &Query) {
    for (id, value) in [
        (FIELD, query.words.as_str()),
        ("search-points", &points(query)),
        ("search-by", &query.by),
        ("search-type", name(&SOUGHT, &query.sought)),
        ("search-sort", order(query)),
        ("search-since", name(&SPANS, &query.span)),
    ] {
        if let Some(field) = input(id) {
            field.set_value(value);
        }
    }
}

/// How much was found where, or what can be found.
fn status() -> El {
    let state = State::current();
    el("p")
        .class("as-of found-status")
        .attr("role", "status")
        .text_by(move || {
            state.rows.track();
            let busy = state.phase.get().waits() && state.limits().algolia;
            let findings = &*state.found.borrow();
            match state.sought.borrow().is_empty() {
                true => words::stock(&findings.stock),
                false => words::findings(findings, busy),
            }
        })
}

/// Why only the shelf is searched.
fn trouble() -> AnyView {
    let state = State::current();
    if !state.limits().algolia {
        let settings = el("a").attr("href", &Address::Settings.href());
        return banner(words::INDEX_OFF)
            .child(settings.text("Settings"))
            .into();
    }
    match state.phase.get() {
        _ if !state.online.get() => banner(words::INDEX_OFFLINE).into(),
        Phase::Failed(why) => banner(&format!("{} {why}", words::INDEX_FAILED))
            .child(try_again("quiet", again))
            .into(),
        _ => nothing(),
    }
}

fn results(query: &Query, findings: &Findings) -> AnyView {
    let state = State::current();
    if query.is_empty() {
        return el("div")
            .class("prose")
            .child(paragraph(words::SEARCH_HERE))
            .child(paragraph(words::SEARCH_THERE))
            .into();
    }
    let turned = query.clone();
    let href = move |pages| {
        let page = match pages {
            Pages::One(page) => page,
            Pages::All => 1,
        };
        Address::Search(Query {
            page,
            ..turned.clone()
        })
        .href()
    };
    if findings.found.is_empty() {
        let (beyond, is_whole) = (query.page > 1, findings.stock.whole);
        let first = href(Pages::One(1));
        return live(move || match state.phase.get() {
            phase if phase.waits() || !is_whole => waiting().into(),
            _ if beyond => no_such_page(words::FOUND_NO_MORE, &first).into(),
            _ => notice("Nothing found")
                .child(paragraph(words::FOUND_NOTHING))
                .into(),
        });
    }
    group([
        el("ol")
            .class("stories finds")
            .children(findings.found.iter().map(found_row))
            .into(),
        pager(&href, Pages::One(query.page), findings.pages, false).into(),
    ])
}
