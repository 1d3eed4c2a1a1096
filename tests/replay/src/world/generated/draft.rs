//! Items before they have ids: they get them in the order of time, as in the real API.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::dice::Dice;
use super::talk;
use crate::world::{Oddity, World};

/// Ids begin here.
const FIRST_ID: u64 = 41_000_000;

#[derive(Debug, Default)]
pub(super) struct Draft {
    pub time: u64,
    pub parent: Option<usize>,
    /// In rank order.
    pub kids: Vec<usize>,
    /// The options of a poll.
    pub parts: Vec<usize>,
    /// What the item says besides id, parent, kids, parts and time.
    pub fields: Map<String, Value>,
    pub odd: Vec<Oddity>,
    /// It has an id, but no item: the id answers `null`.
    pub absent: bool,
    /// Counted in `descendants` on top of what is there.
    pub overcount: u64,
}

impl Draft {
    pub fn is(&self, oddity: Oddity) -> bool {
        self.odd.contains(&oddity)
    }

    /// Takes author and text away.
    pub fn delete(&mut self) {
        self.fields.remove("by");
        self.fields.remove("text");
        self.fields.insert("deleted".to_owned(), true.into());
        self.odd.push(Oddity::Deleted);
    }

    /// Marks it as dead, with what is said in place of its text.
    pub fn kill(&mut self, text: &str) {
        self.fields.insert("dead".to_owned(), true.into());
        self.fields.insert("text".to_owned(), text.into());
        self.odd.push(Oddity::Dead);
    }

    /// Holds its text back.
    pub fn delay(&mut self) {
        self.fields.insert("text".to_owned(), "[delayed]".into());
        self.odd.push(Oddity::Delayed);
    }

    /// Shown to readers: neither absent nor deleted nor dead.
    fn lives(&self) -> bool {
        !self.absent && !self.is(Oddity::Deleted) && !self.is(Oddity::Dead)
    }
}

#[derive(Debug)]
pub(super) struct Drafts {
    pub all: Vec<Draft>,
    pub now: u64,
}

impl Drafts {
    pub fn add(&mut self, draft: Draft) -> usize {
        self.all.push(draft);
        self.all.len() - 1
    }

    /// Adds a reply to `parent` at a rank of chance.
    pub fn reply(&mut self, parent: usize, by: &str, text: &str, dice: &mut Dice) -> usize {
        let since = self.all[parent].time;
        let left = self.now.saturating_sub(since + 40) as f64;
        let wait = 30 + (left * dice.share().powi(2)) as u64;
        let fields = json!({ "by": by, "text": text, "type": "comment" });
        let Value::Object(fields) = fields else {
            unreachable!("an object was written")
        };
        let reply = self.add(Draft {
            time: since + wait,
            parent: Some(parent),
            fields,
            ..Draft::default()
        });
        let rank = dice.below(self.all[parent].kids.len() + 1);
        self.all[parent].kids.insert(rank, reply);
        reply
    }

    /// Grows a thread of `n` comments below a story.
    pub fn thread(&mut self, story: usize, n: u64, names: &[String], dice: &mut Dice) {
        let mut grown = vec![story];
        for _ in 0..n {
            // A third answers the story, the rest someone; recent comments draw more.
            let parent = if dice.chance(34) {
                story
            } else {
                let at = (grown.len() as f64 * dice.share().sqrt()) as usize;
                grown[at.min(grown.len() - 1)]
            };
            let too_late = self.all[parent].time + 120 > self.now;
            let parent = if too_late { story } else { parent };
            let by = names[dice.below(names.len())].clone();
            let reply = self.reply(parent, &by, &talk::text(dice), dice);
            if self.misfortune(reply, dice) {
                grown.push(reply);
            }
        }
    }

    /// Deletes, kills or delays a few; tells whether the comment can have replies.
    fn misfortune(&mut self, reply: usize, dice: &mut Dice) -> bool {
        let draft = &mut self.all[reply];
        match dice.up_to(0, 199) {
            0..=3 => draft.delete(),
            4..=6 => draft.kill(dice.pick(&["[flagged]", "[dead]", "Buy cheap sundials now!!!"])),
            7 => {
                draft.delay();
                return false;
            }
            8 | 9 => {
                draft.absent = true;
                draft.odd.push(Oddity::NullKid);
                return false;
            }
            _ => {}
        }
        true
    }

    /// Depth of the deepest comment and number of living ones below a story.
    fn extent(&self, story: usize) -> (usize, u64) {
        let (mut deepest, mut living) = (0, 0);
        let mut open = vec![(story, 0)];
        while let Some((at, depth)) = open.pop() {
            deepest = deepest.max(depth);
            for kid in &self.all[at].kids {
                living += u64::from(self.all[*kid].lives());
                if !self.all[*kid].absent {
                    open.push((*kid, depth + 1));
                }
            }
        }
        (deepest, living)
    }

    /// Gives every draft its id and writes the items into a world. Returns the ids by draft.
    pub fn settle(&mut self, world: &mut World) -> Vec<u64> {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_by_key(|at| (self.all[*at].time, *at));
        let mut ids = vec![0; order.len()];
        for (nth, at) in order.into_iter().enumerate() {
            // Gaps, as other people's items would leave them.
            ids[at] = FIRST_ID + 3 * nth as u64 + nth as u64 % 2;
        }
        let mut oddities: BTreeMap<Oddity, Vec<u64>> = BTreeMap::new();
        for at in 0..self.all.len() {
            let mut odd = self.all[at].odd.clone();
            if !self.all[at].absent {
                world.put_item(self.item(at, &ids, &mut odd));
            }
            odd.dedup();
            for oddity in odd {
                oddities.entry(oddity).or_default().push(ids[at]);
            }
        }
        for list in oddities.values_mut() {
            list.sort_unstable();
        }
        world.oddities = oddities;
        ids
    }

    fn item(&self, at: usize, ids: &[u64], odd: &mut Vec<Oddity>) -> Value {
        let draft = &self.all[at];
        let mut item = draft.fields.clone();
        let mut put = |name: &str, value: Value| item.insert(name.to_owned(), value);
        let known = |list: &[usize]| -> Value { list.iter().map(|one| ids[*one]).collect() };
        put("id", ids[at].into());
        put("time", draft.time.into());
        if let Some(parent) = draft.parent {
            let name = if draft.fields["type"] == "pollopt" {
                "poll"
            } else {
                "parent"
            };
            put(name, ids[parent].into());
        } else if draft.fields["type"] != "job" {
            let (depth, living) = self.extent(at);
            put("descendants", (living + draft.overcount).into());
            if depth >= 10 {
                odd.push(Oddity::Deep);
            }
            if living >= 200 {
                odd.push(Oddity::Big);
            }
        }
        if !draft.kids.is_empty() {
            put("kids", known(&draft.kids));
        }
        if !draft.parts.is_empty() {
            put("parts", known(&draft.parts));
        }
        Value::Object(item)
    }
}
