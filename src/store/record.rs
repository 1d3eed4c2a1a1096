//! What is kept, record by record, as it is taken away and brought back.
//!
//! In a file a record is one line of JSON: the record's own fields, and last its body as it is
//! kept. What is read of a file is checked as if somebody had made it up, and what is good is
//! merged by rules that lose nothing: bringing back the same file twice changes nothing.

use miniserde::{Deserialize, json};

use super::{Mark, Stored, schema};
use crate::hn::{Decode, Feed, Id, Item, User, quoted};
use crate::time::Timestamp;

/// What is kept, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The reader's own marks.
    Marks,
    /// Stories and comments, one by one.
    Items,
    /// Whole threads.
    Threads,
    /// Rankings.
    Feeds,
    /// Profiles.
    Users,
}

impl Part {
    /// All of them, what can't be fetched again first.
    pub const ALL: [Self; 5] = [
        Self::Marks,
        Self::Items,
        Self::Threads,
        Self::Feeds,
        Self::Users,
    ];

    /// What goes when it wasn't opened for long.
    pub const EVICTED: [Self; 3] = [Self::Items, Self::Threads, Self::Users];

    /// The name of its object store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Marks => schema::MARKS,
            Self::Items => schema::ITEMS,
            Self::Threads => schema::THREADS,
            Self::Feeds => schema::FEEDS,
            Self::Users => schema::USERS,
        }
    }

    /// The field that holds its key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Feeds | Self::Users => "name",
            _ => "id",
        }
    }

    /// Whether what wasn't opened for long goes.
    pub fn is_evicted(self) -> bool {
        Self::EVICTED.contains(&self)
    }

    /// The key that stands before all others.
    pub fn start(self) -> Key {
        match self {
            Self::Feeds | Self::Users => Key::Name(String::new()),
            _ => Key::Id(0),
        }
    }
}

/// By what a record is found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// An item's number.
    Id(Id),
    /// The name of a feed or a person.
    Name(String),
}

impl Key {
    /// The number; 0 for a name.
    pub fn id(&self) -> Id {
        match self {
            Self::Id(id) => *id,
            Self::Name(_) => 0,
        }
    }

    /// The name; empty for a number.
    pub fn name(&self) -> &str {
        match self {
            Self::Id(_) => "",
            Self::Name(name) => name,
        }
    }
}

/// What is known of a thread: it is loaded, ranked, verified.
pub const FACTS: [&str; 3] = [LOADED, "ranked", VERIFIED];

/// Every comment that was known of is there.
pub const LOADED: &str = "loaded";

/// Nor is there one that nobody told of.
pub const VERIFIED: &str = "verified";

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it is kept.
    pub part: Part,
    /// By what it is found.
    pub key: Key,
    /// The JSON text, and when it was fetched; the latter is 0 for marks.
    pub body: Stored<String>,
    /// When it was opened last; 0 for what is never evicted.
    pub opened_at: Timestamp,
    /// Which of the [`FACTS`] hold; none of what isn't a thread.
    pub facts: [bool; 3],
}

/// All flaws.
pub const FLAWS: [Flaw; 4] = [
    Flaw::TooLong,
    Flaw::Unreadable,
    Flaw::Unknown,
    Flaw::Mismatch,
];

/// Why a record isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is larger than anything that is kept.
    TooLong,
    /// It isn't whole, or no JSON, or lacks what makes it such a record.
    Unreadable,
    /// There is no such kind of record, or no such feed.
    Unknown,
    /// Its body belongs to something else.
    Mismatch,
}

#[derive(Deserialize)]
struct RawRecord {
    store: String,
    id: Option<Id>,
    name: Option<String>,
    fetched_at: Option<u64>,
    opened_at: Option<u64>,
    loaded: Option<bool>,
    ranked: Option<bool>,
    verified: Option<bool>,
}

/// What stands between a record's own fields and its body. In no text within these fields can it
/// stand, because there a quote has a backslash before it.
const BODY: &str = ",\"body\":";

impl Record {
    /// One that was opened when it was fetched.
    pub fn new(part: Part, key: Key, body: Stored<String>) -> Self {
        Self {
            part,
            key,
            opened_at: body.fetched_at,
            body,
            facts: [false; 3],
        }
    }

