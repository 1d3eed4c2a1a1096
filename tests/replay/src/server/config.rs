//! What a server is started with.

use crate::host::Host;
use crate::world::World;

/// What a server serves, and where.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data of both APIs; none for a plain static host.
    pub world: Option<World>,
    /// The static files; none for a plain API.
    pub host: Option<Host>,
    /// The port of plain HTTP/1.1 (and HTTP/2 with prior knowledge); 0 takes a free one.
    pub http: Option<u16>,
    /// The port of HTTP/2 and HTTP/1.1 over TLS; 0 takes a free one.
    pub https: Option<u16>,
    /// Milliseconds that every API answer waits.
    pub latency_ms: u64,
    /// Up to so many milliseconds more.
    pub jitter_ms: u64,
    /// Decides every jitter.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            world: None,
            host: None,
            http: Some(0),
            https: None,
            latency_ms: 0,
            jitter_ms: 0,
            seed: 1,
        }
    }
}

impl Config {
    /// Both APIs on a free port, plain.
    pub fn api(world: World) -> Self {
        Self {
            world: Some(world),
            ..Self::default()
        }
    }

    /// Static files on a free port, plain.
    pub fn files(host: Host) -> Self {
        Self {
            host: Some(host),
            ..Self::default()
        }
    }

    /// Over TLS instead of plain, on a free port.
    pub fn tls(mut self) -> Self {
        self.http = None;
        self.https = Some(0);
        self
    }

    /// Every API answer waits `ms` milliseconds and up to `jitter_ms` more.
    pub fn latency(mut self, ms: u64, jitter_ms: u64) -> Self {
        self.latency_ms = ms;
        self.jitter_ms = jitter_ms;
        self
    }
}
