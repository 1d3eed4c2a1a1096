//! What is kept, taken away in a file, and brought back from one.
//!
//! Both go slice by slice: the store is read no faster than the file grows, and the file no faster
//! than the store is written, so that no more than a slice is in memory. The records of one piece
//! of a file are merged in one transaction, which reads what it changes: what other tabs and
//! downloads write meanwhile isn't lost, and nothing has to stand still.

use std::rc::Rc;

use futures_core::future::LocalBoxFuture;

use super::{Loader, Shared};
use crate::hn::Id;
use crate::store::record::{FLAWS, Flaw};
use crate::store::{Error, Mark, Record};

mod bookmarks;
mod file;
mod walk;

use file::Reader;
use walk::Walk;

/// What is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// All marks, and what is kept of the stories that are saved.
    Marks,
    /// All that is kept but settings and downloads.
    Everything,
    /// The saved stories, as a browser's bookmarks.
    Bookmarks,
}

/// Takes the next piece of a file that is written.
pub type Put = Box<dyn FnMut(String)>;

/// Reads the next piece of a file, cut anywhere; `None` at its end.
pub type Next = Box<dyn FnMut() -> LocalBoxFuture<'static, Option<Vec<u8>>>>;

/// How an export or an import went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// So many records were written.
    pub taken: u32,
    /// So many were there already, or newer.
    pub known: u32,
    /// For each of the [`FLAWS`], how many records weren't taken because of it, and the line of the
    /// first of them, from 1.
    pub refused: [(u32, u32); FLAWS.len()],
    /// How it ended.
    pub end: End,
}

/// How an export or an import ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// With the last record.
    #[default]
    Whole,
    /// The file did, before its last line.
    Early,
    /// At once: the file is none of ours.
    Foreign,
    /// At once: the file is of a later version.
    Newer,
    /// The store failed; what was taken before that stays.
    Failed(Error),
}

impl Report {
    fn refuse(&mut self, flaw: Flaw, line: u32) {
        let (count, first) = &mut self.refused[flaw as usize];
        if *count == 0 {
            *first = line;
        }
        *count += 1;
    }
}

impl Loader {
    /// What reads the store into the pieces of a file.
    pub fn export(&self, what: Export, mut put: Put) -> LocalBoxFuture<'static, Report> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move {
            let mut walk = Walk::new(what);
            put(walk.head(shared.clock.wall()));
            while let Some(read) = walk.next() {
                let slice = (read.part, read.after.clone(), read.most);
                match shared.store.part(slice.0, slice.1, slice.2).await {
                    Ok(records) => put(walk.on(read, records)),
                    Err(error) => {
                        walk.report.end = End::Failed(error);
                        return walk.report;
                    }
                }
            }
            put(walk.foot());
            walk.report
        })
    }

    /// What merges the pieces of a file into the store.
    pub fn import(&self, mut next: Next) -> LocalBoxFuture<'static, Report> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move {
            let mut reader = Reader::new(shared.clock.wall());
            loop {
                let piece = next().await;
                let is_last = piece.is_none();
                let records = reader.read(piece);
                if let Err(error) = shared.merge(records, &mut reader.report).await {
                    reader.report.end = End::Failed(error);
                    return reader.report;
                }
                if is_last || reader.is_over() {
                    return reader.report;
                }
            }
        })
    }

    /// What reads the marks of all stories.
    pub fn marks(&self) -> LocalBoxFuture<'static, Vec<(Id, Mark)>> {
        let shared = Rc::clone(&self.0);
        Box::pin(async move { shared.or_without(shared.store.marks().await) })
    }
}

impl Shared {
    async fn merge(&self, records: Vec<Record>, report: &mut Report) -> Result<(), Error> {
        let count = records.len() as u32;
        if count > 0 {
            let changed = self.store.merge(records).await?;
            report.taken += changed;
            report.known += count - changed;
        }
        Ok(())
    }
}
