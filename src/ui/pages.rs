//! One page for each kind of address.

mod activity;
mod feed;
mod item;
mod not_found;
mod saved;
mod search;
mod settings;
mod shelf;
mod user;

pub use activity::activity_page;
pub use feed::feed_page;
pub use item::item_page;
pub use not_found::not_found_page;
pub use saved::saved_page;
pub use search::search_page;
pub use settings::settings_page;
pub use shelf::shelf_page;
pub use user::user_page;

/// Names the page in the browser's tab and history.
fn set_title(title: &str) {
    leptos::prelude::document().set_title(&format!("{title} · Hackershelf"));
}
