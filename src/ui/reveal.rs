//! Which comments stand on the page: in reading order, and so that none that comes later moves what
//! is being read. Pure, and tested on the host.
//!
//! A comment is shown once it and all before it in its list have an answer, or if nothing has come
//! for a while. Where something stands
//! below already, more is only put in out of the reader's sight; within it, it is held back until
//! the reader scrolls on or asks. A list that may have been seen keeps its order in the same way.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::hn::Id;
use crate::store::Mark;

/// Where things are on the screen.
pub trait Sight {
    /// Whether the end of what stands below this comment is out of view.
    fn ends_away(&self, id: Id) -> bool;

    /// Whether the replies to this comment have never been in view.
    fn is_unseen(&self, id: Id) -> bool;
}

/// What is known and what is shown of a thread.
#[derive(Debug, Default)]
pub struct Reveal {
    root: Id,
    wanted: HashMap<Id, Vec<Id>>,
    shown: HashMap<Id, Vec<Id>>,
    settled: HashSet<Id>,
    /// What the reader left at the last visit.
    pub mark: Mark,
}

/// What is shown at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// What has its turn.
    InTurn,
    /// What stands behind comments that keep the reader waiting, too.
    Overdue,
    /// Everything, in order: the reader asked for it.
    Asked,
}

/// What one step changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The comments whose replies changed, parents first.
    pub changed: Vec<Id>,
    /// Comments with so many more replies held back below them.
    pub held: Vec<(Id, usize)>,
    /// Lists that would stand in another order.
    pub disordered: usize,
    /// There is more to show at once.
    pub more: bool,
}

struct Steps<'a> {
    step: Step,
    left: usize,
    pace: Pace,
    sight: &'a dyn Sight,
}

impl Steps<'_> {
    /// Whether there is room for one comment more in this step.
    fn takes(&mut self) -> bool {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => self.step.more = true,
        }
        !self.step.more
    }
}

impl Reveal {
    /// Nothing of the thread below `root`.
    pub fn new(root: Id) -> Self {
        Self {
            root,
            ..Self::default()
        }
    }

    /// The item that the thread hangs from.
    pub fn root(&self) -> Id {
        self.root
    }

    /// The replies to `id` are these, in this order.
    pub fn list(&mut self, id: Id, replies: Vec<Id>) {
        self.wanted.insert(id, replies);
    }

    /// There is an answer for `id`.
    pub fn settle(&mut self, id: Id) {
        self.settled.insert(id);
    }

