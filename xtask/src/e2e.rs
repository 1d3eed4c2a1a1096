//! Commands that other packages carry out, in a browser as a rule, and what those are told about
//! this machine.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;
use lexopt::prelude::*;

use crate::dist;
use crate::run::{cargo, run};
use crate::tools::{self, browsers::Browser};

pub const BENCH_HELP: &str = "\
Measures: tables here, figures in target/bench/NAME.json.

  cargo xtask bench [NAME…]

  feed        the production build in a real browser: a page of stories, against the ideal
  transfer    the same: what a cold start transfers
  start       the same: a cold start without a network, and with an API that hangs
  schedule    the same: a whole feed, against the ideal and a pool of fetch by hand
  background  the same: a story opened while a feed is kept for offline
  download    the same: requests, transactions and bytes of a hundred threads kept for offline
  thread      the same: threads of 30, 300 and 3,000 comments, against plain JavaScript
  search      the same: the shelf's search, from a key press to what it finds
  lighthouse  Lighthouse's scores of the first page, as a phone would see it
  sync        the semaphore, against those of tokio and async-lock; needs no browser

Without a NAME, everything is measured.";

pub const SHOTS_HELP: &str = "\
Takes a picture of every page and state, small and wide, light and dark: target/shots/index.html.

  cargo xtask shots [NAME…]";

pub fn bench(args: lexopt::Parser) -> Result<()> {
    let names = names(args)?;
    let (sync, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name == "sync");
    let all = sync.is_empty() && others.is_empty();
    // A goal that is missed keeps nothing else from being measured.
    let mut measured = Ok(());
    if all || !others.is_empty() {
        measured = program("bench", others);
    }
    if all || !sync.is_empty() {
        run(&mut cargo(&[
            "run",
            "--profile",
            "speed",
            "--package",
            "sync-bench",
        ]))?;
    }
    measured
}

pub fn shots(args: lexopt::Parser) -> Result<()> {
    program("shots", names(args)?)
}

fn names(mut args: lexopt::Parser) -> Result<Vec<OsString>> {
    let mut names = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            Value(name) => names.push(name),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(names)
}

fn program(name: &str, names: Vec<OsString>) -> Result<()> {
    let mut command = cargo(&["run", "--release", "--package", "e2e", "--bin", name, "--"]);
    if name == "bench" && (names.is_empty() || names.iter().any(|name| name == "lighthouse")) {
        command.env("HACKERSHELF_LIGHTHOUSE", tools::lighthouse()?);
    }
    command.args(names);
    tell(&mut command, Browser::Chromium)?;
    run(command.env("HACKERSHELF_DIST", dist::default()?))
}

/// Makes sure that a browser is there and says where.
pub fn tell(command: &mut Command, browser: Browser) -> Result<()> {
    for (variable, place) in browser.ready()? {
        command.env(variable, place);
    }
    Ok(())
}
