use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::ShareData;

use super::button;
use crate::hn::Id;
use crate::ui::el::{El, el};
use crate::ui::later::spawn;
use crate::ui::signal::Signal;
use crate::ui::words;

/// Puts a text into the clipboard.
pub fn copy(text: &str) -> Promise {
    match window().is_secure_context() {
        true => window().navigator().clipboard().write_text(text),
        // There is no clipboard at all.
        false => Promise::reject(&JsValue::NULL),
    }
}

/// Hands the discussion's address on: by what the system offers for that, else by the clipboard.
/// It is the one on Hacker News, which everybody can open.
pub fn share(id: Id, title: impl Fn() -> String + 'static) -> El {
    let said = Signal::new(String::new());
    let heard = said.clone();
    let offered = js_sys::Reflect::get(&window().navigator(), &"share".into());
    let offered = offered.is_ok_and(|share| share.is_truthy());
    let share = move || {
        let url = words::on_hacker_news(id);
        let navigator = window().navigator();
        let sharing = if offered {
            let data = ShareData::new();
            data.set_title(&title());
            data.set_url(&url);
            navigator.share_with_data(&data)
        } else {
            copy(&url)
        };
        let said = said.clone();
        spawn(async move {
            let done = JsFuture::from(sharing).await.is_ok();
            // Whoever closes the system's list knows.
            if !offered {
                said.set(words::copied(done).to_owned());
            }
        });
    };
    el("span")
        .class("share")
        .child(button("button", share).text(if offered { "Share" } else { "Copy link" }))
        .child(
            el("span")
                .class("said")
                .attr("role", "status")
                .text_by(move || heard.get()),
        )
}
