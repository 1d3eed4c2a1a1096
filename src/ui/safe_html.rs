//! Text from the network, shown without ever being markup or code of this page.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{DomParser, Element, Node, Range, SupportedType};

use super::address::inside;
use super::el::{El, el};
use crate::hn::Link;
use crate::loader::shelf::Needle;

/// What survives; of everything else only its text does.
const ALLOWED: [&str; 8] = ["p", "a", "i", "em", "b", "strong", "pre", "code"];

/// What goes with all that is in it: its text was never meant to be read.
const DROPPED: [&str; 5] = ["script", "style", "template", "iframe", "title"];

/// No text needs more nesting than this; deeper elements are dropped.
const DEEPEST: usize = 64;

thread_local! {
    /// A place in a document without scripts, images or any way to load. One does for all texts: to
    /// make a document takes longer than to read most of them.
    static INERT: Option<Range> = DomParser::new()
        .and_then(|parser| parser.parse_from_string("", SupportedType::TextHtml))
        .and_then(|document| document.create_range())
        .ok();
}

/// HTML of Hacker News, rebuilt from an allow-list: parsed where nothing runs or loads, it gives
/// its texts, and all elements around them are new ones.
///
/// What was typed as a quotation, with a `>` in front, becomes one, and links to Hacker News' own
/// pages lead to those of this app. The text stays as it was.
pub fn safe_html(html: &str) -> El {
    // Thousands of texts are shown at once, and none ever changes: built by hand, and not as views,
    // they take less time and leave nothing behind in memory.
    let prose = document().create_document_fragment();
    let parse = |range: &Range| range.create_contextual_fragment(html).ok();
    if let Some(parsed) = INERT.with(|range| range.as_ref().and_then(parse)) {
        Look::at(html).rebuild(&parsed, &prose);
    }
    el("div")
        .class("prose")
        .attr("dir", "auto")
        .holding(prose.into())
}

/// What a text may hold.
#[derive(Clone, Copy)]
struct Look {
    paragraphs: bool,
    quotations: bool,
}

// All that is appended here is a text or was made here: it can't be refused.
impl Look {
    /// Most texts have neither, and a look at each paragraph costs time.
    fn at(html: &str) -> Self {
        let has = |part| Needle::new(part).is_in(html);
        Self {
            paragraphs: has("<p"),
            quotations: has("&gt;") || has(">>") || html.starts_with('>'),
        }
    }

    /// The whole text: what stands before its first paragraph is one too.
    fn rebuild(self, parsed: &Node, prose: &Node) {
        if self.paragraphs || self.quotations {
            let first = make("p");
            while let Some(node) = parsed.first_child().filter(|node| !is_block(node)) {
                self.take(&node, &first, 1);
            }
            if !first.text_content().unwrap_or_default().trim().is_empty() {
                self.append(prose, &first);
            }
        }
        self.take_children(parsed, prose, 1);
    }

    /// Appends what is allowed of the children of `from` to `to`.
    fn take_children(self, from: &Node, to: &Node, depth: usize) {
        while let Some(node) = from.first_child() {
            self.take(&node, to, depth);
        }
    }

    /// Takes a node away, and appends what is allowed of it to `to`.
    fn take(self, node: &Node, to: &Node, depth: usize) {
        if node.node_type() == Node::TEXT_NODE {
            let _ = to.append_child(node);
            return;
        }
        // Out of the way, into nothing.
        if let Some(parent) = node.parent_node() {
            let _ = parent.remove_child(node);
        }
        let Some(element) = node.dyn_ref::<Element>() else {
            return;
        };
        let name = element.local_name();
        if depth > DEEPEST || DROPPED.contains(&name.as_str()) {
            return;
        }
        let Some(allowed) = ALLOWED.into_iter().find(|allowed| *allowed == name) else {
            return self.take_children(node, to, depth + 1);
        };
        let copy = make(allowed);
        // The address, if it is one of the web.
        if allowed == "a"
            && let Some(typed) = element.get_attribute("href")
            && let Some(link) = Link::parse(&typed)
        {
            let place = inside(&link.href);
            let _ = copy.set_attribute("href", place.as_ref().unwrap_or(&link.href));
            if place.is_none() {
                let _ = copy.set_attribute("rel", "nofollow noopener noreferrer");
            }
        }
        self.take_children(node, &copy, depth + 1);
        match allowed {
            "p" => self.append(to, &copy),
            _ => {
                let _ = to.append_child(&copy);
            }
        }
    }

    /// Appends a paragraph, as a quotation if it is one.
    fn append(self, to: &Node, paragraph: &Node) {
        let _ = to.append_child(paragraph);
        let text = || paragraph.text_content().unwrap_or_default();
        if self.quotations && text().trim_start().starts_with('>') {
            let quotation = make("blockquote");
            let _ = to.append_child(&quotation);
            let _ = quotation.append_child(paragraph);
        }
    }
}

fn make(name: &str) -> Element {
    document().create_element(name).expect("a name of HTML")
}

fn is_block(node: &Node) -> bool {
    ["P", "PRE"].contains(&node.node_name().as_str())
}
