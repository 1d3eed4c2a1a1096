//! Ranks stories, places the odd ones, and writes the feeds.

use serde_json::Value;

use super::{Draw, Kind, Oddity, Story, discussion, fields, headlines, odd, people};
use super::{poll_option, talk, tangle};
use crate::world::{Feed, World};

/// Where the mild oddities stand among the top stories; the others begin after the first page.
const MILD_RANKS: [usize; 5] = [4, 9, 14, 19, 24];
const ODD_FROM: usize = 31;
const POLLS: [(&str, &[&str]); 2] = [
    (
        "Poll: What do you read comments on?",
        &[
            "A phone",
            "A laptop",
            "A large screen",
            "Paper, printed by an assistant",
        ],
    ),
    (
        "Poll: Tabs, spaces, or whatever the formatter says?",
        &[
            "Tabs",
            "Spaces",
            "The formatter decides &amp; I obey",
            "I don&#x27;t write code",
        ],
    ),
];

impl Draw {
    /// Indices of the day's stories, best first, as the front page weighs votes against age.
    pub(super) fn ranked(&self) -> Vec<usize> {
        let weight = |story: &Story| {
            let hours = (self.drafts.now - story.time) as f64 / 3600.0;
            // Jobs have no votes and stand here and there.
            let votes = if story.kind == Kind::Job {
                12
            } else {
                story.score - 1
            };
            (votes as f64).powf(0.8) / (hours + 2.0).powf(1.8)
        };
        let day = self.stories.iter().enumerate();
        let mut ranked: Vec<(f64, usize)> = day
            .filter(|(_, story)| story.kind != Kind::Old)
            .map(|(at, story)| (weight(story), at))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.into_iter().map(|(_, at)| at).collect()
    }

    /// Drafts the odd stories with their threads; those that may stand on the front page first.
    pub(super) fn oddities(&mut self) -> Vec<usize> {
        let mut made = Vec::new();
        for (title, site, oddity) in odd::MILD {
            let url = format!("https://{site}/{}", made.len() + 1);
            let score = self.dice.up_to(60, 240);
            made.push(self.odd_story(title, &url, "", score, oddity));
            let draft = self.newest();
            self.grow(draft, 40);
        }
        for (at, (title, url, text, oddity)) in odd::STORIES.into_iter().enumerate() {
            let score = self.dice.up_to(5, 30);
            made.push(self.odd_story(title, url, text, score, oddity));
            let draft = self.newest();
            if oddity == Oddity::HostileName {
                let name = odd::NAMES[at % 2];
                self.drafts.all[draft]
                    .fields
                    .insert("by".to_owned(), name.into());
            }
            self.grow(draft, 12);
            self.odd_comments(draft, at);
        }
        for poll in POLLS {
            made.push(self.poll(poll));
        }
        made.push(self.deep());
        made.push(self.discussion(discussion::HUGE));
        made
    }

    /// The draft of the story made last.
    fn newest(&self) -> usize {
        self.stories.last().map_or(0, |story| story.draft)
    }

    fn grow(&mut self, draft: usize, n: u64) {
        self.drafts.thread(draft, n, &self.names, &mut self.dice);
    }

    fn odd_story(&mut self, title: &str, url: &str, text: &str, score: u64, odd: Oddity) -> usize {
        let mut more = fields([]);
        if url != "-" {
            more.insert("url".to_owned(), url.into());
        }
        if !text.is_empty() {
            more.insert("text".to_owned(), text.into());
        }
        let by = self.names[self.dice.below(self.names.len())].clone();
        let time = self.drafts.now - self.dice.up_to(3 * 3600, 15 * 3600);
        let draft = self.put(Kind::Link, title, (&by, score, time), more);
        self.drafts.all[draft].odd.push(odd);
        self.stories.len() - 1
    }

    /// Puts comments that break careless readers below a story, and hides one from the index.
    fn odd_comments(&mut self, story: usize, nth: usize) {
        for (text, oddity) in odd::COMMENTS.iter().skip(nth % 3).step_by(3) {
            let by = self.names[self.dice.below(self.names.len())].clone();
            let reply = self.drafts.reply(story, &by, text, &mut self.dice);
            self.drafts.all[reply].odd.push(*oddity);
            self.grow_below(reply);
        }
        let by = odd::NAMES[nth % 2];
        let text = talk::text(&mut self.dice);
        let reply = self.drafts.reply(story, by, &text, &mut self.dice);
        self.drafts.all[reply].odd.push(Oddity::HostileName);
        if nth.is_multiple_of(4) {
            self.drafts.all[story].overcount = 7;
            self.drafts.all[story].odd.push(Oddity::Overcounted);
            self.drafts.all[reply].odd.push(Oddity::Unindexed);
            self.grow_below(reply);
        }
    }

