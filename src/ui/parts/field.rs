use leptos::prelude::event_target;
use web_sys::HtmlInputElement;

use crate::ui::el::{El, el};

/// A number that the reader can set.
pub struct Number {
    /// The input's id.
    pub id: &'static str,
    /// What it is.
    pub label: &'static str,
    /// What else there is to know.
    pub hint: &'static str,
    /// The least that it can be.
    pub least: u64,
    /// The most.
    pub most: u64,
}

/// A field for a number, which is `value` now. What is chosen is brought within its bounds and
/// given to `set`, together with what is to be said of it.
pub fn number(number: Number, value: Box<dyn Fn() -> u64>, set: Box<dyn Fn(u64, String)>) -> El {
    let Number {
        id,
        label,
        hint,
        least,
        most,
    } = number;
    let described = format!("{id}-hint");
    let input = el("input")
        .attr("id", id)
        .attr("type", "number")
        .attr("inputmode", "numeric")
        .attr("min", &least.to_string())
        .attr("max", &most.to_string())
        .attr("aria-describedby", &described)
        .attr("value", &value().to_string());
    let change = move |event| {
        let input: HtmlInputElement = event_target(&event);
        let typed: Option<u64> = input.value().trim().parse().ok();
        let bounded = typed.unwrap_or_else(&value).clamp(least, most);
        input.set_value(&bounded.to_string());
        let said = match typed == Some(bounded) {
            true => format!("{label}: {bounded}, from now on."),
            false => format!("{label}: {least} to {most}, now {bounded}."),
        };
        set(bounded, said);
    };
    el("div")
        .class("field")
        .child(el("label").attr("for", id).text(label))
        .child(input.on("change", change))
        .child(el("p").class("hint").attr("id", &described).text(hint))
}
