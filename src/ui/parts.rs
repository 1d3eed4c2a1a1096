//! What pages are made of: one public view a file.

mod banners;
mod icon;
mod notice;
mod pager;
mod progress;
mod sort;
mod story;
mod when;

pub use banners::Banners;
pub use icon::{Icon, Shape};
pub use notice::Notice;
pub use pager::Pager;
pub use progress::ProgressBar;
pub use sort::SortBy;
pub use story::{StoryMeta, StoryRow, failure, title};
pub use when::When;
