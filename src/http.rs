//! One request's life: permit, then timer, then fetch with headers *and* body, then an answer.
//!
//! [`Client`] runs it, [`policy`] decides it, a [`Transport`] carries it. Two things hold always:
//! no permit is held while nothing is being sent (a back-off, a pause), and a permit comes back
//! only once the network has really let go of the request.

use futures_core::future::LocalBoxFuture;

use crate::sync::Permit;

mod client;
mod error;
pub mod policy;

#[cfg(target_arch = "wasm32")]
pub mod fetch;

pub use client::Client;
pub use error::Error;

/// The largest body that is read, in bytes. A whole thread of 3,000 comments is about 3 MiB.
pub const MAX_BODY: u64 = 8 * 1024 * 1024;

/// What came back over the network, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The whole body as text.
    pub body: String,
}

/// Carries one GET request over the network.
///
/// Dropping the returned future aborts the request. The permit belongs to the request and not to
/// that future: an implementation drops it only when nothing of the request can reach the server
/// any more, which after an abort is later than the drop.
pub trait Transport {
    /// Sends a GET for `url` and reads the whole answer.
    fn get(&self, url: &str, permit: Permit) -> LocalBoxFuture<'static, Result<Answer, Error>>;
}
