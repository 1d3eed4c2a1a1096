//! Where the reader is: the browser's address bar as a signal.
//!
//! Links stay real links. A plain click on one that leads to a place below `<base href>` changes
//! the address without loading the page anew; whatever asks for more (another button, a modifier
//! key, a target, a download) is left to the browser. A router library would add a quarter to the
//! app's size for what this file does.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement, HtmlElement};

use super::address::{Address, Order};

/// The address shown, and the way to another.
#[derive(Clone, Copy)]
pub struct Navigation {
    address: RwSignal<Address>,
}

impl Navigation {
    /// Reads the address bar and follows it from now on.
    pub fn start() -> Self {
        let address = RwSignal::new(here());
        let navigation = Self { address };
        let _popped = window_event_listener(ev::popstate, move |_| address.set(here()));
        let _clicked = window_event_listener(ev::click, move |event| navigation.click(&event));
        navigation
    }

    /// The navigation of the app that the caller is a part of.
    pub fn current() -> Self {
        expect_context()
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
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address.href()));
            self.address.set(here());
        }
    }

    fn click(self, event: &ev::MouseEvent) {
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
        let Ok(history) = window().history() else {
            return;
        };
        event.prevent_default();
        if history
            .push_state_with_url(&JsValue::NULL, "", Some(&link.href()))
            .is_ok()
        {
            self.address.set(here());
            focus_main();
            // Last: taking the focus scrolls as well.
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }
}

/// Moves the focus to the page's content: the link that had it may be gone.
pub fn focus_main() {
    let main = document().get_element_by_id("main");
    if let Some(main) = main.and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
        let _ = main.focus();
    }
}

fn link(event: &ev::MouseEvent) -> Option<HtmlAnchorElement> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    element.closest("a[href]").ok()??.dyn_into().ok()
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
