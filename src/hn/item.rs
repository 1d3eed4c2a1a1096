use miniserde::Deserialize;

use super::Id;
use super::json::{self, Decode, RawIds};
use crate::time::Timestamp;

/// What an item is. Ask, Show, Tell and Launch are title prefixes only, not kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A story, with a link or a text.
    Story,
    /// A reply to a story, a poll or another comment.
    Comment,
    /// A job offer; it has no comments and may have no author.
    Job,
    /// A story whose readers vote on options.
    Poll,
    /// One option of a poll.
    PollOption,
    /// A kind that didn't exist when this was written, or none at all.
    #[default]
    Unknown,
}

impl Kind {
    pub(super) fn named(name: Option<&str>) -> Self {
        match name {
            Some("story") => Self::Story,
            Some("comment") => Self::Comment,
            Some("job") => Self::Job,
            Some("poll") => Self::Poll,
            Some("pollopt") => Self::PollOption,
            _ => Self::Unknown,
        }
    }

    /// The API's name for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Comment => "comment",
            Self::Job => "job",
            Self::Poll => "poll",
            Self::PollOption => "pollopt",
            Self::Unknown => "",
        }
    }
}

/// Anything with a number on Hacker News. Only `id` is always there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The item's number.
    pub id: Id,
    /// What it is.
    pub kind: Kind,
    /// The author's name; absent on deleted items and some jobs.
    pub by: Option<String>,
    pub(super) time: Option<u64>,
    /// The title, with character references but no markup.
    pub title: Option<String>,
    /// The text as HTML.
    pub text: Option<String>,
    /// The linked address, as somebody typed it.
    pub url: Option<String>,
    /// Points, or a poll option's votes.
    pub score: Option<i64>,
    /// How many comments the whole thread holds, by the API's own count.
    pub descendants: Option<u32>,
    /// The replies in display order, deleted ones included.
    pub kids: Vec<Id>,
    /// A poll's options in order.
    pub parts: Vec<Id>,
    /// What a comment replies to.
    pub parent: Option<Id>,
    /// The poll that an option belongs to.
    pub poll: Option<Id>,
    /// Deleted by its author: no author, no text, but perhaps replies.
    pub deleted: bool,
    /// Killed by software or moderators.
    pub dead: bool,
    /// Known only from the search index: whether it has replies, and in which order they stand,
    /// isn't known.
    pub partial: bool,
}

impl Item {
    /// When it was posted.
    pub fn posted(&self) -> Option<Timestamp> {
        self.time.map(Timestamp::from_secs)
    }
}

#[derive(Deserialize)]
pub struct RawItem {
    id: Id,
    #[serde(rename = "type")]
    kind: Option<String>,
    by: Option<String>,
    time: Option<u64>,
    title: Option<String>,
    text: Option<String>,
    url: Option<String>,
    score: Option<i64>,
    /// -1 of stories that are dead.
    descendants: Option<i64>,
    kids: Option<RawIds>,
    parts: Option<RawIds>,
    parent: Option<Id>,
    poll: Option<Id>,
    deleted: Option<bool>,
    dead: Option<bool>,
    partial: Option<bool>,
}

impl Decode for Item {
    type Raw = RawItem;

    fn from_raw(raw: RawItem) -> Self {
        Self {
            id: raw.id,
            kind: Kind::named(raw.kind.as_deref()),
            by: json::text(raw.by),
            time: raw.time,
            title: json::text(raw.title),
            text: json::text(raw.text),
            url: json::text(raw.url),
            score: raw.score,
            descendants: raw.descendants.and_then(|count| count.try_into().ok()),
            kids: json::ids(raw.kids.unwrap_or_default()),
            parts: json::ids(raw.parts.unwrap_or_default()),
            parent: raw.parent,
            poll: raw.poll,
            deleted: raw.deleted.unwrap_or_default(),
            dead: raw.dead.unwrap_or_default(),
            partial: raw.partial.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hn::Error;

    fn item(json: &str) -> Item {
        Item::decode(json).expect("decodable")
    }

    #[test]
    fn an_id_alone_is_an_item() {
        assert_eq!(
            item(r#"{"id":1}"#),
            Item {
                id: 1,
                ..Item::default()
            }
        );
    }

    #[test]
    fn null_is_as_good_as_absent() {
        let nulls = r#"{"id":1,"type":null,"by":null,"time":null,"title":null,"text":null,
            "url":null,"score":null,"descendants":null,"kids":null,"parts":null,"parent":null,
            "poll":null,"deleted":null,"dead":null}"#;
        assert_eq!(item(nulls), item(r#"{"id":1}"#));
    }

    #[test]
    fn a_count_that_is_none_costs_nothing_else() {
        let dead = item(r#"{"id":88,"title":"T","dead":true,"descendants":-1}"#);
        assert_eq!((dead.descendants, dead.title.as_deref()), (None, Some("T")));
    }

    #[test]
    fn every_kind_is_told_apart() {
        for (name, kind) in [
            ("story", Kind::Story),
            ("comment", Kind::Comment),
            ("job", Kind::Job),
            ("poll", Kind::Poll),
            ("pollopt", Kind::PollOption),
            ("hologram", Kind::Unknown),
        ] {
            assert_eq!(item(&format!(r#"{{"id":1,"type":"{name}"}}"#)).kind, kind);
        }
    }

    #[test]
    fn an_empty_url_is_none_and_unknown_fields_are_ignored() {
        let story = item(r#"{"id":1,"type":"story","url":"","title":"T","colour":{"r":1}}"#);
        assert_eq!((story.url, story.title.as_deref()), (None, Some("T")));
    }

    #[test]
    fn deleted_and_dead_items_keep_their_replies() {
        let deleted = item(r#"{"deleted":true,"id":2,"kids":[4,3],"parent":1,"type":"comment"}"#);
        assert!(deleted.deleted && deleted.by.is_none());
        assert_eq!(deleted.kids, [4, 3]);
        let dead = item(r#"{"dead":true,"id":2,"text":"[flagged]","kids":[9]}"#);
        assert!(dead.dead && !dead.deleted);
    }

    #[test]
    fn kids_keep_their_order_and_each_id_once() {
        assert_eq!(item(r#"{"id":1,"kids":[5,3,5,null,4]}"#).kids, [5, 3, 4]);
    }

    #[test]
    fn a_poll_and_its_option_know_each_other() {
        assert_eq!(
            item(r#"{"id":1,"type":"poll","parts":[2,3]}"#).parts,
            [2, 3]
        );
        let option = item(r#"{"id":2,"type":"pollopt","poll":1,"score":9}"#);
        assert_eq!((option.poll, option.score), (Some(1), Some(9)));
    }

    #[test]
    fn what_is_no_item_is_refused() {
        for json in [
            "{]",
            "{}",
            "[]",
            "\"id\"",
            r#"{"id":"x"}"#,
            r#"{"id":-1}"#,
            r#"{"id":1"#,
        ] {
            assert_eq!(Item::decode(json), Err(Error::Undecodable), "{json}");
        }
    }
}
