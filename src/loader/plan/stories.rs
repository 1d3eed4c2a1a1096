//! A load of stories: of one page of a feed, of its whole ranking, or of some of its rows. What a
//! person posted is such a list too, told by another plan.
//!
//! Both are asked for the ranking at once, and the store first for stories: which of them are
//! recent enough decides what the network is asked. The page shows what was kept at once; the new
//! ranking takes its place in one step, as soon as each of its rows has something to show, so that
//! full rows never turn into empty ones. Rows are then updated where they stand.
//!
//! A ranking is a *snapshot*: turning a page stays within it, and no story slips from one page to
//! the next while somebody reads. What was fetched within [`FRESH`] isn't asked for again, unless
//! the reader asks.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::{Effect, Event, FRESH, PAGE, Pages, Plan};
use crate::hn::{Error, Feed, Fetched, Id, Item, sort};
use crate::http;
use crate::loader::Change;
use crate::store::{Batch, Job, Stored};
use crate::sync::Priority;
use crate::time::Timestamp;

/// One load of one feed, or of some of its rows.
#[derive(Debug)]
pub struct Stories {
    /// The feed whose ranking this load cares for; none where it is about single items.
    feed: Option<Feed>,
    pages: Pages,
    /// So many stories of them at most.
    most: usize,
    /// What it lists is told by another plan, and the list kept before is as good as a new one to
    /// begin with.
    told: bool,
    /// Nobody waits for it.
    later: bool,
    /// The reader asked for it: nothing counts as fresh.
    pub(super) refresh: bool,
    /// What is kept is good, however old it is.
    lasting: bool,
    /// What was fetched since then is good, too.
    since: Option<Timestamp>,
    /// The ranking can't be had: ask only for what is lacking.
    ranking_failed: Option<Error>,
    shown: Option<Vec<Id>>,
    /// The new ranking's page, waiting until each of its rows has something to show.
    next: Option<(Vec<Id>, Change)>,
    /// When what is known of an item was fetched.
    known: HashMap<Id, Timestamp>,
    failed: HashSet<Id>,
    waiting: HashSet<Id>,
    /// It asks for more stories than a page has.
    long: bool,
    /// Reads of items under way.
    reading: usize,
    /// The store is asked for the ranking.
    recalling: bool,
    /// The network is asked for the ranking.
    pub(super) ranking: bool,
    pub(super) batch: Batch,
    /// Writes under way.
    keeping: usize,
    /// Every answer is in, or nobody wants it any more.
    ended: bool,
}

impl Stories {
    fn new(feed: Option<Feed>, pages: Pages, refresh: bool) -> Self {
        Self {
            feed,
            pages,
            most: pages.most(),
            told: false,
            later: false,
            refresh,
            lasting: false,
            since: None,
            ranking_failed: None,
            shown: None,
            next: None,
            known: HashMap::default(),
            failed: HashSet::default(),
            waiting: HashSet::default(),
            long: false,
            reading: 0,
            recalling: false,
            ranking: false,
            batch: Batch::default(),
            keeping: 0,
            ended: false,
        }
    }

    /// A load of `pages`, given the snapshot of this visit if there is one. `refresh` asks for
    /// everything anew.
    pub fn open(
        feed: Feed,
        pages: Pages,
        refresh: bool,
        snapshot: Option<Stored<Vec<Id>>>,
        now: Timestamp,
    ) -> (Self, Vec<Effect>) {
        let mut plan = Self::new(Some(feed), pages, refresh);
        let effects = plan.start(feed, snapshot, now);
        (plan, effects)
    }

    fn start(
        &mut self,
        feed: Feed,
        snapshot: Option<Stored<Vec<Id>>>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(snapshot) = snapshot else {
            (self.recalling, self.ranking) = (true, true);
            return vec![Effect::FetchRanking(feed), Effect::ReadRanking(feed)];
        };
        let stale = self.pages.first() == 0 && !snapshot.fetched_at.is_within(FRESH, now);
        self.ranking = self.refresh || stale;
        let mut effects = Vec::new();
        self.rank(&snapshot, &mut effects);
        if self.ranking {
            effects.push(Effect::FetchRanking(feed));
        }
        effects
    }

    /// A load that nobody waits for, so that the stories of `job` can be read offline.
    pub fn keep(
        job: &Job,
        snapshot: Option<Stored<Vec<Id>>>,
        now: Timestamp,
    ) -> (Self, Vec<Effect>) {
        let mut plan = Self::new(Some(job.feed), Pages::All, false);
        (plan.later, plan.most, plan.since) = (true, job.most, Some(job.since));
        let effects = plan.start(job.feed, snapshot, now);
        (plan, effects)
    }

