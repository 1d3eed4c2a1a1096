//! Text from the network, shown without ever being markup or code of this page.

use wasm_bindgen::JsCast;
use web_sys::{DomParser, Element, Node, SupportedType};

use super::address::inside;
use super::el::{El, el};
use crate::hn::Link;
use crate::loader::shelf::Needle;

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
///
/// What was typed as a quotation, with a `>` in front, becomes one, and links to Hacker News' own
/// pages lead to those of this app. The text stays as it was.
pub fn safe_html(html: &str) -> El {
    let prose = el("div").class("prose").attr("dir", "auto");
    let parsed = DomParser::new()
        .and_then(|parser| parser.parse_from_string(html, SupportedType::TextHtml))
        .ok()
        .and_then(|document| document.document_element());
    // Most texts have neither, and a look at each paragraph costs time.
    let has = |part| Needle::new(part).is_in(html);
    let look = Look {
        paragraphs: has("<p"),
        quotations: has("&gt;") || has(">>") || html.starts_with('>'),
    };
    match parsed {
        Some(parsed) => look.copy_children(&parsed, prose, 0),
        None => prose,
    }
}

/// What a text may hold.
#[derive(Clone, Copy)]
struct Look {
    paragraphs: bool,
    quotations: bool,
}

impl Look {
    /// Appends what is allowed of the children of `from` to `to`.
    fn copy_children(self, from: &Node, to: El, depth: usize) -> El {
        self.copy_from(from.first_child(), to, depth)
    }

    fn copy_from(self, mut next: Option<Node>, mut to: El, depth: usize) -> El {
        while let Some(node) = next {
            to = self.copy(&node, to, depth);
            next = node.next_sibling();
        }
        to
    }

    /// The whole text: what stands before its first paragraph is one too.
    fn copy_body(self, body: &Node, to: El, depth: usize) -> El {
        let mut next = body.first_child();
        if !self.paragraphs && !self.quotations {
            return self.copy_from(next, to, depth);
        }
        let (mut first, mut text) = (el("p"), String::new());
        while let Some(node) = next.take_if(|node| !is_block(node)) {
            first = self.copy(&node, first, depth);
            text += &node.text_content().unwrap_or_default();
            next = node.next_sibling();
        }
        let to = match text.trim().is_empty() {
            true => to,
            false => to.child(self.quoted(first, &text)),
        };
        self.copy_from(next, to, depth)
    }

    fn copy(self, node: &Node, to: El, depth: usize) -> El {
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
            return match name.as_str() {
                "body" => self.copy_body(node, to, depth + 1),
                _ => self.copy_children(node, to, depth + 1),
            };
        };
        let mut copy = el(allowed);
        // The address, if it is one of the web.
        if allowed == "a"
            && let Some(typed) = element.get_attribute("href")
            && let Some(link) = Link::parse(&typed)
        {
            copy = match inside(&link.href) {
                Some(place) => copy.attr("href", &place),
                None => copy
                    .attr("href", &link.href)
                    .attr("rel", "nofollow noopener noreferrer"),
            };
        }
        let copy = self.copy_children(node, copy, depth + 1);
        to.child(match allowed {
            "p" if self.quotations => self.quoted(copy, &node.text_content().unwrap_or_default()),
            _ => copy,
        })
    }

    /// A paragraph with this text, as a quotation if it is one.
    fn quoted(self, paragraph: El, text: &str) -> El {
        match text.trim_start().starts_with('>') {
            true => el("blockquote").child(paragraph),
            false => paragraph,
        }
    }
}

fn is_block(node: &Node) -> bool {
    ["P", "PRE"].contains(&node.node_name().as_str())
}
