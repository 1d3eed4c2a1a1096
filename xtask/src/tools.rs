//! The tools that builds need, of exactly the versions that are known to work.
//!
//! A right one on PATH is used. Otherwise it is installed into a cache that belongs to this
//! project alone: first beside its place, then renamed, so that an interrupted installation never
//! counts as one.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::run::{cargo, elapsed, output, root, run};

pub mod browsers;
pub mod web_hosts;

/// The newest Trunk that our compilers build.
const TRUNK: &str = "0.21.14";
/// Debian's wasm-opt 108 breaks modules silently: the version matters.
const BINARYEN: &str = "132.0.0";
const ESBUILD: &str = "0.28.2";
const AXE: &str = "4.14.1";
const LIGHTHOUSE: &str = "12.8.2";
const WASM: &str = "wasm32-unknown-unknown";

/// One program at one version.
struct Tool {
    /// Its place in the cache, with the version.
    name: &'static str,
    version: String,
    /// All must be there, and say `says` when asked for their version.
    programs: &'static [&'static str],
    says: String,
    from: From,
}

enum From {
    /// A crate; whether with the dependencies it was published with.
    Crates {
        package: &'static str,
        locked: bool,
    },
    Npm,
}

/// The tools ready for use.
pub struct Tools {
    path: OsString,
}

impl Tools {
    /// What lints of the browser side need: the target alone.
    pub fn to_lint() -> Result<()> {
        Self::ready(Vec::new()).map(drop)
    }

    /// What builds and serves the app: the wasm target, Trunk and wasm-bindgen.
    pub fn to_build() -> Result<Self> {
        Self::ready(vec![trunk(), wasm_bindgen()?])
    }

    /// Also what makes the production build small.
    pub fn to_publish() -> Result<Self> {
        for program in ["node", "npm"] {
            if output(Command::new(program).arg("--version")).is_none() {
                bail!(
                    "`{program}` is missing; install Node.js 20 or newer with npm, and try again"
                );
            }
        }
        let npm = |name, version: &str, programs, says: &str| Tool {
            name,
            version: version.to_owned(),
            programs,
            says: says.to_owned(),
            from: From::Npm,
        };
        let major = BINARYEN.split('.').next().unwrap_or(BINARYEN);
        Self::ready(vec![
            trunk(),
            wasm_bindgen()?,
            npm("binaryen", BINARYEN, &["wasm-opt"], major),
            npm("esbuild", ESBUILD, &["esbuild"], ESBUILD),
        ])
    }

    /// A command that finds the tools first.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(root()).env("PATH", &self.path);
        command
    }

    /// Where a program of these tools is.
    pub fn find(&self, program: &str) -> Result<PathBuf> {
        find_in(&self.path, program)
            .ok_or_else(|| anyhow!("`{program}` isn't where it was installed"))
    }

    fn ready(tools: Vec<Tool>) -> Result<Self> {
        let target = has_target();
        let missing: Vec<_> = tools.iter().filter(|tool| tool.place().is_none()).collect();
        let steps = missing.len() + usize::from(!target);
        let start = Instant::now();
        if !target {
            println!("[1/{steps}] adding the target {WASM}…");
            run(Command::new("rustup").current_dir(root()).args(["target", "add", WASM])).context(
                "the standard library for WebAssembly is missing; install rustup, or the target by your own means",
            )?;
        }
        for (i, tool) in missing.iter().enumerate() {
            let (at, about) = (i + 1 + usize::from(!target), tool.about());
            println!(
                "[{at}/{steps}] installing {} {} ({about})…",
                tool.name, tool.version
            );
            tool.install()?;
        }
        if steps > 0 {
            println!("tools ready after {}", elapsed(start));
        }
        let places = tools.iter().filter_map(Tool::place).flatten();
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(places.chain(env::split_paths(&path)))?;
        Ok(Self { path })
    }
}

impl Tool {
    /// The directory to put before PATH: `Some(None)` if PATH has the tool already.
    fn place(&self) -> Option<Option<PathBuf>> {
        let right = |dir: Option<&Path>| {
            self.programs.iter().all(|program| {
                let program = dir.map_or_else(|| program.into(), |dir| dir.join(program));
                output(Command::new(program).arg("--version"))
                    .is_some_and(|said| said.split_whitespace().any(|word| word == self.says))
            })
        };
        if right(None) {
            return Some(None);
        }
        let bin = self.dir().join(self.bin());
        right(Some(&bin)).then_some(Some(bin))
    }

    fn dir(&self) -> PathBuf {
        cache().join(format!("{}-{}", self.name, self.version))
    }

