//! Formatting, what others wrote, lints on both sides, and what a cold start costs.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::dist;
use crate::packages;
use crate::run::{cargo, run};
use crate::tools::Tools;

pub const HELP: &str = "\
Formatting, the terms and origins of all packages, lints for host and browser (warnings fail), and
the size ledger of the production build.

  cargo xtask check [--lints]

  --lints  without the production build and its ledger";

/// What a first visit may download before the app runs, in Brotli bytes: 4 s at the 400 kbit/s
/// that browsers' own tools call slow 3G.
const COLD_START: u64 = 200_000;

pub fn command(mut args: lexopt::Parser) -> Result<()> {
    let mut whole = true;
    while let Some(arg) = args.next()? {
        match arg {
            Long("lints") => whole = false,
            other => return Err(other.unexpected().into()),
        }
    }
    lints()?;
    if whole {
        ledger_holds()?;
    }
    Ok(())
}

pub fn lints() -> Result<()> {
    Tools::to_lint()?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    packages::check()?;
    let deny = ["--", "-D", "warnings"];
    run(cargo(&["clippy", "--workspace", "--all-targets"]).args(deny))?;
    let wasm = [
        "clippy",
        "--target",
        "wasm32-unknown-unknown",
        "--all-targets",
    ];
    run(cargo(&wasm).args(deny))
}

/// Makes the production build and fails when a cold start costs more than it may.
pub fn ledger_holds() -> Result<()> {
    let total = ledger(&dist::default()?)?;
    if total > COLD_START {
        bail!(
            "a cold start costs {total} Brotli bytes, {} more than the limit",
            total - COLD_START
        );
    }
    Ok(())
}

/// Prints what each file of a cold start weighs; returns the sum as Brotli.
pub fn ledger(dist: &Path) -> Result<u64> {
    println!("{:<10}{:>10}{:>10}{:>10}", "", "raw", "gzip", "Brotli");
    let mut total = [0; 3];
    for (what, extension) in [
        ("HTML", "html"),
        ("CSS", "css"),
        ("JS", "js"),
        ("wasm", "wasm"),
    ] {
        let mut sizes = [0; 3];
        for entry in fs::read_dir(dist)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // Neither the page's copy nor the worker is on the way to a first paint.
            if path.extension().is_none_or(|it| it != extension)
                || name == "404.html"
                || name == "sw.js"
            {
                continue;
            }
            for (size, suffix) in sizes.iter_mut().zip(["", ".gz", ".br"]) {
                *size += fs::metadata(dist.join(format!("{name}{suffix}")))?.len();
            }
        }
        row(what, sizes);
        for (sum, size) in total.iter_mut().zip(sizes) {
            *sum += size;
        }
    }
    row("cold start", total);
    println!("{:<10}{COLD_START:>30}", "limit");
    Ok(total[2])
}

fn row(what: &str, [raw, gzip, brotli]: [u64; 3]) {
    println!("{what:<10}{raw:>10}{gzip:>10}{brotli:>10}");
}
