//! What pages are made of: one kind of view a file.

mod banners;
mod button;
mod comment;
mod found;
mod icon;
mod keeping;
mod marking;
mod notice;
mod pager;
mod poll;
mod post;
mod progress;
mod share;
mod sieve;
mod sort;
mod story;
mod take_away;
mod when;

pub use banners::{banner, banners, notes};
pub use button::button;
pub use comment::comments;
pub use found::found_row;
pub use icon::{Shape, icon};
pub use keeping::{keep, keeping_line};
pub use marking::marking;
pub use notice::{link_button, notice, notice_page, paragraph};
pub use pager::pager;
pub use poll::poll;
pub use post::post_row;
pub use progress::progress_bar;
pub use share::share;
pub use sieve::{sieve_button, sieve_panel};
pub use sort::sort_by;
pub use story::{linked_title, story_meta, story_row, title};
pub use take_away::take_away;
pub use when::when;
