//! Where in a page the reader is: how far down, which story has the focus, and how many pages of the
//! app lie behind. Kept beside the page's entry in the browser's history, so that back and a reload
//! return there.
//!
//! A place is told by what stands on top of the window, not by pixels alone: what is out of view
//! has no measured height yet when a page is made anew. The browser's own way of doing this is off,
//! because it scrolls before the page is there.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::ScrollRestoration;

use super::address::Address;
use super::el::on_window;
use super::focus;
use super::later::{after, next_frame};
use super::navigation::{Navigation, focus_main};
use super::state::State;

/// A place is kept so long after the reader moved, and when the page is left. Safari allows a
/// hundred changes of the history in 30 seconds: who scrolls on and on mustn't use them up.
const KEEP_AFTER: Duration = Duration::from_millis(500);

/// A page that isn't there by then, in milliseconds, is shown as it is.
const ARRIVE_WITHIN: f64 = 5_000.0;

/// Heights settle within so many frames after a jump, or after rows moved.
const FRAMES: u32 = 3;

/// Above this many pixels a page is at its top.
const AT_TOP: i32 = 40;

#[derive(Clone, Debug, Default, PartialEq)]
struct Place {
    y: i32,
    /// What stands on top of the window, and how far below its edge.
    top: Option<(String, i32)>,
    focus: Option<String>,
    /// So many pages of the app lie behind this one.
    behind: usize,
}

/// On the way to a place: until when, and how often it was reached.
struct Way {
    to: Place,
    until: f64,
    reached: u32,
}

thread_local! {
    static WAY: RefCell<Option<Way>> = const { RefCell::new(None) };
    static KEEPING: Cell<bool> = const { Cell::new(false) };
}

/// Follows the reader from now on, and goes to where a reload left them; whether there was such a
/// place.
pub fn start() -> bool {
    if let Ok(history) = window().history() {
        let _ = history.set_scroll_restoration(ScrollRestoration::Manual);
    }
    let soon = || {
        if !KEEPING.replace(true) {
            after(KEEP_AFTER, || {
                KEEPING.set(false);
                settle();
            });
        }
    };
    for name in ["scroll", "focusin"] {
        on_window(name, move |_| soon());
    }
    on_window("pagehide", |_| settle());
    // Whoever takes over isn't moved any more.
    for name in ["wheel", "keydown", "pointerdown"] {
        on_window(name, |_| give_up());
    }
    let Place { y, focus, .. } = Place::kept();
    let left = y > 0 || focus.is_some();
    if left {
        arrive();
    }
    left
}

/// How many pages of the app lie behind this one.
pub fn behind() -> usize {
    Place::kept().behind
}

/// The place at the top of the page that comes after this one, as its entry keeps it.
pub fn next() -> JsValue {
    let next = Place {
        behind: behind() + 1,
        ..Place::default()
    };
    next.written().into()
}

/// Keeps where the reader is.
pub fn keep() {
    let here = Place::here();
    // An entry in the history is dear to write: a click's first request waits for it.
    if here != Place::kept()
        && let Ok(history) = window().history()
    {
        let _ = history.replace_state(&here.written().into(), "");
    }
}

/// Keeps where the reader is, but for one who is on the way somewhere. Firefox may hide a page in the
/// middle of a step.
fn settle() {
    if WAY.with(|way| way.try_borrow().is_ok_and(|way| way.is_none())) {
        keep();
    }
}

/// Goes to the top of a new page.
pub fn top() {
    give_up();
    focus_main();
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Goes to where the reader left this page, as soon as it is there.
pub fn arrive() {
    let way = Way {
        to: Place::kept(),
        until: js_sys::Date::now() + ARRIVE_WITHIN,
        reached: 0,
    };
    WAY.set(Some(way));
    next_frame(step);
}

fn give_up() {
    WAY.set(None);
}

fn step() {
    let done = WAY.with_borrow_mut(|way| {
        let Some(way) = way else { return true };
        let late = js_sys::Date::now() > way.until;
        way.reached += u32::from(way.to.reach());
        if way.reached == 1 || late {
            way.to.take_focus();
        }
        if is_moving() {
            way.reached = way.reached.min(1);
        }
        late || way.reached > FRAMES
    });
    if done {
        give_up();
    } else {
        next_frame(step);
    }
}

/// Whether rows may move still, because more of the shelf is found.
fn is_moving() -> bool {
    let here = Navigation::current().address_untracked();
    matches!(here, Address::Search(_)) && !State::current().found.borrow().stock.whole
}

impl Place {
    fn here() -> Self {
        let y = depth();
        Self {
            y,
            top: (y > AT_TOP).then(on_top).flatten(),
            focus: focus::stop().and_then(|stop| focus::id(&stop)),
            behind: behind(),
        }
    }

    /// As it is kept: its parts between spaces.
    fn written(&self) -> String {
        let (top, offset) = self.top.as_ref().map_or(("-", 0), |(id, at)| (id, *at));
        let focus = self.focus.as_deref().unwrap_or("-");
        format!("{} {top} {offset} {focus} {}", self.y, self.behind)
    }

    /// As it was kept with the page's entry; else its top.
    fn kept() -> Self {
        let state = window().history().and_then(|history| history.state());
        let kept = state.ok().and_then(|state| state.as_string());
        let kept = kept.unwrap_or_default();
        let mut parts = kept.split(' ');
        let mut next = || parts.next().unwrap_or("-");
        let number = |text: &str| js_sys::parse_float(text) as i32;
        let id = |text: &str| (text != "-").then(|| text.to_owned());
        let y = number(next());
        let top = id(next());
        let offset = number(next());
        Self {
            y,
            top: top.map(|id| (id, offset)),
            focus: id(next()),
            behind: number(next()) as usize,
        }
    }

    /// Scrolls there; whether it is there.
    fn reach(&self) -> bool {
        let window = window();
        let Some((id, offset)) = &self.top else {
            window.scroll_to_with_x_and_y(0.0, self.y.into());
            return (depth() - self.y).abs() < 2;
        };
        let Some(element) = document().get_element_by_id(id) else {
            return false;
        };
        window.scroll_by_with_x_and_y(
            0.0,
            element.get_bounding_client_rect().top() - f64::from(*offset),
        );
        true
    }

    fn take_focus(&self) {
        let there = self.focus.as_deref().is_some_and(focus::focus_stop);
        if !there {
            focus_main();
        }
    }
}

/// How far down the window is.
fn depth() -> i32 {
    window().scroll_y().unwrap_or_default().round() as i32
}

/// The row or comment on top of the window, and where it begins.
fn on_top() -> Option<(String, i32)> {
    let middle = window().inner_width().ok()?.as_f64()? / 2.0;
    let at = |y: &f32| {
        let element = document().element_from_point(middle as f32, *y)?;
        element.closest("li[id]").ok()?
    };
    let element = [4.0, 40.0, 90.0, 160.0].iter().find_map(at)?;
    let top = element.get_bounding_client_rect().top().round();
    Some((element.id(), top as i32))
}
