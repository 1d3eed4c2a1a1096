use leptos::prelude::*;

/// Links to the other pages of a feed.
#[component]
pub fn Pager(
    /// The address of a page by its number.
    href: Callback<(usize,), String>,
    /// The page shown, from 1.
    page: usize,
    /// How many there are.
    pages: usize,
) -> impl IntoView {
    let link = move |number: usize| {
        let here = number == page;
        view! {
            <a href=href.run((number,)) aria-current=here.then_some("page")
                aria-label=format!("Page {number}")>{number}</a>
        }
    };
    let step = move |number: usize, words: &'static str, rel: &'static str| {
        let there = (1..=pages).contains(&number);
        there.then(|| view! { <a href=href.run((number,)) rel=rel>{words}</a> })
    };
    view! {
        <nav class="pager" aria-label="Pages">
            {step(page - 1, "← Previous", "prev")}
            <span class="pager-numbers">{(1..=pages).map(link).collect_view()}</span>
            {step(page + 1, "Next →", "next")}
        </nav>
    }
}
