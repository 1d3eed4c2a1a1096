use leptos::prelude::*;

use super::{input, option};
use crate::ui::address::Order;
use crate::ui::el::{El, el};
use crate::ui::signal::effect;
use crate::ui::words;

const ID: &str = "order";

/// Lets the reader choose the order of a page; `order` is the one in force and `choose` is told
/// what was chosen.
pub fn sort_by(order: impl Fn() -> Order + 'static, choose: impl Fn(Order) + 'static) -> El {
    let now = untrack(&order);
    let option = |choice: Order| option(choice.name(), words::order(choice), choice == now);
    let select = el("select")
        .attr("id", ID)
        .on("change", move |event| {
            choose(Order::named(&event_target_value(&event)))
        })
        .children(Order::ALL.map(option));
    // Not made anew: it has the focus of whoever chooses.
    effect(move || {
        let order = order();
        if let Some(select) = input(ID) {
            select.set_value(order.name());
        }
    });
    el("label")
        .class("sort")
        .child(el("span").text("Order "))
        .child(select)
}
