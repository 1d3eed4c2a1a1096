use leptos::prelude::*;

/// A page, or a part of one, that has a message in place of stories.
#[component]
pub fn Notice(
    /// What is the matter.
    #[prop(into)]
    heading: String,
    /// What it means, and what to do next.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="notice">
            <h2>{heading}</h2>
            {children()}
        </section>
    }
}
