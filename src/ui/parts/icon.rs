use leptos::prelude::*;

/// A drawing in the line's own size and colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// An arrow that runs in a circle.
    Refresh,
    /// A triangle with an exclamation mark.
    Warning,
}

/// Inline SVG, hidden from screen readers: the text beside it says the same.
#[component]
pub fn Icon(shape: Shape) -> impl IntoView {
    let path = match shape {
        Shape::Refresh => "M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5v3.2h-3.2",
        Shape::Warning => "M8 2 1.5 13.5h13zM8 6.5v3.2M8 11.6v.1",
    };
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=path/>
        </svg>
    }
}
