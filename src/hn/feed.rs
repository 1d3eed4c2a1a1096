use std::fmt;

use super::Id;
use super::json::{self, Decode, RawIds};

/// One of the six ranked lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feed {
    /// The front page; it holds jobs too.
    Top,
    /// The latest, newest first.
    New,
    /// The highest voted of late.
    Best,
    /// Ask HN.
    Ask,
    /// Show HN.
    Show,
    /// Jobs at companies that Y Combinator funded.
    Jobs,
}

impl Feed {
    /// All feeds in the order of the navigation.
    pub const ALL: [Self; 6] = [
        Self::Top,
        Self::New,
        Self::Best,
        Self::Ask,
        Self::Show,
        Self::Jobs,
    ];

    /// The feed's name: its key in the store and, but for the front page, its path in the app.
    pub fn name(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::New => "new",
            Self::Best => "best",
            Self::Ask => "ask",
            Self::Show => "show",
            Self::Jobs => "jobs",
        }
    }

    /// The feed with this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feed| feed.name() == name)
    }

    /// The list's path in the Firebase API.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Top => "topstories.json",
            Self::New => "newstories.json",
            Self::Best => "beststories.json",
            Self::Ask => "askstories.json",
            Self::Show => "showstories.json",
            Self::Jobs => "jobstories.json",
        }
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A ranking: ids in their order, once each.
impl Decode for Vec<Id> {
    type Raw = RawIds;

    fn from_raw(raw: RawIds) -> Self {
        json::ids(raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hn::Error;

    #[test]
    fn a_ranking_keeps_its_order_and_each_id_once() {
        let mixed = r#"[3, 1, 2, 1, null, "4", -5, 0, 1.5, true, [5], {"id":6}, 99999999999, 3]"#;
        assert_eq!(Vec::<Id>::decode(mixed), Ok(vec![3, 1, 2]));
        assert_eq!(Vec::<Id>::decode("[]"), Ok(vec![]));
    }

    #[test]
    fn what_is_no_ranking_is_refused() {
        for json in ["{]", "", "[1, 2", r#"{"error":"x"}"#, "\"text\"", "7"] {
            assert_eq!(Vec::<Id>::decode(json), Err(Error::Undecodable), "{json}");
        }
        // Not an empty feed: taken for one, it would replace a good ranking that is kept.
        assert_eq!(Vec::<Id>::decode("null"), Err(Error::Missing));
    }
}
