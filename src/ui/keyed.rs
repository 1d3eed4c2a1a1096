//! A list of views, each made once for its id, and moved when the order of ids changes.
//!
//! Leptos has a `For` for that, but it groups moves of neighbours even where only one of them has
//! to move on the page, and so leaves some permutations in neither order (tachys 0.2.19).

use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::renderer::types::Placeholder;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Position, PositionState};
use rustc_hash::FxHashMap as HashMap;
use send_wrapper::SendWrapper;
use web_sys::{Element, Node};

use super::call::Make;
use super::el::El;
use crate::hn::Id;

/// A view for each of `ids`, in their order. When that changes, views move and none is made anew.
pub fn keyed(ids: impl Fn() -> Vec<Id> + 'static, view: impl Fn(Id) -> El + 'static) -> AnyView {
    list(Box::new(ids), Rc::new(view))
}

fn list(ids: Box<dyn Make<Vec<Id>>>, view: Rc<dyn Fn(Id) -> El>) -> AnyView {
    let mut list = SendWrapper::new((ids, view));
    // What a view sets up lasts as long as the view, not only until the list changes.
    let owner = Owner::current().unwrap_or_default();
    let keyed = move || {
        let (ids, view) = &mut *list;
        Keyed(SendWrapper::new(List {
            ids: ids.make(),
            view: Rc::clone(view),
            owner: owner.clone(),
        }))
    };
    keyed.into_any()
}

struct Keyed(SendWrapper<List>);

struct List {
    ids: Vec<Id>,
    view: Rc<dyn Fn(Id) -> El>,
    owner: Owner,
}

/// What is on the page.
struct Rows {
    rows: Vec<Row>,
    /// Stands behind the last row.
    end: Placeholder,
}

struct Row {
    id: Id,
    element: Option<Element>,
    view: AnyViewState,
    /// Dropped after what it owns.
    _owner: Owner,
}

impl Row {
    fn new(id: Id, list: &List) -> Self {
        let owner = list.owner.with(Owner::new);
        let view = owner.with(|| AnyView::from((list.view)(id)).build());
        Self {
            id,
            element: view.elements().into_iter().next(),
            view,
            _owner: owner,
        }
    }
}

impl Render for Keyed {
    type State = Rows;

    fn build(self) -> Rows {
        let list = self.0.take();
        Rows {
            rows: list.ids.iter().map(|id| Row::new(*id, &list)).collect(),
            end: Rndr::create_placeholder(),
        }
    }

    fn rebuild(self, state: &mut Rows) {
        let list = self.0.take();
        let same = |(row, id): &(&Row, &Id)| row.id == **id;
        let stay = state.rows.iter().zip(&list.ids).take_while(same).count();
        let mut before = HashMap::default();
        for row in state.rows.drain(stay..) {
            if let Some(mut twice) = before.insert(row.id, row) {
                twice.view.unmount();
            }
        }
        for &id in &list.ids[stay..] {
            let row = before.remove(&id).unwrap_or_else(|| Row::new(id, &list));
            state.rows.push(row);
        }
        for row in before.values_mut() {
            row.view.unmount();
        }
        if let Some(parent) = state.end.parent_element() {
            state.place(stay, &parent);
        }
    }
}

impl Rows {
    /// Puts the rows from the one numbered `first` on where they belong.
    fn place(&mut self, first: usize, parent: &Element) {
        let mut next: Node = self.end.clone().into();
        for row in self.rows[first..].iter_mut().rev() {
            let Some(element) = &row.element else {
                continue;
            };
            if element.next_sibling().as_ref() != Some(&next) {
                row.view.mount(parent, Some(&next));
            }
            next = element.clone().into();
        }
    }
}

impl Mountable for Rows {
    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        for row in &mut self.rows {
            row.view.mount(parent, marker);
        }
        self.end.mount(parent, marker);
    }

    fn unmount(&mut self) {
        for row in &mut self.rows {
            row.view.unmount();
        }
        self.end.unmount();
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        match self.rows.first() {
            Some(row) => row.view.insert_before_this(child),
            None => self.end.insert_before_this(child),
        }
    }

    fn elements(&self) -> Vec<Element> {
        let elements = self.rows.iter().map(|row| row.view.elements());
        elements.flatten().collect()
    }
}

// A view can also be asked for attributes of its parent's and be made on a server. Neither happens
// here: lists stand in elements, and there is no server.

impl AddAnyAttr for Keyed {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl RenderHtml for Keyed {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Rows {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
