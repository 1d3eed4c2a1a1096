//! Copies of builds that tests may change.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::places;

/// A copy of a build. What changes in it loses its compressed copies, which would be stale. Removed
/// at the end.
#[derive(Debug)]
pub struct Copy(TempDir);

impl Copy {
    /// Copies a build into a directory of its own.
    pub fn of(build: &Path) -> Self {
        let copy = places::temporary();
        copy_files(build, copy.path());
        Self(copy)
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        self.0.path()
    }

    /// The file whose name ends so.
    pub fn named(&self, ending: &str) -> String {
        named(self.dir(), ending)
    }

    /// Changes the text of a file.
    pub fn change(&self, name: &str, change: impl FnOnce(&str) -> String) {
        let file = self.dir().join(name);
        let text = fs::read_to_string(&file).expect("the file is text");
        let changed = change(&text);
        assert_ne!(text, changed, "{name} isn't as the test believes");
        fs::write(file, changed).expect("the copy is ours to write");
        self.forget_compressed(name);
    }

    /// Puts a file of another build in the place of its own.
    pub fn take(&self, name: &str, from: &Path) {
        fs::copy(from.join(name), self.dir().join(name)).expect("the copy is ours to write");
        self.forget_compressed(name);
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.dir().join(name)).expect("the copy is ours to write");
        self.forget_compressed(name);
    }

    /// Gives all files one and the same time.
    pub fn date(&self) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        for entry in fs::read_dir(&self.0).expect("the copy can be read") {
            let file = entry.expect("the copy can be read").path();
            let file = File::options().write(true).open(file);
            let dated = file.and_then(|file| file.set_modified(time));
            dated.expect("the copy is ours to write");
        }
    }

    /// Gives its files to another copy, in one step, whose own are gone.
    pub fn put_in_place_of(self, other: &Self) {
        fs::remove_dir_all(&other.0)
            .and_then(|()| fs::rename(&self.0, &other.0))
            .expect("both copies are ours to write");
    }

    fn forget_compressed(&self, name: &str) {
        for ending in ["br", "gz"] {
            // Pictures have none.
            let _ = fs::remove_file(self.dir().join(format!("{name}.{ending}")));
        }
    }
}

/// The file of a build whose name ends so.
pub fn named(build: &Path, ending: &str) -> String {
    let entries = fs::read_dir(build).expect("the build can be read");
    let names = entries.map(|entry| entry.expect("the build can be read").file_name());
    let mut names = names.map(|name| name.to_string_lossy().into_owned());
    let found = names.find(|name| name.ends_with(ending));
    found.unwrap_or_else(|| panic!("{} has no {ending}", build.display()))
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the temporary directory can be written");
    for entry in fs::read_dir(from).expect("the build can be read") {
        let entry = entry.expect("the build can be read");
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_files(&source, &target);
        } else {
            fs::copy(&source, &target).expect("the build can be copied");
        }
    }
}
