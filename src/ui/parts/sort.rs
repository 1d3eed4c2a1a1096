use leptos::prelude::*;

use super::{follow, option};
use crate::ui::address::Order;
use crate::ui::el::{El, el};
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
    follow(ID, move || order().name().to_owned());
    el("label")
        .class("sort")
        .child(el("span").text("Order "))
        .child(select)
}
