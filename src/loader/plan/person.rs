//! A load of a person: the profile, and one page of all that they posted.
//!
//! A profile names everything its person posted, thousands of items of mixed kinds, and is to them
//! what a ranking is to a feed. A kept profile shows its page at once and has what is old or missing
//! on it asked for while the network is still asked for the profile itself.

use super::{Effect, Event, FRESH, Pages, Plan, Stories};
use crate::hn::{Error, Fetched, User};
use crate::loader::Change;
use crate::store::Stored;
use crate::time::Timestamp;

/// One load of one page of a person.
#[derive(Debug)]
pub struct Person {
    name: String,
    refresh: bool,
    /// Some profile is shown.
    known: bool,
    posts: Stories,
}

impl Person {
    /// A load of a page, from 1, of what the person called `name` posted. `refresh` asks for
    /// everything anew.
    pub fn open(name: String, page: usize, refresh: bool) -> (Self, Vec<Effect>) {
        let effects = vec![Effect::ReadUser(name.clone())];
        let plan = Self {
            name,
            refresh,
            known: false,
            posts: Stories::told(Pages::One(page), refresh),
        };
        (plan, effects)
    }

    fn recalled(&mut self, kept: Option<Stored<User>>, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        let fresh = |kept: &Stored<User>| !self.refresh && kept.fetched_at.is_within(FRESH, now);
        let fresh = kept.as_ref().is_some_and(fresh);
        self.known = kept.is_some();
        let posts = kept.as_ref().map(|kept| Stored {
            value: kept.value.submitted.clone(),
            fetched_at: kept.fetched_at,
        });
        if !fresh {
            effects.push(Effect::FetchUser(self.name.clone()));
        }
        effects.extend(kept.map(|kept| Effect::Show(Change::Person(kept))));
        effects.extend(self.posts.on(Event::StoredRanking(posts), now));
        self.posts.ranking = !fresh;
        effects
    }

    fn answered(&mut self, answer: Result<Fetched<User>, Error>, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        let posts = answer.map(|Fetched { value, json }| {
            let json = Stored {
                value: json,
                fetched_at: now,
            };
            self.known = true;
            // What was asked for anew meanwhile is fresh.
            self.posts.refresh = false;
            self.posts.batch.user = Some((self.name.clone(), json));
            let posts = value.submitted.clone();
            effects.push(Effect::Show(Change::Person(Stored {
                value,
                fetched_at: now,
            })));
            posts
        });
        if posts == Err(Error::Missing) && !self.known {
            effects.push(Effect::Show(Change::Nobody));
        }
        effects.extend(self.posts.on(Event::Ranked(posts), now));
        effects
    }
}

impl Plan for Person {
    fn on(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        match event {
            Event::StoredUser(kept) => self.recalled(kept, now),
            Event::User(answer) => self.answered(answer, now),
            event => self.posts.on(event, now),
        }
    }
}
