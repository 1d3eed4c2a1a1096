//! One thread of exactly so many comments, in the shape that large ones have.
//!
//! The shape comes first, then the words. Forty people at most answer the story, a few of them
//! draw most of the talk (later ones find it elsewhere already); 56 % of the comments stay without
//! a reply, 28 % get one and 15 % more, as in recorded threads; one branch goes forty levels
//! deep. Some comments are deleted or dead with replies below them, and some `kids` are `null`.

use std::ops::Range;

use super::dice::Dice;
use super::draft::Draft;
use super::{Draw, Kind, Oddity, World, fields, people, talk};
use crate::world::Feed;

/// So many comments the generated world's largest thread has.
pub(super) const HUGE: usize = 3_000;
/// No branch is deeper; in threads of less than 200 comments it is a fifth of their number.
const DEEPEST: usize = 40;
const TOP: usize = 40;
/// Of a hundred comments.
const WITH_ONE_REPLY: usize = 28;
const WITH_MORE: usize = 15;
/// Of so many comments one is deleted, one dead, and one has a reply that is `null`.
const RUN: usize = 334;
/// Before now, in seconds.
const STORY_AGE: u64 = 20 * 3600;
/// The longest wait for an answer to the story, and to a comment, so that forty levels fit.
const WAITS: [u64; 2] = [3_600, 1_500];

impl World {
    /// A world of one story, the first of the top feed, with exactly `comments` comments and as
    /// many levels as that allows, up to forty.
    pub fn discussion(seed: u64, comments: usize) -> Self {
        let mut draw = Draw::new(seed, super::present());
        draw.discussion(comments);
        let mut world = Self {
            now: draw.drafts.now,
            ..Self::default()
        };
        let ids = draw.drafts.settle(&mut world);
        world.set_feed(Feed::Top, vec![ids[0]]);
        people::settle(&mut world, &mut draw.dice, &[]);
        world
    }
}

impl Draw {
    /// Drafts a story with exactly `comments` comments and returns its index.
    pub(super) fn discussion(&mut self, comments: usize) -> usize {
        let title = format!("What would you never build again? ({comments} answers)");
        let url = "https://postmortems.example/never-again".into();
        let by = self.names[0].clone();
        let time = self.drafts.now - STORY_AGE;
        let story = self.put(
            Kind::Old,
            &title,
            (&by, 1_204, time),
            fields([("url", url)]),
        );
        if comments == HUGE {
            self.drafts.all[story].odd.push(Oddity::Huge);
        }
        let parents = Shape::grown(comments, &mut self.dice).parents;
        let first = self.drafts.all.len();
        for parent in &parents {
            let (parent, wait) = match parent {
                Some(at) => (first + at, WAITS[1]),
                None => (story, WAITS[0]),
            };
            self.say(parent, wait);
        }
        self.befall(first..first + comments);
        self.stories.len() - 1
    }

    fn say(&mut self, parent: usize, longest: u64) {
        let by = self.names[self.dice.below(self.names.len())].clone();
        let text = talk::anything(&mut self.dice);
        let reply = self.drafts.reply(parent, &by, &text, &mut self.dice);
        let since = self.drafts.all[parent].time;
        let comment = &mut self.drafts.all[reply];
        comment.time = comment.time.min(since + longest);
    }

    /// In every run of comments some are deleted, dead or delayed, and one has a reply that is
    /// `null`: a first of their kind each, as few as an index that has seen them can do without.
    fn befall(&mut self, comments: Range<usize>) {
        let with = |drafts: &[Draft], from: usize, kids: Range<usize>| {
            let mut all = from..comments.end;
            all.find(|at| kids.contains(&drafts[*at].kids.len()) && drafts[*at].odd.is_empty())
        };
        for run in comments.clone().step_by(RUN) {
            if let Some(at) = with(&self.drafts.all, run + 5, 1..usize::MAX) {
                self.drafts.all[at].delete();
            }
            if let Some(at) = with(&self.drafts.all, run + 8, 1..usize::MAX) {
                self.drafts.all[at].kill("[flagged]");
            }
            if let Some(at) = with(&self.drafts.all, run + 12, 0..1) {
                self.drafts.all[at].delay();
            }
            // Where there are two or more, so that the lists to be ranked stay as many.
            if let Some(at) = with(&self.drafts.all, run + 20, 2..usize::MAX) {
                self.lose_reply(at);
            }
        }
    }

