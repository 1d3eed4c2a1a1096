//! Seeded choices.

use super::headlines::{ADJECTIVES, FIELDS, LANGUAGES, NAMES, PROJECTS, SITES, TECHNOLOGIES};

const FIRST: [&str; 30] = [
    "amber", "brass", "cobalt", "dusty", "early", "fuzzy", "granite", "hollow", "idle", "jolly",
    "knotty", "lunar", "mellow", "nimble", "odd", "paper", "quiet", "rusty", "silent", "tidal",
    "urban", "velvet", "wary", "yonder", "zesty", "north", "plain", "slow", "tiny", "wry",
];
const SECOND: [&str; 24] = [
    "otter", "finch", "kernel", "lantern", "packet", "meadow", "turnip", "raven", "socket",
    "harbor", "pixel", "badger", "willow", "cursor", "moth", "beacon", "teapot", "walrus",
    "parser", "comet", "ferret", "anvil", "sundial", "heron",
];
const SHORT: [&str; 24] = [
    "mlk",
    "jbrandt",
    "tomek_w",
    "ada82",
    "nkx",
    "orinoco",
    "rsvp",
    "hlindqvist",
    "pqr",
    "saoirse",
    "dvb-t",
    "mkurz",
    "eulerian",
    "bitflip",
    "yuki_n",
    "o_o",
    "carlotta",
    "vdm",
    "ferrous",
    "kite7",
    "zwolf",
    "l33tcat",
    "anselm",
    "jo",
];

/// A seeded source of everything that is drawn.
#[derive(Debug)]
pub(super) struct Dice(fastrand::Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    pub fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.0.usize(..list.len())]
    }

    /// From `low` to `high`, both included.
    pub fn up_to(&mut self, low: u64, high: u64) -> u64 {
        self.0.u64(low..=high.max(low))
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end.max(1))
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.0.u64(..100) < percent
    }

    /// From 0 to 1.
    pub fn share(&mut self) -> f64 {
        self.0.f64()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        self.0.shuffle(list);
    }

    /// A name that a user could have.
    pub fn user(&mut self) -> String {
        match self.up_to(0, 9) {
            0..=2 => self.pick(&SHORT).to_owned(),
            3..=6 => format!("{}{}", self.pick(&FIRST), self.pick(&SECOND)),
            7 => format!("{}_{}", self.pick(&FIRST), self.pick(&SECOND)),
            8 => format!("{}{}", self.pick(&SECOND), self.up_to(1, 99)),
            _ => format!("{}-{}", self.pick(&SECOND), self.pick(&SHORT)),
        }
    }

    /// Fills a headline's gaps, never twice with the same word.
    pub fn headline(&mut self, pattern: &str) -> String {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            let list: &[&str] = match &rest[at + 1..at + 2] {
                "t" => &TECHNOLOGIES,
                "l" => &LANGUAGES,
                "p" => &PROJECTS,
                "f" => &FIELDS,
                "a" => &ADJECTIVES,
                "x" => &NAMES,
                _ => &[],
            };
            let word = match &rest[at + 1..at + 2] {
                "n" => self.up_to(3, 25).to_string(),
                "c" => self.up_to(10, 25).to_string(),
                "y" => self.up_to(1994, 2025).to_string(),
                _ => loop {
                    let word = self.pick(list);
                    if !out.contains(word) {
                        break word.to_owned();
                    }
                },
            };
            out.push_str(&word);
            rest = &rest[at + 3..];
        }
        out.push_str(rest);
        articles(&capitalized(&out))
    }

    /// An address on one of the made-up sites.
    pub fn url(&mut self) -> String {
        let site = self.pick(&SITES).to_owned();
        let topic = self.pick(&FIELDS).to_owned();
        self.url_at(&site, &topic)
    }

    pub fn url_at(&mut self, site: &str, topic: &str) -> String {
        let slug: Vec<String> = topic
            .to_lowercase()
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        let slug = slug.join("-");
        match self.up_to(0, 2) {
            0 => format!("https://{site}/{slug}"),
            1 => format!(
                "https://{site}/posts/{}/{slug}.html",
                self.up_to(2019, 2025)
            ),
            _ => format!("https://{site}/{slug}/"),
        }
    }
}

/// Sentence case, but names such as `tmux` stay as they are written.
fn capitalized(text: &str) -> String {
    if TECHNOLOGIES.iter().any(|name| text.starts_with(name)) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    let head = chars.next().map(char::to_uppercase);
    head.into_iter().flatten().chain(chars).collect()
}

/// Sets `A` and `An` right where a pattern couldn't know the next word.
fn articles(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for at in 1..words.len() {
        let vowel = words[at].starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
        let fixed = match (words[at - 1].as_str(), vowel) {
            ("A", true) => "An",
            ("An", false) => "A",
            ("a", true) => "an",
            ("an", false) => "a",
            _ => continue,
        };
        words[at - 1] = fixed.to_owned();
    }
    words.join(" ")
}
