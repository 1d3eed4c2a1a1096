//! A browser under its driver: one window for everything, and what its console says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{WebDriver, WindowHandle};
use tokio::process::Command;
use tokio::time::timeout;

use crate::engine::{Engine, Need, Started};
use crate::{LONG, places, until, until_within};

/// What Chromium itself logs when a request fails. Tests make requests fail on purpose, and no
/// page can keep the browser from saying so; everything else in the console is a fault.
const EXPECTED: [&str; 3] = [
    "Failed to load resource",
    "net::ERR_",
    "when fetching the script",
];

/// A running browser with one window.
#[derive(Debug)]
pub struct Browser {
    engine: Engine,
    started: Started,
    /// The tab that it began with.
    first: WindowHandle,
    dir: TempDir,
    /// How many lines of its log were read.
    read: Mutex<usize>,
    /// Where sites were.
    origins: Mutex<BTreeSet<String>>,
}

impl Browser {
    /// Starts driver and browser.
    ///
    /// # Panics
    /// If either doesn't start.
    pub async fn start(engine: Engine) -> Self {
        Self::launch(engine, None).await
    }

    /// As [`Browser::start`], with everything kept in this directory.
    pub async fn start_in(engine: Engine, profile: &Path) -> Self {
        Self::launch(engine, Some(profile)).await
    }

    async fn launch(engine: Engine, profile: Option<&Path>) -> Self {
        let dir = places::temporary();
        let downloads = fs::create_dir(dir.path().join("downloads"));
        downloads.expect("the directory is ours");
        let started = engine.start(dir.path(), profile).await;
        let first = started.driver.window().await.expect("a tab is open");
        let patient = started.driver.set_script_timeout(LONG).await;
        patient.expect("scripts may take as long as all else");
        let browser = Self {
            engine,
            started,
            first,
            dir,
            read: Mutex::default(),
            origins: Mutex::default(),
        };
        if engine != Engine::Chromium {
            browser.resize(1280, 900).await;
        }
        browser
    }

    /// What it is driven by.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Notes that a site begins at this origin.
    ///
    /// # Panics
    /// If another did before: what is kept from then would tell.
    pub(crate) fn first_at(&self, origin: &str) {
        let mut origins = self.origins.lock().expect("nobody panics in here");
        let is_new = origins.insert(origin.to_owned());
        assert!(is_new, "{origin} was another site's");
    }

    /// Where it saves files.
    pub fn downloads(&self) -> PathBuf {
        self.dir.path().join("downloads")
    }

    /// Closes the window and ends all programs.
    pub async fn quit(self) {
        let Started { driver, processes } = self.started;
        if let Err(error) = driver.quit().await {
            eprintln!("the browser didn't close by itself: {error}");
        }
        for mut process in processes {
            // It may have ended by itself.
            let _ = process.kill().await;
        }
    }

    /// Ends the browser as a loss of power would: all its processes at once. One of them writes the
    /// database, and would go on with it beside the next browser. It must have been started in this
    /// `profile`, by which it is known.
    ///
    /// # Panics
    /// If it doesn't run.
    pub async fn kill(self, profile: &Path) {
        let family = family(main_process(profile).expect("the browser runs"));
        let pids = family.iter().map(u32::to_string);
        // Those that ended in the meantime are no failure.
        let _ = Command::new("kill").arg("-9").args(pids).output().await;
        until("the browser is gone", async || {
            match family.iter().find(|pid| parent(**pid).is_some()) {
                Some(pid) => Err(format!("process {pid}")),
                None => Ok(()),
            }
        })
        .await;
        for mut process in self.started.processes {
            let _ = process.kill().await;
        }
    }

    /// Loads an address.
    pub async fn goto(&self, url: &str) {
        let gone = self.driver().goto(url).await;
        gone.unwrap_or_else(|error| panic!("{url} doesn't load: {error}"));
    }

    /// Loads the page anew.
    pub async fn reload(&self) {
        if self.engine != Engine::Firefox {
            let reloaded = self.driver().refresh().await;
            return reloaded.expect("the page reloads");
        }
        // Firefox's driver would pass by the service worker, as a reader does who holds Shift.
        let began = self.run("return performance.timeOrigin", Vec::new()).await;
        self.run("location.reload()", Vec::new()).await;
        until("the page reloads", async || {
            let script = "return [performance.timeOrigin, document.readyState]";
            match self.try_run(script, Vec::new()).await? {
                now if now[0] != began && now[1] == "complete" => Ok(()),
                now => Err(now.to_string()),
            }
        })
        .await;
    }

