//! Carries out what keys do; `keys` says which key does what.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use super::address::{Address, Order};
use super::el::{El, el, on_window, touched};
use super::focus::{Among, focus_next_new, id, move_focus, stop};
use super::keys::{Action, Context, KEYS, Key, PLACES, action};
use super::navigation::Navigation;
use super::parts::button;
use super::state::State;
use crate::hn::Id;
use crate::store::Marking;

/// The id of the sheet that lists the keys.
const SHEET: &str = "keys";

/// What takes text, or letters for itself.
const FIELDS: &str = "input, textarea, select, [contenteditable]";

/// Listens to the keyboard from now on.
pub fn listen(state: State, navigation: Navigation) {
    let mut after_go = false;
    on_window("keydown", move |event| {
        let Ok(event) = event.dyn_into::<ev::KeyboardEvent>() else {
            return;
        };
        let key = event.key();
        if event.default_prevented() || key == "Shift" {
            return;
        }
        let within = |selector: &str| touched(&event, selector).is_some();
        let open = sheet().is_some_and(|sheet| sheet.open());
        let context = Context {
            typing: within(FIELDS) || (open && key != "?"),
            modified: event.ctrl_key() || event.meta_key() || event.alt_key(),
            on_control: within("a, button, summary"),
            after_go,
            off: !state.has_keys(),
        };
        let action = action(&key, context);
        after_go = action == Some(Action::Go);
        if let Some(action) = action {
            event.prevent_default();
            carry_out(action, state, navigation);
        }
    });
}

fn carry_out(action: Action, state: State, navigation: Navigation) {
    let story = || story(navigation);
    match action {
        Action::Next => _ = move_focus(Among::All, true),
        Action::Previous => _ = move_focus(Among::All, false),
        Action::NextTop => _ = move_focus(Among::Top, true),
        Action::PreviousTop => _ = move_focus(Among::Top, false),
        Action::NextNew => focus_next_new(),
        Action::Open if stop().is_some() => {
            _ = click("a[href^='item/']") || click(".title a");
        }
        Action::Comments => _ = click("a[href^='item/']"),
        Action::Link => {
            // Where a comment has the focus, the page's own.
            if !click(".title a")
                && let Some(link) = find(".item h1 a")
            {
                link.click();
            }
        }
        Action::Collapse => {
            // What holds the focus may be about to fold away.
            if let Some(stop) = stop() {
                let _ = stop.focus();
            }
            click(".fold");
        }
        Action::Save | Action::Hide => {
            if let Some(story) = story() {
                let mark = state.mark_now(story);
                let marking = match action {
                    Action::Save => Marking::Saved(mark.saved.is_none()),
                    _ => Marking::Hidden(mark.hidden.is_none()),
                };
                if let Some(stop) = stop() {
                    let _ = stop.focus();
                }
                state.set_mark(story, marking);
            }
        }
        Action::Up => match state
            .thread
            .trail
            .with_untracked(|trail| trail.first().copied())
        {
            Some(parent) if matches!(navigation.address_untracked(), Address::Item(_)) => {
                navigation.go(&Address::Item(Some(parent)).href())
            }
            _ => navigation.back(),
        },
        Action::Search => match find("input[type=search]") {
            Some(field) => _ = field.focus(),
            None => navigation.go("search"),
        },
        Action::Feed(feed) => navigation.go(&Address::feed(feed, 1, Order::Rank).href()),
        Action::Saved => navigation.go(&Address::Saved.href()),
        Action::Sheet => toggle_sheet(),
        Action::Open | Action::Go => {}
    }
}

/// The story that a key marks: that of the stop, or that of the page. Comments have no marks.
fn story(navigation: Navigation) -> Option<Id> {
    if let Address::Item(page) = navigation.address_untracked() {
        return page.filter(|_| find(".item .mark").is_some());
    }
    let stop = stop()?;
    let is_marked = matches!(stop.matches(".away, :has(.mark)"), Ok(true));
    let id = id(&stop).filter(|_| is_marked)?;
    id.strip_prefix('s')?.parse().ok()
}

/// Clicks what is found first in the stop, or on a page without one.
fn click(selector: &str) -> bool {
    let found = match stop() {
        Some(stop) => stop.query_selector(selector).ok().flatten(),
        None => document()
            .query_selector(&format!(".item :is({selector})"))
            .ok()
            .flatten(),
    };
    found
        .map(|found| found.unchecked_into::<HtmlElement>().click())
        .is_some()
}

fn find(selector: &str) -> Option<HtmlElement> {
    Some(document().query_selector(selector).ok()??.unchecked_into())
}

fn sheet() -> Option<HtmlDialogElement> {
    Some(document().get_element_by_id(SHEET)?.unchecked_into())
}

/// Opens the sheet, or closes it; the browser gives the focus back to where it was.
pub fn toggle_sheet() {
    if let Some(sheet) = sheet() {
        if sheet.open() {
            sheet.close();
        } else {
            let _ = sheet.show_modal();
        }
    }
}

/// The sheet that says what the keys do.
pub fn key_sheet() -> El {
    let row = |prefix: &str, key: &Key| {
        let keys = match prefix {
            "" => el("dt").child(el("kbd").text(key.0)),
            prefix => el("dt")
                .child(el("kbd").text(prefix))
                .text(" ")
                .child(el("kbd").text(key.0)),
        };
        [keys, el("dd").text(key.1)]
    };
    let keys = KEYS.iter().flat_map(|key| row("", key));
    let places = PLACES.iter().flat_map(|key| row("g", key));
    el("dialog")
        .class("keys")
        .attr("id", SHEET)
        .attr("aria-labelledby", "keys-heading")
        .child(el("h2").attr("id", "keys-heading").text("Keys"))
        .child(el("dl").children(keys.chain(places)))
        .child(button("button", toggle_sheet).text("Close"))
}
