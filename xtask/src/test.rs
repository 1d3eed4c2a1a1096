//! Everything that is tested, in stages, the quick ones first.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

use crate::run::{cargo, elapsed, root, run, target};
use crate::tools::{self, Tools, browsers::Browser, web_hosts};
use crate::{check, dist, e2e};

pub const HELP: &str = "\
Runs all tests in stages and prints how long each took; stops at the first that fails.

  cargo xtask test [--long] [--browser NAME]… [STAGE [FILTER]]

  --long          also what takes long: ignored tests, and HACKERSHELF_LONG=1 for the end-to-end ones,
                  which then run whole in every browser, and behind Caddy, too
  --browser NAME  chromium, firefox or webkit, for the end-to-end tests [all that can be had]
  STAGE           only this one
  FILTER          only tests with this in their name

Stages: lints (formatting, packages, lints), host (the logic), replay (the stand-in), xtask (these commands),
adapters (wasm in a headless browser), size (production build and its ledger), e2e (a reader's day).

End to end, Chromium runs all tests, Firefox and WebKit the core of them, or all that they can with
FILTER or --long; the table at the end says what ran where, and why the rest didn't.

Browsers and drivers are Debian's packages; geckodriver is compiled. As root they are installed with
apt-get; otherwise the command to run is printed. HACKERSHELF_CHROMIUM and HACKERSHELF_CHROMEDRIVER,
HACKERSHELF_FIREFOX, HACKERSHELF_WEBKITDRIVER and HACKERSHELF_XVFB name others. nginx and Caddy are
taken from the system or unpacked from Debian's packages. Without a browser or a web host, what needs
it is skipped.";

struct Options {
    long: bool,
    browsers: Vec<Browser>,
    filter: Option<String>,
}

type Stage = (&'static str, fn(&Options) -> Result<()>);

const STAGES: [Stage; 7] = [
    ("lints", |_| check::lints()),
    ("host", |it| cargo_test(&["--package", "hackershelf"], it)),
    ("replay", |it| cargo_test(&["--package", "replay"], it)),
    ("xtask", |it| cargo_test(&["--package", "xtask"], it)),
    ("adapters", adapters),
    ("size", |_| check::ledger_holds()),
    ("e2e", end_to_end),
];

pub fn command(mut args: lexopt::Parser) -> Result<()> {
    let mut options = Options {
        long: false,
        browsers: Vec::new(),
        filter: None,
    };
    let mut only = None;
    while let Some(arg) = args.next()? {
        match arg {
            Long("long") => options.long = true,
            Long("browser") => options.browsers.push(browser(&args.value()?.string()?)?),
            Value(value) if only.is_none() => only = Some(value.string()?),
            Value(value) if options.filter.is_none() => options.filter = Some(value.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if options.browsers.is_empty() {
        options.browsers.extend(Browser::ALL);
    }
    let stages: Vec<_> = (STAGES.iter())
        .filter(|(name, _)| only.as_ref().is_none_or(|only| only == name))
        .collect();
    if stages.is_empty() {
        bail!("there is no such stage; `cargo xtask test --help` lists them");
    }
    let mut times = Vec::new();
    let all = Instant::now();
    let mut result = Ok(());
    for (i, (name, stage)) in stages.iter().enumerate() {
        println!("\n[{}/{}] {name}", i + 1, stages.len());
        let start = Instant::now();
        result = stage(&options).with_context(|| format!("stage `{name}` failed"));
        times.push((name, elapsed(start)));
        if result.is_err() {
            break;
        }
    }
    println!("\n{:<10}{:>10}", "stage", "took");
    times
        .iter()
        .for_each(|(name, took)| println!("{name:<10}{took:>10}"));
    println!("{:<10}{:>10}", "all", elapsed(all));
    result
}

fn browser(name: &str) -> Result<Browser> {
    let named = Browser::ALL
        .into_iter()
        .find(|browser| browser.name() == name);
    named.with_context(|| format!("there is no browser `{name}`: chromium, firefox or webkit"))
}

fn cargo_test(args: &[&str], options: &Options) -> Result<()> {
    let mut command = cargo(&["test"]);
    command.args(args).args(&options.filter);
    if options.long {
        command.args(["--", "--include-ignored"]);
    }
    run(&mut command)
}

/// The browser's side of the package, where tests are marked for it.
fn adapters(options: &Options) -> Result<()> {
    let mut args: Vec<String> = Vec::new();
    if marked(&root().join("src"))? {
        args.push("--lib".into());
    }
    for entry in fs::read_dir(root().join("tests"))? {
        let path = entry?.path();
        // A test of this package: a file, or a directory with a main.rs.
        let own = path.is_file() || path.join("main.rs").is_file();
        if own && marked(&path)? {
            args.push("--test".into());
            let name = path.file_stem().unwrap_or_default();
            args.push(name.to_string_lossy().into_owned());
        }
    }
    if args.is_empty() {
        println!("there are none yet");
        return Ok(());
    }
    let runner = Tools::to_build()?.find("wasm-bindgen-test-runner")?;
    let found = Browser::Chromium.ready()?;
    let place =
        |variable| (found.iter()).find_map(|(name, place)| (*name == variable).then_some(place));
    let browser = place("HACKERSHELF_CHROMIUM").context("Chromium is missing")?;
    let driver = place("HACKERSHELF_CHROMEDRIVER").context("Chromium's driver is missing")?;
    // The runner adds `headless` and `no-sandbox` itself.
    let capabilities = format!(
        "{{\"goog:chromeOptions\": {{\"binary\": {:?}, \"args\": [\"disable-gpu\", \"disable-background-networking\"]}}}}",
        browser.display().to_string()
    );
    let file = target().join("xtask/webdriver.json");
    fs::create_dir_all(target().join("xtask"))?;
    fs::write(&file, capabilities)?;

    let replay = StandIn::start()?;
    let mut command = cargo(&["test", "--target", "wasm32-unknown-unknown"]);
    command.env("HACKERSHELF_REPLAY", &replay.origin);
    command.args(args).args(&options.filter);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    command.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", file);
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    run(command.env("CHROMEDRIVER", driver))
}

/// The stand-in for the APIs with the adapters' rules, as long as this lives.
struct StandIn {
    child: Child,
    origin: String,
}

impl StandIn {
    fn start() -> Result<Self> {
        run(&mut cargo(&["build", "--quiet", "--package", "replay"]))?;
        let program = format!("replay{}", env::consts::EXE_SUFFIX);
        let mut child = Command::new(target().join("debug").join(program))
            .args(["--port", "0", "--rules"])
            .arg(root().join("tests/browser/rules.json"))
            .stdout(Stdio::piped())
            .spawn()
            .context("can't start the stand-in")?;
        let told = child.stdout.take().map(BufReader::new);
        let mut stand_in = Self {
            child,
            origin: String::new(),
        };
        // To the last line: it must not find that nobody reads.
        for line in told.into_iter().flat_map(BufReader::lines) {
            let line = line?;
            if let Some(url) = line.strip_prefix("firebase") {
                url.trim()
                    .trim_end_matches("/v0")
                    .clone_into(&mut stand_in.origin);
            } else if line.starts_with("data") {
                return Ok(stand_in);
            }
        }
        bail!("the stand-in didn't start");
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Whether a file, or one below a directory, has tests for the browser.
fn marked(path: &Path) -> Result<bool> {
    if !path.is_dir() {
        let rust = path.extension().is_some_and(|it| it == "rs");
        return Ok(rust && fs::read_to_string(path)?.contains("wasm_bindgen_test"));
    }
    for entry in fs::read_dir(path)? {
        if marked(&entry?.path())? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn end_to_end(options: &Options) -> Result<()> {
    let mut command = cargo(&["test", "--package", "e2e"]);
    command
        .args(&options.filter)
        .env("HACKERSHELF_DIST", dist::default()?)
        .env("HACKERSHELF_NEXT", dist::next()?)
        .env("HACKERSHELF_AXE", tools::axe()?);
    let names = browsers_at_hand(&mut command, &options.browsers)?;
    command.env("HACKERSHELF_BROWSERS", names.join(","));
    let mut hosts = vec![web_hosts::NGINX];
    if options.long {
        command.env("HACKERSHELF_LONG", "1");
        hosts.push(web_hosts::CADDY);
    }
    for host in hosts {
        if let Some(place) = host.ready() {
            command.env(host.variable, place);
        }
    }
    run(&mut command)
}

/// Tells the tests where the browsers are, and which they are: without those, said aloud, that can't
/// be had.
fn browsers_at_hand(command: &mut Command, wanted: &[Browser]) -> Result<Vec<&'static str>> {
    let mut names = Vec::new();
    let mut last = None;
    for browser in wanted {
        let name = browser.name();
        match e2e::tell(command, *browser) {
            Ok(()) if names.contains(&name) => {}
            Ok(()) => names.push(name),
            Err(error) => {
                println!("{error:#}: tests in {name} are skipped");
                last = Some(error);
            }
        }
    }
    match last {
        Some(error) if names.is_empty() => Err(error),
        _ => Ok(names),
    }
}
