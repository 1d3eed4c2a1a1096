use crate::loader::plan::Pages;
use crate::ui::el::{El, el};

/// More pages than this aren't all linked to: only the first, the last, and those near the one shown.
const MOST: usize = 20;

/// How many pages are near, on either side.
const NEAR: usize = 3;

/// Links to the other pages of a list, and, if `whole`, to all of it on one. `href` is the address
/// of a page, `shown` the one shown, and `pages` how many there are.
pub fn pager(href: &dyn Fn(Pages) -> String, shown: Pages, pages: usize, whole: bool) -> El {
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
        let link = link(Pages::One(number), &format!("Page {text}"), &text);
        match near(number, shown, pages) {
            Near::Linked => Some(link),
            Near::Gap => Some(el("span").attr("aria-hidden", "true").text("…")),
            Near::Away => None,
        }
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
                .children((1..=pages).filter_map(number)),
        )
        .children((whole && pages > 1).then(|| link(Pages::All, "All stories on one page", "All")))
        .children(step(page.saturating_add(1), "Next →", "next"))
}

/// Whether a page stands near enough to be linked to.
enum Near {
    Linked,
    /// The first of those left out.
    Gap,
    Away,
}

fn near(number: usize, shown: Pages, pages: usize) -> Near {
    let away = match shown {
        Pages::One(page) => page.abs_diff(number),
        Pages::All => 0,
    };
    match away {
        _ if pages <= MOST || number == 1 || number == pages => Near::Linked,
        0..=NEAR => Near::Linked,
        away if away == NEAR + 1 => Near::Gap,
        _ => Near::Away,
    }
}
