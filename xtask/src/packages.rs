//! What others wrote: on which terms, from where, and what never to take.
//!
//! Read from what Cargo itself says, in half a second and with no further tool: a name that isn't
//! listed here stops the check, and somebody decides.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, output, root};

/// Terms that let anybody use, change and hand on what is built from it, under whatever licence.
const TERMS: [&str; 10] = [
    "Apache-2.0",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// What needs more than Rust, a C compiler and Node, which is all that is asked of a developer.
const NEVER: [&str; 3] = ["aws-lc-sys", "native-tls", "openssl-sys"];

/// Checks every package that is compiled, here or for the browser.
pub fn check() -> Result<()> {
    println!("$ cargo tree: terms and origins of all packages");
    let browser = [
        "--package",
        "hackershelf",
        "--target",
        "wasm32-unknown-unknown",
    ];
    let mut faults = Vec::new();
    for packages in [&["--workspace"][..], &browser] {
        let mut tree = cargo(&["tree", "--prefix", "none", "--no-dedupe"]);
        tree.args(["--format", "{p}|{l}"]).args(packages);
        let tree = output(&mut tree).context("`cargo tree` failed")?;
        faults.extend(tree.lines().filter_map(|line| fault(line, &root())));
    }
    let lock = std::fs::read_to_string(root().join("Cargo.lock"));
    faults.extend(strangers(&lock.context("can't read Cargo.lock")?));
    faults.sort();
    faults.dedup();
    if !faults.is_empty() {
        bail!("{}", faults.join("\n       "));
    }
    Ok(())
}

/// What is wrong with a package of the tree, `name v1.2.3 (origin)|terms`.
fn fault(line: &str, own: &Path) -> Option<String> {
    let (package, terms) = line.split_once('|')?;
    let name = package.split(' ').next().unwrap_or(package);
    if NEVER.contains(&name) {
        return Some(format!("{name} needs more than a C compiler to build"));
    }
    // A registry goes without saying.
    let origin = package.split_once(" (").map(|(_, origin)| origin);
    let origin = origin.map(|origin| origin.trim_end_matches(')'));
    if origin.is_some_and(|it| it != "proc-macro" && !Path::new(it).starts_with(own)) {
        return Some(format!("{package} isn't of this workspace"));
    }
    (!allows(terms)).then(|| format!("{package} comes on the terms “{terms}”"))
}

/// The packages of a lock file that come from elsewhere than a registry, or whose bytes nobody
/// vouches for.
fn strangers(lock: &str) -> Vec<String> {
    let packages = lock.split("[[package]]").skip(1);
    let odd = packages.filter(|package| {
        let source = package.split_once("\nsource = \"");
        let registry = source.is_none_or(|(_, from)| from.starts_with("registry+"));
        !registry || (source.is_some() && !package.contains("\nchecksum = \""))
    });
    let name = |package: &str| package.split('"').nth(1).unwrap_or_default().to_owned();
    odd.map(|package| format!("{} isn't from a registry", name(package)))
        .collect()
}

/// Whether terms as packages state them leave a choice that is among [`TERMS`]: an SPDX expression,
/// or the older `A/B`.
fn allows(terms: &str) -> bool {
    let terms = terms.replace('/', " OR ");
    let terms = terms.replace('(', " ( ").replace(')', " ) ");
    let mut words = terms.split_whitespace().peekable();
    either(&mut words) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// `AND` binds closer than `OR`.
fn either(words: &mut Words) -> bool {
    let mut good = both(words);
    while words.next_if_eq(&"OR").is_some() {
        good |= both(words);
    }
    good
}

fn both(words: &mut Words) -> bool {
    let mut good = one(words);
    while words.next_if_eq(&"AND").is_some() {
        good &= one(words);
    }
    good
}

fn one(words: &mut Words) -> bool {
    let mut good = match words.next() {
        Some("(") => either(words) & words.next_if_eq(&")").is_some(),
        Some(name) => TERMS.contains(&name),
        None => false,
    };
    // An exception that nobody has read.
    while words.next_if_eq(&"WITH").is_some() {
        words.next();
        good = false;
    }
    good
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{allows, fault, strangers};

    #[test]
    fn terms_are_good_if_some_choice_is() {
        for (terms, good) in [
            ("MIT", true),
            ("MIT OR Apache-2.0", true),
            ("Apache-2.0 / MIT", true),
            ("MIT OR Apache-2.0 OR LGPL-2.1-or-later", true),
            ("GPL-3.0 OR MIT AND Zlib", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
            ("Apache-2.0 WITH LLVM-exception", false),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR Apache-2.0) AND GPL-3.0", false),
            ("GPL-3.0", false),
            ("(MIT", false),
            ("MIT MIT", false),
            ("", false),
        ] {
            assert_eq!(allows(terms), good, "{terms}");
        }
    }

    #[test]
    fn a_package_is_of_this_workspace_or_of_a_registry_and_builds_anywhere() {
        for (line, good) in [
            ("serde v1.0.1|MIT OR Apache-2.0", true),
            ("serde_derive v1.0.1 (proc-macro)|MIT", true),
            ("xtask v0.1.0 (/here/xtask)|MIT OR Apache-2.0", true),
            ("stray v0.1.0 (/elsewhere)|MIT", false),
            ("branch v0.1.0 (https://example.org/x#1)|MIT", false),
            ("openssl-sys v0.9.1|MIT", false),
            ("odd v1.0.0|", false),
            ("", true),
        ] {
            assert_eq!(fault(line, Path::new("/here")).is_none(), good, "{line}");
        }
    }

    #[test]
    fn a_locked_package_has_a_registry_and_a_checksum() {
        let own = "[[package]]\nname = \"own\"\nversion = \"1\"\n";
        let good = "[[package]]\nname = \"a\"\nsource = \"registry+x\"\nchecksum = \"1\"\n";
        let loose = "[[package]]\nname = \"b\"\nsource = \"registry+x\"\n";
        let branch = "[[package]]\nname = \"c\"\nsource = \"git+https://x\"\n";
        let lock = [own, good, loose, branch].concat();
        let odd = ["b", "c"].map(|name| format!("{name} isn't from a registry"));
        assert_eq!(strangers(&lock), odd);
    }
}
