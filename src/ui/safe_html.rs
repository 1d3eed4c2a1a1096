//! Text from the network, shown without ever being markup or code of this page.

use wasm_bindgen::JsCast;
use web_sys::{DomParser, Element, Node, SupportedType};

use super::el::{El, el};
use crate::hn::Link;

/// What survives; of everything else only its text does.
const ALLOWED: [&str; 8] = ["p", "a", "i", "em", "b", "strong", "pre", "code"];

/// What goes with all that is in it: its text was never meant to be read.
const DROPPED: [&str; 7] = [
    "script", "style", "template", "noscript", "iframe", "title", "head",
];

/// No text needs more nesting than this; deeper elements are dropped.
const DEEPEST: usize = 64;

/// HTML of Hacker News, rebuilt from an allow-list. It is parsed in a document without scripts,
/// images or any way to load.
pub fn safe_html(html: &str) -> El {
    let prose = el("div").class("prose").attr("dir", "auto");
    let parsed = DomParser::new()
        .and_then(|parser| parser.parse_from_string(html, SupportedType::TextHtml))
        .ok()
        .and_then(|document| document.document_element());
    match parsed {
        Some(parsed) => copy_children(&parsed, prose, 0),
        None => prose,
    }
}

/// Appends what is allowed of the children of `from` to `to`.
fn copy_children(from: &Node, mut to: El, depth: usize) -> El {
    let mut next = from.first_child();
    while let Some(node) = next {
        to = copy(&node, to, depth);
        next = node.next_sibling();
    }
    to
}

fn copy(node: &Node, to: El, depth: usize) -> El {
    if node.node_type() == Node::TEXT_NODE {
        return to.text(&node.node_value().unwrap_or_default());
    }
    let Some(element) = node.dyn_ref::<Element>() else {
        return to;
    };
    let name = element.tag_name().to_ascii_lowercase();
    if depth > DEEPEST || DROPPED.contains(&name.as_str()) {
        return to;
    }
    let allowed = ALLOWED.into_iter().find(|allowed| *allowed == name);
    let Some(allowed) = allowed else {
        return copy_children(node, to, depth + 1);
    };
    let mut copy = el(allowed);
    // The address, if it is one of the web.
    if allowed == "a"
        && let Some(typed) = element.get_attribute("href")
        && let Some(link) = Link::parse(&typed)
    {
        copy = copy
            .attr("href", &link.href)
            .attr("rel", "nofollow noopener noreferrer");
    }
    to.child(copy_children(node, copy, depth + 1))
}
