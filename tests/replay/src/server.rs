//! Start, stop and everything a test asks of a running server.
//!
//! Every server lives on a thread of its own with a single-threaded runtime. So a busy test
//! doesn't slow it, its tasks run in the order in which they were woken (which the counts rely
//! on), and stopping it is dropping the runtime: listener, connections and all that hung go at
//! once, and nothing is left over.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use tokio::sync::oneshot;

use crate::counts::{Entry, Stats};
use crate::host::Host;
use crate::rules::Rule;
use crate::tls;
use crate::world::World;

pub(crate) mod answer;
mod config;
mod listen;
mod ordered;
mod shared;

pub use config::Config;
pub(crate) use shared::Shared;

/// A running (or stopped) server on 127.0.0.1. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    http: Option<u16>,
    https: Option<(u16, Arc<ServerConfig>)>,
    running: tokio::sync::Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    /// Dropped or sent, it ends the server's thread.
    stop: oneshot::Sender<()>,
    stopped: oneshot::Receiver<()>,
}

impl Server {
    /// Starts a server; when this returns, its ports accept connections.
    ///
    /// # Errors
    /// If a port is taken or no certificate could be made.
    pub async fn start(config: Config) -> io::Result<Self> {
        let certificate = match config.https {
            Some(port) => Some((port, tls::self_signed()?)),
            None => None,
        };
        let mut server = Self {
            http: config.http,
            https: certificate,
            shared: Arc::new(Shared::new(config)),
            running: tokio::sync::Mutex::default(),
        };
        let (http, https) = server.bind()?;
        server.http = port(http.as_ref())?;
        if let (Some((known, _)), Some(bound)) = (&mut server.https, port(https.as_ref())?) {
            *known = bound;
        }
        let running = server.run(http, https)?;
        *server.running.lock().await = Some(running);
        Ok(server)
    }

    fn bind(&self) -> io::Result<(Option<TcpListener>, Option<TcpListener>)> {
        let http = self.http.map(listen::bind).transpose()?;
        let https = self.https.as_ref().map(|(port, _)| listen::bind(*port));
        Ok((http, https.transpose()?))
    }

    fn run(&self, http: Option<TcpListener>, https: Option<TcpListener>) -> io::Result<Running> {
        let (stop, told) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let tls = self.https.as_ref().map(|(_, config)| Arc::clone(config));
        let shared = Arc::clone(&self.shared);
        let router = shared::router(Arc::clone(&self.shared));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::Builder::new()
            .name("replay".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let plain = listen::accept(http, None, &shared, &router);
                    let secure = listen::accept(https, tls, &shared, &router);
                    tokio::select! {
                        _ = told => {}
                        () = plain => {}
                        () = secure => {}
                    }
                });
                shared.counts.stopping(true);
                drop(runtime);
                // Nobody listens when the server itself was dropped.
                let _ = done.send(());
            })?;
        Ok(Running { stop, stopped })
    }

    /// Closes the listeners and every connection, whatever hangs there; what was in flight counts
    /// as stopped. Returns when nothing is left.
    pub async fn stop(&self) {
        if let Some(Running { stop, stopped }) = self.running.lock().await.take() {
            let _ = stop.send(());
            let _ = stopped.await;
        }
    }

    /// Stops if need be, and serves again on the same ports, with the same certificate, data,
    /// rules and counts.
    ///
    /// # Errors
    /// If a port is still taken by someone else after two seconds.
    pub async fn restart(&self) -> io::Result<()> {
        self.stop().await;
        let until = Instant::now() + Duration::from_secs(2);
        let (http, https) = loop {
            match self.bind() {
                Ok(bound) => break bound,
                Err(error) if Instant::now() > until => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        self.shared.counts.stopping(false);
        *self.running.lock().await = Some(self.run(http, https)?);
        Ok(())
    }

    /// `https://127.0.0.1:PORT` if it speaks TLS, otherwise `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        self.https_origin()
            .or_else(|| self.http_origin())
            .unwrap_or_default()
    }

    /// The origin of plain HTTP, if served.
    pub fn http_origin(&self) -> Option<String> {
        self.http.map(|port| format!("http://127.0.0.1:{port}"))
    }

    /// The origin of HTTP over TLS, if served.
    pub fn https_origin(&self) -> Option<String> {
        let port = self.https.as_ref().map(|(port, _)| port);
        port.map(|port| format!("https://127.0.0.1:{port}"))
    }

    /// The base of the Firebase API, `ORIGIN/v0`.
    pub fn firebase(&self) -> String {
        format!("{}/v0", self.origin())
    }

    /// The base of the Algolia API, `ORIGIN/api/v1`.
    pub fn algolia(&self) -> String {
        format!("{}/api/v1", self.origin())
    }

    /// The data as it is now; empty for a plain static host.
    pub fn world(&self) -> Arc<World> {
        self.shared.world()
    }

    /// Changes the data, seen whole by every later request.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> Option<T> {
        self.shared.change(change)
    }

    /// Serves other static files from now on, as after a new release.
    pub fn set_host(&self, host: Option<Host>) {
        self.shared.set_host(host);
    }

    /// Adds a rule, shutting the gate it names, and returns its number.
    pub fn rule(&self, rule: Rule) -> u64 {
        self.shared.add_rule(rule)
    }

    /// Takes one rule away. Answers that wait at its gate go on waiting.
    pub fn remove_rule(&self, number: u64) {
        self.shared.rules().remove(number);
    }

    /// Takes all rules away and opens all gates.
    pub fn clear_rules(&self) {
        self.shared.clear_rules();
    }

    /// The rules in force: number, rule, times fired.
    pub fn rules(&self) -> Vec<(u64, Rule, u64)> {
        self.shared.rules().list()
    }

    /// Every API answer waits `ms` milliseconds and up to `jitter_ms` more from now on.
    pub fn latency(&self, ms: u64, jitter_ms: u64) {
        self.shared.rules().latency(ms, jitter_ms);
    }

    /// Opens a gate for those who wait and those to come, until a new rule names it.
    pub fn release(&self, gate: &str) {
        self.shared.gates.open(Some(gate));
    }

    /// Opens all gates.
    pub fn release_all(&self) {
        self.shared.gates.open(None);
    }

    /// Lets the `n` requests that have waited longest through; the gate stays shut.
    pub fn release_some(&self, gate: &str, n: u64) {
        self.shared.gates.let_through(gate, n);
    }

    /// How many requests wait at the gate now.
    pub fn held(&self, gate: &str) -> u64 {
        self.shared.gates.held(Some(gate))
    }

    /// The counts.
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// The newest 100,000 API requests in order of arrival.
    pub fn log(&self) -> Vec<Entry> {
        self.shared.counts.log()
    }

    /// Clears the counts and the log; what is in flight stays so. Rules stay.
    pub fn reset(&self) {
        self.shared.counts.reset();
    }

    /// Waits until the counts are as asked.
    ///
    /// # Errors
    /// The counts as they are after `within`, if they never were.
    pub async fn until(
        &self,
        within: Duration,
        asked: impl Fn(&Stats) -> bool,
    ) -> Result<Stats, Stats> {
        let end = Instant::now() + within;
        loop {
            let stats = self.stats();
            if asked(&stats) {
                return Ok(stats);
            }
            if Instant::now() > end {
                return Err(stats);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn port(listener: Option<&TcpListener>) -> io::Result<Option<u16>> {
    let address = listener.map(TcpListener::local_addr).transpose()?;
    Ok(address.map(|address| address.port()))
}
