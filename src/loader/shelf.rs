//! The search of what is kept: a plain scan over folded texts in memory.
//!
//! Everything is folded once, when it is put on the shelf; a key press then costs one pass over
//! some megabytes. An index would be larger than the texts and no faster where it matters, at
//! pieces of words.

use std::collections::BinaryHeap;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::hn::{Decode, Hit, Hits, Id, Item, Query, Sought};
use crate::time::Timestamp;

mod fold;
mod found;

pub use fold::{Decompose, Folder, Needle};
pub use found::{Found, Marked, snippet};

/// What is searched takes no more memory than this, in bytes; what comes then isn't found.
pub const MOST: usize = 32 << 20;

/// Bits for a place on the shelf, and those of a time in seconds.
const PLACE: u32 = 24;
const TIME: u64 = (1 << 36) - 1;

/// So much of the shelf stands on one page.
const PAGE: usize = 30;

/// Something that can be found.
#[derive(Debug)]
struct Entry {
    hit: Hit,
    /// Title, author and site, then the text: folded, each on its line.
    folded: Box<str>,
    /// Where the text begins.
    head: usize,
    /// The story that a comment belongs to, as far as that is known.
    story: Id,
}

impl Entry {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.folded.len() + self.hit.title.len() + self.hit.text.len()
    }
}

/// How much is on the shelf.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// Stories.
    pub stories: usize,
    /// Comments.
    pub comments: usize,
    /// There is more than can be searched.
    pub full: bool,
    /// Everything that is kept has been looked at.
    pub whole: bool,
}

/// A page of what was found, on the shelf and elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What is shown: first what is on the shelf.
    pub found: Vec<Found>,
    /// How much of all that is on the shelf fits.
    pub kept: usize,
    /// How much fits according to the index; none before it answered.
    pub total: Option<usize>,
    /// How many pages there are.
    pub pages: usize,
    /// How much is on the shelf.
    pub stock: Stock,
}

/// What can be found without asking anybody.
#[derive(Debug)]
pub struct Shelf {
    folder: Folder,
    entries: Vec<Entry>,
    places: HashMap<Id, usize>,
    bytes: usize,
    most: usize,
    /// How much there is.
    pub stock: Stock,
}

impl Shelf {
    /// An empty shelf with room for so many bytes.
    pub fn new(decompose: Decompose, most: usize) -> Self {
        Self {
            folder: Folder::new(decompose),
            entries: Vec::new(),
            places: HashMap::default(),
            bytes: 0,
            most,
            stock: Stock::default(),
        }
    }

