//! What the reader can set: an input, its label, and what else there is to know.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::ui::el::{El, el};
use crate::ui::look::{Look, chosen};
use crate::ui::signal::effect;
use crate::ui::words;

/// What can be set, in words.
#[derive(Clone, Copy)]
pub struct Label {
    /// The input's id.
    pub id: &'static str,
    /// What it is.
    pub name: &'static str,
    /// What else there is to know.
    pub hint: &'static str,
}

/// A number that the reader can set.
#[derive(Clone, Copy)]
pub struct Number {
    /// What it is.
    pub label: Label,
    /// The least that it can be.
    pub least: u64,
    /// The most.
    pub most: u64,
}

fn field(label: Label, input: El) -> El {
    let Label { id, name, hint } = label;
    let described = format!("{id}-hint");
    let input = input.attr("id", id).attr("aria-describedby", &described);
    el("div")
        .class("field")
        .child(el("label").attr("for", id).text(name))
        .child(input)
        .child(el("p").class("hint").attr("id", &described).text(hint))
}

/// A field for a number, which is `value` now. What is chosen is brought within its bounds and
/// given to `set`, together with what is to be said of it.
pub fn number(number: Number, value: Box<dyn Fn() -> u64>, set: Box<dyn Fn(u64, String)>) -> El {
    let Number { label, least, most } = number;
    let input = el("input")
        .attr("type", "number")
        .attr("inputmode", "numeric")
        .attr("min", &least.to_string())
        .attr("max", &most.to_string())
        .attr("value", &value().to_string());
    let change = move |event| {
        let input: HtmlInputElement = event_target(&event);
        let typed: Option<u64> = input.value().trim().parse().ok();
        let bounded = typed.unwrap_or_else(&value).clamp(least, most);
        input.set_value(&bounded.to_string());
        let name = label.name;
        let said = match typed == Some(bounded) {
            true => words::chosen(name, bounded),
            false => words::bounded(name, least, most, bounded),
        };
        set(bounded, said);
    };
    field(label, input.on("change", change))
}

/// A box to be ticked; `set` hears of each change.
pub fn tick(label: Label, ticked: bool, set: impl Fn(bool) + 'static) -> El {
    let mut input = el("input")
        .attr("type", "checkbox")
        .on("change", move |event| {
            let input: HtmlInputElement = event_target(&event);
            set(input.checked());
        });
    if ticked {
        input = input.attr("checked", "");
    }
    field(label, input)
}

/// One of the values of a select.
pub fn option(value: &str, words: &str, chosen: bool) -> El {
    let option = el("option").attr("value", value).text(words);
    match chosen {
        true => option.attr("selected", ""),
        false => option,
    }
}

/// One of several looks; `set` hears which.
pub fn choice(label: Label, looks: &'static [Look], set: impl Fn(&'static Look) + 'static) -> El {
    let now = chosen(looks);
    let option = |(class, words): &Look| option(class, words, *class == now);
    let choose = move |event| {
        let class = event_target_value(&event);
        looks.iter().find(|look| look.0 == class).map(&set);
    };
    let select = el("select").on("change", choose);
    field(label, select.children(looks.iter().map(option)))
}

/// Puts `value` into the field with this id each time that it becomes another one, and leaves the
/// field where it is, with the focus of whoever uses it.
pub fn follow(id: &'static str, value: impl Fn() -> String + 'static) {
    let mut last = String::new();
    effect(move || {
        let value = value();
        if value != last
            && let Some(field) = input(id)
        {
            field.set_value(&value);
        }
        last = value;
    });
}

/// The input with this id, if the page has it; or a select or a text area, which have a value just so.
pub fn input(id: &str) -> Option<HtmlInputElement> {
    Some(document().get_element_by_id(id)?.unchecked_into())
}

/// Whether the box with this id is ticked.
pub fn is_ticked(id: &str) -> bool {
    input(id).is_some_and(|input| input.checked())
}
