//! Carries out what a plan wants done: one loop a load, which owns all its requests.

use std::cell::Cell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::future::LocalBoxFuture;
use futures_util::FutureExt;

use super::plan::{DEADLINE, Effect, Event, KEEP_EVERY, Plan};
use super::{Change, Shared, Terms};
use crate::hn::{self, Feed, Id, Query};
use crate::http::{self, Ask};
use crate::store::record::Key;
use crate::store::{self, Part};
use crate::sync::{Priority, TaskGroup};

/// So many items of a load are in the engine's hands at most; the others wait here. More than
/// there are permits, so that none is idle, and few enough that a deadline isn't spent in a queue.
const AHEAD: usize = 64;

/// While the shelf fills, it is looked through again after each such time.
const LOOK_EVERY: Duration = Duration::from_millis(400);

impl Shared {
    /// Carries out one load, telling `show` whatever changes.
    pub(super) fn load<'a>(
        &'a self,
        plan: Box<dyn Plan>,
        effects: Vec<Effect>,
        terms: Terms,
        left: oneshot::Receiver<()>,
        show: &'a dyn Fn(Change),
    ) -> LocalBoxFuture<'a, ()> {
        // A download has loads within its own: they are one piece of code by this box.
        Box::pin(self.run(plan, effects, terms, left, show))
    }

    async fn run(
        &self,
        mut plan: Box<dyn Plan>,
        mut effects: Vec<Effect>,
        terms: Terms,
        left: oneshot::Receiver<()>,
        show: &dyn Fn(Change),
    ) {
        let deadline = Cell::new(self.clock.now() + DEADLINE);
        let ask = |priority| Ask {
            priority,
            deadline: (!terms.later).then(|| deadline.get()),
            by_hand: terms.by_hand,
        };
        let first = match terms.later {
            true => Priority::Later,
            false => Priority::Now,
        };
        // What an `Abort` drops, and what goes on: the timers and the writes.
        let mut queue = VecDeque::<(Id, Priority)>::new();
        let mut requests = TaskGroup::new();
        let mut others = TaskGroup::new();
        others.spawn(left.map(|_| Event::Left).boxed_local());
        if !terms.later {
            others.spawn(self.overdue(&deadline).boxed_local());
        }
        others.spawn(self.after(KEEP_EVERY, Event::Tick));
        // Who opens a story that a download has queued shares and raises it: so all of it is.
        let ahead = if terms.later { usize::MAX } else { AHEAD };
        loop {
            for effect in effects {
                match effect {
                    Effect::Show(change) => show(change),
                    Effect::Remember(feed, ranking) => {
                        self.snapshots.borrow_mut()[feed as usize] = Some(ranking);
                    }
                    Effect::Keep(batch) => {
                        if terms.later {
                            self.update(|tally| tally.keeping.bytes += batch.bytes());
                        }
                        others.spawn(self.store.write(batch).map(Event::Kept).boxed_local());
                    }
                    Effect::Abort => {
                        queue.clear();
                        requests.cancel_all();
                    }
                    Effect::Extend => deadline.set(self.clock.now() + DEADLINE),
                    Effect::Finish => return,
                    Effect::ReadRanking(feed) => {
                        requests.spawn(self.read_ranking(feed).boxed_local());
                    }
                    Effect::ReadItems(ids) => {
                        requests.spawn(self.read_items(ids).boxed_local());
                    }
                    Effect::FetchRanking(feed) => {
                        let ranking = self.hn.feed(feed, ask(first));
                        requests.spawn(ranking.map(Event::Ranked).boxed_local());
                    }
                    Effect::ReadThread(id) => {
                        requests.spawn(self.read_thread(id).boxed_local());
                    }
                    Effect::FetchTree(id) => {
                        let tree = self.hn.tree(id, ask(first));
                        requests.spawn(tree.map(Event::Tree).boxed_local());
                    }
                    Effect::ReadUser(name) => {
                        requests.spawn(self.read_user(name).boxed_local());
                    }
                    Effect::FetchUser(name) => {
                        let user = self.fetch_user(name, ask(Priority::Now));
                        requests.spawn(user.boxed_local());
                    }
                    Effect::FetchHits(query) => {
                        let hits = self.fetch_hits(query, ask(Priority::Now));
                        requests.spawn(hits.boxed_local());
                    }
                    Effect::LookUp(query, hits) => {
                        let mut sought = self.sought.borrow_mut();
                        // What the index said before holds until it says something else.
                        if hits.is_some() || sought.0 != query {
                            *sought = (query, hits);
                        }
                        drop(sought);
                        self.look_up();
                    }
                    Effect::ReadPart(part, after, most) => {
                        requests.spawn(self.read_part(part, after, most).boxed_local());
                    }
                    Effect::Shelve(json, story) => {
                        let mut shelf = self.shelf.borrow_mut();
                        shelf.put(&json, story);
                        let full = shelf.stock.full;
                        // Whatever else is kept finds no room.
                        shelf.stock.whole = full;
                        drop(shelf);
                        if full {
                            self.look_up();
                            return;
                        }
                        if self.clock.now() >= self.looked.get() + LOOK_EVERY {
                            self.look_up();
                        }
                    }
                    Effect::Shelved => {
                        self.shelf.borrow_mut().stock.whole = true;
                        self.look_up();
                    }
                    Effect::Wake(delay) => {
                        others.spawn(self.after(delay, Event::Woken));
                    }
                    Effect::FetchItem(id, priority) => {
                        let place = queue.partition_point(|(_, other)| *other <= priority);
                        queue.insert(place, (id, priority));
                    }
                }
            }
            while requests.len() < ahead
                && let Some((id, priority)) = queue.pop_front()
            {
                requests.spawn(self.fetch_item(id, ask(priority)).boxed_local());
            }
            let event = either(&mut requests, &mut others).await;
            if let Event::Item(id, Err(hn::Error::Http(http::Error::Busy(wait)))) = event
                && self.clock.now() + wait <= deadline.get()
            {
                // Too long a pause when it was asked for; by now the deadline has moved on.
                queue.push_front((id, Priority::Now));
                effects = Vec::new();
                continue;
            }
            if matches!(event, Event::Tick) {
                others.spawn(self.after(KEEP_EVERY, Event::Tick));
            }
            effects = plan.on(event, self.clock.wall());
        }
    }

    async fn read_ranking(&self, feed: Feed) -> Event {
        Event::StoredRanking(self.or_without(self.store.feed(feed).await))
    }

    async fn read_items(&self, ids: Vec<Id>) -> Event {
        Event::StoredItems(self.or_without(self.store.items(ids).await))
    }

    async fn read_thread(&self, id: Id) -> Event {
        Event::StoredThread(self.or_without(self.store.thread(id).await))
    }

    async fn read_user(&self, name: String) -> Event {
        Event::StoredUser(self.or_without(self.store.user(name).await))
    }

    async fn fetch_user(&self, name: String, ask: Ask) -> Event {
        Event::User(self.hn.user(&name, ask).await)
    }

    async fn fetch_hits(&self, query: Query, ask: Ask) -> Event {
        Event::Hits(self.hn.search(&query, self.clock.wall(), ask).await)
    }

    async fn read_part(&self, part: Part, after: Id, most: u32) -> Event {
        Event::StoredPart(self.or_without(self.store.part(part, Key::Id(after), most).await))
    }

    /// Shows what fits of all that is on the shelf by now, and of what the index found.
    fn look_up(&self) {
        let (query, hits) = &*self.sought.borrow();
        let mut shelf = self.shelf.borrow_mut();
        let findings = shelf.find(query, hits.as_ref(), self.clock.wall());
        drop(shelf);
        self.looked.set(self.clock.now());
        (self.show)(Change::Found(findings));
    }

    async fn fetch_item(&self, id: Id, ask: Ask) -> Event {
        Event::Item(id, self.hn.item(id, ask).await)
    }

    /// Waits for a deadline that may move on.
    async fn overdue(&self, deadline: &Cell<Duration>) -> Event {
        loop {
            let left = deadline.get().saturating_sub(self.clock.now());
            if left.is_zero() {
                break;
            }
            self.clock.sleep(left).await;
        }
        Event::Overdue(match self.hn.http().is_online() {
            true => http::Error::Timeout(DEADLINE),
            false => http::Error::Offline,
        })
    }

    fn after(&self, delay: Duration, event: Event) -> LocalBoxFuture<'static, Event> {
        self.clock.sleep(delay).map(|()| event).boxed_local()
    }

    /// A store that fails is a store without the thing; the reader learns why.
    pub(super) fn or_without<T: Default>(&self, read: Result<T, store::Error>) -> T {
        read.unwrap_or_else(|error| {
            (self.show)(Change::NotKept(error));
            T::default()
        })
    }
}

/// The next event of two groups, the second of which is never empty.
async fn either<'a>(
    requests: &mut TaskGroup<'a, Event>,
    others: &mut TaskGroup<'a, Event>,
) -> Event {
    poll_fn(|context| {
        for group in [&mut *requests, &mut *others] {
            if let Poll::Ready(Some((_, event))) = group.poll_next(context) {
                return Poll::Ready(event);
            }
        }
        Poll::Pending
    })
    .await
}
