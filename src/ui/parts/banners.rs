use leptos::prelude::{AnyView, document};

use super::{Shape, brief_button, button, icon};
use crate::ui::address::Address;
use crate::ui::el::{El, el, live, nothing};
use crate::ui::release::{self, Release};
use crate::ui::signal::effect;
use crate::ui::state::State;
use crate::ui::words;

/// What concerns every page: no network, nothing kept.
pub fn banners() -> El {
    let state = State::current();
    el("div")
        .attr("role", "status")
        .child(live(move || {
            if state.online.get() {
                return nothing();
            }
            banner(words::OFFLINE).into()
        }))
        .child(live(move || match state.not_kept.get() {
            Some(reason) if state.is_full.get() => {
                let shelf = el("a").attr("href", &Address::Shelf.href());
                let shelf = shelf.text("Clean up on the shelf");
                banner(&reason).child(shelf).into()
            }
            Some(reason) => banner(&reason).into(),
            None => nothing(),
        }))
}

/// A place for what may be to say. What is put into it later is read out; what came together with
/// it wouldn't be.
pub fn status(said: impl FnMut() -> AnyView + 'static) -> El {
    el("div").attr("role", "status").live(said)
}

/// A line about the state of things.
pub fn banner(words: &str) -> El {
    el("p")
        .class("banner")
        .child(icon(Shape::Warning))
        .child(el("span").text(words))
}

/// What there is to say of the network and of the app itself, at the window's lower edge, where it
/// moves nothing.
pub fn notes() -> El {
    let state = State::current();
    effect(move || {
        let asked = matches!(state.release.get(), Release::Old);
        if let Some(root) = document().document_element() {
            let _ = root.toggle_attribute_with_force("data-asked", asked);
        }
    });
    el("div")
        .class("release")
        .attr("role", "status")
        .live(move || match words::reach(state.reach.get()) {
            Some(words) => el("p").text(words).into(),
            None => nothing(),
        })
        .live(move || match state.release.get() {
            Release::Usual => nothing(),
            Release::Kept => el("p").class("passing").text(words::KEPT).into(),
            Release::Old => el("p")
                .text(words::NEWER_BUILD)
                .child(button("button", release::take).text("Use it now"))
                .child(
                    brief_button("quiet", move || state.set_release(Release::Usual)).text("Later"),
                )
                .into(),
        })
}
