//! A body that tells its guard how far it came.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};

use super::{Guard, Outcome};

/// Frames are at most this long, so that "handed over" follows what the client takes.
const FRAME: usize = 16 * 1024;

/// An answer's body under count: ends its guard when it is handed over whole, or cut.
#[derive(Debug)]
pub(crate) struct Counted {
    body: Body,
    rest: Bytes,
    guard: Guard,
}

impl Counted {
    /// `sent_whole` says that no body follows the head, as for HEAD.
    pub fn new(body: Body, mut guard: Guard, sent_whole: bool) -> Self {
        if sent_whole || http_body::Body::is_end_stream(&body) {
            guard.end(Outcome::Answered);
        }
        Self {
            body,
            rest: Bytes::new(),
            guard,
        }
    }

    fn next(&mut self) -> Frame<Bytes> {
        let frame = self.rest.split_to(self.rest.len().min(FRAME));
        self.guard.bytes += frame.len() as u64;
        if self.is_done() {
            self.guard.end(Outcome::Answered);
        }
        Frame::data(frame)
    }

    fn is_done(&self) -> bool {
        !self.rest.has_remaining() && http_body::Body::is_end_stream(&self.body)
    }
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.has_remaining() {
            return Poll::Ready(Some(Ok(self.next())));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready(match frame {
            None => {
                self.guard.end(Outcome::Answered);
                None
            }
            Some(Err(error)) => {
                self.guard.end(Outcome::Cut);
                Some(Err(error))
            }
            Some(Ok(frame)) => Some(Ok(match frame.into_data() {
                Ok(data) if data.has_remaining() => {
                    self.rest = data;
                    self.next()
                }
                Ok(data) => Frame::data(data),
                Err(trailers) => trailers,
            })),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.is_done()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.rest.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}
