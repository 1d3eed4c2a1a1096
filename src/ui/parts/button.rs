use crate::ui::el::{El, el};
use crate::ui::navigation::focus_main;

/// A button that does something on this page. `class` is `button`, or `quiet` within a line.
pub fn button(class: &'static str, action: impl Fn() + 'static) -> El {
    el("button")
        .attr("type", "button")
        .class(class)
        .on("click", move |_| action())
}

/// A button that goes away when it is pressed: the page gets its focus.
pub fn brief_button(class: &'static str, action: impl Fn() + 'static) -> El {
    button(class, move || {
        focus_main();
        action();
    })
}

/// A button in what says that something failed, which goes with it.
pub fn try_again(class: &'static str, again: impl Fn() + 'static) -> El {
    brief_button(class, again).text("Try again")
}
