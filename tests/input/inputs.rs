//! What comes in as it should be, to be damaged. Made of dice, because a strategy for each field
//! takes far longer than the tests themselves.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use serde_json::{Value, json};

use crate::damage;

/// Three numbers that decide something.
pub type Dice = [u16; 3];

/// A value, as a text, with up to three damages; often with none.
pub fn damaged(value: impl Strategy<Value = Made>) -> impl Strategy<Value = String> {
    (value, vec(any::<Dice>(), 0..4)).prop_map(|(made, dice)| match made {
        Made::Value(value) => damage::text(value, &dice),
        Made::Lines(text) => damage::bytes(text, &dice),
    })
}

/// What is damaged: a value, or lines of them.
#[derive(Clone, Debug)]
pub enum Made {
    Value(Value),
    Lines(String),
}

fn made(make: impl Fn(&mut Rolled) -> Value) -> impl Strategy<Value = Made> {
    let dice = (vec(any::<u16>(), 4..80), any::<String>());
    dice.prop_map(move |(dice, text)| Made::Value(make(&mut Rolled { dice, text })))
}

/// Makes a field's value.
type Make = fn(&mut Rolled) -> Value;

/// Dice that were rolled before; when all are used up, they are zeros.
struct Rolled {
    dice: Vec<u16>,
    text: String,
}

impl Rolled {
    fn below(&mut self, sides: u16) -> u16 {
        self.dice.pop().unwrap_or_default() % sides
    }

    /// A small number as a rule, so that the same come again.
    fn id(&mut self) -> Value {
        match self.below(12) {
            0 => json!(u32::MAX),
            id => json!(id),
        }
    }

    fn ids(&mut self) -> Value {
        let count = self.below(5);
        (0..count).map(|_| self.id()).collect()
    }

    fn text(&mut self) -> Value {
        const TEXTS: [&str; 8] = [
            "",
            "Ask &amp; &#x27;tell&#x27; &lt;b&gt;",
            "<p>One.<p>Two <a href=\"https:&#x2F;&#x2F;e.example\">e</a></p>",
            "https://www.example.com/a?b#c",
            "javascript:alert(1)",
            "story",
            "comment",
            "\",\"body\":{}}\n]}",
        ];
        match usize::from(self.below(10)) {
            place if place < TEXTS.len() => json!(TEXTS[place]),
            _ => json!(self.text),
        }
    }

    fn number(&mut self) -> Value {
        match self.below(8) {
            0 => json!(u64::MAX),
            1 => json!(i64::MAX),
            2 => json!(i64::MIN),
            3 => json!(u32::MAX),
            4 => json!(-1),
            number => json!(number),
        }
    }

    /// An object of some of these fields.
    fn object(&mut self, fields: &[(&str, Make)]) -> Value {
        let mut object = serde_json::Map::new();
        for (name, value) in fields {
            if self.below(4) > 0 {
                object.insert((*name).to_owned(), value(self));
            }
        }
        Value::Object(object)
    }

    fn item(&mut self) -> Value {
        const KINDS: [&str; 6] = ["story", "comment", "job", "poll", "pollopt", "essay"];
        let mut item = self.object(&[
            ("type", |it| json!(KINDS[usize::from(it.below(6))])),
            ("by", Self::text),
            ("time", Self::number),
            ("title", Self::text),
            ("text", Self::text),
            ("url", Self::text),
            ("score", Self::number),
            ("descendants", |it| json!(it.below(9))),
            ("kids", Self::ids),
            ("parts", Self::ids),
            ("parent", Self::id),
            ("poll", Self::id),
            ("deleted", |it| json!(it.below(2) == 0)),
            ("dead", |it| json!(it.below(2) == 0)),
            ("delay", Self::number),
        ]);
        item["id"] = self.id();
        item
    }

    fn node(&mut self, below: u16) -> Value {
        let mut node = self.object(&[
            ("type", |it| {
                json!(["story", "comment"][usize::from(it.below(2))])
            }),
            ("author", Self::text),
            ("created_at_i", Self::number),
            ("title", Self::text),
            ("text", Self::text),
            ("url", Self::text),
            ("points", Self::number),
            ("parent_id", Self::id),
            ("created_at", Self::text),
        ]);
        node["id"] = self.id();
        for name in ["children", "options"] {
            let count = if below == 0 { 0 } else { self.below(4) };
            node[name] = (0..count).map(|_| self.node(below - 1)).collect();
        }
        node
    }