    fn grow_below(&mut self, comment: usize) {
        let text = talk::text(&mut self.dice);
        let by = self.names[self.dice.below(self.names.len())].clone();
        self.drafts.reply(comment, &by, &text, &mut self.dice);
    }

    fn poll(&mut self, (title, options): (&str, &[&str])) -> usize {
        let score = self.dice.up_to(20, 80);
        let story = self.odd_story(title, "-", "", score, Oddity::Poll);
        self.stories[story].kind = Kind::Poll;
        let poll = self.stories[story].draft;
        let fields = &mut self.drafts.all[poll].fields;
        fields.insert("type".to_owned(), "poll".into());
        let (by, time) = (fields["by"].clone(), self.drafts.all[poll].time);
        for option in options {
            let votes = self.dice.up_to(1, 400);
            let part = poll_option(poll, time, &by, votes, option);
            let part = self.drafts.add(part);
            self.drafts.all[poll].parts.push(part);
        }
        self.grow(poll, 25);
        story
    }

    /// Two people who won't stop, fourteen levels down.
    fn deep(&mut self) -> usize {
        let title = "The argument that went fourteen levels deep";
        let url = "https://postmortems.example/deep";
        let story = self.odd_story(title, url, "", 44, Oddity::Deep);
        let mut at = self.stories[story].draft;
        for level in 0..14 {
            let by = self.names[level % 2].clone();
            let text = talk::text(&mut self.dice);
            at = self.drafts.reply(at, &by, &text, &mut self.dice);
            let time = self.drafts.all[at].time;
            let parent = self.drafts.all[at]
                .parent
                .map_or(time, |p| self.drafts.all[p].time);
            self.drafts.all[at].time = parent + (time - parent).min(600);
        }
        story
    }

    /// Everything gets its id; the feeds are written.
    pub(super) fn settle(mut self, mut top: Vec<usize>, odd: &[usize]) -> World {
        for (place, story) in MILD_RANKS.into_iter().zip(odd) {
            top.insert(place, *story);
        }
        for (nth, story) in odd.iter().skip(MILD_RANKS.len()).enumerate() {
            top.insert(ODD_FROM + 2 * nth, *story);
        }
        let lost = self.lost();
        let mut world = World {
            now: self.drafts.now,
            ..World::default()
        };
        let ids = self.drafts.settle(&mut world);
        let id = |story: &usize| ids[self.stories[*story].draft];
        let take = |list: &[usize], n: usize| -> Vec<u64> { list.iter().take(n).map(id).collect() };
        world.set_feed(Feed::Top, take(&top, 500));

        let mut newest = top.clone();
        newest.retain(|story| self.stories[*story].kind != Kind::Job);
        newest.sort_by_key(|story| std::cmp::Reverse(id(story)));
        let mut new = take(&newest, 500 - lost.len());
        for (nth, draft) in lost.iter().enumerate() {
            new.insert(40 + 5 * nth, ids[*draft]);
        }
        world.set_feed(Feed::New, new);

        let mut best: Vec<usize> = (0..self.stories.len()).collect();
        best.retain(|story| self.stories[*story].kind != Kind::Job && !odd.contains(story));
        best.sort_by_key(|story| std::cmp::Reverse(self.stories[*story].score));
        world.set_feed(Feed::Best, take(&best, 200));

        for (feed, kind) in [
            (Feed::Ask, Kind::Ask),
            (Feed::Show, Kind::Show),
            (Feed::Jobs, Kind::Job),
        ] {
            let mut list = top.clone();
            list.retain(|story| self.stories[*story].kind == kind);
            world.set_feed(feed, take(&list, 200));
        }
        for id in world.odd(Oddity::Unindexed).to_vec() {
            world.hide_from_index(id);
        }
        tangle::add(&mut world);
        people::settle(&mut world, &mut self.dice, &odd::NAMES);
        world
    }

    /// Stories of the new feed that nobody can read: one dead, one deleted, one that is `null`.
    fn lost(&mut self) -> Vec<usize> {
        let mut lost = Vec::new();
        for (nth, flag) in ["dead", "deleted", "absent"].into_iter().enumerate() {
            let title = self.title(&headlines::PATTERNS);
            let url = self.dice.url().into();
            let by = self.names[nth].clone();
            let time = self.drafts.now - 5400 - 60 * nth as u64;
            let draft = self.put(Kind::Link, &title, (&by, 1, time), fields([("url", url)]));
            self.stories.pop();
            let draft_of = &mut self.drafts.all[draft];
            draft_of.odd.push(Oddity::LostStory);
            draft_of.absent = flag == "absent";
            draft_of.fields.insert(flag.to_owned(), Value::Bool(true));
            if flag == "deleted" {
                for gone in ["by", "title", "url", "score"] {
                    draft_of.fields.remove(gone);
                }
            }
            lost.push(draft);
        }
        lost
    }
}