    /// A load of stories that need not be new, such as those that the reader saved.
    pub fn kept(ids: Vec<Id>) -> (Self, Vec<Effect>) {
        let mut plan = Self::new(None, Pages::All, false);
        (plan.lasting, plan.reading) = (true, 1);
        plan.shown = Some(ids.clone());
        (plan, vec![Effect::ReadItems(ids)])
    }

    /// A load of `pages` of a list that another plan tells: first the one that was kept, then the
    /// new one.
    pub(super) fn told(pages: Pages, refresh: bool) -> Self {
        Self {
            told: true,
            recalling: true,
            ranking: true,
            ..Self::new(None, pages, refresh)
        }
    }

    /// Another try at single rows, or, if `later`, at what couldn't be kept.
    pub fn retry(ids: Vec<Id>, later: bool) -> (Self, Vec<Effect>) {
        let mut plan = Self::new(None, Pages::All, true);
        plan.later = later;
        let mut effects = Vec::new();
        plan.fetch(ids, &mut effects);
        (plan, effects)
    }

    /// Asks the store for its part of `ranking`, which is shown once it has something to show.
    fn rank(&mut self, ranking: &Stored<Vec<Id>>, effects: &mut Vec<Effect>) {
        let first = self.pages.first();
        let ids: Vec<Id> = ranking
            .value
            .iter()
            .skip(first)
            .take(self.most)
            .copied()
            .collect();
        let change = Change::Ranking {
            ids: ids.clone(),
            first,
            pages: ranking.value.len().div_ceil(PAGE),
            as_of: ranking.fetched_at,
        };
        self.next = Some((ids.clone(), change));
        self.reading += 1;
        effects.push(Effect::ReadItems(ids));
    }

    fn stored(&mut self, items: Vec<Stored<Item>>, effects: &mut Vec<Effect>) {
        self.reading -= 1;
        for item in items {
            let id = item.value.id;
            if self.known.get(&id).is_none_or(|&at| at < item.fetched_at) {
                self.known.insert(id, item.fetched_at);
                effects.push(Effect::Show(Change::Story {
                    id,
                    story: item,
                    fresh: false,
                }));
            }
        }
    }

    fn is_ranking(&self) -> bool {
        self.ranking || self.recalling
    }

    /// Asks for the page's items, as soon as it is known which they are and what the store has.
    fn fetch_wanted(&mut self, now: Timestamp, effects: &mut Vec<Effect>) {
        if self.recalling || (self.ranking && !self.told) || self.reading > 0 {
            return;
        }
        let failed = self.ranking_failed.is_some();
        let since = self.since;
        let is_recent = |at: &Timestamp| {
            at.is_within(FRESH, now) || since.is_some_and(|since| (since..=now).contains(at))
        };
        let lasting = self.lasting || (failed && !self.later);
        let good = |at: &Timestamp| lasting || (!self.refresh && is_recent(at));
        let rows = self
            .next
            .as_ref()
            .map(|(ids, _)| ids)
            .or(self.shown.as_ref());
        let (good, wanted): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .flatten()
            .copied()
            .filter(|id| !self.waiting.contains(id))
            .partition(|id| self.known.get(id).is_some_and(good));
        if !failed || self.later {
            effects.extend(good.into_iter().map(|id| Effect::Show(Change::Fresh(id))));
        }
        self.fetch(wanted, effects);
    }

    fn answered(
        &mut self,
        id: Id,
        answer: Result<Fetched<Item>, Error>,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        self.waiting.remove(&id);
        if self.long && answer.is_ok() {
            effects.push(Effect::Extend);
        }
        effects.push(Effect::Show(match answer {
            Ok(Fetched { value, json }) => {
                self.known.insert(id, now);
                self.batch.items.push((
                    id,
                    Stored {
                        value: json,
                        fetched_at: now,
                    },
                ));
                Change::Story {
                    id,
                    story: Stored {
                        value,
                        fetched_at: now,
                    },
                    fresh: true,
                }
            }
            Err(error) => {
                self.failed.insert(id);
                Change::Failed(id, error)
            }
        }));
    }

    fn give_up(&mut self, error: http::Error, effects: &mut Vec<Effect>) {
        effects.push(Effect::Abort);
        let overdue = || Error::Http(error.clone());
        if std::mem::take(&mut self.ranking) {
            effects.push(Effect::Show(Change::RankingFailed(overdue())));
        }
        (self.recalling, self.reading) = (false, 0);
        let mut waiting: Vec<_> = self.waiting.drain().collect();
        sort(&mut waiting);
        self.failed.extend(&waiting);
        effects.extend(
            waiting
                .into_iter()
                .map(|id| Effect::Show(Change::Failed(id, overdue()))),
        );
    }

