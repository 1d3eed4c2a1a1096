//! What is known of the comments below one item: what both APIs tell, merged, in reading order.
//!
//! Three facts are kept: a thread is *loaded* when every id it knows of has an answer, *ranked*
//! when each list of two or more replies stands in Hacker News' order, *verified* when no reply can
//! be missing that nobody told of. An id has one place, the first that it was seen in: so neither
//! cycles nor repetitions in `kids` lead round in circles.

use std::sync::Arc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::{Error, Id, Item, Kind, Tree, sort};

mod kept;

/// What is known of one item of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is known to exist.
    Awaited,
    /// It is here.
    There(Arc<Item>),
    /// It couldn't be fetched; or, [`Error::Missing`], there is nothing, or not yet.
    Failed(Error),
}

/// How far a thread is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Comments that are known to exist.
    pub total: usize,
    /// Of these, those that are here.
    pub there: usize,
    /// Those that couldn't be fetched.
    pub failed: usize,
    /// Every known id has an answer.
    pub loaded: bool,
    /// Every list stands in Hacker News' order.
    pub ranked: bool,
    /// There are no replies that nobody told of.
    pub verified: bool,
}

/// What changed in a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The item that the thread hangs from.
    pub root: Id,
    /// Items that came or changed, the root among them.
    pub items: Vec<(Id, Reply)>,
    /// Items with the replies below them in their order; the root's once that order is known, or
    /// isn't to be had.
    pub lists: Vec<(Id, Vec<Id>)>,
    /// A poll's options in their order.
    pub options: Vec<Id>,
    /// How far the thread is now.
    pub facts: Facts,
}

#[derive(Debug)]
struct Entry {
    /// Without `kids`, `parts` and `partial`: those are told by what follows.
    reply: Reply,
    replies: Vec<Id>,
    /// Its `kids` were seen: `replies` are all there are, and stand in their order.
    ranked: bool,
    /// The official API answered for it just now: nothing else knows better, and none of its
    /// replies is missing.
    fresh: bool,
    /// What it counts for: the root and a poll's options aren't comments.
    comment: bool,
    /// A poll's option has no replies.
    option: bool,
}

impl Entry {
    fn item(&self) -> Option<&Arc<Item>> {
        match &self.reply {
            Reply::There(item) => Some(item),
            _ => None,
        }
    }

    fn lacks_order(&self) -> bool {
        self.replies.len() > 1 && !self.ranked && self.item().is_some()
    }

    fn is_partial(&self) -> bool {
        !self.fresh && !self.option && self.item().is_some()
    }
}

/// Sums over all entries.
#[derive(Debug, Default)]
struct Sums {
    comments: usize,
    there: usize,
    failed: usize,
    /// Of all kinds, not only comments.
    unanswered: usize,
    unordered: usize,
    partial: usize,
}

impl Sums {
    fn count(&mut self, entry: &Entry, add: bool) {
        let there = matches!(entry.reply, Reply::There(_) | Reply::Failed(Error::Missing));
        let awaited = entry.reply == Reply::Awaited;
        for (sum, counts) in [
            (&mut self.comments, entry.comment),
            (&mut self.there, entry.comment && there),
            (&mut self.failed, entry.comment && !there && !awaited),
            (&mut self.unanswered, !there),
            (&mut self.unordered, entry.lacks_order()),
            (&mut self.partial, entry.is_partial()),
        ] {
            match add {
                true => *sum += usize::from(counts),
                false => *sum -= usize::from(counts),
            }
        }
    }
}

/// The comments below one item, as far as they are known.
#[derive(Debug)]
pub struct Thread {
    root: Id,
    entries: HashMap<Id, Entry>,
    sums: Sums,
    /// A poll's options.
    options: Vec<Id>,
    /// So many comments the index's tree held.
    indexed: usize,
    /// So many the story counted when none was missing of what was kept.
    verified_at: Option<u32>,
    /// The root couldn't be fetched: its replies are shown in the order of their ids.
    has_no_rank: bool,
    changed: HashSet<Id>,
    moved: HashSet<Id>,
    told: Facts,
}

impl Thread {
    /// The thread below `root`, of which nothing is known.
    pub fn new(root: Id) -> Self {
        let mut thread = Self {
            root,
            entries: HashMap::default(),
            sums: Sums::default(),
            options: Vec::new(),
            indexed: 0,
            verified_at: None,
            has_no_rank: false,
            changed: HashSet::default(),
            moved: HashSet::default(),
            told: Facts::default(),
        };
        thread.insert(root, false);
        thread
    }

    /// The item that the thread hangs from, if it is here.
    pub fn root(&self) -> Option<&Item> {
        self.entries[&self.root].item().map(Arc::as_ref)
    }

