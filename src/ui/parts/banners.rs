use leptos::prelude::*;

use super::{Icon, Shape};
use crate::ui::state::State;

/// What concerns every page: no network, nothing kept.
#[component]
pub fn Banners() -> impl IntoView {
    let state = expect_context::<State>();
    view! {
        <div role="status">
            <Show when=move || !state.online.get()>
                <p class="banner">
                    <Icon shape=Shape::Warning/>
                    <span>"You’re offline. What was read before is shown as it was kept."</span>
                </p>
            </Show>
            {move || {
                let reason = state.not_kept.get()?;
                Some(view! { <p class="banner"><Icon shape=Shape::Warning/><span>{reason}</span></p> })
            }}
        </div>
    }
}