    fn bin(&self) -> &'static str {
        match self.from {
            From::Crates { .. } => "bin",
            From::Npm => "node_modules/.bin",
        }
    }

    fn about(&self) -> &'static str {
        match self.from {
            From::Crates { .. } => "compiles for 5 to 10 minutes",
            From::Npm => "a few seconds",
        }
    }

    fn install(&self) -> Result<()> {
        put(&self.dir(), |new| self.fill(new))?;
        self.place().map(drop).ok_or_else(|| {
            anyhow!(
                "{} was installed, but doesn't say that it is {}",
                self.name,
                self.version
            )
        })
    }

    fn fill(&self, new: &Path) -> Result<()> {
        match self.from {
            From::Crates { package, locked } => {
                let mut command =
                    cargo(&["install", package, "--version", &self.version, "--root"]);
                command.arg(new).args(locked.then_some("--locked"));
                // A fast compiler's work is enough for tools: minutes instead of a quarter of an hour.
                command.env("CARGO_PROFILE_RELEASE_LTO", "off");
                command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
                command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
                run(&mut command)?;
            }
            From::Npm => {
                let mut command = Command::new("npm");
                command.args([
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "--prefix",
                ]);
                command
                    .arg(new)
                    .arg(format!("{}@{}", self.name, self.version));
                run(&mut command)?;
            }
        }
        Ok(())
    }
}

/// Has `fill` fill a new directory, which then takes the place of `dir`, a directory of the
/// [`cache`]; nothing is left of one that fails.
fn put(dir: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let new = cache().join(format!("{}.new", process::id()));
    let put = || {
        fs::create_dir_all(&new).with_context(|| format!("can't create {}", new.display()))?;
        fill(&new)?;
        if dir.exists() {
            fs::remove_dir_all(dir).with_context(|| format!("can't replace {}", dir.display()))?;
        }
        fs::rename(&new, dir).with_context(|| format!("can't create {}", dir.display()))
    };
    let result = put();
    fs::remove_dir_all(&new).ok();
    result
}

fn trunk() -> Tool {
    crates("trunk", "trunk", TRUNK.to_owned(), &["trunk"], true)
}

/// The script that finds what keeps people out of a page.
pub fn axe() -> Result<PathBuf> {
    script("axe-core", AXE, "axe.min.js")
}

/// The script that rates a page as a phone would see it.
pub fn lighthouse() -> Result<PathBuf> {
    script("lighthouse", LIGHTHOUSE, "cli/index.js")
}

/// A script of an npm package.
fn script(name: &'static str, version: &str, place: &str) -> Result<PathBuf> {
    let tool = Tool {
        name,
        version: version.to_owned(),
        programs: &[],
        says: version.to_owned(),
        from: From::Npm,
    };
    let script = tool.dir().join("node_modules").join(name).join(place);
    if !script.is_file() {
        println!("installing {name} {version} ({})…", tool.about());
        tool.install()?;
    }
    Ok(script)
}

/// The command-line half must be of the very version of the library.
fn wasm_bindgen() -> Result<Tool> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("can't read Cargo.lock")?;
    let version = locked_version(&lock, "wasm-bindgen")
        .context("Cargo.lock doesn't mention wasm-bindgen; run `cargo update -p wasm-bindgen`")?;
    let programs = &["wasm-bindgen", "wasm-bindgen-test-runner"];
    // Doesn't compile with the dependencies it was published with.
    Ok(crates(
        "wasm-bindgen",
        "wasm-bindgen-cli",
        version.to_owned(),
        programs,
        false,
    ))
}

fn crates(
    name: &'static str,
    package: &'static str,
    version: String,
    programs: &'static [&'static str],
    locked: bool,
) -> Tool {
    let (says, from) = (version.clone(), From::Crates { package, locked });
    Tool {
        name,
        version,
        programs,
        says,
        from,
    }
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    rest.split('"').next()
}

fn has_target() -> bool {
    let mut rustc = Command::new("rustc");
    rustc
        .current_dir(root())
        .args(["--print", "target-libdir", "--target", WASM]);
    output(&mut rustc).is_some_and(|dir| Path::new(dir.trim()).exists())
}

fn cache() -> PathBuf {
    let dir = |name| {
        env::var_os(name)
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    };
    dir("HACKERSHELF_TOOLS")
        .or_else(|| Some(dir("XDG_CACHE_HOME")?.join("hackershelf")))
        .or_else(|| Some(dir("HOME")?.join(".cache/hackershelf")))
        .unwrap_or_else(|| root().join("target/tools"))
}

fn find_in(path: &OsString, program: &str) -> Option<PathBuf> {
    env::split_paths(path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn the_version_comes_from_the_package_of_that_very_name() {
        let lock = "name = \"wasm-bindgen-cli\"\nversion = \"9\"\n\n\
                    name = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
