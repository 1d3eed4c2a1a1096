//! The stand-in as a program: both APIs, and a built app if one is given, until Ctrl-C.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use replay::{Config, Feed, Host, Rewrite, Rule, Server, World};

const AFTER_HELP: &str = r#"Examples:
  replay                                    a generated world on http://127.0.0.1:8080
  replay --data recorded --latency 200      recorded answers, each 200 ms late
  replay --dist dist --tls-port 8443        a built app with its APIs, also over HTTP/2
  replay --rules rules.json                 with faults
  replay --comments 3000                    one story with exactly 3,000 comments, 40 deep

A rule says which requests go wrong and how; a file holds a list of them:
  [{"path": "/v0/item/*", "every": 10, "fault": {"kind": "status", "status": 503,
    "headers": {"retry-after": "3"}, "expose": ["retry-after"]}},
   {"path": "/api/v1/*", "fault": {"kind": "hang"}},
   {"path": "/v0/user/*", "latency_ms": 500, "jitter_ms": 200, "hold": "users"}]
Limits: skip, first, every (each path by itself), times (over all paths).
Kinds: status, answer, no_cors, hang, hang_body, cut, truncated, wrong_json, wrong_type, null,
huge {bytes, declared}, drip {bytes, every_ms}; of whole trees of comments (/api/v1/items/*)
half_tree, empty_nodes.

While it runs:
  GET    /__replay/stats[?log=0]            requests per path, in flight, peak, aborted, the log
  POST   /__replay/reset[?rules=1]          clears the counts, and the rules too
  GET    /__replay/rules                    the rules with how often each fired
  POST   /__replay/rules                    adds a rule or a list of rules
  DELETE /__replay/rules                    takes all away
  POST   /__replay/release[?gate=NAME[&n=N]]  lets held answers go"#;

/// Stands in for both Hacker News APIs, and for the web host of a built app.
#[derive(Debug, Parser)]
#[command(name = "replay", version, after_help = AFTER_HELP)]
struct Options {
    /// Port of plain HTTP; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Port of HTTP/2 (and HTTP/1.1) over TLS with a certificate made at start
    #[arg(long, value_name = "PORT")]
    tls_port: Option<u16>,
    /// Recorded answers: items.jsonl, users.jsonl and lists/NAME.json
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Seed of the generated world (without --data) and of every jitter
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The generated world's "now" in seconds since 1970 instead of the present
    #[arg(long, value_name = "SECONDS", conflicts_with = "data")]
    now: Option<u64>,
    /// A world of one story with so many comments instead of the generated one
    #[arg(long, value_name = "N", conflicts_with_all = ["data", "now"])]
    comments: Option<usize>,
    /// A built app to serve beside the APIs
    #[arg(long, value_name = "DIR")]
    dist: Option<PathBuf>,
    /// The path below which the app is served, such as /hackershelf/
    #[arg(long, default_value = "/", requires = "dist")]
    base: String,
    /// Answer unknown paths with 404.html and status 404 instead of index.html
    #[arg(long, requires = "dist")]
    no_fallback: bool,
    /// Leave the API addresses in the app's html as they are instead of pointing them here
    #[arg(long, requires = "dist")]
    no_rewrite: bool,
    /// Milliseconds that every API answer waits
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Up to so many milliseconds more
    #[arg(long, value_name = "MS", default_value_t = 0)]
    jitter: u64,
    /// Rules, as JSON
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

impl Options {
    fn world(&self) -> io::Result<World> {
        Ok(match (&self.data, self.comments, self.now) {
            (Some(dir), ..) => World::recorded(dir)?,
            (None, Some(comments), _) => World::discussion(self.seed, comments),
            (None, None, Some(now)) => World::generated_at(self.seed, now),
            (None, None, None) => World::generated(self.seed),
        })
    }

    fn host(&self) -> Option<Host> {
        let host = Host::new(self.dist.as_ref()?)
            .base(&self.base)
            .fallback(!self.no_fallback);
        Some(if self.no_rewrite {
            host
        } else {
            host.rewrite(Rewrite::ToOwnOrigin)
        })
    }

    fn rules(&self) -> io::Result<Vec<Rule>> {
        let Some(file) = &self.rules else {
            return Ok(Vec::new());
        };
        let named = |error: String| io::Error::other(format!("{}: {error}", file.display()));
        let text = std::fs::read(file).map_err(|error| named(error.to_string()))?;
        Rule::parse_all(&text).map_err(|error| named(error.to_string()))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "replay: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> io::Result<()> {
    let world = options.world()?;
    let counts = [
        format!("{} items", world.ids().len()),
        format!("{} users", world.user_names().len()),
        format!("{} top stories", world.feed(Feed::Top).len()),
    ];
    let rules = options.rules()?;
    let server = Server::start(Config {
        world: Some(world),
        host: options.host(),
        http: Some(options.port),
        https: options.tls_port,
        latency_ms: options.latency,
        jitter_ms: options.jitter,
        seed: options.seed,
    })
    .await?;
    for rule in rules {
        server.rule(rule);
    }
    tell(options, &server, &counts.join(", "))?;
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    Ok(())
}

fn tell(options: &Options, server: &Server, counts: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut line = |what: &str, value: &str| writeln!(out, "{what:<9} {value}");
    for origin in [server.http_origin(), server.https_origin()] {
        let Some(origin) = origin else { continue };
        if options.dist.is_some() {
            let base = options.base.trim_matches('/');
            let slash = if base.is_empty() { "" } else { "/" };
            line("app", &format!("{origin}/{base}{slash}"))?;
        }
        line("firebase", &format!("{origin}/v0"))?;
        line("algolia", &format!("{origin}/api/v1"))?;
        line("counts", &format!("{origin}/__replay/stats"))?;
    }
    line("data", counts)?;
    out.flush()
}
