//! Where the reader is: the browser's address bar as a signal.
//!
//! Links stay real links. A plain click on one that leads to a place below `<base href>` changes
//! the address without loading the page anew; whatever asks for more (another button, a modifier
//! key, a target, a download) is left to the browser. A router library would add a quarter to the
//! app's size for what this file does.

use std::cell::Cell;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;

use super::address::{Address, Order};
use super::el::{on_window, touched};
use super::focus::focus;
use super::place;
use super::signal::Signal;
use super::state::State;
use crate::hn::Feed;

/// The attribute of a link that opens a story: its id.
pub const STORY: &str = "data-story";

/// The address shown, and the way to another.
#[derive(Clone, Copy)]
pub struct Navigation {
    address: &'static Signal<Address>,
}

thread_local! {
    static CURRENT: Cell<Option<Navigation>> = const { Cell::new(None) };
    /// The page was left before, and the reader came back to it.
    static RETURNED: Cell<bool> = const { Cell::new(false) };
}

impl Navigation {
    /// Reads the address bar and follows it from now on.
    pub fn start(state: State) -> Self {
        let navigation = Self {
            address: Box::leak(Box::new(Signal::new(here()))),
        };
        CURRENT.set(Some(navigation));
        RETURNED.set(place::start());
        on_window("popstate", move |_| navigation.pop());
        on_window("click", move |event| {
            navigation.click(state, event.unchecked_ref())
        });
        // The middle button opens a tab.
        on_window("auxclick", move |event| {
            let event: &ev::MouseEvent = event.unchecked_ref();
            if event.button() == 1 {
                note_story(state, event);
            }
        });
        navigation
    }

    /// The navigation of the app that was started.
    pub fn current() -> Self {
        CURRENT.get().expect("the app starts with its navigation")
    }

    /// The order that the address asks for.
    pub fn order(self) -> Order {
        match self.address.get() {
            Address::Feed { order, .. } => order,
            _ => Order::Rank,
        }
    }

    /// The address shown.
    pub fn address(self) -> Address {
        self.address.get()
    }

    /// The address at this moment.
    pub fn address_untracked(self) -> Address {
        self.address.get_untracked()
    }

    /// Changes the address in place, without a new entry in the history.
    pub fn replace(self, address: Address) {
        if let Ok(history) = window().history() {
            let state = history.state().unwrap_or_default();
            let _ = history.replace_state_with_url(&state, "", Some(&address.href()));
            self.address.set(here());
        }
    }

    /// Whether the reader came back to this page.
    pub fn returned(self) -> bool {
        RETURNED.get()
    }

    /// Goes to a place of the app.
    pub fn go(self, href: &str) {
        place::keep();
        let history = window().history();
        let pushed =
            history.and_then(|history| history.push_state_with_url(&place::next(), "", Some(href)));
        if pushed.is_err() {
            // Safari allows a hundred changes of the history in 30 seconds.
            let _ = window().location().assign(href);
            return;
        }
        RETURNED.set(false);
        self.address.set(here());
        place::top();
    }

    /// Goes back to the page before, if that is one of the app; to the top stories otherwise.
    pub fn back(self) {
        if place::behind() > 0
            && let Ok(history) = window().history()
        {
            let _ = history.back();
        } else {
            self.go(&Address::feed(Feed::Top, 1, Order::Rank).href());
        }
    }

    fn pop(self) {
        RETURNED.set(true);
        place::arrive();
        self.address.set(here());
    }

    fn click(self, state: State, event: &ev::MouseEvent) {
        note_story(state, event);
        let modified = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
        if event.default_prevented() || event.button() != 0 || modified {
            return;
        }
        let Some(link) = link(event) else { return };
        let leaves = !link.target().is_empty() || link.has_attribute("download");
        let inside = link.href().starts_with(&base()) && link.hash().is_empty();
        if leaves || !inside {
            return;
        }
        event.prevent_default();
        let same = window().location().href();
        match same.is_ok_and(|href| href == link.href()) {
            true => {
                place::top();
                state.renew();
            }
            false => self.go(&link.href()),
        }
    }
}

/// Marks a story as read whose link is followed.
fn note_story(state: State, event: &ev::MouseEvent) {
    let story = link(event).and_then(|link| link.get_attribute(STORY)?.parse().ok());
    if let Some(story) = story {
        state.read(story);
    }
}

/// Moves the focus to the page's content: what had it may be gone. Nothing scrolls.
pub fn focus_main() {
    let main = document().get_element_by_id("main");
    if let Some(main) = main {
        focus(main.unchecked_ref(), false);
    }
}

fn link(event: &ev::MouseEvent) -> Option<HtmlAnchorElement> {
    Some(touched(event, "a[href]")?.unchecked_into())
}

/// The address that the app lives under, as `<base href>` says; it ends with a slash.
fn base() -> String {
    document().base_uri().ok().flatten().unwrap_or_default()
}

fn here() -> Address {
    let location = window().location();
    let href = location.href().unwrap_or_default();
    match href.strip_prefix(base().as_str()) {
        Some(rest) => {
            let path = rest.split(['?', '#']).next().unwrap_or_default();
            Address::parse(path, &location.search().unwrap_or_default())
        }
        None => Address::Nowhere,
    }
}
