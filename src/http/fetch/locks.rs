//! The limit over all tabs, by the Web Locks API (W3C): a request that may be sent takes one of
//! the locks `hackershelf-net-0`, `-1`, … that all tabs of the origin share. A browser gives a lock
//! back by itself when its tab closes, crashes or is frozen.
//!
//! To get a lock takes a word from the browser, which comes after whatever the page has to do
//! first. So a tab keeps the locks that it has had ([`Places`] decides which) until another tab,
//! which found all of them taken, asks for one by a [`BroadcastChannel`], or until it is hidden.
//! A question may get lost where a lock changes hands; it is asked again until it is answered.
//!
//! Without the API, or where it is refused, each tab has its own limit.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, BroadcastChannel, MessageEvent};

use super::AbortOnDrop;
use crate::http::Place;
use crate::http::policy::Places;

/// What the locks' names begin with, and the name of the channel: others may live at the origin.
const NET: &str = "hackershelf-net";

/// A lock that no request uses is kept for so many milliseconds while the tab is hidden. Without
/// end while it isn't: the reader's next click is to be answered at once.
const HIDDEN: u32 = 1_000;

/// Another tab is asked again for a lock after so many milliseconds.
const AGAIN: u32 = 250;

/// The locks that one engine has.
#[derive(Clone, Default)]
pub struct Locks(Rc<Shared>);

#[derive(Default)]
struct Shared {
    places: RefCell<Places<Lock>>,
    /// To and from the other tabs; made with the first lock.
    channel: RefCell<Option<BroadcastChannel>>,
    /// The locks kept will be given back while the tab is hidden.
    resting: Cell<bool>,
}

impl Locks {
    /// Takes a lock that is kept, or the first of `places` that is free, from the one numbered
    /// `first` on; waits for that one if none is.
    pub async fn place(&self, first: usize, places: usize) -> Place {
        let places = places.max(1);
        let first = first % places;
        if let Some(place) = self.kept(first, places) {
            return Some(place);
        }
        for step in 0..places {
            let number = (first + step) % places;
            let lock = lock(&name(number), "ifAvailable", &JsValue::TRUE).await?;
            if let Some(lock) = lock {
                return Some(self.taken(number, lock));
            }
        }
        let mut wait = Box::pin(wait(name(first)));
        loop {
            wait = match select(wait, Box::pin(self.asked_for(first))).await {
                Either::Left((lock, _)) => return Some(self.taken(first, lock?)),
                Either::Right(((), wait)) => wait,
            };
            if let Some(place) = self.kept(first, places) {
                return Some(place);
            }
        }
    }

    fn kept(&self, first: usize, places: usize) -> Place {
        let (number, lock) = self.0.places.borrow_mut().take(first, places)?;
        Some(self.taken(number, lock))
    }

    fn taken(&self, number: usize, lock: Lock) -> Box<Taken> {
        self.0.listen();
        let lock = Some(lock);
        let shared = Rc::clone(&self.0);
        Box::new(Taken {
            shared,
            number,
            lock,
        })
    }

    /// Asks the other tabs for a lock, and gives them time.
    async fn asked_for(&self, number: usize) {
        self.0.listen();
        if let Some(channel) = &*self.0.channel.borrow() {
            let _ = channel.post_message(&JsValue::from(number as u32));
        }
        TimeoutFuture::new(AGAIN).await;
    }
}

