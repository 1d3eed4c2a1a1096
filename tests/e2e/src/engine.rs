//! The engines that tests run in, and how each is started.
//!
//! Browsers are taken as they are delivered: all that differs stands here, below, and in the table
//! of `needs`.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use thirtyfour::{Capabilities, WebDriver};
use tokio::process::{Child, Command};

use crate::port::free_port;
use crate::until;

mod chromium;
mod firefox;
mod needs;
mod webkit;

pub use needs::Need;

/// A browser's engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium under chromedriver.
    Chromium,
    /// Firefox under geckodriver.
    Firefox,
    /// WebKit's own small browser under its own driver.
    Webkit,
}

/// A driver and its browser, both running.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) driver: WebDriver,
    /// The driver first. Killed when dropped.
    pub(crate) processes: Vec<Child>,
}

impl Engine {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    /// By which it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    /// Starts driver and browser, which save files in `dir/downloads` and write what they have to
    /// say into `dir/log`. What is read and kept lives in `profile`, or is gone at the end.
    pub(crate) async fn start(self, dir: &Path, profile: Option<&Path>) -> Started {
        match self {
            Self::Chromium => chromium::start(dir, profile).await,
            Self::Firefox => firefox::start(dir, profile).await,
            Self::Webkit => {
                assert!(profile.is_none(), "what WebKit keeps is gone at the end");
                webkit::start(dir).await
            }
        }
    }

    /// Whether a line of the log is a warning or an error of a page: Firefox's alone has them.
    pub(crate) fn is_complaint(self, line: &str) -> bool {
        self == Self::Firefox && firefox::is_complaint(line)
    }
}

/// Starts a driver, and by it a browser.
async fn drive(
    program: &Path,
    dir: &Path,
    wanted: Value,
    set: impl FnOnce(&mut Command, u16),
) -> Started {
    let port = free_port();
    let log = std::fs::File::create(dir.join("log")).expect("the directory is ours");
    let errors = log.try_clone().expect("a file can be written twice");
    let mut command = Command::new(program);
    set(&mut command, port);
    let process = command
        .arg(format!("--port={port}"))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .kill_on_drop(true)
        .spawn();
    let process = process.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let address = format!("http://127.0.0.1:{port}");
    let Value::Object(wanted) = wanted else {
        panic!("capabilities have names");
    };
    let what = format!("{} starts a browser", program.display());
    let driver = until(&what, async || {
        let driver = WebDriver::new(&address, Capabilities::from(wanted.clone())).await;
        driver.map_err(|error| error.to_string())
    });
    Started {
        driver: driver.await,
        processes: vec![process],
    }
}
