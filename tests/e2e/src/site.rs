//! A build behind the stand-in, on an origin of its own.

use std::path::Path;
use std::sync::OnceLock;

use replay::{Config, Feed, Host, Rewrite, Server, World};
use serde_json::json;

use crate::port::free_port;
use crate::{Browser, Copy, places};

/// A generated world as of now, the same throughout a run.
pub fn generated() -> World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::generated(1)).clone()
}

/// A generated world in which the two feeds hold `count` stories each, none of them odd and none
/// in both: their ids.
pub fn plain(count: u64) -> (World, [Vec<u64>; 2]) {
    let mut world = generated();
    let (first, time) = (world.max_id() + 1, world.now());
    let ids = [0, 1].map(|feed| (first + feed * count..).take(count as usize).collect());
    let feeds: [Vec<u64>; 2] = ids;
    for (at, id) in feeds.iter().flatten().enumerate() {
        world.put_item(json!({
            "by": "ada", "descendants": 0, "id": id, "score": at % 97, "time": time - at as u64,
            "title": format!("Story {id}"), "type": "story", "url": "https://example.com/",
        }));
    }
    world.set_feed(Feed::Best, feeds[0].clone());
    world.set_feed(Feed::New, feeds[1].clone());
    (world, feeds)
}

/// A generated world whose top feed holds `count` new stories, each with what `reply` adds to it,
/// and their ids.
pub fn discussed(count: u64, mut reply: impl FnMut(&mut World, u64)) -> (World, Vec<u64>) {
    let mut world = generated();
    let mut stories = Vec::new();
    for number in 0..count {
        let (id, time) = (world.max_id() + 1, world.now());
        world.put_item(json!({
            "by": "ada", "descendants": 0, "id": id, "score": 9, "time": time,
            "title": format!("Story {number}"), "type": "story",
        }));
        reply(&mut world, id);
        stories.push(id);
    }
    world.set_feed(Feed::Top, stories.clone());
    (world, stories)
}

/// So many letters that don't repeat themselves, or a database would make them shorter; `random` is
/// a seed, and then what comes after it.
pub fn noise(letters: usize, random: &mut u64) -> String {
    let mut letter = || {
        // Knuth's MMIX.
        *random = random.wrapping_mul(6_364_136_223_846_793_005);
        *random = random.wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + (*random >> 33) as u8 % 26)
    };
    (0..letters).map(|_| letter()).collect()
}

/// Goes to an empty page without a policy, for what is to be seen not to be harmless.
pub async fn unguarded(browser: &Browser) -> Server {
    let dir = places::temporary();
    let page = "<!doctype html><title>Without a policy</title><body>";
    std::fs::write(dir.path().join("index.html"), page).expect("the directory is ours");
    let server = Server::start(Config::files(Host::new(dir.path()))).await;
    let server = server.expect("a port is free");
    browser.goto(&server.origin()).await;
    server
}

/// The recorded world, which [`Need::Recorded`](crate::Need::Recorded) says that there is.
pub fn recorded() -> World {
    static WORLD: OnceLock<World> = OnceLock::new();
    let read = || {
        let place = places::recorded().expect("there are recorded answers");
        World::recorded(&place).unwrap_or_else(|error| panic!("{}: {error}", place.display()))
    };
    WORLD.get_or_init(read).clone()
}

/// A served app, and the APIs that it asks, all on one origin that no test had before.
#[derive(Debug)]
pub struct Site {
    /// Serves the APIs, the app as a rule, and counts.
    pub server: Server,
    origin: String,
    base: String,
    /// The build it serves, where that is a copy.
    _copy: Option<Copy>,
}

impl Site {
    /// Serves the build at the root of `config`'s server.
    pub async fn start(browser: &Browser, config: Config) -> Self {
        let host = Host::new(places::dist()).rewrite(Rewrite::ToOwnOrigin);
        Self::serve(browser, config, host, "/").await
    }

    /// Serves the build below a path such as `/hackershelf/`: a copy in which `<base href>`, and
    /// nothing else, says so.
    pub async fn start_below(browser: &Browser, config: Config, base: &str) -> Self {
        let copy = Copy::of(&places::dist());
        for page in ["index.html", "404.html"] {
            let base = format!("<base href=\"{base}\"");
            copy.change(page, |html| html.replace("<base href=\"/\"", &base));
        }
        let host = Host::new(copy.dir()).base(base);
        let host = host.rewrite(Rewrite::ToOwnOrigin);
        let site = Self::serve(browser, config, host, base).await;
        Self {
            _copy: Some(copy),
            ..site
        }
    }

    /// Takes the app as another web host serves it, below `base`; it asks `server`.
    pub async fn hosted(browser: &Browser, origin: &str, base: &str, server: Server) -> Self {
        browser.first_at(origin);
        Self {
            server,
            origin: origin.to_owned(),
            base: base.to_owned(),
            _copy: None,
        }
    }

    /// Serves the build alone; it asks another server, as it asks the real APIs.
    pub async fn start_asking(browser: &Browser, api: &Server) -> Self {
        let host = Host::new(places::dist()).rewrite(Rewrite::To {
            firebase: api.firebase(),
            algolia: api.algolia(),
        });
        Self::serve(browser, Config::default(), host, "/").await
    }

    async fn serve(browser: &Browser, mut config: Config, host: Host, base: &str) -> Self {
        config.host = Some(host);
        for port in [&mut config.http, &mut config.https] {
            *port = port.map(|_| free_port());
        }
        let server = Server::start(config).await.expect("a port is free");
        Self::hosted(browser, &server.origin(), base, server).await
    }

    /// Serves another build from now on, as after a release.
    pub fn deploy(&self, dir: &Path) {
        let host = Host::new(dir).base(&self.base);
        let host = host.rewrite(Rewrite::ToOwnOrigin);
        self.server.set_host(Some(host));
    }

    /// The address of a place below the app's base, such as `best?p=2`.
    pub fn url(&self, place: &str) -> String {
        format!("{}{}{place}", self.origin, self.base)
    }
}
