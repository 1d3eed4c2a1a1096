//! The browser's `fetch`, made to abort.
//!
//! Neither a timeout nor dropping a future stops a `fetch`: only its `AbortController` does. And
//! when `abort` returns, the request may still count at the server: Chromium sends a next request
//! that starts in the same turn *before* the cancellation. So each request runs in a task of its
//! own, which keeps the permit until the fetch has settled and, if it was aborted, for one
//! macrotask more.

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use gloo_net::http::Request;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, RequestCache};

use super::{Answer, Error, MAX_BODY, Transport};
use crate::sync::Permit;

/// Carries requests with the browser's `fetch`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fetch;

impl Transport for Fetch {
    fn get(&self, url: &str, permit: Permit) -> LocalBoxFuture<'static, Result<Answer, Error>> {
        let Ok(controller) = AbortController::new() else {
            return Box::pin(async { Err(Error::Connect) });
        };
        let abort = AbortOnDrop(controller.clone());
        let url = url.to_owned();
        let (sender, receiver) = oneshot::channel();
        spawn_local(async move {
            let answer = exchange(&url, &controller).await;
            if controller.signal().aborted() {
                TimeoutFuture::new(0).await;
            }
            drop(permit);
            // Nobody listens any more after an abort.
            let _ = sender.send(answer);
        });
        Box::pin(async move {
            let _abort = abort;
            receiver.await.unwrap_or(Err(Error::Connect))
        })
    }
}

/// Aborts its request when it is dropped. One that has been answered doesn't notice.
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
    let length = response
        .headers()
        .get("content-length")
        .and_then(|text| text.parse().ok());
    if length.is_some_and(|bytes: u64| bytes > MAX_BODY) {
        controller.abort();
        return Err(Error::TooLarge);
    }
    let status = response.status();
    let body = response.text().await.map_err(|_| Error::Connect)?;
    Ok(Answer { status, body })
}
