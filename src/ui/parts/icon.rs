use crate::ui::el::{El, Svg, draw};

/// A drawing in the line's own size and colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// An arrow that runs in a circle.
    Refresh,
    /// A magnifying glass.
    Search,
    /// A triangle with an exclamation mark.
    Warning,
}

/// Inline SVG, hidden from screen readers: the text beside it says the same.
pub fn icon(shape: Shape) -> El {
    let path = match shape {
        Shape::Refresh => "M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5v3.2h-3.2",
        Shape::Search => "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0zM10.3 10.3l3.7 3.7",
        Shape::Warning => "M8 2 1.5 13.5h13zM8 6.5v3.2M8 11.6v.1",
    };
    draw(Svg::Root)
        .class("icon")
        .attr("viewBox", "0 0 16 16")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .child(draw(Svg::Path).attr("d", path))
}
