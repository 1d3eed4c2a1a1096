use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::{button, paragraph};
use crate::loader::Export;
use crate::ui::el::{El, el};
use crate::ui::state::State;
use crate::ui::words;

/// Files to take away, and to bring back.
pub fn take_away() -> El {
    let state = State::current();
    let export = |(what, words)| button("button", move || state.export(what)).text(words);
    let exports = [
        (Export::Marks, "Export marks and saved"),
        (Export::Everything, "Export everything"),
        (Export::Bookmarks, "Bookmarks of saved stories"),
    ];
    let import = move |event: Event| {
        let Some(input) = event.target() else { return };
        let input: HtmlInputElement = input.unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            state.import(file.into());
        }
        // The same file can be chosen once more.
        input.set_value("");
    };
    let file = el("input")
        .class("unseen")
        .attr("type", "file")
        .attr("accept", ".json")
        .on("change", import);
    let import = el("label").class("button").text("Import…").child(file);
    el("section")
        .child(el("h2").text("Yours to take away"))
        .child(paragraph(words::TRANSFER))
        .child(
            el("div")
                .class("files")
                .children(exports.map(export))
                .child(import),
        )
        .child(
            el("p")
                .class("transfer")
                .attr("role", "status")
                .text_by(move || state.transfer.get().unwrap_or_default()),
        )
}
