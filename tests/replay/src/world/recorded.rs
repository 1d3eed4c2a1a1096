//! Reads a world from recorded answers.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use super::{Feed, World};

impl World {
    /// Reads `items.jsonl` and `users.jsonl` (one object of the Firebase API a line) and
    /// `lists/NAME.json` from `dir`.
    ///
    /// # Errors
    /// If a file is missing or a line isn't what it should be; the message names the place.
    pub fn recorded(dir: &Path) -> io::Result<Self> {
        let mut world = Self::empty();
        for_each_line(&dir.join("items.jsonl"), |item| {
            let fits = item["id"].is_u64();
            world.now = world.now.max(item["time"].as_u64().unwrap_or(0) + 1);
            if fits {
                world.put_item(item);
            }
            fits
        })?;
        for_each_line(&dir.join("users.jsonl"), |user| {
            let fits = user["id"].is_string();
            if fits {
                world.put_user(user);
            }
            fits
        })?;
        for feed in Feed::ALL {
            let path = dir.join("lists").join(format!("{}.json", feed.name()));
            let ids = serde_json::from_str(&read(&path)?)
                .map_err(|error| wrong(&path, &error.to_string()))?;
            world.set_feed(feed, ids);
        }
        Ok(world)
    }
}

fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn wrong(path: &Path, why: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("{}: {why}", path.display()),
    )
}

fn for_each_line(path: &Path, mut take: impl FnMut(Value) -> bool) -> io::Result<()> {
    for (at, line) in read(path)?.lines().enumerate() {
        let value = serde_json::from_str(line)
            .map_err(|error| wrong(path, &format!("line {}: {error}", at + 1)))?;
        if !take(value) {
            return Err(wrong(path, &format!("line {}: no id", at + 1)));
        }
    }
    Ok(())
}
