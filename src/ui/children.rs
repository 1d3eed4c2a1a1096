//! What stands in an element: views in a fixed order, or one for each id of a list that changes.
//!
//! Leptos has both, and leaves a comment node behind each of them to find its place again: nearly a
//! third of all nodes were ones that nobody sees. Here, whatever stands in an element stands there
//! alone, and the element is place enough. Leptos' `For` also groups moves of neighbours where only
//! one of them has to move on the page, and so leaves some permutations in neither order (tachys
//! 0.2.19).

use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Position, PositionState};
use send_wrapper::SendWrapper;
use web_sys::{Element, Node};

use super::call::Make;
use super::el::El;
use super::moves::stay;
use crate::hn::Id;

/// All that stands in an element.
pub struct Children(SendWrapper<Kind>);

enum Kind {
    Fixed(Vec<AnyView>),
    Made(Node),
    Keyed(List),
}

struct List {
    ids: Vec<Id>,
    view: Rc<dyn Fn(Id) -> El>,
    owner: Owner,
}

/// Views that stay in their order.
pub fn fixed(views: Vec<AnyView>) -> Children {
    Children(SendWrapper::new(Kind::Fixed(views)))
}

/// What was made by hand and never changes.
pub fn made(node: Node) -> Children {
    Children(SendWrapper::new(Kind::Made(node)))
}

/// A view for each of `ids`, in their order. When that changes, views move and none is made anew.
/// Nothing else may stand in the same element.
pub fn keyed(ids: impl Fn() -> Vec<Id> + 'static, view: impl Fn(Id) -> El + 'static) -> AnyView {
    list(Box::new(ids), Rc::new(view))
}

fn list(ids: Box<dyn Make<Vec<Id>>>, view: Rc<dyn Fn(Id) -> El>) -> AnyView {
    let mut list = SendWrapper::new((ids, view));
    // What a view sets up lasts as long as the view, not only until the list changes.
    let owner = Owner::current().unwrap_or_default();
    let keyed = move || {
        let (ids, view) = &mut *list;
        Children(SendWrapper::new(Kind::Keyed(List {
            ids: ids.make(),
            view: Rc::clone(view),
            owner: owner.clone(),
        })))
    };
    keyed.into_any()
}

/// What is on the page.
pub struct Rows {
    rows: Vec<Row>,
    made: Option<Node>,
    /// The element that they stand in.
    parent: Option<Element>,
}

struct Row {
    /// Of a view that stays where it is, 0.
    id: Id,
    view: AnyViewState,
    /// What moves, if it can.
    element: Option<Element>,
    /// Whether it stands on the page, in its order with all others that do.
    is_placed: bool,
    /// Where it stood before the order changed.
    place: usize,
    /// Dropped after what it owns.
    _owner: Option<Owner>,
}

impl Row {
    fn fixed(view: AnyView) -> Self {
        Self {
            id: 0,
            view: view.build(),
            element: None,
            is_placed: false,
            place: 0,
            _owner: None,
        }
    }

    fn keyed(id: Id, list: &List) -> Self {
        let owner = list.owner.with(Owner::new);
        let view = owner.with(|| AnyView::from((list.view)(id)).build());
        Self {
            id,
            element: view.elements().into_iter().next(),
            view,
            is_placed: false,
            place: 0,
            _owner: Some(owner),
        }
    }

    /// How many rows stand in it.
    fn weight(&self) -> u32 {
        match &self.element {
            Some(element) => element.query_selector_all("li").map_or(0, |it| it.length()),
            None => 0,
        }
    }
}

impl Render for Children {
    type State = Rows;

    fn build(self) -> Rows {
        let (rows, made) = match self.0.take() {
            Kind::Fixed(views) => (views.into_iter().map(Row::fixed).collect(), None),
            Kind::Made(node) => (Vec::new(), Some(node)),
            Kind::Keyed(list) => (
                list.ids.iter().map(|id| Row::keyed(*id, &list)).collect(),
                None,
            ),
        };
        Rows {
            rows,
            made,
            parent: None,
        }
    }

    fn rebuild(self, state: &mut Rows) {
        match self.0.take() {
            Kind::Fixed(views) => state.replace(views),
            Kind::Keyed(list) => state.arrange(&list),
            // Its element is always made anew.
            Kind::Made(_) => {}
        }
    }
}

impl Rows {
    fn replace(&mut self, views: Vec<AnyView>) {
        for mut row in self.rows.drain(views.len().min(self.rows.len())..) {
            row.view.unmount();
        }
        let mut views = views.into_iter();
        for (row, view) in self.rows.iter_mut().zip(views.by_ref()) {
            view.rebuild(&mut row.view);
        }
        for view in views {
            let mut row = Row::fixed(view);
            if let Some(parent) = &self.parent {
                row.view.mount(parent, None);
            }
            self.rows.push(row);
        }
    }

    fn arrange(&mut self, list: &List) {
        let same = |(row, id): &(&Row, &Id)| row.id == **id;
        let kept = self.rows.iter().zip(&list.ids).take_while(same).count();
        let mut before: Vec<_> = self.rows.drain(kept..).map(Some).collect();
        // Most follow the one that was found before them.
        let (mut next, mut is_sorted) = (0, true);
        for &id in &list.ids[kept..] {
            let is_it = |at: &usize| before[*at].as_ref().is_some_and(|row| row.id == id);
            let found = (next..before.len()).chain(0..next).find(is_it);
            let row = found.and_then(|at| {
                is_sorted &= at >= next;
                next = at + 1;
                let mut row = before[at].take()?;
                row.place = at;
                Some(row)
            });
            self.rows.push(row.unwrap_or_else(|| Row::keyed(id, list)));
        }
        for mut row in before.into_iter().flatten() {
            row.view.unmount();
        }
        let rows = &mut self.rows[kept..];
        if !is_sorted {
            lift(rows);
        }
        if let Some(parent) = &self.parent {
            place(rows, parent);
        }
    }
}

/// Takes as few as can be, and the lightest, out of those that stand on the page in another order.
fn lift(rows: &mut [Row]) {
    let mut placed: Vec<_> = rows.iter_mut().filter(|row| row.is_placed).collect();
    let things = placed.iter().map(|row| (row.place, 1 + row.weight()));
    let stay = stay(&things.collect::<Vec<_>>());
    for (row, stays) in placed.iter_mut().zip(stay) {
        row.is_placed = stays;
    }
}

/// Puts those of the last rows of an element on the page that don't stand there.
fn place(rows: &mut [Row], parent: &Element) {
    let mut next: Option<Node> = None;
    for row in rows.iter_mut().rev() {
        let Some(element) = &row.element else {
            continue;
        };
        if !std::mem::replace(&mut row.is_placed, true) {
            row.view.mount(parent, next.as_ref());
        }
        next = Some(element.clone().into());
    }
}

impl Mountable for Rows {
    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        for row in &mut self.rows {
            row.view.mount(parent, marker);
            row.is_placed = true;
        }
        if let Some(made) = self.made.take() {
            let _ = parent.append_child(&made);
        }
        self.parent = Some(parent.clone());
    }

    fn unmount(&mut self) {
        for row in &mut self.rows {
            row.view.unmount();
        }
    }

    // They stand alone in their element: nobody looks for what is beside them.

    fn insert_before_this(&self, _: &mut dyn Mountable) -> bool {
        false
    }

    fn elements(&self) -> Vec<Element> {
        Vec::new()
    }
}

// A view can also be asked for attributes of its parent's and be made on a server. Neither happens
// here: they stand in elements, and there is no server.

impl AddAnyAttr for Children {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl RenderHtml for Children {
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
