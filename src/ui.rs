//! What the reader sees. Components read signals and send intents; [`state`] alone writes what
//! comes back, so that a component never awaits and never meets an error of the network.

use leptos::prelude::*;

mod app;
mod pages;
mod parts;
mod safe_html;
mod state;
mod words;

/// Puts the app in the place of the shell that `index.html` painted.
pub fn mount(start: state::Start) {
    let shell = document().get_element_by_id("app");
    if let Some(shell) = &shell {
        shell.set_text_content(None);
    }
    match shell.and_then(|shell| wasm_bindgen::JsCast::dyn_into(shell).ok()) {
        Some(shell) => mount_to(shell, move || app::App(app::AppProps { start })).forget(),
        None => mount_to_body(move || app::App(app::AppProps { start })),
    }
}

pub use state::Start;
