//! Chromium under its driver: one window for everything, and what its console says.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::{
    CapabilitiesHelper, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel,
    WebDriver, WindowHandle,
};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::{LONG, places, until, until_within};

/// What the browser itself logs when a request fails. Tests make requests fail on purpose, and no
/// page can keep the browser from saying so; everything else in the console is a fault.
const EXPECTED: [&str; 3] = [
    "Failed to load resource",
    "net::ERR_",
    "when fetching the script",
];

/// A running Chromium with one window.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    /// Killed when dropped.
    process: Child,
}

impl Browser {
    /// Starts driver and browser.
    ///
    /// # Panics
    /// If either doesn't start.
    pub async fn start() -> Self {
        Self::launch(None).await
    }

    /// As [`Browser::start`], with everything kept in this directory.
    pub async fn start_in(profile: &Path) -> Self {
        Self::launch(Some(profile)).await
    }

    async fn launch(profile: Option<&Path>) -> Self {
        let port = free_port();
        let process = Command::new(places::chromedriver())
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let process = process.unwrap_or_else(|error| {
            panic!("{}: {error}", places::chromedriver().display());
        });
        let address = format!("http://127.0.0.1:{port}");
        let driver = until("chromium starts", async || {
            let driver = WebDriver::new(&address, capabilities(profile)).await;
            driver.map_err(|error| error.to_string())
        });
        Self {
            driver: driver.await,
            process,
        }
    }

    /// Closes the window and ends both programs.
    pub async fn quit(mut self) {
        if let Err(error) = self.driver.quit().await {
            eprintln!("the browser didn't close by itself: {error}");
        }
        // It may have ended by itself.
        let _ = self.process.kill().await;
    }

    /// Ends the browser as a loss of power would: all at once, by its process. It must have been
    /// started in this `profile`, by which that is known.
    ///
    /// # Panics
    /// If it doesn't run.
    pub async fn kill(mut self, profile: &Path) {
        let pid = main_process(profile).expect("the browser runs");
        let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
        assert!(killed.await.is_ok_and(|it| it.success()), "process {pid}");
        until("the browser is gone", async || {
            main_process(profile).map_or(Ok(()), |pid| Err(pid.to_string()))
        })
        .await;
        let _ = self.process.kill().await;
    }

    /// Loads an address.
    pub async fn goto(&self, url: &str) {
        let gone = self.driver.goto(url).await;
        gone.unwrap_or_else(|error| panic!("{url} doesn't load: {error}"));
    }