    fn lose_reply(&mut self, comment: usize) {
        let time = self.drafts.all[comment].time + 60;
        let absent = self.drafts.add(Draft {
            time,
            parent: Some(comment),
            absent: true,
            odd: vec![Oddity::NullKid],
            ..Draft::default()
        });
        let kids = self.drafts.all[comment].kids.len();
        let rank = self.dice.below(kids + 1);
        self.drafts.all[comment].kids.insert(rank, absent);
    }
}

/// Who answers whom: the parent of each comment by its place, none for the story.
#[derive(Debug, Default)]
struct Shape {
    parents: Vec<Option<usize>>,
    depths: Vec<usize>,
    deepest: usize,
    /// Those without a reply that may get one.
    leaves: Vec<usize>,
    /// Those with one.
    singles: Vec<usize>,
    /// Those with more, once for each reply: who has many gets more.
    others: Vec<usize>,
}

/// The kinds of replies, by how many their parent has: none, one, more.
type Left = [usize; 3];

impl Shape {
    fn grown(comments: usize, dice: &mut Dice) -> Self {
        let top = (comments / 3).clamp(1, TOP);
        let deepest = (comments / 5).clamp(1, DEEPEST);
        let mut shape = Self {
            deepest,
            ..Self::default()
        };
        let more = (comments * WITH_MORE).div_ceil(100);
        let firsts = comments * WITH_ONE_REPLY / 100 + more;
        let rest = comments.saturating_sub(top + firsts + more);
        let mut left: Left = [firsts, more, rest];
        let mut tops = 0;
        while shape.parents.len() < comments {
            if tops < top && shape.parents.len() * top >= tops * comments {
                shape.add(None);
                tops += 1;
                if tops == top.div_ceil(2) {
                    shape.chain(comments, &mut left);
                }
            } else if !shape.attach(&mut left, dice) {
                shape.add(None);
            }
        }
        shape
    }

    fn add(&mut self, parent: Option<usize>) {
        let depth = 1 + parent.map_or(0, |parent| self.depths[parent]);
        let at = self.parents.len();
        self.parents.push(parent);
        self.depths.push(depth);
        // The end of the longest branch stays its end.
        if depth < self.deepest {
            self.leaves.push(at);
        }
    }

    /// The branch that goes to the bottom, below the newest comment.
    fn chain(&mut self, comments: usize, left: &mut Left) {
        for _ in 1..self.deepest {
            let newest = self.leaves.pop();
            let Some(parent) = newest.filter(|_| self.parents.len() < comments) else {
                return;
            };
            self.singles.push(parent);
            self.add(Some(parent));
            left[0] = left[0].saturating_sub(1);
        }
    }

    /// Adds one reply of the kinds that are left, as often as they are; tells whether anyone
    /// could be answered.
    fn attach(&mut self, left: &mut Left, dice: &mut Dice) -> bool {
        let open = [self.leaves.len(), self.singles.len(), self.others.len()];
        let mut draw = dice.below(left.iter().sum());
        let drawn = left.iter().position(|n| match draw.checked_sub(*n) {
            Some(rest) => {
                draw = rest;
                false
            }
            None => true,
        });
        let fits = |kind: &usize| open[*kind] > 0;
        let chosen = drawn.filter(fits);
        let wanted = (0..3).find(|kind| left[*kind] > 0 && open[*kind] > 0);
        let Some(kind) = chosen.or(wanted).or_else(|| (0..3).rev().find(fits)) else {
            return false;
        };
        left[kind] = left[kind].saturating_sub(1);
        let parent = match kind {
            0 => {
                let parent = self.leaves.swap_remove(dice.below(open[0]));
                self.singles.push(parent);
                parent
            }
            1 => {
                let parent = self.singles.swap_remove(dice.below(open[1]));
                self.others.push(parent);
                parent
            }
            _ => {
                let parent = self.others[dice.below(open[2])];
                self.others.push(parent);
                parent
            }
        };
        self.add(Some(parent));
        true
    }
}