    /// Whether the order of the top level is known.
    pub fn is_rooted(&self) -> bool {
        self.entries[&self.root].ranked
    }

    /// Takes in what was kept: parents before their replies. What was kept just now is as good as
    /// the official API's answer. What was nothing then has an answer, too, until it is asked for
    /// anew.
    pub fn recall(&mut self, items: Vec<Item>, just_now: bool) {
        for item in items {
            let parent = item.parent.or(item.poll);
            if item.id != self.root
                && let Some(parent) = parent.filter(|parent| self.entries.contains_key(parent))
            {
                self.place(parent, &[item.id], item.kind == Kind::PollOption);
            }
            if kept::is_nothing(&item) {
                self.answer(item.id, Err(Error::Missing));
                continue;
            }
            let fresh = just_now && !item.partial;
            self.put(item, fresh);
        }
    }

    /// What was recalled had been verified: nothing is missing as long as the story counts as many
    /// comments as it did then.
    pub fn was_verified(&mut self) {
        self.verified_at = self.root().and_then(|root| root.descendants);
    }

    /// Takes in the official API's answer for one item. `null` is an answer too.
    pub fn answer(&mut self, id: Id, answer: Result<Item, Error>) {
        match answer {
            Ok(item) => self.put(item, true),
            Err(error) => {
                if id == self.root {
                    self.has_no_rank = true;
                    self.moved.insert(id);
                }
                // What is known otherwise stays.
                self.edit(id, |entry| {
                    let lacks = entry.item().is_none();
                    if lacks {
                        entry.reply = Reply::Failed(error);
                    }
                    lacks
                });
            }
        }
    }

    /// Takes in the index's tree. What the official API said just now stays; otherwise the tree is
    /// newer than what was kept, but a list that has the same replies as before keeps its order.
    pub fn grow(&mut self, tree: Tree) {
        self.indexed = 0;
        for item in tree.0 {
            let id = item.id;
            let Some(entry) = self.entries.get(&id) else {
                continue;
            };
            self.indexed += usize::from(entry.comment);
            let (fresh, count) = (entry.fresh, entry.replies.len());
            self.place(id, &item.parts, true);
            self.place(id, &item.kids, false);
            let grown = self.entries[&id].replies.len() > count;
            // The top level's order is only ever the official one.
            if grown && !fresh && id != self.root {
                self.unrank(id);
            }
            if !fresh && item.by.is_some() && (item.text.is_some() || item.title.is_some()) {
                self.update(item);
            }
        }
    }

    /// Those that aren't here, or weren't there when they were asked for, in reading order.
    pub fn lacking(&self) -> Vec<Id> {
        let is_lacking = |id: &Id| {
            let reply = &self.entries[id].reply;
            matches!(reply, Reply::Awaited | Reply::Failed(Error::Missing))
        };
        let ids = self.options.iter().copied().chain(self.in_order());
        ids.filter(is_lacking).collect()
    }

    /// Those right below `id` that are known to exist and aren't here, in their order.
    pub fn awaited_below(&self, id: Id) -> Vec<Id> {
        let mut ids = self
            .entries
            .get(&id)
            .map(|entry| entry.replies.clone())
            .unwrap_or_default();
        if id == self.root {
            ids.extend(&self.options);
        }
        ids.retain(|id| self.entries[id].reply == Reply::Awaited);
        ids
    }

    /// Comments whose two or more replies stand in no known order, in reading order.
    pub fn unranked(&self) -> Vec<Id> {
        let mut ids = self.in_order();
        ids.retain(|id| self.entries[id].lacks_order());
        ids
    }

    /// Comments with two or more replies, in reading order.
    pub fn branching(&self) -> Vec<Id> {
        let mut ids = self.in_order();
        ids.retain(|id| self.entries[id].replies.len() > 1);
        ids
    }

    /// Comments that may have replies nobody told of, in reading order.
    pub fn unverified(&self) -> Vec<Id> {
        if self.is_whole() {
            return Vec::new();
        }
        let mut ids = self.in_order();
        ids.retain(|id| self.entries[id].is_partial());
        ids
    }

    /// What changed since this was asked last; `None` if nothing did.
    pub fn news(&mut self) -> Option<News> {
        let facts = self.facts();
        if !self.is_rooted() && !self.has_no_rank {
            self.moved.remove(&self.root);
        }
        if self.changed.is_empty() && self.moved.is_empty() && facts == self.told {
            return None;
        }
        self.told = facts;
        let entries = &self.entries;
        let items = self
            .changed
            .drain()
            .map(|id| (id, entries[&id].reply.clone()));
        let lists = self
            .moved
            .drain()
            .map(|id| (id, entries[&id].replies.clone()));
        Some(News {
            root: self.root,
            items: items.collect(),
            lists: lists.collect(),
            options: self.options.clone(),
            facts,
        })
    }

