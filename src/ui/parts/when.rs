use crate::time::Timestamp;
use crate::ui::el::{El, el, on_window, touched};
use crate::ui::state::State;
use crate::ui::words;

/// How long ago something was.
pub fn when(moment: Timestamp) -> El {
    let now = State::current().now.clone();
    el("time")
        .attr("datetime", &words::iso(moment))
        .text_by(move || words::ago(moment, now.get()))
}

/// Has each `time` say the moment in full once it is pointed at. Not before: a browser takes as long
/// for it as for all else of a comment, and several times longer for the first one.
pub fn tell_moments() {
    on_window("pointerover", |event| {
        if let Some(time) = touched(&event, "time") {
            let iso = time.get_attribute("datetime").unwrap_or_default();
            let _ = time.set_attribute("title", &words::moment(&iso));
        }
    });
}
