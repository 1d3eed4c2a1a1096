use crate::ui::el::{El, el};

/// Links to the other pages of a feed. `href` is the address of a page by its number, `page` the
/// one shown, from 1, and `pages` how many there are.
pub fn pager(href: &dyn Fn(usize) -> String, page: usize, pages: usize) -> El {
    let link = |number: usize| {
        let link = el("a")
            .attr("href", &href(number))
            .attr("aria-label", &format!("Page {number}"))
            .text(&number.to_string());
        match number == page {
            true => link.attr("aria-current", "page"),
            false => link,
        }
    };
    let step = |number: usize, words: &'static str, rel: &'static str| {
        let there = (1..=pages).contains(&number);
        there.then(|| {
            el("a")
                .attr("href", &href(number))
                .attr("rel", rel)
                .text(words)
        })
    };
    el("nav")
        .class("pager")
        .attr("aria-label", "Pages")
        .children(step(page - 1, "← Previous", "prev"))
        .child(
            el("span")
                .class("pager-numbers")
                .children((1..=pages).map(link)),
        )
        .children(step(page + 1, "Next →", "next"))
}
