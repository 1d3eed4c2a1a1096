//! The map in `lib.rs` is a promise: a module uses only those above it. So is what the documents say
//! of places and tests.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in dependency order, as `lib.rs` lists them.
const ORDER: [&str; 7] = ["time", "sync", "http", "hn", "store", "loader", "ui"];

fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let Ok(entries) = fs::read_dir(path) else {
        return Vec::new();
    };
    entries
        .flat_map(|entry| sources(&entry.expect("a readable folder").path()))
        .collect()
}

/// The modules of this crate that a source names.
fn used(text: &str) -> Vec<&'static str> {
    let uses = |module: &&str| {
        text.match_indices("crate::").any(|(at, path)| {
            let rest = &text[at + path.len()..];
            let names = rest
                .strip_prefix('{')
                .map_or(rest, |list| &list[..list.find(';').unwrap_or(list.len())]);
            let is_named = |name: &str| {
                name.trim()
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    == Some(module)
            };
            if rest.starts_with('{') {
                names.split(',').any(is_named)
            } else {
                is_named(names)
            }
        })
    };
    ORDER.into_iter().filter(uses).collect()
}

#[test]
fn a_module_uses_only_those_above_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (place, module) in ORDER.into_iter().enumerate() {
        let mut files = sources(&src.join(module));
        files.push(src.join(format!("{module}.rs")));
        for file in files {
            let text = fs::read_to_string(&file).expect("a readable source");
            for other in used(&text) {
                let there = ORDER.iter().position(|name| *name == other);
                assert!(there <= Some(place), "{} uses {other}", file.display());
            }
        }
    }
}

#[test]
fn the_map_lists_every_module_in_order() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = fs::read_to_string(src.join("lib.rs")).expect("a readable source");
    let rows = map.lines().filter_map(|line| {
        line.strip_prefix("//! | [`")
            .or(line.strip_prefix("//! | `"))
    });
    let listed: Vec<_> = rows.filter_map(|row| row.split('`').next()).collect();
    assert_eq!(listed, ORDER);
    for line in map.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        assert!(
            ORDER.contains(&line.trim_end_matches(';')),
            "{line} isn't on the map"
        );
    }
}

#[test]
fn the_check_itself_sees_what_is_used() {
    assert_eq!(used("use crate::http::Error;"), ["http"]);
    assert_eq!(
        used("use crate::{http, store};\nlet x = hn::Item;"),
        ["http", "store"]
    );
    assert_eq!(used("crate::loader::Change"), ["loader"]);
    assert!(used("use hackershelf::time; // crates::time").is_empty());
}

#[test]
fn text_from_the_network_is_never_put_in_as_markup() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in sources(&src) {
        let text = fs::read_to_string(&file).expect("a readable source");
        for forbidden in [
            "inner_html",
            "insert_adjacent_html",
            "outer_html",
            "document.write",
        ] {
            assert!(
                !text.contains(forbidden),
                "{} uses {forbidden}",
                file.display()
            );
        }
    }
}

/// The texts in a source that are sentences: several words, with a stop at the end.
fn sentences(source: &str) -> Vec<&str> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let texts = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    let is_sentence =
        |text: &&str| text.ends_with(['.', '…', '”']) && text.matches(' ').count() > 2;
    texts.filter(is_sentence).collect()
}

#[test]
fn sentences_for_people_stand_in_one_place() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    for file in sources(&src) {
        let text = fs::read_to_string(&file).expect("a readable source");
        let found = sentences(&text);
        // What is said when nothing of the app runs any more can't ask it for words.
        let may = file.ends_with("ui/words.rs") || file.ends_with("ui/rescue.js");
        assert!(may || found.is_empty(), "{}: {found:?}", file.display());
        assert!(!may || !found.is_empty(), "none in {}", file.display());
    }
}

/// The links of a Markdown text: words and address.
fn links(text: &str) -> Vec<(&str, &str)> {
    let starts = text.match_indices("](");
    let found = starts.filter_map(|(at, _)| {
        let words = text[..at].rsplit('[').next()?;
        let address = text[at + 2..].split(')').next()?;
        Some((words, address))
    });
    found.collect()
}

#[test]
fn what_the_documents_point_at_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for document in [
        "README.md",
        "docs/deploy.md",
        "docs/export.md",
        "docs/threat-model.md",
    ] {
        let document = root.join(document);
        let text = fs::read_to_string(&document).expect("the document is there");
        for (words, address) in links(&text) {
            if address.starts_with("https://") {
                continue;
            }
            let place = document.parent().expect("a file").join(address);
            assert!(place.exists(), "{address} in {}", document.display());
            // A name in code's letters is one that stands there, or the file's own.
            let name = words.trim_matches('`');
            if name != words && !address.ends_with(name) {
                let file = fs::read_to_string(&place).expect("a readable file");
                assert!(file.contains(name), "{name} isn't in {address}");
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "the threat model names its tests");
}
