//! What the handlers of one server share, and the paths they answer.

use std::sync::{Arc, Mutex, MutexGuard, RwLock};

use axum::Router;
use axum::routing::{get, post};

use super::Config;
use crate::counts::{Counts, Stats};
use crate::gate::Gates;
use crate::host::{self, Host};
use crate::rules::{Rule, Rules};
use crate::world::World;
use crate::{algolia, control, firebase};

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
    pub fn new(config: Config) -> Self {
        let rules = Rules::new(config.seed, config.latency_ms, config.jitter_ms);
        Self {
            world: config.world.map(|world| RwLock::new(Arc::new(world))),
            host: RwLock::new(config.host.map(Arc::new)),
            rules: Mutex::new(rules),
            gates: Gates::default(),
            counts: Counts::new(),
        }
    }

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

    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> Option<T> {
        let mut world = self
            .world
            .as_ref()?
            .write()
            .unwrap_or_else(|e| e.into_inner());
        Some(change(Arc::make_mut(&mut world)))
    }

    pub fn set_host(&self, host: Option<Host>) {
        *self.host.write().unwrap_or_else(|e| e.into_inner()) = host.map(Arc::new);
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

pub(super) fn router(shared: Arc<Shared>) -> Router {
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
