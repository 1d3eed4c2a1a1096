//! Lets HTTP/2 frames in one at a time.
//!
//! The h2 crate reads all that a socket holds before it hands out new requests, so of a request
//! and an abort in one packet the abort would always seem to be first, and a client that goes
//! over its limit for a moment would go unseen. This reader ends its turn after every frame that
//! opens or resets a stream: their tasks run in the order of the wire.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const FRAME_HEAD: usize = 9;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const CONTINUATION: u8 = 9;
const CHUNK: usize = 8 * 1024;

/// A stream whose reader sees one decisive frame a turn.
#[derive(Debug)]
pub(super) struct Ordered<S> {
    stream: S,
    buffer: BytesMut,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Too few bytes yet to tell the protocol.
    Unknown,
    /// HTTP/1.1, or nothing more to come.
    Plain,
    /// Within a frame, or between two.
    Frame { left: usize, decisive: bool },
    /// A decisive frame was handed out: the next read ends the turn.
    Pause,
}

impl<S> Ordered<S> {
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            buffer: BytesMut::new(),
            state: State::Unknown,
        }
    }

    /// How many of the buffered bytes may be handed out; 0 asks for more bytes.
    fn ready(&mut self) -> usize {
        match &mut self.state {
            State::Unknown => {
                let known = self.buffer.len().min(PREFACE.len());
                if self.buffer[..known] != PREFACE[..known] {
                    self.state = State::Plain;
                } else if known == PREFACE.len() {
                    self.state = State::Frame {
                        left: known,
                        decisive: false,
                    };
                } else {
                    return 0;
                }
                self.buffer.len().min(self.ready())
            }
            State::Frame { left: 0, .. } => {
                let [a, b, c, kind, ..] = self.buffer[..] else {
                    return 0;
                };
                if self.buffer.len() < FRAME_HEAD {
                    return 0;
                }
                let length = u32::from_be_bytes([0, a, b, c]) as usize;
                self.state = State::Frame {
                    left: FRAME_HEAD + length,
                    decisive: [HEADERS, RST_STREAM, CONTINUATION].contains(&kind),
                };
                self.ready()
            }
            State::Frame { left, .. } => (*left).min(self.buffer.len()),
            State::Plain | State::Pause => self.buffer.len(),
        }
    }

    fn handed_out(&mut self, n: usize) {
        self.buffer.advance(n);
        if let State::Frame { left, decisive } = &mut self.state {
            *left -= n;
            if *left == 0 && *decisive {
                self.state = State::Pause;
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Ordered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let State::Pause = self.state {
            self.state = State::Frame {
                left: 0,
                decisive: false,
            };
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        loop {
            let n = self.ready().min(out.remaining());
            if n > 0 || out.remaining() == 0 {
                out.put_slice(&self.buffer[..n]);
                self.handed_out(n);
                return Poll::Ready(Ok(()));
            }
            let mut chunk = [0; CHUNK];
            let mut chunk = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut chunk))?;
            if chunk.filled().is_empty() {
                if self.buffer.is_empty() {
                    return Poll::Ready(Ok(()));
                }
                self.state = State::Plain;
            }
            self.buffer.extend_from_slice(chunk.filled());
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Ordered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
