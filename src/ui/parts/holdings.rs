use crate::store::eviction::Holdings;
use crate::ui::el::{El, Svg, draw, el};
use crate::ui::words;

/// What is kept, by age and kind: figures with a bar below each, drawn to one scale.
pub fn holdings(holdings: &Holdings) -> El {
    let most = holdings
        .0
        .as_flattened()
        .iter()
        .map(|heap| heap.bytes)
        .max();
    let most = most.unwrap_or_default().max(1);
    let heading = |scope, words| el("th").attr("scope", scope).text(words);
    let head = words::KINDS.map(|kind| heading("col", kind));
    let ages = words::AGES.iter().zip(&holdings.0);
    let rows = ages.map(|(age, heaps)| {
        let cells = heaps.map(|heap| {
            el("td")
                .text(&words::bytes(heap.bytes))
                .child(bar(heap.bytes, most))
        });
        el("tr").child(heading("row", age)).children(cells)
    });
    el("table")
        .class("holdings")
        .child(el("caption").text("Opened or, if not since, fetched"))
        .child(el("tr").child(el("td")).children(head))
        .children(rows)
}

/// How much of the most that there can be; the text beside it says the same.
pub fn bar(much: u64, most: u64) -> El {
    // In hundredths, but what is there is seen.
    let width = (much * 100 / most.max(1)).clamp(u64::from(much > 0), 100);
    draw(Svg::Root)
        .class("progress-bar")
        .attr("viewBox", "0 0 100 1")
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .child(
            draw(Svg::Rect)
                .class("progress-done")
                .attr("height", "1")
                .attr("width", &width.to_string()),
        )
}
