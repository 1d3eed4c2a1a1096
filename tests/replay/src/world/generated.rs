//! A deterministic world: the same seed and moment give the same bytes.
//!
//! Stories of one day (and best ones of the four before) are drafted and ranked, threads grow
//! below them as their rank deserves, then all get ids in the order of time. The front page looks
//! like one; what breaks careless readers stands from rank 31 of the top stories on.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::{Oddity, World};
use dice::Dice;
use draft::{Draft, Drafts};

mod dice;
mod discussion;
mod draft;
mod feeds;
mod headlines;
mod odd;
mod people;
mod talk;
mod tangle;

/// How many of each kind are drafted.
const LINKS: usize = 560;
const OLD_LINKS: usize = 110;
const SHOWS: usize = 137;
const ASKS: usize = 55;
const JOBS: usize = 31;
const NAMES: usize = 160;

impl World {
    /// The world of a seed, as of now.
    pub fn generated(seed: u64) -> Self {
        Self::generated_at(seed, present())
    }

    /// The world of a seed as of a moment, in seconds since 1970 (at least a week's worth).
    /// 500 top and new stories, 200 best, 55 ask, 137 show, 31 jobs; threads of up to 300
    /// comments, and one of exactly 3,000; every [`Oddity`] at least once; one author without a profile, and one with
    /// thousands of ids in `submitted`.
    pub fn generated_at(seed: u64, now: u64) -> Self {
        let mut draw = Draw::new(seed, now);
        draw.stories();
        let top = draw.ranked();
        draw.discuss(&top);
        let odd = draw.oddities();
        draw.settle(top, &odd)
    }
}

fn present() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs())
}

/// What kind of story a draft is; decides its feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Link,
    Old,
    Show,
    Ask,
    Job,
    Poll,
}

#[derive(Debug)]
struct Story {
    draft: usize,
    kind: Kind,
    score: u64,
    time: u64,
}

#[derive(Debug)]
struct Draw {
    dice: Dice,
    drafts: Drafts,
    stories: Vec<Story>,
    names: Vec<String>,
    titles: HashSet<String>,
}

