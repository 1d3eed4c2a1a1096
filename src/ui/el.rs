//! What views are made of: Leptos' elements with their types erased.
//!
//! `view!` gives each piece of a page a type of its own, and each such type its own compiled code
//! to build, update and drop it, which made up a third of the app. Here every element is an
//! [`El`], whatever it holds, and all share one instance of that code. The rendering is Leptos'
//! own: a closure given to a method that ends in `_by`, or to [`El::live`], runs again when a
//! signal that it read changes. A text or an attribute is updated where it stands; elements in what
//! is `live` are made anew, and the focus goes with the old ones.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::svg;
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::event::on;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, Node};

use super::call::{Handle, Make};
use super::children::{Children, fixed, made};

/// An element under construction.
pub struct El(Box<Parts>);

struct Parts {
    tag: Tag,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
    made: Option<Node>,
}

enum Tag {
    Html(&'static str),
    Svg(Svg),
}

/// The elements that drawings are made of.
pub enum Svg {
    /// The drawing itself.
    Root,
    /// Lines and shapes.
    Path,
    /// A rectangle.
    Rect,
}

/// An element of HTML, by its name.
pub fn el(name: &'static str) -> El {
    El::new(Tag::Html(name))
}

/// An element of SVG.
pub fn draw(shape: Svg) -> El {
    El::new(Tag::Svg(shape))
}

/// A text without an element around it.
pub fn bare(text: String) -> AnyView {
    text.into_any()
}

/// No element.
pub fn nothing() -> AnyView {
    ().into_any()
}

/// Elements side by side, without one around them.
pub fn group(elements: impl Into<Vec<AnyView>>) -> AnyView {
    elements.into().into_any()
}

impl El {
    fn new(tag: Tag) -> Self {
        Self(Box::new(Parts {
            tag,
            attributes: Vec::new(),
            children: Vec::new(),
            made: None,
        }))
    }

    /// Sets an attribute.
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        let value = value.to_owned();
        self.0
            .attributes
            .push(custom_attribute(name, value).into_any_attr());
        self
    }

    /// Sets an attribute and keeps it up to date; `None` removes it.
    pub fn attr_by(
        mut self,
        name: &'static str,
        value: impl FnMut() -> Option<String> + 'static,
    ) -> Self {
        self.0
            .attributes
            .push(live_attribute(name, Box::new(value)));
        self
    }

    /// Sets the classes, separated by spaces.
    pub fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    /// Calls `handler` at each event called `name`.
    pub fn on(mut self, name: &'static str, handler: impl FnMut(ev::Event) + 'static) -> Self {
        self.0.attributes.push(listener(name, Box::new(handler)));
        self
    }

    /// Holds nothing but this node, or what is in it if it is a fragment.
    pub fn holding(mut self, node: Node) -> Self {
        self.0.made = Some(node);
        self
    }

    /// Appends a text.
    pub fn text(self, text: &str) -> Self {
        self.child(bare(text.to_owned()))
    }

    /// Appends a text and keeps it up to date.
    pub fn text_by(self, mut text: impl FnMut() -> String + 'static) -> Self {
        self.child(live(move || bare(text())))
    }

    /// Appends a view.
    pub fn child(mut self, child: impl Into<AnyView>) -> Self {
        self.0.children.push(child.into());
        self
    }

    /// Appends the views that there are.
    pub fn children<V: Into<AnyView>>(mut self, children: impl IntoIterator<Item = V>) -> Self {
        for child in children {
            self.0.children.push(child.into());
        }
        self
    }

    /// Appends a view that is made anew whenever what it shows changes.
    pub fn live<V: Into<AnyView>>(self, mut view: impl FnMut() -> V + 'static) -> Self {
        self.child(live(move || view().into()))
    }
}

/// A view that is made anew whenever what it shows changes.
pub fn live(view: impl FnMut() -> AnyView + 'static) -> AnyView {
    live_view(Box::new(view))
}

// Leptos' views must be `Send`, as they may be made on a server. Here they never leave the page.

fn live_view(view: Box<dyn Make<AnyView>>) -> AnyView {
    let mut view = SendWrapper::new(view);
    (move || view.make()).into_any()
}

fn live_attribute(name: &'static str, value: Box<dyn Make<Option<String>>>) -> AnyAttribute {
    let mut value = SendWrapper::new(value);
    custom_attribute(name, move || value.make()).into_any_attr()
}

fn listener(name: &'static str, handler: Box<dyn Handle<ev::Event>>) -> AnyAttribute {
    let mut handler = SendWrapper::new(handler);
    on(ev::Custom::new(name), move |event| handler.handle(event)).into_any_attr()
}

/// Calls `handler` at each event called `name` that reaches the window, for good.
pub fn on_window(name: &str, handler: impl FnMut(ev::Event) + 'static) {
    let handler: Box<dyn FnMut(ev::Event)> = Box::new(handler);
    let handler = Closure::wrap(handler).into_js_value();
    let _ = window().add_event_listener_with_callback(name, handler.unchecked_ref());
}

/// The innermost element of these that an event is about.
pub fn touched(event: &ev::Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()?
}

impl From<El> for AnyView {
    fn from(el: El) -> Self {
        let Parts {
            tag,
            attributes,
            children,
            made: node,
        } = *el.0;
        let children = match node {
            Some(node) => made(node),
            None => fixed(children),
        };
        match tag {
            Tag::Html(name) => fill(html::custom(name).add_any_attr(attributes), children),
            Tag::Svg(Svg::Root) => fill(svg::svg().add_any_attr(attributes), children),
            Tag::Svg(Svg::Path) => fill(svg::path().add_any_attr(attributes), children),
            Tag::Svg(Svg::Rect) => fill(svg::rect().add_any_attr(attributes), children),
        }
    }
}

fn fill<E>(element: E, children: Children) -> AnyView
where
    E: ElementChild<Children, Output: IntoAny>,
{
    element.child(children).into_any()
}