    fn hit(&mut self) -> Value {
        let mut hit = self.object(&[
            ("author", Self::text),
            ("created_at_i", Self::number),
            ("title", Self::text),
            ("url", Self::text),
            ("story_text", Self::text),
            ("comment_text", Self::text),
            ("story_title", Self::text),
            ("points", Self::number),
            ("num_comments", |it| json!(it.below(9))),
            ("_tags", |it| json!([it.text()])),
        ]);
        hit["objectID"] = json!(self.id().to_string());
        hit
    }

    /// A line of a file that was taken away, as it could have been written.
    fn line(&mut self) -> String {
        let (store, key, body) = match self.below(5) {
            0 => ("marks", self.id(), self.mark()),
            1 => {
                let item = self.item();
                ("items", item["id"].clone(), item)
            }
            2 => {
                let first = self.item();
                let id = first["id"].clone();
                ("threads", id, json!([first, self.item(), self.item()]))
            }
            3 => ("feeds", json!("top"), self.ids()),
            _ => {
                let name = self.text();
                (
                    "users",
                    name.clone(),
                    json!({"id": name, "about": self.text()}),
                )
            }
        };
        let field = if key.is_string() { "name" } else { "id" };
        let at = self.number();
        format!("{{\"store\":\"{store}\",\"{field}\":{key},\"fetched_at\":{at},\"body\":{body}}}")
    }

    fn mark(&mut self) -> Value {
        self.object(&[
            ("read", Self::number),
            ("saved", Self::number),
            ("hidden", Self::number),
            ("collapsed", Self::ids),
            (
                "last_visit",
                |it| json!({"at": it.number(), "count": it.below(9), "highest": it.id()}),
            ),
        ])
    }

    fn settings(&mut self) -> Value {
        let network = self.object(&[
            ("permits", Self::number),
            ("timeout_ms", Self::number),
            ("attempts", Self::number),
            ("rate", Self::number),
            ("burst", Self::number),
            ("algolia", |it| json!(it.below(2) == 0)),
        ]);
        let reading = json!({"hide_read": self.below(2) == 0, "filter": self.text()});
        json!({
            "network": network, "reading": reading,
            "megabytes": self.number(), "days": self.number(),
        })
    }

    fn job(&mut self) -> Value {
        json!({
            "feed": "show", "most": self.number(), "exact": self.below(2) == 0,
            "since": self.number(), "course": "running",
        })
    }
}

pub fn item() -> impl Strategy<Value = Made> {
    made(Rolled::item)
}

pub fn tree() -> impl Strategy<Value = Made> {
    made(|it| it.node(3))
}

pub fn search() -> impl Strategy<Value = Made> {
    made(|it| {
        let count = it.below(5);
        let hits: Vec<_> = (0..count).map(|_| it.hit()).collect();
        json!({"hits": hits, "nbHits": it.number(), "nbPages": it.number()})
    })
}

pub fn profile() -> impl Strategy<Value = Made> {
    made(|it| {
        let mut user = it.object(&[
            ("created", Rolled::number),
            ("karma", Rolled::number),
            ("about", Rolled::text),
            ("submitted", Rolled::ids),
        ]);
        user["id"] = it.text();
        user
    })
}

/// A ranking, or what changed of late.
pub fn ranking() -> impl Strategy<Value = Made> {
    made(|it| match it.below(2) {
        0 => it.ids(),
        _ => json!({"items": it.ids(), "profiles": [it.text(), it.text()]}),
    })
}

/// A mark, a download or the settings.
pub fn settings() -> impl Strategy<Value = Made> {
    made(|it| match it.below(3) {
        0 => it.mark(),
        1 => it.job(),
        _ => it.settings(),
    })
}

/// A file that everything was taken away in.
pub fn lines() -> impl Strategy<Value = Made> {
    let dice = (vec(any::<u16>(), 4..160), any::<String>());
    dice.prop_map(|(dice, text)| {
        let mut rolled = Rolled { dice, text };
        let count = 1 + rolled.below(4);
        let lines: Vec<_> = (0..count).map(|_| rolled.line()).collect();
        let head = "{\"format\":\"hackershelf\",\"version\":1,\"exported_at\":7,\"records\":[";
        Made::Lines(format!("{head}\n{}\n]}}\n", lines.join(",\n")))
    })
}