impl Shared {
    /// Hears the other tabs from now on, and when this one is hidden.
    fn listen(self: &Rc<Self>) {
        let mut channel = self.channel.borrow_mut();
        if channel.is_some() {
            return;
        }
        let Ok(new) = BroadcastChannel::new(NET) else {
            return;
        };
        let this = Rc::downgrade(self);
        let asked = move |event: MessageEvent| {
            let number = event.data().as_f64().map(|number| number as usize);
            if let (Some(this), Some(number)) = (this.upgrade(), number) {
                let given_up = this.places.borrow_mut().want(number);
                drop(given_up);
            }
        };
        let asked = Closure::<dyn Fn(MessageEvent)>::new(asked).into_js_value();
        new.set_onmessage(Some(asked.unchecked_ref()));
        *channel = Some(new);

        let this = Rc::downgrade(self);
        let changed = Closure::<dyn Fn()>::new(move || clear_if_hidden(&this)).into_js_value();
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            let changed = changed.unchecked_ref();
            let _ = document.add_event_listener_with_callback("visibilitychange", changed);
        }
    }

    /// A lock isn't used any more: keeps it, or returns it to be given back.
    fn put(self: &Rc<Self>, number: usize, lock: Lock) -> Option<Lock> {
        if self.channel.borrow().is_none() {
            return Some(lock);
        }
        let given_up = self.places.borrow_mut().put(number, lock);
        if is_hidden() && !self.resting.replace(true) {
            let this = Rc::downgrade(self);
            let rested = move || {
                if let Some(this) = this.upgrade() {
                    this.resting.set(false);
                }
                clear_if_hidden(&this);
            };
            Timeout::new(HIDDEN, rested).forget();
        }
        given_up
    }
}

fn is_hidden() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_none_or(|document| document.hidden())
}

/// Gives back what isn't used: a hidden tab may be frozen, or sleep.
fn clear_if_hidden(shared: &Weak<Shared>) {
    if let Some(shared) = shared.upgrade()
        && is_hidden()
    {
        let given_up = shared.places.borrow_mut().clear();
        drop(given_up);
    }
}

/// A lock in use.
struct Taken {
    shared: Rc<Shared>,
    number: usize,
    lock: Option<Lock>,
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take() {
            drop(self.shared.put(self.number, lock));
        }
    }
}

/// Gives a place back, and waits until whoever is next can have it.
pub async fn give_back(place: Place) {
    if let Some(Ok(mut taken)) = place.map(|place| place.downcast::<Taken>())
        && let Some(lock) = taken.lock.take()
        && let Some(Lock { held, over }) = taken.shared.put(taken.number, lock)
    {
        drop(held);
        let _ = JsFuture::from(over).await;
    }
}

fn name(number: usize) -> String {
    format!("{NET}-{number}")
}

/// Waits for a lock that only one tab can have.
pub async fn alone() -> Place {
    Some(Box::new(wait("hackershelf-alone".to_owned()).await?.held))
}

/// Waits for a lock. Dropping the wait ends it.
async fn wait(name: String) -> Option<Lock> {
    let controller = AbortController::new().ok()?;
    let _abort = AbortOnDrop(controller.clone());
    lock(&name, "signal", &controller.signal()).await?
}

struct Lock {
    held: Held,
    /// Settles once the lock is given back.
    over: Promise,
}

/// Holds a lock, until this is dropped.
struct Held(Function);

impl Drop for Held {
    fn drop(&mut self) {
        // Settles the promise that holds the lock; that can't fail.
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// Asks for a lock, with one option: `Some(None)` if it isn't available, `None` if there are no
/// locks here.
async fn lock(name: &str, option: &str, value: &JsValue) -> Option<Option<Lock>> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request = Reflect::get(&locks, &"request".into()).ok()?;
    let options = Object::new();
    Reflect::set(&options, &option.into(), value).ok()?;
    let name = JsValue::from(name);

    let (sender, receiver) = oneshot::channel();
    let granted = Closure::once(move |lock: JsValue| {
        if lock.is_null() {
            let _ = sender.send(None);
            return JsValue::UNDEFINED;
        }
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        // If nobody waits for it any more, it is given back at once.
        let _ = sender.send(release.map(Held));
        JsValue::from(held)
    });
    let over = request
        .dyn_ref::<Function>()?
        .call3(&locks, &name, &options, granted.as_ref());
    let over: Promise = over.ok()?.unchecked_into();
    let settled = over.clone();
    spawn_local(async move {
        // It settles once the lock is given back, or isn't to be had.
        let _ = JsFuture::from(settled).await;
        drop(granted);
    });
    let held = receiver.await.ok()?;
    Some(held.map(|held| Lock { held, over }))
}
