use crate::loader::plan::Pages;
use crate::ui::el::{El, el};

/// Links to the other pages of a feed, and to the whole feed. `href` is the address of a page,
/// `shown` the one shown, and `pages` how many there are.
pub fn pager(href: &dyn Fn(Pages) -> String, shown: Pages, pages: usize) -> El {
    let link = |target: Pages, label: &str, text: &str| {
        let link = el("a")
            .attr("href", &href(target))
            .attr("aria-label", label)
            .text(text);
        match target == shown {
            true => link.attr("aria-current", "page"),
            false => link,
        }
    };
    let number = |number: usize| {
        let text = number.to_string();
        link(Pages::One(number), &format!("Page {text}"), &text)
    };
    // From the whole feed there is nowhere to step to.
    let page = match shown {
        Pages::One(page) => page,
        Pages::All => usize::MAX,
    };
    let step = |number: usize, words: &'static str, rel: &'static str| {
        let there = (1..=pages).contains(&number);
        there.then(|| {
            el("a")
                .attr("href", &href(Pages::One(number)))
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
                .children((1..=pages).map(number)),
        )
        .children((pages > 1).then(|| link(Pages::All, "All stories on one page", "All")))
        .children(step(page.saturating_add(1), "Next →", "next"))
}