    /// What a script's `return` gives, with `arguments` as in a function.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.try_run(script, arguments)
            .await
            .unwrap_or_else(|error| panic!("the script doesn't run: {error}\n{script}"))
    }

    /// As [`Browser::run`], for where the page may be on its way out.
    pub async fn try_run(&self, script: &str, arguments: Vec<Value>) -> Result<Value, String> {
        let ran = self.driver().execute(script, arguments).await;
        ran.map(|ran| ran.json().clone())
            .map_err(|error| error.to_string())
    }

    /// As [`Browser::run`], for the body of an async function.
    pub async fn run_async(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.try_run_async(body, arguments)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{body}"))
    }

    /// As [`Browser::run_async`], for where the page may be on its way out.
    pub async fn try_run_async(&self, body: &str, arguments: Vec<Value>) -> Result<Value, String> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async (...arguments) => {{ {body} }})(...arguments).then(
                 value => done({{value: value === undefined ? null : value}}),
                 error => done({{error: String(error)}}),
             );"
        );
        let ran = self.driver().execute_async(&script, arguments).await;
        let answer = ran.map_err(|error| error.to_string())?.json().clone();
        match &answer["error"] {
            Value::Null => Ok(answer["value"].clone()),
            error => Err(error.to_string()),
        }
    }

    /// Waits until a script gives this.
    pub async fn gives(&self, script: &str, expected: Value) {
        until(script, async || {
            match self.try_run(script, Vec::new()).await? {
                given if given == expected => Ok(()),
                given => Err(format!("{given}, not {expected}")),
            }
        })
        .await;
    }

    /// The words that a reader sees in all that `selector` finds.
    pub async fn words(&self, selector: &str) -> Result<String, String> {
        let script = "
            const found = [...document.querySelectorAll(arguments[0])];
            return found.map((element) => element.innerText).join('\\n');";
        let words = self.try_run(script, vec![selector.into()]).await?;
        Ok(words.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until what `selector` finds says these words, among others.
    pub async fn says(&self, selector: &str, words: &str) {
        self.says_within(LONG, selector, words).await;
    }

    /// As [`Browser::says`], for what takes a time of its own.
    pub async fn says_within(&self, within: Duration, selector: &str, words: &str) {
        let what = format!("{selector} says “{words}”");
        until_within(within, &what, async || match self.words(selector).await? {
            found if found.contains(words) => Ok(()),
            found => Err(found),
        })
        .await;
    }

    /// One command of Chromium's own protocol: a test with it needs `Protocol`.
    pub async fn command(&self, method: &str, parameters: Value) -> Value {
        assert_eq!(self.engine, Engine::Chromium, "{method} is Chromium's");
        let answer = self.driver().cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Runs a script in every new page of this tab before all others; what takes it away again by
    /// `Page.removeScriptToEvaluateOnNewDocument`.
    pub async fn run_first(&self, script: &str) -> Value {
        let script = json!({"source": script});
        self.command("Page.addScriptToEvaluateOnNewDocument", script)
            .await
    }

    /// Presses keys one after the other, wherever the focus is.
    pub async fn press(&self, keys: &str) {
        let pressed = self.driver().action_chain().send_keys(keys).perform().await;
        pressed.expect("the browser takes keys");
    }

    /// What Chromium measures of the page by these names, once what nobody holds any more is gone.
    pub async fn metrics<const N: usize>(&self, names: [&str; N]) -> [f64; N] {
        let nothing = || json!({});
        // What the first one lets go of goes with the second.
        for _ in 0..2 {
            self.command("HeapProfiler.collectGarbage", nothing()).await;
        }
        self.command("Performance.enable", nothing()).await;
        let metrics = self.command("Performance.getMetrics", nothing()).await;
        self.command("Performance.disable", nothing()).await;
        names.map(|name| {
            let mut all = metrics["metrics"].as_array().into_iter().flatten();
            let one = all.find(|metric| metric["name"] == name);
            let value = one.and_then(|metric| metric["value"].as_f64());
            value.unwrap_or_else(|| panic!("the browser doesn't tell {name}"))
        })
    }

    /// Sizes the page, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        if self.engine == Engine::Chromium {
            let size = json!({
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
            });
            self.command("Emulation.setDeviceMetricsOverride", size)
                .await;
            return;
        }
        // A driver sizes windows, of which the page is a part.
        let script = "return [outerWidth - innerWidth, outerHeight - innerHeight]";
        let around = self.run(script, Vec::new()).await;
        let around = |at: usize| around[at].as_u64().unwrap_or_default() as u32;
        let (width, height) = (width + around(0), height + around(1));
        let sized = self.driver().set_window_rect(0, 0, width, height).await;
        sized.expect("a window can be sized");
    }

    /// Pretends that the reader asked for this, such as `("prefers-color-scheme", "dark")`, and for
    /// nothing else: a test with it needs `Media`.
    pub async fn prefer(&self, features: &[(&str, &str)]) {
        let features = features
            .iter()
            .map(|(name, value)| json!({"name": name, "value": value}));
        let media = json!({"features": features.collect::<Vec<_>>()});
        self.command("Emulation.setEmulatedMedia", media).await;
    }

    /// Puts away what a test left on the screen.
    pub async fn clear(&self) {
        self.close_tabs().await;
        self.resize(1280, 900).await;
        if self.engine.lacks(Need::Media).is_none() {
            self.prefer(&[]).await;
        }
        self.goto("about:blank").await;
    }

    /// Opens another tab and goes on there; its name.
    pub async fn new_tab(&self) -> WindowHandle {
        let tab = self.driver().new_tab().await.expect("a tab opens");
        self.switch_to(&tab).await;
        tab
    }

    /// The tab that everything here is about.
    pub async fn tab(&self) -> WindowHandle {
        self.driver().window().await.expect("a tab is open")
    }

    /// Goes on in another tab.
    pub async fn switch_to(&self, tab: &WindowHandle) {
        let switched = self.driver().switch_to_window(tab.clone()).await;
        switched.expect("the tab is open");
    }

    /// Closes all tabs but the first, and goes on there.
    pub async fn close_tabs(&self) {
        let tabs = self.driver().windows().await.expect("a tab is open");
        for tab in tabs.iter().filter(|tab| **tab != self.first) {
            self.switch_to(tab).await;
            // It may be on its way out.
            let _ = self.driver().close_window().await;
        }
        self.switch_to(&self.first).await;
    }

    /// Closes another tab from outside, without asking it.
    pub async fn end_tab(&self, tab: &WindowHandle) {
        if self.engine != Engine::Chromium {
            let here = self.tab().await;
            self.switch_to(tab).await;
            let closed = self.driver().close_window().await;
            closed.expect("the tab is open");
            return self.switch_to(&here).await;
        }
        // What the driver calls a window is the browser's own name for it.
        let target = json!({"targetId": tab.to_string()});
        self.command("Target.closeTarget", target).await;
    }

    /// Crashes the process of another tab, and comes back to this one.
    pub async fn crash_tab(&self, tab: &WindowHandle) {
        let here = self.tab().await;
        self.switch_to(tab).await;
        // Nobody is left to answer.
        let protocol = self.driver().cdp();
        let crash = protocol.send_raw("Page.crash", json!({}));
        let _ = timeout(Duration::from_secs(2), crash).await;
        self.switch_to(&here).await;
    }

    /// The driver, for what isn't here.
    pub fn driver(&self) -> &WebDriver {
        &self.started.driver
    }

    /// Warnings, errors, uncaught exceptions and breaches of the content security policy since the
    /// last call, except what the browser says of failed requests.
    pub async fn complaints(&self) -> Vec<String> {
        if self.engine != Engine::Chromium {
            return self.new_lines();
        }
        let log = self.driver().browser_log().await;
        let log = log.expect("the driver was asked to keep the console's log");
        let loud = |level: &str| ["WARNING", "SEVERE"].contains(&level);
        log.into_iter()
            .filter(|entry| loud(&entry.level))
            .map(|entry| format!("{}: {}", entry.source.unwrap_or_default(), entry.message))
            .filter(|line| !is_expected(line))
            .collect()
    }

    fn new_lines(&self) -> Vec<String> {
        let log = fs::read(self.dir.path().join("log")).expect("the driver's log is there");
        let log = String::from_utf8_lossy(&log);
        let mut read = self.read.lock().expect("nobody panics in here");
        let lines: Vec<_> = log.lines().skip(*read).collect();
        *read += lines.len();
        let complaints = lines.into_iter();
        let complaints = complaints.filter(|line| self.engine.is_complaint(line));
        complaints.map(str::to_owned).collect()
    }
}

