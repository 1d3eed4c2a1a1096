//! Ports, none of them twice: what a browser kept for an origin never reaches another test.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// The first, by a process that may not be alone. All are below those that systems hand out.
fn first() -> u16 {
    12_000 + (std::process::id() % 40) as u16 * 500
}

/// A port that nobody listens at and nobody in this process asked for before.
///
/// # Panics
/// If there are none left.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let port = first() + NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(port < 32_768, "no port is left");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
