use crate::ui::address::Address;
use crate::ui::el::{El, el};
use crate::ui::state::State;

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

/// Marks a link as long as it leads to what isn't kept and can't be fetched, and says so after its
/// words.
pub fn unless_kept(link: El, place: Address) -> El {
    let state = State::current();
    let same = place.clone();
    let said = move || match state.lacks(&same) {
        true => ", not kept".to_owned(),
        false => String::new(),
    };
    link.attr_by("data-unkept", move || state.lacks(&place).then(String::new))
        .child(el("span").class("unkept").text_by(said))
}

/// A paragraph that holds one link dressed as a button.
pub fn link_button(href: &str, words: &'static str) -> El {
    let link = el("a").class("button").attr("href", href).text(words);
    el("p").child(link)
}
