//! Where the focus is among stories and comments, and how it gets to another.
//!
//! A *stop* is what `j` and `k` move between: a story's row, or a comment without its replies. Its
//! element takes the real focus, so that a screen reader follows, Tab goes on from there, and the
//! browser scrolls it into view and shows where it is. What is looked for by these names is always
//! an element of HTML, never one of a drawing.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::later::next_frame;

/// What can be moved between.
const STOPS: &str = "li.story[id], li.comment > article";
/// The comments of the top level.
const TOP: &str = ".comments > li.comment > article";
/// The comments that are new.
const NEW: &str = "li.comment.new > article";

thread_local! {
    /// Where the last move led.
    static LAST: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

/// Which stops a move goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// All that can be seen.
    All,
    /// The comments of the top level.
    Top,
    /// The new comments, folded ones included.
    New,
}

/// The stop that holds the focus.
pub fn stop() -> Option<HtmlElement> {
    let focused = document().active_element()?;
    Some(focused.closest(STOPS).ok()??.unchecked_into())
}

/// Moves the focus to the next stop after it, or before; where no stop has it, to the first in
/// view. Whether there is one.
pub fn move_focus(among: Among, forward: bool) -> bool {
    let selector = match among {
        Among::All => STOPS,
        Among::Top => TOP,
        Among::New => NEW,
    };
    let root = document().document_element();
    let Some(Ok(found)) = root.map(|root| root.query_selector_all(selector)) else {
        return false;
    };
    let stops = (0..found.length()).filter_map(|at| found.item(at));
    let stops = stops.map(|stop| stop.unchecked_into::<HtmlElement>());
    let stops = stops.filter(|stop| among == Among::New || stop.offset_parent().is_some());
    // A press of the button for the next new one takes the focus away from the last.
    let last = || {
        LAST.take()
            .filter(|last| among == Among::New && last.is_connected())
    };
    let here = stop().or_else(last);
    let goes = |stop: &HtmlElement| match &here {
        Some(here) => {
            let is_after = here.compare_document_position(stop) & 4 != 0;
            stop != here && is_after == forward
        }
        None => among == Among::New || stop.get_bounding_client_rect().bottom() > 0.0,
    };
    let mut there = stops.filter(goes);
    let next = match here {
        Some(_) if !forward => there.next_back(),
        _ => there.next(),
    };
    match next {
        Some(stop) => {
            reach(stop);
            true
        }
        None => false,
    }
}

/// Moves the focus to the next new comment; after the last, to the first again.
pub fn focus_next_new() {
    if !move_focus(Among::New, true)
        && let Ok(Some(first)) = document().query_selector(NEW)
    {
        reach(first.unchecked_into());
    }
}

/// Gives the focus to the row or the comment with this id, where it is.
pub fn focus_stop(id: &str) -> bool {
    let element = document().get_element_by_id(id);
    let stop = element.and_then(|element| match element.matches(STOPS) {
        Ok(true) => Some(element),
        _ => element.query_selector(":scope > article").ok().flatten(),
    });
    stop.is_some_and(|stop| {
        focus(stop.unchecked_ref(), false);
        true
    })
}

/// The id of a stop: `s` or `c` and the item's number.
pub fn id(stop: &Element) -> Option<String> {
    stop.closest("li[id]").ok()?.map(|element| element.id())
}

/// Gives the focus to a stop that may be folded away.
fn reach(stop: HtmlElement) {
    LAST.set(Some(stop.clone()));
    if unfold(&stop) {
        next_frame(move || focus(&stop, true));
    } else {
        focus(&stop, true);
    }
}

/// Gives the focus to an element that may not take it by itself.
pub fn focus(stop: &HtmlElement, scroll: bool) {
    stop.set_tab_index(-1);
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(!scroll);
    let _ = stop.focus_with_options(&options);
}

/// Opens what is folded around a comment; whether anything was.
fn unfold(stop: &HtmlElement) -> bool {
    let mut unfolded = false;
    let mut around = stop.closest("li.comment").ok().flatten();
    while let Some(parent) = around.and_then(|comment| comment.parent_element()) {
        around = parent.closest("li.comment").ok().flatten();
        let folded = around.as_ref().filter(|it| it.has_attribute("data-folded"));
        let button = folded.and_then(|it| it.query_selector(":scope > article .fold").ok()?);
        if let Some(button) = button {
            button.unchecked_ref::<HtmlElement>().click();
            unfolded = true;
        }
    }
    unfolded
}
