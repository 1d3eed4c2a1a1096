//! The browser's `fetch`, made to abort, and Web Locks.
//!
//! Neither a timeout nor dropping a future stops a `fetch`: only its `AbortController` does. And
//! when `abort` returns, the request may still count at the server: Chromium sends a next request
//! that starts in the same turn *before* the cancellation. So each request runs in a task of its
//! own, which holds the permit until the fetch has settled: one macrotask more if it was aborted,
//! and [`LEAVING`] more if it failed.

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use gloo_net::http::{Request, Response};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestCache};

use super::{Answer, Error, Hold, MAX_BODY, Place, Transport};
use crate::sync::head_start;

mod locks;

use locks::Locks;

/// Answers that come within so many milliseconds come together.
const TOGETHER: u32 = 5;

/// A page that is left hears of its requests as failed, and is gone within so many milliseconds.
const LEAVING: u32 = 200;

/// Carries requests with the browser's `fetch`.
#[derive(Clone, Default)]
pub struct Fetch {
    locks: Locks,
}

impl Transport for Fetch {
    fn get(&self, url: &str, mut hold: Hold) -> LocalBoxFuture<'static, Result<Answer, Error>> {
        let Ok(controller) = AbortController::new() else {
            return Box::pin(async { Err(Error::Connect) });
        };
        let abort = AbortOnDrop(controller.clone());
        let url = url.to_owned();
        let (sender, receiver) = oneshot::channel();
        let request = async move {
            let answer = exchange(&url, &controller).await;
            let is_aborted = controller.signal().aborted();
            if is_aborted {
                TimeoutFuture::new(0).await;
            }
            let has_failed = answer.is_err();
            // Nobody listens any more after an abort.
            let _ = sender.send(answer);
            // What a page sends on its way out, nobody aborts any more: Firefox leaves it in flight.
            if has_failed && !is_aborted {
                TimeoutFuture::new(LEAVING).await;
            }
            // Only now, so that a refusal is heard before the next request is sent. The lock first:
            // whoever has the permit next may need it.
            locks::give_back(hold.take_place()).await;
            drop(hold);
        };
        // Sent at once, not when the caller is through.
        if let Some(rest) = head_start(Box::pin(request)) {
            spawn_local(rest);
        }
        Box::pin(async move {
            let _abort = abort;
            receiver.await.unwrap_or(Err(Error::Connect))
        })
    }

    fn others_first(&self) -> LocalBoxFuture<'static, ()> {
        Box::pin(TimeoutFuture::new(TOGETHER))
    }

    fn place(&self, first: usize, places: usize) -> LocalBoxFuture<'static, Place> {
        let locks = self.locks.clone();
        Box::pin(async move { locks.place(first, places).await })
    }

    fn alone(&self) -> LocalBoxFuture<'static, Place> {
        Box::pin(locks::alone())
    }
}

/// Aborts what it belongs to when it is dropped. What is over doesn't notice.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn exchange(url: &str, controller: &AbortController) -> Result<Answer, Error> {
    let response = Request::get(url)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&controller.signal()))
        .send()
        .await
        .map_err(|_| Error::Connect)?;
    let body = body(&response).await;
    if body == Err(Error::TooLarge) {
        controller.abort();
    }
    Ok(Answer {
        status: response.status(),
        retry_after: response.headers().get("retry-after"),
        body: body?,
    })
}

/// Reads the body piece by piece, so that it is refused where it becomes too large: its length
/// isn't always told, and what is told is that of the compressed bytes.
async fn body(response: &Response) -> Result<String, Error> {
    let told = response.headers().get("content-length");
    let told = told.and_then(|text| text.parse().ok());
    if told.is_some_and(|bytes: usize| bytes > MAX_BODY) {
        return Err(Error::TooLarge);
    }
    let mut bytes = Vec::new();
    if let Some(stream) = response.body() {
        read(stream.get_reader().unchecked_into(), &mut bytes).await?;
    }
    // What isn't UTF-8 isn't JSON (RFC 8259 §8.1), and no more decodable than nothing.
    Ok(String::from_utf8(bytes).unwrap_or_default())
}

async fn read(reader: ReadableStreamDefaultReader, bytes: &mut Vec<u8>) -> Result<(), Error> {
    loop {
        let piece = JsFuture::from(reader.read()).await;
        let piece = piece.map_err(|_| Error::Connect)?;
        let value = Reflect::get(&piece, &JsValue::from_str("value")).unwrap_or_default();
        let Some(value) = value.dyn_ref::<Uint8Array>() else {
            return Ok(());
        };
        let start = bytes.len();
        let end = start + value.length() as usize;
        if end > MAX_BODY {
            return Err(Error::TooLarge);
        }
        bytes.resize(end, 0);
        value.copy_to(&mut bytes[start..]);
    }
}
