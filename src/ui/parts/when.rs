use crate::time::Timestamp;
use crate::ui::el::{El, el};
use crate::ui::state::State;
use crate::ui::words;

/// How long ago something was; the moment in full on hover.
pub fn when(moment: Timestamp) -> El {
    let now = State::current().now.clone();
    el("time")
        .attr("datetime", &words::iso(moment))
        .attr("title", &words::moment(moment))
        .text_by(move || words::ago(moment, now.get()))
}
