use leptos::prelude::*;

use super::option;
use crate::ui::address::Order;
use crate::ui::el::{El, el};
use crate::ui::words;

/// Lets the reader choose the order of a page; `order` is the one in force and `choose` is told
/// what was chosen.
pub fn sort_by(order: Order, choose: impl Fn(Order) + 'static) -> El {
    let option = |choice: Order| option(choice.name(), words::order(choice), choice == order);
    el("label")
        .class("sort")
        .child(el("span").text("Order "))
        .child(
            el("select")
                .on("change", move |event| {
                    choose(Order::named(&event_target_value(&event)))
                })
                .children(Order::ALL.map(option)),
        )
}