    fn fetch(&mut self, ids: Vec<Id>, effects: &mut Vec<Effect>) {
        if ids.is_empty() {
            return;
        }
        self.waiting.extend(&ids);
        self.long = ids.len() > PAGE;
        if self.long {
            effects.push(Effect::Extend);
        }
        effects.push(Effect::Show(Change::Asked(ids.clone())));
        // What stands on top is read first.
        let priority = |place| match place {
            _ if self.later => Priority::Later,
            0..PAGE => Priority::Now,
            _ => Priority::Soon,
        };
        let ids = ids.into_iter().enumerate();
        effects.extend(ids.map(|(place, id)| Effect::FetchItem(id, priority(place))));
    }

    /// Shows the ranking held back once each of its rows has something to show; at once where
    /// nothing else or the same is shown.
    fn swap_if_ready(&mut self, effects: &mut Vec<Effect>) {
        let has_content = |id: &Id| self.known.contains_key(id) || self.failed.contains(id);
        let ready = |ids: &Vec<Id>| {
            let first = self.shown.is_none() && self.reading == 0 && !self.recalling;
            first || self.shown.as_ref() == Some(ids) || ids.iter().all(has_content)
        };
        if self.next.as_ref().is_some_and(|(ids, _)| ready(ids))
            && let Some((ids, change)) = self.next.take()
        {
            effects.push(Effect::Show(change));
            self.shown = Some(ids);
        }
    }

    fn write(&mut self, effects: &mut Vec<Effect>) {
        if !self.batch.is_empty() {
            self.keeping += 1;
            effects.push(Effect::Keep(std::mem::take(&mut self.batch)));
        }
    }

    fn end_if_done(&mut self, effects: &mut Vec<Effect>) {
        if self.is_ranking() || self.reading > 0 || !self.waiting.is_empty() {
            return;
        }
        if !std::mem::replace(&mut self.ended, true) {
            self.write(effects);
            if self.feed.is_some() || self.told || self.lasting {
                effects.push(Effect::Show(Change::Settled));
            }
        }
        if self.keeping == 0 {
            effects.push(Effect::Finish);
        }
    }
}

impl Plan for Stories {
    fn on(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::StoredRanking(stored) => {
                self.recalling = false;
                let outdated = !self.ranking && self.ranking_failed.is_none();
                match stored {
                    // The network was faster.
                    _ if outdated => {}
                    Some(stored) => self.rank(&stored, &mut effects),
                    None => effects.push(Effect::Show(Change::Blank)),
                }
                let failed = self.ranking_failed.clone().map(Change::RankingFailed);
                effects.extend(failed.map(Effect::Show));
                self.fetch_wanted(now, &mut effects);
            }
            Event::StoredItems(items) => {
                self.stored(items, &mut effects);
                self.fetch_wanted(now, &mut effects);
            }
            Event::Ranked(Ok(ids)) => {
                self.ranking = false;
                let ranking = Stored {
                    value: ids,
                    fetched_at: now,
                };
                self.rank(&ranking, &mut effects);
                if let Some(feed) = self.feed {
                    self.batch.feed = Some((feed, ranking.clone()));
                    effects.push(Effect::Remember(feed, ranking));
                }
            }
            Event::Ranked(Err(error)) => {
                self.ranking = false;
                if !self.recalling {
                    effects.push(Effect::Show(Change::RankingFailed(error.clone())));
                }
                self.ranking_failed = Some(error);
                self.fetch_wanted(now, &mut effects);
            }
            Event::Item(id, answer) => self.answered(id, answer, now, &mut effects),
            Event::Tick => self.write(&mut effects),
            Event::Overdue(error) => self.give_up(error, &mut effects),
            Event::Kept(written) => {
                self.keeping -= 1;
                effects.extend(
                    written
                        .err()
                        .map(|error| Effect::Show(Change::NotKept(error))),
                );
            }
            Event::StoredThread(_)
            | Event::StoredUser(_)
            | Event::User(_)
            | Event::Tree(_)
            | Event::Woken
            | Event::Hits(_)
            | Event::StoredPart(_) => {}
            Event::Left => {
                effects.push(Effect::Abort);
                self.write(&mut effects);
                self.waiting.clear();
                (self.ranking, self.recalling) = (false, false);
                (self.reading, self.next) = (0, None);
                self.ended = true;
            }
        }
        self.swap_if_ready(&mut effects);
        self.end_if_done(&mut effects);
        effects
    }
}
