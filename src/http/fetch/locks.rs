//! The limit over all tabs, by the Web Locks API (W3C): a request that may be sent takes one of
//! the locks `net-0`, `net-1`, … that all tabs of the origin share. A browser gives a lock back
//! by itself when its tab closes, crashes or is frozen.
//!
//! Without the API, or where it is refused, each tab has its own limit.

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use super::AbortOnDrop;
use crate::http::Place;

/// Takes the first of `places` locks that is free, from the one numbered `first` on; waits for that
/// one if none is.
pub async fn place(first: usize, places: usize) -> Place {
    let controller = AbortController::new().ok()?;
    let _abort = AbortOnDrop(controller.clone());
    let signal = controller.signal();
    let places = places.max(1);
    for step in 0..=places {
        let (option, value) = match step == places {
            true => ("signal", signal.as_ref()),
            false => ("ifAvailable", &JsValue::TRUE),
        };
        // After all of them it is the first one's turn again.
        if let Some(lock) = lock((first + step) % places, option, value).await? {
            return Some(Box::new(lock));
        }
    }
    None
}

/// Gives a lock back, and waits until the browser has it.
pub async fn give_back(place: Place) {
    if let Some(Ok(lock)) = place.map(|place| place.downcast::<Lock>()) {
        let Lock { held, over } = *lock;
        drop(held);
        let _ = JsFuture::from(over).await;
    }
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
async fn lock(number: usize, option: &str, value: &JsValue) -> Option<Option<Lock>> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request = Reflect::get(&locks, &"request".into()).ok()?;
    let options = Object::new();
    Reflect::set(&options, &option.into(), value).ok()?;
    let name = JsValue::from(format!("net-{number}"));

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
