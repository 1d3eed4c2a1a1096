use super::set_title;
use crate::ui::el::El;
use crate::ui::parts::{link_button, notice_page, paragraph};
use crate::ui::words;

/// For an address that means nothing here.
pub fn not_found_page() -> El {
    set_title("Nothing here");
    notice_page("There is nothing at this address")
        .child(paragraph(words::NOT_FOUND))
        .child(link_button("./", "Go to the top stories"))
}