    /// What a script's `return` gives, with `arguments` as in a function.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.try_run(script, arguments)
            .await
            .unwrap_or_else(|error| panic!("the script doesn't run: {error}\n{script}"))
    }

    /// As [`Browser::run`], for where the page may be on its way out.
    pub async fn try_run(&self, script: &str, arguments: Vec<Value>) -> Result<Value, String> {
        let ran = self.driver.execute(script, arguments).await;
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
        let ran = self.driver.execute_async(&script, arguments).await;
        let answer = ran.map_err(|error| error.to_string())?.json().clone();
        match &answer["error"] {
            Value::Null => Ok(answer["value"].clone()),
            error => Err(error.to_string()),
        }
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

    /// One command of the browser's own protocol.
    pub async fn command(&self, method: &str, parameters: Value) -> Value {
        let answer = self.driver.cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Sizes the page, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.command("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// Pretends that the reader asked for this, such as `("prefers-color-scheme", "dark")`, and for
    /// nothing else.
    pub async fn prefer(&self, features: &[(&str, &str)]) {
        let features = features
            .iter()
            .map(|(name, value)| json!({"name": name, "value": value}));
        let media = json!({"features": features.collect::<Vec<_>>()});
        self.command("Emulation.setEmulatedMedia", media).await;
    }

    /// Opens another tab and goes on there; its name.
    pub async fn new_tab(&self) -> WindowHandle {
        let tab = self.driver.new_tab().await.expect("a tab opens");
        self.switch_to(&tab).await;
        tab
    }

    /// The tab that everything here is about.
    pub async fn tab(&self) -> WindowHandle {
        self.driver.window().await.expect("a tab is open")
    }

    /// Goes on in another tab.
    pub async fn switch_to(&self, tab: &WindowHandle) {
        let switched = self.driver.switch_to_window(tab.clone()).await;
        switched.expect("the tab is open");
    }

    /// Closes all tabs but the first, and goes on there.
    pub async fn close_tabs(&self) {
        let tabs = self.driver.windows().await.expect("a tab is open");
        for tab in tabs.iter().skip(1).rev() {
            self.switch_to(tab).await;
            // It may be on its way out.
            let _ = self.driver.close_window().await;
        }
        self.switch_to(&tabs[0]).await;
    }

    /// Closes another tab from outside, without asking it.
    pub async fn end_tab(&self, tab: &WindowHandle) {
        // What the driver calls a window is the browser's own name for it.
        let target = json!({"targetId": tab.to_string()});
        self.command("Target.closeTarget", target).await;
    }

    /// Crashes the process of another tab, and comes back to this one.
    pub async fn crash_tab(&self, tab: &WindowHandle) {
        let here = self.tab().await;
        self.switch_to(tab).await;
        // Nobody is left to answer.
        let protocol = self.driver.cdp();
        let crash = protocol.send_raw("Page.crash", json!({}));
        let _ = timeout(Duration::from_secs(2), crash).await;
        self.switch_to(&here).await;
    }

    /// The driver, for what isn't here.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Warnings, errors, uncaught exceptions and breaches of the content security policy since the
    /// last call, except what the browser says of failed requests.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.driver.browser_log().await;
        let log = log.expect("the driver was asked to keep the console's log");
        let loud = |level: &str| ["WARNING", "SEVERE"].contains(&level);
        log.into_iter()
            .filter(|entry| loud(&entry.level))
            .map(|entry| format!("{}: {}", entry.source.unwrap_or_default(), entry.message))
            .filter(|line| !is_expected(line))
            .collect()
    }
}

fn is_expected(line: &str) -> bool {
    line.starts_with("network: ") && EXPECTED.iter().any(|words| line.contains(words))
}

fn capabilities(profile: Option<&Path>) -> impl Into<thirtyfour::Capabilities> {
    let mut wanted = DesiredCapabilities::chromium();
    // Certificates are made at start; the sandbox doesn't work for root.
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--ignore-certificate-errors",
        "--window-size=1280,900",
    ];
    for argument in arguments {
        wanted.add_arg(argument).expect("an argument is a string");
    }
    if let Some(profile) = profile {
        let argument = format!("--user-data-dir={}", profile.display());
        wanted.add_arg(&argument).expect("an argument is a string");
    }
    let program = places::chromium();
    wanted
        .set_binary(&program.to_string_lossy())
        .and_then(|()| wanted.set_browser_log_level(LoggingPrefsLogLevel::All))
        .and_then(|()| wanted.set("browserName", "chrome"))
        .and_then(|()| wanted.accept_insecure_certs(true))
        .expect("capabilities are plain JSON");
    wanted
}

/// The process of the browser that keeps all in this directory. Those that it started are told by a
/// type.
fn main_process(profile: &Path) -> Option<u32> {
    let wanted = format!("--user-data-dir={}", profile.display());
    let processes = std::fs::read_dir("/proc").expect("Linux");
    let mut pids = processes.filter_map(|it| it.ok()?.file_name().to_str()?.parse().ok());
    let is_main = |pid: &u32| {
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline"));
        let line = line.unwrap_or_default();
        let mut words = line.split('\0');
        words.clone().any(|word| word == wanted) && !words.any(|word| word.starts_with("--type="))
    };
    pids.find(is_main)
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let address = listener.local_addr();
    address.expect("a bound listener has an address").port()
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
