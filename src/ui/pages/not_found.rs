use super::set_title;
use crate::ui::el::El;
use crate::ui::parts::{link_button, notice_page, paragraph};

/// For an address that means nothing here.
pub fn not_found_page() -> El {
    set_title("Nothing here");
    notice_page("There is nothing at this address")
        .child(paragraph(
            "The link may be mistyped, or meant for another site.",
        ))
        .child(link_button("./", "Go to the top stories"))
}