    /// The replies to `id` that are shown.
    pub fn shown(&self, id: Id) -> &[Id] {
        self.shown.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// All comments below `id` that are shown, in reading order.
    pub fn below(&self, id: Id) -> Vec<Id> {
        let mut all = Vec::new();
        let mut next: Vec<Id> = self.shown(id).iter().rev().copied().collect();
        while let Some(id) = next.pop() {
            all.push(id);
            next.extend(self.shown(id).iter().rev());
        }
        all
    }

    /// Shows nothing; what is known stays.
    pub fn hide(&mut self) {
        self.shown.clear();
    }

    /// Whether a comment came after the last visit.
    pub fn is_new(&self, id: Id) -> bool {
        self.mark.last_visit.is_some_and(|visit| id > visit.highest)
    }

    /// The comments that are shown and don't fit `wanted`, nor does any below them; of those below
    /// each other the uppermost.
    pub fn without(&self, wanted: impl Fn(Id) -> bool) -> Vec<Id> {
        let all = self.below(self.root);
        let mut holds = HashSet::default();
        // Replies before their parents.
        for &id in all.iter().rev() {
            if wanted(id) || self.shown(id).iter().any(|reply| holds.contains(reply)) {
                holds.insert(id);
            }
        }
        let upper = all.iter().filter(|id| holds.contains(id));
        let lists = std::iter::once(&self.root).chain(upper);
        let without = lists.flat_map(|id| self.shown(*id));
        without.filter(|id| !holds.contains(id)).copied().collect()
    }

    /// Shows up to `most` comments more.
    pub fn step(&mut self, most: usize, pace: Pace, sight: &dyn Sight) -> Step {
        let mut steps = Steps {
            step: Step::default(),
            left: most,
            pace,
            sight,
        };
        self.fill(self.root, true, &mut steps);
        steps.step
    }

    /// Shows what may be shown below `id`. `last` tells that nothing stands below it on the page.
    fn fill(&mut self, id: Id, last: bool, steps: &mut Steps) {
        let is_asked = steps.pace == Pace::Asked;
        let shown = self.shown(id).to_vec();
        for (place, &reply) in shown.iter().enumerate() {
            self.fill(reply, last && place + 1 == shown.len(), steps);
        }
        let Some(wanted) = self.wanted.get(&id) else {
            return;
        };
        let mut wanted = wanted.clone();
        let is_here = |reply: &Id| self.settled.contains(reply);
        match steps.pace {
            Pace::InTurn => wanted.truncate(wanted.iter().take_while(|id| is_here(id)).count()),
            Pace::Overdue | Pace::Asked => wanted.retain(is_here),
        }
        if wanted == shown || wanted.len() < shown.len() {
            return;
        }
        if !wanted.starts_with(&shown) {
            let free = is_asked || steps.sight.is_unseen(id);
            if !free {
                steps.step.disordered += 1;
                return;
            }
            let before: HashSet<Id> = shown.iter().copied().collect();
            wanted.retain(|reply| before.contains(reply) || steps.takes());
            if wanted != shown {
                steps.step.changed.push(id);
                self.shown.insert(id, wanted.clone());
            }
            for reply in wanted {
                self.fill(reply, true, steps);
            }
            return;
        }
        if !(last || is_asked || steps.sight.ends_away(id)) {
            steps.step.held.push((id, wanted.len() - shown.len()));
            return;
        }
        let mut changed = false;
        for reply in wanted.into_iter().skip(shown.len()) {
            if !steps.takes() {
                break;
            }
            if !std::mem::replace(&mut changed, true) {
                steps.step.changed.push(id);
            }
            self.shown.entry(id).or_default().push(reply);
            self.fill(reply, true, steps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything is in view, or nothing.
    struct InView(bool);

    impl Sight for InView {
        fn ends_away(&self, _: Id) -> bool {
            !self.0
        }

        fn is_unseen(&self, _: Id) -> bool {
            !self.0
        }
    }

    fn thread(lists: &[(Id, &[Id])], settled: &[Id]) -> Reveal {
        let mut reveal = Reveal::new(1);
        for (id, replies) in lists {
            reveal.list(*id, replies.to_vec());
        }
        for id in settled {
            reveal.settle(*id);
        }
        reveal
    }

    #[test]
    fn a_thread_is_shown_in_reading_order_a_part_at_a_time() {
        let lists: &[(Id, &[Id])] = &[(1, &[2, 5]), (2, &[3, 4]), (5, &[6])];
        let mut reveal = thread(lists, &[2, 3, 4, 5, 6]);
        let step = reveal.step(2, Pace::InTurn, &InView(true));
        assert_eq!((reveal.below(1), step.more), (vec![2, 3], true));
        let step = reveal.step(9, Pace::InTurn, &InView(true));
        assert_eq!((reveal.below(1), step.more), (vec![2, 3, 4, 5, 6], false));
    }

    #[test]
    fn what_holds_nothing_wanted_is_told_by_its_uppermost_comments() {
        let lists: &[(Id, &[Id])] = &[(1, &[2, 5, 8]), (2, &[3, 4]), (5, &[6]), (6, &[7])];
        let mut reveal = thread(lists, &[2, 3, 4, 5, 6, 7, 8]);
        reveal.step(9, Pace::InTurn, &InView(true));
        for (wanted, without) in [
            (&[][..], &[2, 5, 8][..]),
            (&[4], &[5, 8, 3]),
            (&[7], &[2, 8]),
            (&[5], &[2, 8, 6]),
            (&[2, 5, 8], &[3, 4, 6]),
        ] {
            assert_eq!(
                reveal.without(|id| wanted.contains(&id)),
                without,
                "{wanted:?}"
            );
        }
    }

    #[test]
    fn a_comment_waits_for_those_before_it() {
        let mut reveal = thread(&[(1, &[2, 3, 4])], &[2, 4]);
        reveal.step(9, Pace::InTurn, &InView(true));
        assert_eq!(reveal.below(1), [2]);
        reveal.settle(3);
        reveal.step(9, Pace::InTurn, &InView(true));
        assert_eq!(reveal.below(1), [2, 3, 4]);
    }

    #[test]
    fn what_keeps_others_waiting_is_passed_over_and_has_its_place_later() {
        let mut reveal = thread(&[(1, &[2, 3, 4, 5])], &[2, 4]);
        reveal.step(9, Pace::Overdue, &InView(true));
        assert_eq!(reveal.below(1), [2, 4]);
        reveal.settle(5);
        reveal.step(9, Pace::InTurn, &InView(true));
        assert_eq!(reveal.below(1), [2, 4], "in turn again");
        reveal.settle(3);
        let step = reveal.step(9, Pace::InTurn, &InView(true));
        assert_eq!((reveal.below(1), step.disordered), (vec![2, 4], 1));
        reveal.step(9, Pace::InTurn, &InView(false));
        assert_eq!(reveal.below(1), [2, 3, 4, 5]);
    }

    #[test]
    fn replies_above_others_are_held_back_while_in_view() {
        let mut reveal = thread(&[(1, &[2, 3])], &[2, 3]);
        reveal.step(9, Pace::InTurn, &InView(true));
        reveal.list(2, vec![4, 5]);
        reveal.settle(4);
        reveal.settle(5);
        let step = reveal.step(9, Pace::InTurn, &InView(true));
        assert_eq!((reveal.below(1), step.held), (vec![2, 3], vec![(2, 2)]));
        reveal.step(9, Pace::InTurn, &InView(false));
        assert_eq!(reveal.below(1), [2, 4, 5, 3]);
    }

    #[test]
    fn a_list_in_view_keeps_its_order_until_it_is_asked_for() {
        let mut reveal = thread(&[(1, &[2, 3])], &[2, 3]);
        reveal.step(9, Pace::InTurn, &InView(true));
        reveal.list(1, vec![3, 2]);
        let step = reveal.step(9, Pace::InTurn, &InView(true));
        assert_eq!((reveal.below(1), step.disordered), (vec![2, 3], 1));
        let step = reveal.step(9, Pace::Asked, &InView(true));
        assert_eq!((reveal.below(1), step.changed), (vec![3, 2], vec![1]));
    }

    #[test]
    fn a_list_in_another_order_is_completed_a_part_at_a_time() {
        let mut reveal = thread(&[(1, &[2, 3, 4, 5, 6])], &[2, 3, 4, 5, 6]);
        reveal.step(2, Pace::InTurn, &InView(false));
        reveal.list(1, vec![6, 3, 5, 2, 4]);
        for shown in [&[6, 3, 5, 2][..], &[6, 3, 5, 2, 4]] {
            let step = reveal.step(2, Pace::InTurn, &InView(false));
            assert_eq!(
                (reveal.below(1), step.more),
                (shown.to_vec(), shown.len() < 5)
            );
        }
    }

    #[test]
    fn replies_at_the_end_of_the_page_are_shown_at_once() {
        let mut reveal = thread(&[(1, &[2])], &[2]);
        reveal.step(9, Pace::InTurn, &InView(true));
        reveal.list(2, vec![3]);
        reveal.settle(3);
        reveal.step(9, Pace::InTurn, &InView(true));
        assert_eq!(reveal.below(1), [2, 3]);
    }
}
