//! What the environment says about builds and programs, and room for what is made on the way.

use std::env;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A directory of its own, removed when this is dropped.
///
/// # Panics
/// If the system has no room for one.
pub fn temporary() -> TempDir {
    let dir = tempfile::Builder::new().prefix("hackershelf-").tempdir();
    dir.expect("the temporary directory can be written")
}

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().nth(2);
    root.expect("the package stands in tests/e2e").to_owned()
}

/// The built app: `HACKERSHELF_DIST`, or `dist` in the workspace.
///
/// # Panics
/// If nothing was built there.
pub fn dist() -> PathBuf {
    let dist = from("HACKERSHELF_DIST").unwrap_or_else(|| workspace().join("dist"));
    assert!(
        dist.join("index.html").is_file(),
        "{} holds no build: run `cargo xtask dist`, or set HACKERSHELF_DIST",
        dist.display()
    );
    dist
}

/// A build that could be the next one: `HACKERSHELF_NEXT`, as `cargo xtask test` sets it.
///
/// # Panics
/// If nobody said where it is.
pub fn next() -> PathBuf {
    from("HACKERSHELF_NEXT").expect("HACKERSHELF_NEXT isn't set: run `cargo xtask test e2e`")
}

/// `HACKERSHELF_CHROMIUM`, or where Debian puts it.
pub fn chromium() -> PathBuf {
    from("HACKERSHELF_CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into())
}

/// `HACKERSHELF_CHROMEDRIVER`, or where Debian puts it.
pub fn chromedriver() -> PathBuf {
    from("HACKERSHELF_CHROMEDRIVER").unwrap_or_else(|| "/usr/bin/chromedriver".into())
}

/// `HACKERSHELF_FIREFOX`, or where Debian puts it.
pub fn firefox() -> PathBuf {
    from("HACKERSHELF_FIREFOX").unwrap_or_else(|| "/usr/bin/firefox-esr".into())
}

/// `HACKERSHELF_GECKODRIVER`, or the one on PATH.
pub fn geckodriver() -> PathBuf {
    from("HACKERSHELF_GECKODRIVER").unwrap_or_else(|| "geckodriver".into())
}

/// `HACKERSHELF_WEBKITDRIVER`, or where Debian puts it.
pub fn webkitdriver() -> PathBuf {
    from("HACKERSHELF_WEBKITDRIVER").unwrap_or_else(|| "/usr/bin/WebKitWebDriver".into())
}

/// `HACKERSHELF_XVFB`, or where Debian puts it.
pub fn xvfb() -> PathBuf {
    from("HACKERSHELF_XVFB").unwrap_or_else(|| "/usr/bin/Xvfb".into())
}

/// The script of axe-core: `HACKERSHELF_AXE`, as `cargo xtask test` sets it.
///
/// # Panics
/// If nobody said where it is.
pub fn axe() -> PathBuf {
    from("HACKERSHELF_AXE").expect("HACKERSHELF_AXE isn't set: run `cargo xtask test e2e`")
}

/// The script that starts Lighthouse: `HACKERSHELF_LIGHTHOUSE`, as `cargo xtask bench` sets it.
///
/// # Panics
/// If nobody said where it is.
pub fn lighthouse() -> PathBuf {
    from("HACKERSHELF_LIGHTHOUSE")
        .expect("HACKERSHELF_LIGHTHOUSE isn't set: run `cargo xtask bench lighthouse`")
}

/// Recorded answers of the real API: `HACKERSHELF_RECORDED`, or a directory beside the workspace,
/// because they aren't the project's to hand on; none if there are none.
pub fn recorded() -> Option<PathBuf> {
    let beside = || Some(workspace().parent()?.join("shared/recorded"));
    let place = from("HACKERSHELF_RECORDED").or_else(beside)?;
    place.join("items.jsonl").is_file().then_some(place)
}

/// The directory below which Debian's nginx stands: `HACKERSHELF_NGINX`, as `cargo xtask test` sets it.
pub fn nginx() -> Option<PathBuf> {
    from("HACKERSHELF_NGINX")
}

/// The directory below which Debian's Caddy stands: `HACKERSHELF_CADDY`, as `cargo xtask test --long`
/// sets it.
pub fn caddy() -> Option<PathBuf> {
    from("HACKERSHELF_CADDY")
}

fn from(variable: &str) -> Option<PathBuf> {
    let value = env::var_os(variable)?;
    (!value.is_empty()).then(|| value.into())
}
