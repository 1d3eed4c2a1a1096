//! Browsers and their drivers: found on PATH, or installed as Debian's packages.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{crates, find_in};
use crate::run::{output, run};

/// The newest driver of Firefox at the time of writing; any Firefox of the last years will do.
const GECKODRIVER: &str = "0.36.0";

/// A browser that tests can drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
    Webkit,
}

/// One of the programs that a browser consists of for us.
struct Program {
    /// The environment variable by which the tests learn where it is.
    variable: &'static str,
    /// The names it goes by.
    names: &'static [&'static str],
}

impl Browser {
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-driver"],
            Self::Firefox => &["firefox-esr"],
            Self::Webkit => &["webkit2gtk-driver", "xvfb"],
        }
    }

    fn programs(self) -> &'static [Program] {
        const fn program(variable: &'static str, names: &'static [&'static str]) -> Program {
            Program { variable, names }
        }
        const CHROMIUM: &[Program] = &[
            program(
                "HACKERSHELF_CHROMIUM",
                &["chromium", "chromium-browser", "google-chrome"],
            ),
            program("HACKERSHELF_CHROMEDRIVER", &["chromedriver"]),
        ];
        const FIREFOX: &[Program] = &[program("HACKERSHELF_FIREFOX", &["firefox-esr", "firefox"])];
        const WEBKIT: &[Program] = &[
            program("HACKERSHELF_WEBKITDRIVER", &["WebKitWebDriver"]),
            program("HACKERSHELF_XVFB", &["Xvfb"]),
        ];
        match self {
            Self::Chromium => CHROMIUM,
            Self::Firefox => FIREFOX,
            Self::Webkit => WEBKIT,
        }
    }

    fn missing(self) -> Vec<&'static str> {
        let missing = self
            .programs()
            .iter()
            .filter(|program| program.find().is_none());
        missing.map(|program| program.names[0]).collect()
    }

    /// Installs what is missing, and tells where everything is: variables for the tests.
    pub fn ready(self) -> Result<Vec<(&'static str, PathBuf)>> {
        let missing = self.missing();
        if !missing.is_empty() {
            println!("{} is missing", missing.join(" and "));
            install(self.packages())?;
        }
        let mut found = Vec::new();
        for program in self.programs() {
            let place = program.find().with_context(|| {
                format!(
                    "`{}` isn't on PATH, though its package is installed",
                    program.names[0]
                )
            })?;
            found.push((program.variable, place));
        }
        match self {
            Self::Chromium => same_major(&found[0].1, &found[1].1)?,
            Self::Firefox => found.push(("HACKERSHELF_GECKODRIVER", geckodriver()?)),
            Self::Webkit => {}
        }
        Ok(found)
    }
}

impl Program {
    fn find(&self) -> Option<PathBuf> {
        if let Some(set) = env::var_os(self.variable) {
            return Some(set.into());
        }
        let path = env::var_os("PATH").unwrap_or_default();
        self.names.iter().find_map(|name| find_in(&path, name))
    }
}

/// System packages are the machine owner's: only root with apt gets them installed.
fn install(packages: &[&str]) -> Result<()> {
    let by_hand = format!("apt-get install -y {}", packages.join(" "));
    let root = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !root || output(Command::new("apt-get").arg("--version")).is_none() {
        bail!("install it with `{by_hand}` as root, or your system's counterpart, and try again");
    }
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    run(apt().args(["update", "-q"]))?;
    run(apt()
        .args(["install", "-y", "-q", "--no-install-recommends"])
        .args(packages))
}

/// Chromium's driver refuses any other major version, with a message that hides it well.
fn same_major(browser: &PathBuf, driver: &PathBuf) -> Result<()> {
    let major = |program: &PathBuf| {
        let said = output(Command::new(program).arg("--version")).unwrap_or_default();
        major_version(&said).map(str::to_owned)
    };
    let (browser, driver) = (major(browser), major(driver));
    if browser != driver {
        let say = |version: Option<String>| version.unwrap_or_else(|| "unknown".into());
        bail!(
            "Chromium is version {} but its driver {}; upgrade both to the same one",
            say(browser),
            say(driver)
        );
    }
    Ok(())
}

fn major_version(said: &str) -> Option<&str> {
    let mut words = said.split_whitespace();
    let version = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split('.').next()
}

fn geckodriver() -> Result<PathBuf> {
    let tool = crates(
        "geckodriver",
        "geckodriver",
        GECKODRIVER.to_owned(),
        &["geckodriver"],
        true,
    );
    if tool.place().is_none() {
        println!("installing geckodriver {GECKODRIVER} (about 2 minutes)…");
        tool.install()?;
    }
    match tool.place().context("geckodriver doesn't run")? {
        Some(dir) => Ok(dir.join("geckodriver")),
        None => Ok("geckodriver".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn the_major_version_is_found_in_what_browsers_and_drivers_say() {
        let says = [
            (
                "Chromium 156.0.7340.0 built on Debian GNU/Linux 13",
                Some("156"),
            ),
            (
                "ChromeDriver 156.0.7340.0 (abc-refs/branch-heads/1@{#1})",
                Some("156"),
            ),
            ("", None),
        ];
        for (said, major) in says {
            assert_eq!(major_version(said), major, "{said}");
        }
    }
}