    /// Reads a record from its line. Nothing in it is later than `now`: from a time to come it
    /// would win over all that is newer.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(line: &str, now: Timestamp) -> Result<Self, Flaw> {
        let (fields, body) = halves(line).ok_or(Flaw::Unreadable)?;
        let raw: Result<RawRecord, _> = json::from_str(&(fields.to_owned() + "}"));
        let raw = raw.map_err(|_| Flaw::Unreadable)?;
        let mut parts = Part::ALL.into_iter();
        let part = parts.find(|part| part.name() == raw.store);
        let part = part.ok_or(Flaw::Unknown)?;
        let key = match part.key() {
            "id" => raw.id.filter(|id| *id > 0).map(Key::Id),
            _ => raw.name.map(Key::Name),
        };
        let moment = |moment: Option<u64>| Timestamp(moment.unwrap_or_default()).min(now);
        let fetched_at = moment(raw.fetched_at);
        let record = Self {
            part,
            key: key.ok_or(Flaw::Unreadable)?,
            body: Stored {
                value: match part {
                    Part::Marks => Mark::decode(body).map_err(|_| Flaw::Unreadable)?.by(now),
                    _ => body.to_owned(),
                },
                fetched_at,
            },
            opened_at: moment(raw.opened_at).max(fetched_at),
            facts: [raw.loaded, raw.ranked, raw.verified].map(Option::unwrap_or_default),
        };
        match record.flaw() {
            None => Ok(record),
            Some(flaw) => Err(flaw),
        }
    }

    /// What is wrong with it, if anything.
    pub fn flaw(&self) -> Option<Flaw> {
        let body = &self.body.value;
        let fits = match self.part {
            Part::Marks => Mark::decode(body).map(|_| true),
            Part::Items => Item::decode(body).map(|item| item.id == self.key.id()),
            Part::Threads => Vec::<Item>::decode(body).map(|items| {
                // The root stands first; without it, something right below it does.
                let id = Some(self.key.id());
                let first = items.first();
                first.is_none_or(|it| [Some(it.id), it.parent, it.poll].contains(&id))
            }),
            Part::Users => User::decode(body).map(|user| user.id == self.key.name()),
            Part::Feeds => {
                if Feed::named(self.key.name()).is_none() {
                    return Some(Flaw::Unknown);
                }
                Vec::<Id>::decode(body).map(|_| true)
            }
        };
        match fits {
            Ok(true) => None,
            Ok(false) => Some(Flaw::Mismatch),
            Err(_) => Some(Flaw::Unreadable),
        }
    }

    /// Writes the record as a line, without an end. It must have no [flaw](Self::flaw).
    pub fn write(&self, line: &mut String) {
        *line += "{\"store\":\"";
        *line += self.part.name();
        *line += "\",\"";
        *line += self.part.key();
        *line += "\":";
        *line += &match &self.key {
            Key::Id(id) => id.to_string(),
            Key::Name(name) => quoted(name),
        };
        let moments = [
            ("fetched_at", self.body.fetched_at.0),
            ("opened_at", self.opened_at.0),
        ];
        let moments = moments.map(|(name, at)| (name, (at > 0).then(|| at.to_string())));
        let holds = |(name, holds): (_, bool)| (name, holds.then(|| "true".to_owned()));
        let facts = FACTS.into_iter().zip(self.facts).map(holds);
        for (name, value) in moments.into_iter().chain(facts) {
            if let Some(value) = value {
                *line += ",\"";
                *line += name;
                *line += "\":";
                *line += &value;
            }
        }
        *line += BODY;
        // Within JSON a line ends only between two values.
        for part in self.body.value.split(['\n', '\r']) {
            *line += part;
            line.push(' ');
        }
        line.pop();
        line.push('}');
    }

    /// What is to be kept of this and what is there; `None` if that is what is there already.
    ///
    /// Marks become one that has all of both. Of everything else the one fetched last is kept,
    /// but a thread that has all its comments never gives way to one that hasn't. What is there
    /// and can't be read counts as absent.
    pub fn merge(mut self, kept: Option<&Self>) -> Option<Self> {
        let kept = kept.filter(|kept| kept.flaw().is_none());
        let Some(kept) = kept else {
            return Some(self);
        };
        if self.part == Part::Marks {
            let mut mark = Mark::decode(&kept.body.value).unwrap_or_default();
            mark.merge(&Mark::decode(&self.body.value).unwrap_or_default());
            self.body.value = mark.json();
            return (self.body.value != kept.body.value).then_some(self);
        }
        let newer = self.body.fetched_at > kept.body.fetched_at;
        let poorer = kept.facts[0] && !self.facts[0];
        self.opened_at = self.opened_at.max(kept.opened_at);
        (newer && !poorer).then_some(self)
    }
}

/// A record's own fields, not closed, and its body.
fn halves(line: &str) -> Option<(&str, &str)> {
    let mut windows = line.as_bytes().windows(BODY.len());
    let at = windows.position(|window| window == BODY.as_bytes())?;
    let body = line.strip_suffix('}')?.get(at + BODY.len()..)?;
    Some((line.get(..at)?, body))
}

/// A ranking as it is kept.
pub(super) fn json_array(ids: &[Id]) -> String {
    let mut json = String::from("[");
    for id in ids {
        if json.len() > 1 {
            json.push(',');
        }
        json += &id.to_string();
    }
    json + "]"
}
