//! Text from the network, shown without ever being markup or code of this page.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DomParser, Element, Node, SupportedType};

use crate::hn::Link;

/// What survives; of everything else only its text does.
const ALLOWED: [&str; 8] = ["P", "A", "I", "EM", "B", "STRONG", "PRE", "CODE"];

/// What goes with all that is in it: its text was never meant to be read.
const DROPPED: [&str; 7] = [
    "SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "IFRAME", "TITLE", "HEAD",
];

/// No text needs more nesting than this; deeper elements are dropped.
const DEEPEST: usize = 64;

/// HTML of Hacker News, rebuilt from an allow-list.
#[component]
pub fn SafeHtml(html: String) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            place.set_text_content(None);
            rebuild_into(&place, &html);
        }
    });
    view! { <div class="prose" dir="auto" node_ref=place></div> }
}

/// Parses `html` in a document without scripts, images or any way to load, and appends copies of
/// what is allowed to `place`.
fn rebuild_into(place: &Element, html: &str) {
    let parsed = DomParser::new()
        .and_then(|parser| parser.parse_from_string(html, SupportedType::TextHtml))
        .ok()
        .and_then(|document| document.document_element());
    if let Some(parsed) = parsed {
        copy_children(&parsed, place, 0);
    }
}

fn copy_children(from: &Node, to: &Element, depth: usize) {
    let mut next = from.first_child();
    while let Some(node) = next {
        copy(&node, to, depth);
        next = node.next_sibling();
    }
}

fn copy(node: &Node, to: &Element, depth: usize) {
    let document = document();
    if node.node_type() == Node::TEXT_NODE {
        let text = document.create_text_node(&node.node_value().unwrap_or_default());
        let _ = to.append_child(&text);
        return;
    }
    let Some(element) = node.dyn_ref::<Element>() else {
        return;
    };
    let name = element.tag_name().to_ascii_uppercase();
    if depth > DEEPEST || DROPPED.contains(&name.as_str()) {
        return;
    }
    let made = if ALLOWED.contains(&name.as_str()) {
        document.create_element(&name.to_ascii_lowercase()).ok()
    } else {
        None
    };
    let Some(made) = made else {
        return copy_children(node, to, depth + 1);
    };
    if name == "A" {
        link(element, &made);
    }
    copy_children(node, &made, depth + 1);
    let _ = to.append_child(&made);
}

/// Gives `made` the address of `element`, if it is one of the web.
fn link(element: &Element, made: &Element) {
    if let Some(link) = element
        .get_attribute("href")
        .as_deref()
        .and_then(Link::parse)
    {
        let _ = made.set_attribute("href", &link.href);
        let _ = made.set_attribute("rel", "nofollow noopener noreferrer");
    }
}
