use crate::ui::el::{El, el};

/// A part of a page that has a message in place of stories: what is the matter. The caller adds
/// what it means and what to do next.
pub fn notice(heading: &'static str) -> El {
    el("section").class("notice").child(el("h2").text(heading))
}

/// As [`notice`], where it is the whole page.
pub fn notice_page(heading: &'static str) -> El {
    el("section").class("notice").child(el("h1").text(heading))
}

/// A paragraph.
pub fn paragraph(words: &str) -> El {
    el("p").text(words)
}

/// A paragraph that holds one link dressed as a button.
pub fn link_button(href: &str, words: &'static str) -> El {
    let link = el("a").class("button").attr("href", href).text(words);
    el("p").child(link)
}
