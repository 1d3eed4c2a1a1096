//! One page for each kind of address.

mod feed;
mod item;
mod not_found;

pub use feed::FeedPage;
pub use item::ItemPage;
pub use not_found::NotFoundPage;

/// Names the page in the browser's tab and history.
fn set_title(title: &str) {
    leptos::prelude::document().set_title(&format!("{title} · Hackershelf"));
}
