//! The developer commands. Each prints what it runs, installs what it needs into a cache of its
//! own, and ends with one sentence when something is wrong.
//!
//! Compiles in seconds from cold, because everything else waits for it: four small crates, and
//! Node, which the two npm tools need anyway, compresses.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

mod check;
mod dist;
mod e2e;
mod packages;
mod page;
mod run;
mod serve;
mod test;
mod tools;

const HELP: &str = "\
The developer commands of Hackershelf.

  cargo xtask serve    build and serve the app, live or against the stand-in (--replay)
  cargo xtask test     everything that is tested, with minutes per stage
  cargo xtask check    formatting, packages, lints for host and browser, size ledger
  cargo xtask dist     the production build, ready for any static web host
  cargo xtask bench    measurements, as tables and target/bench/NAME.json
  cargo xtask shots    screenshots of every page and state, target/shots/index.html

Each one says more with --help. Tools that are missing, or of another version, are installed
into $HACKERSHELF_TOOLS, by default hackershelf/ in the cache directory ($XDG_CACHE_HOME or ~/.cache).";

fn main() -> ExitCode {
    let start = Instant::now();
    let mut args = std::env::args_os().skip(1);
    let name = args.next().unwrap_or_default();
    match command(&name.to_string_lossy(), args.collect()) {
        Ok(Outcome::Done) => {
            println!("{} took {}", name.to_string_lossy(), run::elapsed(start));
            ExitCode::SUCCESS
        }
        Ok(Outcome::Helped) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// How a command that didn't fail ended.
enum Outcome {
    Done,
    Helped,
}

fn command(name: &str, args: Vec<OsString>) -> Result<Outcome> {
    let (help, run): (&str, fn(lexopt::Parser) -> Result<()>) = match name {
        "serve" => (serve::HELP, serve::command),
        "test" => (test::HELP, test::command),
        "check" => (check::HELP, check::command),
        "dist" => (dist::HELP, dist::command),
        "bench" => (e2e::BENCH_HELP, e2e::bench),
        "shots" => (e2e::SHOTS_HELP, e2e::shots),
        "" | "help" | "-h" | "--help" => {
            println!("{HELP}");
            return Ok(Outcome::Helped);
        }
        other => bail!("there is no command `{other}`; `cargo xtask --help` lists them"),
    };
    let own = args.iter().take_while(|arg| *arg != "--");
    if own.into_iter().any(|arg| arg == "-h" || arg == "--help") {
        println!("{help}");
        return Ok(Outcome::Helped);
    }
    match run(lexopt::Parser::from_args(args)) {
        Err(error) if error.is::<lexopt::Error>() => {
            bail!("{error}; `cargo xtask {name} --help` shows how it is meant")
        }
        result => result.map(|()| Outcome::Done),
    }
}

/// What went wrong and why: `a: b: c`, without what an outer cause says already.
fn sentence(error: &anyhow::Error) -> String {
    let mut sentence = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !sentence.contains(&cause) {
            sentence = format!("{sentence}: {cause}");
        }
    }
    sentence
}
