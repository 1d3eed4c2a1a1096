use leptos::prelude::*;

use crate::time::Timestamp;
use crate::ui::state::State;
use crate::ui::words;

/// How long ago something was; the moment in full on hover.
#[component]
pub fn When(moment: Timestamp) -> impl IntoView {
    let now = expect_context::<State>().now;
    view! {
        <time datetime=words::iso(moment) title=words::moment(moment)>
            {move || words::ago(moment, now.get())}
        </time>
    }
}
