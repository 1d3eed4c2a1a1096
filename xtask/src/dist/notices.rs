//! Who wrote what the wasm is made of, and on which terms: their own words, as those ask for.
//!
//! What Cargo compiles for the browser is listed, but for what only runs while compiling. A package
//! that brings no text gets the usual one with its authors' names; if there is no usual one for its
//! terms, the build stops.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, output, root};

/// The file beside the page.
pub const FILE: &str = "licenses.txt";

/// How the names of files with terms begin, in capitals.
const NAMES: [&str; 6] = [
    "LICENSE",
    "LICENCE",
    "UNLICENSE",
    "COPYING",
    "COPYRIGHT",
    "NOTICE",
];

/// The usual words after the line that says whose the copyright is.
const MIT: &str = "Permission is hereby granted";

/// A package that goes into the wasm.
struct Package {
    /// Its name and version.
    name: String,
    terms: String,
    repository: String,
    /// Its sources.
    dir: PathBuf,
}

/// All notices as one text.
pub fn text() -> Result<String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages()? {
        let name = format!(
            "{} ({}) {}",
            package.name, package.terms, package.repository
        );
        texts.entry(package.notice()?).or_default().push(name);
    }
    let library = "The Rust standard library (MIT OR Apache-2.0) https://github.com/rust-lang/rust";
    texts
        .entry(library_notice()?)
        .or_default()
        .push(library.to_owned());
    let mut sections: Vec<_> = texts.into_iter().collect();
    sections.sort_by(|one, other| one.1.cmp(&other.1));
    let mut all = "Hackershelf is made of what these people wrote, on these terms.\n".to_owned();
    for (text, names) in sections {
        let rule = "-".repeat(72);
        all += &format!("\n{rule}\n{}\n{rule}\n\n{text}\n", names.join("\n"));
    }
    Ok(all)
}

/// What a package is and where its sources are, by Cargo's own word.
fn packages() -> Result<Vec<Package>> {
    let browser = "wasm32-unknown-unknown";
    let mut tree = cargo(&["tree", "--package", "hackershelf", "--target", browser]);
    tree.args(["--prefix", "none", "--edges", "normal,no-proc-macro"]);
    let tree = output(tree.args(["--format", "{p}|{l}|{r}"])).context("`cargo tree` failed")?;
    let mut metadata = cargo(&["metadata", "--format-version", "1"]);
    let metadata = output(metadata.args(["--filter-platform", browser]));
    let dirs = directories(&metadata.context("`cargo metadata` failed")?);
    // Those that stand in several places have a `(*)` after the first.
    let lines: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    let mut packages = Vec::new();
    for line in lines {
        let [name, terms, repository] = <[&str; 3]>::try_from(line.split('|').collect::<Vec<_>>())
            .map_err(|_| anyhow::anyhow!("`cargo tree` printed “{line}”"))?;
        // Our own: its terms are those of the app.
        if name.contains(" (/") {
            continue;
        }
        let dir = dirs.get(&name.replace(" v", "-"));
        packages.push(Package {
            name: name.to_owned(),
            terms: terms.to_owned(),
            repository: repository.to_owned(),
            dir: dir.with_context(|| format!("where is {name}?"))?.clone(),
        });
    }
    Ok(packages)
}

/// Where packages lie, by name and version: a registry's are in directories called so.
fn directories(metadata: &str) -> BTreeMap<String, PathBuf> {
    let manifests = metadata.split("\"manifest_path\":\"").skip(1);
    let dirs = manifests.filter_map(|rest| {
        let dir = Path::new(rest.split('"').next()?).parent()?;
        Some((
            dir.file_name()?.to_string_lossy().into_owned(),
            dir.to_owned(),
        ))
    });
    dirs.collect()
}

impl Package {
    fn notice(&self) -> Result<String> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file() && is_notice(&name) {
                names.push(name);
            }
        }
        names.sort();
        let mut texts = Vec::new();
        for name in chosen(&names, &self.terms) {
            let bytes = fs::read(self.dir.join(name))?;
            let text = String::from_utf8_lossy(&bytes).replace('\r', "");
            texts.push(text.trim_matches('\n').to_owned());
        }
        if texts.is_empty() {
            let manifest = fs::read_to_string(self.dir.join("Cargo.toml"))?;
            texts.push(usual(&self.terms, &authors(&manifest)).with_context(|| {
                format!(
                    "{} brings no text of its terms, “{}”",
                    self.name, self.terms
                )
            })?);
        }
        Ok(texts.join("\n\n"))
    }
}