fn is_expected(line: &str) -> bool {
    line.starts_with("network: ") && EXPECTED.iter().any(|words| line.contains(words))
}

/// The numbers of all processes.
fn processes() -> impl Iterator<Item = u32> {
    let processes = std::fs::read_dir("/proc").expect("Linux");
    processes.filter_map(|it| it.ok()?.file_name().to_str()?.parse().ok())
}

/// The process of the browser that keeps all in this directory. Those that it started are told by a
/// type.
fn main_process(profile: &Path) -> Option<u32> {
    let wanted = profile.to_string_lossy();
    processes().find(|pid| {
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline"));
        let line = line.unwrap_or_default();
        let mut words = line.split('\0');
        let is_child = |word: &str| word.starts_with("--type=") || word == "-contentproc";
        words.clone().any(|word| word.ends_with(&*wanted)) && !words.any(is_child)
    })
}

/// The process that started this one, if it runs: what is dead and not yet buried doesn't.
fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name, which may hold anything.
    let mut rest = stat[stat.rfind(')')? + 1..].split_whitespace();
    if rest.next()? == "Z" {
        return None;
    }
    rest.next()?.parse().ok()
}

/// A process and all that it or one of these started, parents first.
fn family(pid: u32) -> Vec<u32> {
    let all: Vec<_> = processes().map(|pid| (pid, parent(pid))).collect();
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(&of) = family.get(next) {
        let children = all.iter().filter(|(_, parent)| *parent == Some(of));
        family.extend(children.map(|(pid, _)| pid));
        next += 1;
    }
    family
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_browser_s_own_words_on_failed_requests_are_expected() {
        for (line, expected) in [
            (
                "network: http://x/ - Failed to load resource: net::ERR_CONNECTION_REFUSED",
                true,
            ),
            ("console-api: http://x/a.js 1:2 \"net::ERR_\"", false),
            (
                "security: http://x/ - Refused to connect because it violates",
                false,
            ),
        ] {
            assert_eq!(is_expected(line), expected, "{line}");
        }
    }
}