    /// How far the thread is.
    pub fn facts(&self) -> Facts {
        let loaded = self.sums.unanswered == 0 && self.is_rooted();
        Facts {
            total: self.sums.comments,
            there: self.sums.there,
            failed: self.sums.failed,
            loaded,
            ranked: loaded && self.sums.unordered == 0,
            verified: loaded && (self.sums.partial == 0 || self.is_whole()),
        }
    }

    /// Whether the index knows of as many comments as the story counts, or nothing was missing when
    /// it counted as many before.
    fn is_whole(&self) -> bool {
        let counted = self.root().and_then(|root| root.descendants);
        counted.is_some_and(|counted| {
            self.indexed >= counted as usize || self.verified_at == Some(counted)
        })
    }

    /// All comments, each before its replies.
    fn in_order(&self) -> Vec<Id> {
        let mut ids = Vec::with_capacity(self.entries.len());
        let mut next = vec![self.root];
        while let Some(id) = next.pop() {
            ids.push(id);
            next.extend(self.entries[&id].replies.iter().rev());
        }
        ids
    }

    fn insert(&mut self, id: Id, option: bool) {
        let entry = Entry {
            reply: Reply::Awaited,
            replies: Vec::new(),
            ranked: false,
            fresh: false,
            comment: id != self.root && !option,
            option,
        };
        self.sums.count(&entry, true);
        self.entries.insert(id, entry);
    }

    /// Changes an entry; `change` tells whether what is shown of the item changed.
    fn edit(&mut self, id: Id, change: impl FnOnce(&mut Entry) -> bool) {
        if let Some(entry) = self.entries.get_mut(&id) {
            self.sums.count(entry, false);
            if change(entry) {
                self.changed.insert(id);
            }
            self.sums.count(entry, true);
        }
    }

    /// Puts an item into its entry; one that knows its `kids` orders the replies.
    fn put(&mut self, item: Item, fresh: bool) {
        let (id, partial) = (item.id, item.partial);
        if !self.entries.contains_key(&id) {
            return;
        }
        let (kids, parts) = (item.kids.clone(), item.parts.clone());
        self.place(id, &parts, true);
        self.update(item);
        self.place(id, &kids, false);
        if !partial {
            self.rank(id, &kids);
        }
        self.edit(id, |entry| {
            entry.fresh |= fresh;
            false
        });
    }

    fn update(&mut self, mut item: Item) {
        let partial = std::mem::take(&mut item.partial);
        (item.kids, item.parts) = (Vec::new(), Vec::new());
        self.edit(item.id, |entry| {
            if let (true, Some(before)) = (partial, entry.item()) {
                // The index doesn't count.
                item.descendants = before.descendants;
            }
            let reply = Reply::There(Arc::new(item));
            let changes = entry.reply != reply;
            entry.reply = reply;
            changes
        });
    }

    /// Gives those of `kids` that have no place yet one below `parent`: in the order of ids as long
    /// as no other is known. An option of a poll has nothing below it.
    fn place(&mut self, parent: Id, kids: &[Id], options: bool) {
        if self.entries[&parent].option {
            return;
        }
        let mut new = Vec::new();
        for &kid in kids {
            if !self.entries.contains_key(&kid) {
                self.insert(kid, options);
                new.push(kid);
            }
        }
        if options {
            self.options.extend(new);
        } else if !new.is_empty() {
            self.edit(parent, |entry| {
                for kid in new {
                    let replies = &mut entry.replies;
                    // Those without a rank are in order already, and may come one by one.
                    let at = match entry.ranked {
                        true => replies.len(),
                        false => replies.partition_point(|&reply| reply < kid),
                    };
                    replies.insert(at, kid);
                }
                false
            });
            self.moved.insert(parent);
        }
    }

    /// Orders the replies to `id` as its `kids` stand; those that aren't among them go last.
    fn rank(&mut self, id: Id, kids: &[Id]) {
        let mut moved = false;
        self.edit(id, |entry| {
            let before: HashSet<Id> = entry.replies.iter().copied().collect();
            let among: HashSet<Id> = kids.iter().copied().collect();
            let first = kids.iter().filter(|kid| before.contains(kid));
            let last = entry.replies.iter().filter(|reply| !among.contains(reply));
            let replies: Vec<Id> = first.chain(last).copied().collect();
            moved = !entry.ranked || replies != entry.replies;
            entry.replies = replies;
            entry.ranked = true;
            false
        });
        if moved {
            self.moved.insert(id);
        }
    }

    fn unrank(&mut self, id: Id) {
        self.edit(id, |entry| {
            entry.ranked = false;
            sort(&mut entry.replies);
            false
        });
        self.moved.insert(id);
    }
}
