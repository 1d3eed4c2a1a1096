//! The production build: what Trunk makes, made small, named by content and locked down.
//!
//! Trunk names files before wasm-bindgen's output is final, so names are given here, by the bytes
//! that are sent. Only the HTML and the service worker know where the app lives and where its
//! data comes from; wasm, JavaScript and CSS are the same bytes for every site.

use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

use crate::page::{Site, digest, integrity, publish, stamp};
use crate::run::{root, run, target};
use crate::tools::Tools;

mod glue;
mod module;
mod names;
mod notices;
mod order;

pub const HELP: &str = "\
The production build, ready for any static web host.

  cargo xtask dist [--firebase URL] [--algolia URL] [--base /x/] [--out DIR]

  --firebase URL  where items, users and feeds come from [https://hacker-news.firebaseio.com/v0]
  --algolia URL   where threads and search come from [https://hn.algolia.com/api/v1]
  --base /x/      the path below which it will be served [/]
  --out DIR       where to put it; a build that stands there is replaced [dist]

licenses.txt names the authors of all packages in it, and their terms.
Every file has a Brotli (.br) and a gzip (.gz) copy for hosts that send precompressed files;
404.html makes deep links work on hosts without a fallback rule.";

/// The features that the compiler uses by itself, said because a stripped module doesn't.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The passes that gave the smallest Brotli copy of all tried. Nothing that changes what a trap does.
const OPTIMIZE: &[&str] = &[
    "--flatten",
    "--rereloop",
    "-Os",
    "-Os",
    // Code that is put where it is called once is not alike what it was alike.
    "--one-caller-inline-max-function-size=22",
    // A browser compiles a function when it is first called, and for the smallest of them the
    // asking takes longer than the rest: with these inside their callers a start asks for some
    // 1,120 of them instead of 1,180.
    "--always-inline-max-function-size=5",
    // What can be in which place in all of the module, and once more with that.
    "--gufa",
    "--precompute-propagate",
    "-Os",
    "--coalesce-locals-learning",
    "--reorder-locals",
    "--strip-producers",
    "--strip-target-features",
];

/// Puts functions in the order of their names. What `-Os` does while it writes is said once more.
const REORDER: &[&str] = &[
    "--reorder-functions-by-name",
    "--shrink-level=2",
    "--generate-stack-ir",
    "--optimize-stack-ir",
];

pub fn command(mut args: lexopt::Parser) -> Result<()> {
    let (mut site, mut out) = (Site::default(), root().join("dist"));
    while let Some(arg) = args.next()? {
        let text = |args: &mut lexopt::Parser| -> Result<String> { Ok(args.value()?.string()?) };
        match arg {
            Long("firebase") => site.firebase = text(&mut args)?.trim_end_matches('/').into(),
            Long("algolia") => site.algolia = text(&mut args)?.trim_end_matches('/').into(),
            Long("base") => site.base = text(&mut args)?,
            Long("out") => out = std::path::absolute(args.value()?)?,
            other => return Err(other.unexpected().into()),
        }
    }
    build(&site, &out, &[])?;
    crate::check::ledger(&out).map(drop)
}

/// The build for the live APIs, where tests and measurements look for it.
pub fn default() -> Result<PathBuf> {
    let out = target().join("dist");
    build(&Site::default(), &out, &[])?;
    Ok(out)
}

/// A build from the same sources that could be the next one: its wasm has other bytes.
pub fn next() -> Result<PathBuf> {
    let out = target().join("dist-next");
    build(&Site::default(), &out, NEXT)?;
    Ok(out)
}

/// An empty custom section of wasm, which means nothing, called `next`.
const NEXT: &[u8] = b"\x00\x05\x04next";

/// Makes the build for `site` in `out`, with `mark` at the end of its wasm.
fn build(site: &Site, out: &Path, mark: &[u8]) -> Result<()> {
    site.check()?;
    if fs::read_dir(out).is_ok_and(|mut dir| dir.next().is_some())
        && !out.join("index.html").exists()
    {
        bail!(
            "{} holds something that is not a build; choose another directory",
            out.display()
        );
    }
    let tools = Tools::to_publish()?;
    // Named by process, so that two builds at once don't meet; beside `out`, so that it gives way
    // to a whole build or not at all.
    let id = process::id();
    let (new, old) = (
        beside(out, &format!("{id}.new")),
        beside(out, &format!("{id}.old")),
    );
    let made = make(&tools, site, &new, mark);
    if made.is_err() {
        remove(&new)?;
        return made;
    }
    if out.exists() {
        fs::rename(out, &old).with_context(|| format!("can't replace {}", out.display()))?;
    }
    if let Err(error) = fs::rename(&new, out) {
        fs::rename(&old, out).ok();
        remove(&new).ok();
        return Err(error).with_context(|| format!("can't create {}", out.display()));
    }
    remove(&old)
}

fn make(tools: &Tools, site: &Site, dir: &Path, mark: &[u8]) -> Result<()> {
    println!("[1/4] building");
    trunk_build(tools, dir, true)?;
    println!("[2/4] making wasm, JavaScript and CSS small");
    let names = shrink(tools, dir, mark)?;
    println!("[3/4] writing the page");
    write_page(site, dir, &names)?;
    // After the list of what the worker keeps: nobody needs it offline.
    fs::write(dir.join(notices::FILE), notices::text()?)?;
    println!("[4/4] compressing");
    let script = include_str!("dist/compress.mjs");
    run(Command::new("node")
        .args(["--input-type=module", "-e", script])
        .arg(dir))
}

/// Trunk's own build of the app, into `out`.
pub fn trunk_build(tools: &Tools, out: &Path, release: bool) -> Result<()> {
    let mut trunk = tools.command("trunk");
    trunk.arg("build").arg("--dist").arg(out);
    if release {
        trunk
            .arg("--release")
            .env("CARGO_ENCODED_RUSTFLAGS", without_paths());
    }
    // Set to 1 by many terminals' owners, which Trunk takes for a wrong boolean.
    trunk
        .env_remove("NO_COLOR")
        .env("TRUNK_SKIP_VERSION_CHECK", "true");
    run(&mut trunk)
}

/// Flags that keep this machine's directories out of panic messages: the same bytes everywhere.
fn without_paths() -> String {
    let home = env::var("CARGO_HOME").or_else(|_| Ok(env::var("HOME")? + "/.cargo"));
    let home = home.unwrap_or_else(|_: env::VarError| ".cargo".into());
    let given = env::var("RUSTFLAGS").unwrap_or_default();
    let given = given.split_whitespace().map(str::to_owned);
    // One for each registry: its packages stand right below it.
    let registries = fs::read_dir(format!("{home}/registry/src"));
    let registries = registries.into_iter().flatten().flatten();
    let registries = registries.map(|registry| registry.path());
    let cut = registries.chain([root()]);
    let cut = cut.map(|path| format!("--remap-path-prefix={}/=", path.display()));
    given.chain(cut).collect::<Vec<_>>().join("\x1f")
}

/// Makes the three kinds of files small and names them by their content: old names with new ones.
fn shrink(tools: &Tools, dir: &Path, mark: &[u8]) -> Result<Vec<(String, String)>> {
    let all = files(dir)?;
    let stem = all.iter().find_map(|name| name.strip_suffix("_bg.wasm"));
    let stem = stem.context("Trunk made no wasm file")?;
    let mut names = Vec::new();
    let mut rename = |old: &str, bytes: &[u8]| -> Result<String> {
        let (stem, extension) = old.rsplit_once('.').unwrap_or((old, ""));
        let plain = stem.split('-').next().unwrap_or(stem);
        let new = format!("{plain}-{}.{extension}", digest(bytes));
        fs::remove_file(dir.join(old))?;
        fs::write(dir.join(&new), bytes)?;
        names.push((old.to_owned(), new.clone()));
        Ok(new)
    };
    for css in all.iter().filter(|name| name.ends_with(".css")) {
        rename(css, &esbuild(tools, &dir.join(css), &[])?)?;
    }
    let (wasm, js) = (format!("{stem}_bg.wasm"), format!("{stem}.js"));
    let bytes = optimize(tools, &dir.join(&wasm))?;
    let glue = dir.join(&js);
    fs::write(&glue, glue::arrange(&fs::read_to_string(&glue)?))?;
    // Bundled, so that the snippets which crates bring become part of the one file.
    let glue = esbuild(tools, &glue, &["--bundle", "--format=esm"])?;
    let glue = String::from_utf8(glue).context("esbuild's output isn't text")?;
    let (mut bytes, glue) = names::shorten(&bytes, &glue)?;
    bytes.extend(mark);
    let wasm = rename(&wasm, &bytes)?;
    // The glue's own guess, used only when it is started without an address.
    let guess = format!("{}_bg.wasm", stem.split('-').next().unwrap_or(stem));
    rename(&js, glue.replace(&guess, &wasm).as_bytes())?;
    remove(&dir.join("snippets"))?;
    Ok(names)
}

/// The wasm as wasm-opt leaves it. It takes half a minute, so it is kept.
fn optimize(tools: &Tools, wasm: &Path) -> Result<Vec<u8>> {
    let mut key = fs::read(wasm)?;
    key.extend([FEATURES, OPTIMIZE, REORDER].concat().concat().bytes());
    let dir = target().join("xtask/wasm-opt");
    let kept = dir.join(digest(&key));
    if !kept.exists() {
        fs::create_dir_all(&dir)?;
        let new = kept.with_extension(process::id().to_string());
        wasm_opt(tools, OPTIMIZE, wasm, &new)?;
        fs::write(&new, order::name(&fs::read(&new)?)?)?;
        wasm_opt(tools, REORDER, &new, &new)?;
        fs::rename(&new, &kept)?;
    }
    Ok(fs::read(kept)?)
}

fn wasm_opt(tools: &Tools, passes: &[&str], from: &Path, to: &Path) -> Result<()> {
    let mut wasm_opt = tools.command("wasm-opt");
    run(wasm_opt
        .args(FEATURES)
        .args(passes)
        .arg(from)
        .arg("-o")
        .arg(to))
}

fn esbuild(tools: &Tools, file: &Path, args: &[&str]) -> Result<Vec<u8>> {
    let small = beside(file, "min");
    let mut esbuild = tools.command("esbuild");
    esbuild
        .arg(file)
        .args(["--minify", "--log-level=warning"])
        // The glue names a snippet once for each type that has functions in it.
        .arg("--log-override:duplicate-object-key=silent")
        .args(args);
    run(esbuild.arg(format!("--outfile={}", small.display())))?;
    let bytes = fs::read(&small)?;
    fs::remove_file(small)?;
    Ok(bytes)
}

fn write_page(site: &Site, dir: &Path, names: &[(String, String)]) -> Result<()> {
    let page = dir.join("index.html");
    let mut html = fs::read_to_string(&page).context("Trunk made no index.html")?;
    for (old, new) in names {
        html = html.replace(old, new);
    }
    fs::remove_file(&page)?;
    let worker = dir.join("sw.js");
    let code = worker
        .exists()
        .then(|| fs::read_to_string(&worker))
        .transpose()?;
    remove(&worker)?;

    // What the worker keeps: all but itself, the page, which it knows by the version in it, and
    // pictures for who installs the app. The version changes with any of it, and with the worker.
    let mut kept = Vec::new();
    for name in files(dir)?
        .into_iter()
        .filter(|name| !name.ends_with(".png"))
    {
        kept.push((name.clone(), integrity(&fs::read(dir.join(name))?)));
    }
    let version = digest(format!("{kept:?}{html}{site:?}{code:?}").as_bytes());
    let html = publish(&html, site, &version)?;
    fs::write(&page, &html)?;
    fs::write(dir.join("404.html"), &html)?;
    if let Some(code) = code {
        fs::write(&worker, stamp(&code, &version, &kept)?)?;
    }
    Ok(())
}

/// The names of all files below a directory, sorted, with slashes.
fn files(dir: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("can't read {}", dir.display()))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            found.extend(
                files(&path)?
                    .into_iter()
                    .map(|inner| format!("{name}/{inner}")),
            );
        } else {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

fn remove(path: &Path) -> Result<()> {
    let result = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match result {
        Err(error) if path.exists() => {
            Err(error).with_context(|| format!("can't remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// `x/dist` with `new` is `x/.dist.new`: on the same disk, so that renaming is one step.
fn beside(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{what}"))
}