    /// Takes everything off.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.places.clear();
        self.bytes = 0;
        self.stock = Stock {
            whole: self.stock.whole,
            ..Stock::default()
        };
    }

    /// Puts kept items on the shelf, a JSON list or a single one; `story` is what they belong to.
    /// What can't be read is left out.
    pub fn put(&mut self, json: &str, story: Option<Id>) {
        let items = Vec::<Item>::decode(json).unwrap_or_default();
        for item in &items {
            if let Some(hit) = Hit::of(item) {
                self.add(hit, story.unwrap_or_default());
            }
        }
    }

    fn add(&mut self, hit: Hit, story: Id) {
        let before = self.places.get(&hit.id).copied();
        let (mut story, mut freed) = (story, 0);
        if let Some(before) = before {
            let entry = &mut self.entries[before];
            // Threads of comments are kept too, and their ids are higher.
            if story == 0 || (1..story).contains(&entry.story) {
                story = entry.story;
            }
            (entry.story, freed) = (story, entry.bytes());
            if entry.hit.text == hit.text && entry.hit.title == hit.title {
                entry.hit = hit;
                return;
            }
        }
        let site = hit.link.as_ref().map_or("", |link| link.site.as_str());
        let head = format!("{}\n{}\n{site}", hit.title, hit.by);
        let (head, text) = (self.folder.fold(&head), self.folder.fold(&hit.text));
        let (id, is_comment) = (hit.id, hit.comment);
        let entry = Entry {
            hit,
            folded: format!("{head}\n{text}").into(),
            head: head.len(),
            story,
        };
        let bytes = self.bytes - freed + entry.bytes();
        if bytes > self.most {
            self.stock.full = true;
            return;
        }
        self.bytes = bytes;
        match is_comment {
            _ if before.is_some() => {}
            true => self.stock.comments += 1,
            false => self.stock.stories += 1,
        }
        match before {
            Some(before) => self.entries[before] = entry,
            None => {
                self.places.insert(id, self.entries.len());
                self.entries.push(entry);
            }
        }
    }

    /// What on the shelf fits, the best on top: `query`'s words all
    /// stand in it, whole or as a part of others.
    fn fitting(&self, query: &Query, words: &[String], now: Timestamp) -> BinaryHeap<u64> {
        let needles: Vec<_> = words.iter().map(|word| Needle::new(word)).collect();
        let since = query.since(now);
        let (by, points) = (query.by.trim(), i64::from(query.points));
        let fits = |entry: &Entry| {
            let hit = &entry.hit;
            let sought = match query.sought {
                Sought::All => true,
                Sought::Stories => !hit.comment,
                Sought::Comments => hit.comment,
            };
            sought
                && hit.time >= since
                && (by.is_empty() || hit.by == by)
                && (points == 0 || hit.points.is_some_and(|has| has >= points))
                && needles.iter().all(|needle| needle.is_in(&entry.folded))
        };
        (0..self.entries.len())
            .filter(|&place| fits(&self.entries[place]))
            .map(|place| {
                let entry = &self.entries[place];
                let head = entry.folded.get(..entry.head).unwrap_or_default();
                let named = needles.iter().filter(|needle| needle.is_in(head)).count();
                let rank = if query.newest {
                    0
                } else {
                    named.min(15) as u64
                };
                // One number, the best the highest: a shelf has no more than some 100,000 places.
                rank << 60 | (entry.hit.time & TIME) << PLACE | place as u64
            })
            .collect()
    }

    /// A page of what fits `query` on the shelf, and then of `hits`, the index's page: nothing
    /// twice, on no page.
    pub fn find(&mut self, query: &Query, hits: Option<&Hits>, now: Timestamp) -> Findings {
        let mut findings = Findings {
            stock: self.stock,
            ..Findings::default()
        };
        if query.is_empty() {
            return findings;
        }
        let words = self.folder.words(&query.words);
        let mut fitting = self.fitting(query, &words, now);
        let kept = fitting.iter().map(|key| self.entries[place(*key)].hit.id);
        let kept: HashSet<Id> = kept.collect();
        let first = query.page.saturating_sub(1).saturating_mul(PAGE);
        // Only what is shown is put in order.
        let best = std::iter::from_fn(|| fitting.pop()).skip(first).take(PAGE);
        for key in best {
            let entry = &self.entries[place(key)];
            let mut hit = entry.hit.clone();
            if let Some(&story) = self.places.get(&entry.story)
                && hit.comment
            {
                hit.title.clone_from(&self.entries[story].hit.title);
            }
            let found = Found::new(hit, true, &words, &mut self.folder);
            findings.found.push(found);
        }
        let hits_of_page = hits.map_or(&[][..], |hits| &hits.hits);
        for hit in hits_of_page.iter().filter(|hit| !kept.contains(&hit.id)) {
            // It may be on the shelf all the same, and have been found by a word spelt otherwise.
            let on_shelf = self.places.contains_key(&hit.id);
            let found = Found::new(hit.clone(), on_shelf, &words, &mut self.folder);
            findings.found.push(found);
        }
        findings.kept = kept.len();
        findings.total = hits.map(|hits| hits.total);
        let elsewhere = hits.map_or(0, |hits| hits.pages);
        findings.pages = kept.len().div_ceil(PAGE).max(elsewhere);
        findings
    }
}

/// The place that a key of what fits tells.
fn place(key: u64) -> usize {
    (key & ((1 << PLACE) - 1)) as usize
}

/// A kept list of items, a JSON text, in lists of about `most` bytes each: so that reading one takes
/// a moment only. What isn't such a list gives nothing.
pub fn parts(list: &str, most: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut start = 1;
    for (at, byte) in list.bytes().enumerate() {
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 1 && at - start >= most => {
                parts.extend(list.get(start..at).map(|part| format!("[{part}]")));
                start = at + 1;
            }
            _ => {}
        }
    }
    let rest = list.get(start..list.len().saturating_sub(1));
    parts.extend(rest.map(|part| format!("[{part}]")));
    parts
}