fn is_notice(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NAMES.iter().any(|start| name.starts_with(start))
}

/// Of a choice of terms the shortest, if it has a file of its own; otherwise all there is.
fn chosen<'a>(names: &'a [String], terms: &str) -> Vec<&'a String> {
    let is_mit = |name: &&String| name.to_ascii_uppercase().contains("MIT");
    let is_extra = |name: &String| {
        let name = name.to_ascii_uppercase();
        name.starts_with("NOTICE") || name.starts_with("COPYRIGHT")
    };
    if offers_mit(terms) && names.iter().any(|name| is_mit(&name)) {
        let some = names.iter().filter(|name| is_mit(name) || is_extra(name));
        return some.collect();
    }
    names.iter().collect()
}

fn offers_mit(terms: &str) -> bool {
    !terms.contains("AND") && terms.split([' ', '/']).any(|term| term == "MIT")
}

/// The usual words for these terms.
fn usual(terms: &str, authors: &str) -> Option<String> {
    let own = include_str!("../../../LICENSE-MIT");
    let words = &own[own.find(MIT)?..];
    let words = words.trim_end();
    offers_mit(terms).then(|| format!("Copyright (c) {authors}\n\n{words}"))
}

/// The authors that a manifest names.
fn authors(manifest: &str) -> String {
    let list = manifest.split_once("\nauthors = [");
    let list = list.and_then(|(_, rest)| Some(rest.split_once(']')?.0));
    let names = list.unwrap_or_default().split('"').skip(1).step_by(2);
    let names: Vec<_> = names.collect();
    match names.is_empty() {
        true => "its authors".to_owned(),
        false => names.join(", "),
    }
}

/// The notice of what comes with the compiler.
fn library_notice() -> Result<String> {
    let rustc = Command::new("rustc")
        .args(["--print", "sysroot"])
        .current_dir(root())
        .output();
    let sysroot = rustc.context("can't start rustc")?.stdout;
    let sysroot = String::from_utf8(sysroot)?;
    for place in [
        "share/doc/rust/LICENSE-MIT",
        "share/doc/rust-std/LICENSE-MIT",
    ] {
        if let Ok(text) = fs::read_to_string(Path::new(sysroot.trim()).join(place)) {
            return Ok(text.trim().to_owned());
        }
    }
    match usual("MIT", "The Rust Project Contributors") {
        Some(text) => Ok(text),
        None => bail!("LICENSE-MIT has other words than usual"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_of_the_wasm_has_its_notice() {
        let text = text().expect("every package has terms");
        let packages = packages().expect("Cargo lists them");
        assert!(packages.len() > 50, "{}", packages.len());
        for name in [
            "leptos v",
            "miniserde v",
            "wasm-bindgen v",
            "The Rust standard library",
        ] {
            assert!(text.contains(&format!("\n{name}")), "{name}");
        }
        for package in packages {
            let (_, rest) = text
                .split_once(&format!("\n{} (", package.name))
                .expect("an entry");
            let (_, rest) = rest.split_once("\n\n").expect("words");
            let words = rest.split("\n---").next().unwrap_or_default();
            assert!(words.len() > 200, "{}: {words}", package.name);
        }
    }

    #[test]
    fn of_a_choice_the_shortest_terms_are_taken() {
        let all = ["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"].map(str::to_owned);
        for (terms, taken) in [
            ("MIT OR Apache-2.0", &["LICENSE-MIT", "NOTICE"][..]),
            ("Apache-2.0/MIT", &["LICENSE-MIT", "NOTICE"]),
            ("Apache-2.0", &["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"]),
            (
                "MIT AND Apache-2.0",
                &["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"],
            ),
        ] {
            assert_eq!(chosen(&all, terms), taken, "{terms}");
        }
        let one = ["LICENSE".to_owned()];
        assert_eq!(chosen(&one, "MIT OR Apache-2.0"), ["LICENSE"]);
    }

    #[test]
    fn who_brings_no_text_is_named_in_the_usual_one() {
        let manifest =
            "[package]\nname = \"x\"\nauthors = [\n    \"Ada\",\n    \"Bob <b@e.example>\",\n]\n";
        let text = usual("MIT", &authors(manifest)).expect("usual words");
        assert!(
            text.starts_with("Copyright (c) Ada, Bob <b@e.example>\n\nPermission"),
            "{text}"
        );
        assert!(text.ends_with("SOFTWARE."), "{text}");
        assert_eq!(authors("[package]\n"), "its authors");
        assert_eq!(usual("Zlib", "Ada"), None);
    }
}
