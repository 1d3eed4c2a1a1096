use crate::ui::address::Address;
use crate::ui::el::{El, el};

/// A link to an item or a person on Hacker News itself.
pub fn elsewhere(place: &Address) -> El {
    // This app writes `item/1` what is `item?id=1` there.
    let here = place.href();
    let (kind, name) = here.split_once('/').unwrap_or_default();
    el("a")
        .class("button")
        .attr(
            "href",
            &format!("https://news.ycombinator.com/{kind}?id={name}"),
        )
        .attr("rel", "noreferrer")
        .text("On Hacker News")
}
