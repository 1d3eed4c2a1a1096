//! Listeners and connections.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use super::ordered::Ordered;
use super::{Shared, answer};

/// No client's own limit is met by this server's first: a test without a limit must see none.
const STREAMS: u32 = 1_000;
/// Clients that abort much are what this server is for, not an attack to defend against.
const RESETS: usize = 100_000;
/// Small, so that a body is "handed over" not long before the client takes it.
const SEND_BUFFER: usize = 64 * 1024;

pub(super) fn bind(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map_err(|error| io::Error::new(error.kind(), format!("127.0.0.1:{port}: {error}")))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Accepts connections until it is dropped; without a listener it just waits.
pub(super) async fn accept(
    listener: Option<TcpListener>,
    tls: Option<Arc<ServerConfig>>,
    shared: &Arc<Shared>,
    router: &Router,
) {
    let Some(listener) = listener else {
        return pending().await;
    };
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let tls = tls.map(TlsAcceptor::from);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: they come back when connections end.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        shared.counts.connection();
        let shared = Arc::clone(shared);
        let router = router.clone();
        match tls.clone() {
            None => drop(tokio::spawn(serve(stream, "http", shared, router))),
            Some(tls) => drop(tokio::spawn(async move {
                // A failed handshake is the client's business.
                if let Ok(stream) = tls.accept(stream).await {
                    serve(stream, "https", shared, router).await;
                }
            })),
        }
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    scheme: &'static str,
    shared: Arc<Shared>,
    router: Router,
) {
    let service = service_fn(move |request| {
        let answer = answer::answer(Arc::clone(&shared), router.clone(), scheme, request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(SEND_BUFFER);
    builder
        .http2()
        .max_concurrent_streams(STREAMS)
        .max_send_buf_size(SEND_BUFFER)
        .max_pending_accept_reset_streams(RESETS);
    // How a connection ends is told by the guards of its requests.
    let _ = builder
        .serve_connection(TokioIo::new(Ordered::new(stream)), service)
        .await;
}
