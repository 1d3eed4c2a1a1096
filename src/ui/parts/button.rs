use crate::ui::el::{El, el};

/// A button that does something on this page. `class` is `button`, or `quiet` within a line.
pub fn button(class: &'static str, action: impl Fn() + 'static) -> El {
    el("button")
        .attr("type", "button")
        .class(class)
        .on("click", move |_| action())
}
