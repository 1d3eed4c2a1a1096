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

/// What a link says after its words as long as it leads to what isn't kept and can't be fetched.
pub fn unless_kept(place: Address) -> El {
    let state = State::current();
    let said = move || match state.lacks(&place) {
        true => ", not kept".to_owned(),
        false => String::new(),
    };
    el("span").class("unkept").text_by(said)
}

/// A paragraph that holds one link dressed as a button.
pub fn link_button(href: &str, words: &'static str) -> El {
    let link = el("a").class("button").attr("href", href).text(words);
    el("p").child(link)
}
