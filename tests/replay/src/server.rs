//! Start, stop and everything a test asks of a running server.
//!
//! Every server lives on a thread of its own with a single-threaded runtime. So a busy test
//! doesn't slow it, its tasks run in the order in which they were woken (which the counts rely
//! on), and stopping it is dropping the runtime: listener, connections and all that hung go at
//! once, and nothing is left over.

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::{get, post};
use rustls::ServerConfig;
use tokio::sync::oneshot;

use crate::counts::{Counts, Entry, Stats};
use crate::gate::Gates;
use crate::host::{self, Host};
use crate::rules::{Rule, Rules};
use crate::world::World;
use crate::{algolia, control, firebase, tls};

pub(crate) mod answer;
mod listen;
mod ordered;

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

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Option<RwLock<Arc<World>>>,
    host: RwLock<Option<Arc<Host>>>,
    rules: Mutex<Rules>,
    pub gates: Gates,
    pub counts: Arc<Counts>,
}

impl Shared {
    pub fn has_api(&self) -> bool {
        self.world.is_some()
    }

    pub fn world(&self) -> Arc<World> {
        match &self.world {
            Some(world) => Arc::clone(&world.read().unwrap_or_else(|e| e.into_inner())),
            None => Arc::default(),
        }
    }

    pub fn host(&self) -> Option<Arc<Host>> {
        self.host.read().unwrap_or_else(|e| e.into_inner()).clone()
    }

    pub fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(|e| e.into_inner())
    }

    pub fn add_rule(&self, rule: Rule) -> u64 {
        if let Some(gate) = &rule.hold {
            self.gates.shut(gate);
        }
        self.rules().add(rule)
    }

    pub fn clear_rules(&self) {
        self.rules().clear();
        self.gates.open(None);
    }

    pub fn stats(&self) -> Stats {
        self.counts.stats(self.gates.held(None))
    }
}

fn router(shared: Arc<Shared>) -> Router {
    let control = Router::new()
        .route("/stats", get(control::stats))
        .route("/reset", post(control::reset))
        .route("/release", post(control::release))
        .route(
            "/rules",
            get(control::rules)
                .post(control::add_rules)
                .delete(control::clear_rules),
        );
    let api = Router::new()
        .route("/v0/item/{id}", get(firebase::item))
        .route("/v0/user/{name}", get(firebase::user))
        .route("/v0/{list}", get(firebase::list))
        .route("/api/v1/items/{id}", get(algolia::item))
        .route("/api/v1/search", get(algolia::by_relevance))
        .route("/api/v1/search_by_date", get(algolia::by_date));
    let mut all = Router::new().nest("/__replay", control);
    if shared.has_api() {
        all = all.merge(api);
    }
    all.fallback(host::serve).with_state(shared)
}

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
        let shared = Shared {
            world: config.world.map(|world| RwLock::new(Arc::new(world))),
            host: RwLock::new(config.host.map(Arc::new)),
            rules: Mutex::new(Rules::new(config.seed, config.latency_ms, config.jitter_ms)),
            gates: Gates::default(),
            counts: Counts::new(),
        };
        let mut server = Self {
            shared: Arc::new(shared),
            http: config.http,
            https: certificate,
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
        let router = router(Arc::clone(&shared));
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
        let world = self.shared.world.as_ref()?;
        let mut world = world.write().unwrap_or_else(|e| e.into_inner());
        Some(change(Arc::make_mut(&mut world)))
    }

    /// Serves other static files from now on, as after a new release.
    pub fn set_host(&self, host: Option<Host>) {
        let mut current = self.shared.host.write().unwrap_or_else(|e| e.into_inner());
        *current = host.map(Arc::new);
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
