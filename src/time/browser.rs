//! The browser's clock: `performance.now`, `Date.now` and `setTimeout`.

use std::time::Duration;

use futures_core::future::LocalBoxFuture;
use gloo_timers::future::TimeoutFuture;

use super::{Clock, Timestamp};

/// The clock of the page.
#[derive(Clone, Copy, Debug, Default)]
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> Duration {
        let millis = web_sys::window()
            .and_then(|window| window.performance())
            .map_or(0.0, |clock| clock.now());
        // Whole microseconds are finer than any browser tells.
        Duration::from_micros((millis * 1000.0) as u64)
    }

    fn wall(&self) -> Timestamp {
        Timestamp(js_sys::Date::now() as u64)
    }

    fn sleep(&self, delay: Duration) -> LocalBoxFuture<'static, ()> {
        let millis = u32::try_from(delay.as_millis()).unwrap_or(u32::MAX);
        Box::pin(TimeoutFuture::new(millis))
    }
}