impl Draw {
    fn new(seed: u64, now: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut names: Vec<String> = Vec::new();
        while names.len() < NAMES {
            let name = dice.user();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self {
            dice,
            drafts: Drafts {
                all: Vec::new(),
                now: now.max(7 * 86_400),
            },
            stories: Vec::new(),
            names,
            titles: HashSet::new(),
        }
    }

    fn title(&mut self, patterns: &[&str]) -> String {
        loop {
            let pattern = self.dice.pick(patterns);
            let title = self.dice.headline(pattern);
            if self.titles.insert(title.clone()) {
                return title;
            }
        }
    }

    fn stories(&mut self) {
        let mut whole: Vec<usize> = (0..headlines::WHOLE.len()).collect();
        self.dice.shuffle(&mut whole);
        for at in 0..LINKS + OLD_LINKS {
            let (title, site) = match whole.get(at) {
                Some(at) => {
                    let (title, site) = headlines::WHOLE[*at];
                    (title.to_owned(), site)
                }
                None => {
                    let site = self.dice.pick(&headlines::SITES);
                    (self.title(&headlines::PATTERNS), site)
                }
            };
            let url = self.dice.url_at(site, &title);
            let kind = if at < LINKS { Kind::Link } else { Kind::Old };
            // The whole headlines are the good stories.
            let worth = if at < whole.len() { 40 } else { 1 };
            self.story(kind, &title, worth, fields([("url", url.into())]));
        }
        for _ in 0..SHOWS {
            let title = self.title(&headlines::SHOW);
            let site = self.dice.pick(&headlines::SITES);
            let url = self.dice.url_at(site, &title[9..]);
            self.story(Kind::Show, &title, 2, fields([("url", url.into())]));
        }
        for _ in 0..ASKS {
            let title = self.title(&headlines::ASK);
            let text = talk::text(&mut self.dice);
            self.story(Kind::Ask, &title, 2, fields([("text", text.into())]));
        }
        for at in 0..JOBS {
            self.job(at);
        }
    }

    fn job(&mut self, at: usize) {
        let title = self.title(&headlines::JOBS);
        let more = match at % 4 {
            0 => ("text", talk::text(&mut self.dice).into()),
            _ => ("url", self.dice.url_at("jobs.example", &title).into()),
        };
        let draft = self.story(Kind::Job, &title, 1, fields([more]));
        let draft = &mut self.drafts.all[draft];
        draft.fields.insert("score".to_owned(), 1.into());
        draft.fields.insert("type".to_owned(), "job".into());
        if at % 5 == 1 {
            draft.fields.remove("by");
            draft.odd.push(Oddity::JobWithoutBy);
        }
    }

    /// Drafts a story at a time of chance and returns its draft.
    fn story(&mut self, kind: Kind, title: &str, worth: u64, more: Map<String, Value>) -> usize {
        let hours = match kind {
            Kind::Old => 24.0 + 96.0 * self.dice.share(),
            // Good stories need a while to rise.
            _ if worth > 10 => 1.5 + 15.0 * self.dice.share(),
            Kind::Ask | Kind::Show | Kind::Job => 0.2 + 23.5 * self.dice.share(),
            _ => 0.03 + 23.9 * self.dice.share(),
        };
        let score = match kind {
            Kind::Old => self.dice.up_to(150, 900),
            _ if worth > 10 => (self.dice.up_to(8, 45) as f64 * (hours + 1.0)) as u64,
            _ => {
                let luck = self.dice.share().powi(6);
                1 + (luck * 30.0 * worth as f64 * hours.sqrt()) as u64
            }
        };
        let time = self.drafts.now - (hours * 3600.0) as u64;
        let by = self.names[self.dice.below(self.names.len())].clone();
        self.put(kind, title, (&by, score, time), more)
    }

    fn put(
        &mut self,
        kind: Kind,
        title: &str,
        (by, score, time): (&str, u64, u64),
        more: Map<String, Value>,
    ) -> usize {
        let mut all = fields([
            ("by", by.into()),
            ("score", score.into()),
            ("title", title.into()),
            ("type", "story".into()),
        ]);
        all.extend(more);
        let draft = self.drafts.add(Draft {
            time,
            fields: all,
            ..Draft::default()
        });
        self.stories.push(Story {
            draft,
            kind,
            score,
            time,
        });
        draft
    }

    /// Threads as rank deserves; old ones get a few comments.
    fn discuss(&mut self, top: &[usize]) {
        let mut size = vec![0; self.stories.len()];
        for (rank, story) in top.iter().enumerate() {
            size[*story] = match rank {
                0..30 => self.dice.up_to(15, 130),
                30..120 => self.dice.up_to(0, 22),
                _ if self.dice.chance(40) => self.dice.up_to(1, 5),
                _ => 0,
            };
        }
        let mut first: Vec<usize> = top.iter().take(30).copied().collect();
        first.sort_by_key(|story| self.stories[*story].time);
        for story in first.into_iter().take(3) {
            size[story] = self.dice.up_to(240, 300);
        }
        for (story, size) in size.into_iter().enumerate() {
            let Story {
                draft, kind, time, ..
            } = self.stories[story];
            let minutes = (self.drafts.now - time) / 60;
            let size = match kind {
                Kind::Job => 0,
                Kind::Old => self.dice.up_to(0, 6),
                _ => size.min(minutes),
            };
            let names = &self.names;
            self.drafts.thread(draft, size, names, &mut self.dice);
        }
    }
}

fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn poll_option(poll: usize, time: u64, by: &Value, score: u64, text: &str) -> Draft {
    Draft {
        time,
        parent: Some(poll),
        fields: fields([
            ("by", by.clone()),
            ("score", json!(score)),
            ("text", text.into()),
            ("type", "pollopt".into()),
        ]),
        ..Draft::default()
    }
}
