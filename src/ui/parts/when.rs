use wasm_bindgen::prelude::wasm_bindgen;

use crate::time::Timestamp;
use crate::ui::el::{El, el};
use crate::ui::state::State;
use crate::ui::words;

#[wasm_bindgen(module = "/src/ui/parts/when.js")]
extern "C" {
    /// Has each `time` say the moment in full once it is pointed at.
    #[wasm_bindgen(js_name = tell)]
    pub fn tell_moments();
}

/// How long ago something was.
pub fn when(moment: Timestamp) -> El {
    let now = State::current().now.clone();
    el("time")
        .attr("datetime", &words::iso(moment))
        .text_by(move || words::ago(moment, now.get()))
}
