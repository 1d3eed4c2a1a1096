use leptos::prelude::*;

use super::set_title;
use crate::ui::parts::Notice;

/// For an address that means nothing here.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_title("Nothing here");
    view! {
        <Notice heading="There is nothing at this address">
            <p>"The link may be mistyped, or meant for another site."</p>
            <p><a class="button" href="./">"Go to the top stories"</a></p>
        </Notice>
    }
}
