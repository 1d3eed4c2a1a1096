use leptos::prelude::*;

use crate::ui::address::Order;
use crate::ui::words;

/// Lets the reader choose the order of a page.
#[component]
pub fn SortBy(
    /// The order in force.
    order: Memo<Order>,
    /// Told what was chosen.
    choose: Callback<(Order,)>,
) -> impl IntoView {
    let option = move |choice: Order| {
        view! {
            <option value=choice.name() selected=move || order.get() == choice>
                {words::order(choice)}
            </option>
        }
    };
    view! {
        <label class="sort">
            <span>"Order "</span>
            <select on:change=move |event| {
                choose.run((Order::named(&event_target_value(&event)),));
            }>{Order::ALL.map(option)}</select>
        </label>
    }
}
