use std::fmt;

use serde::Deserialize;

use super::{Id, lenient};

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

/// The ids in a JSON array, in their order, once each.
///
/// # Errors
/// When `json` is no array.
pub fn decode_ids(json: &str) -> Result<Vec<Id>, serde_json::Error> {
    lenient::ids(&mut serde_json::Deserializer::from_str(json))
}

/// What changed on the site within the last moments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Updates {
    /// Items with new votes, replies or text.
    #[serde(deserialize_with = "lenient::ids")]
    pub items: Vec<Id>,
    /// Names of the users whose profile changed.
    pub profiles: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ranking_keeps_its_order_and_each_id_once() {
        let ids = decode_ids(r#"[3, 1, 2, 1, null, "4", -5, 0, 1.5, 99999999999, 3]"#);
        assert_eq!(ids.expect("an array"), [3, 1, 2]);
        assert_eq!(decode_ids("null").expect("null is an empty list"), [0; 0]);
    }

    #[test]
    fn what_is_no_ranking_is_refused() {
        for json in ["{]", "", "[1, 2", r#"{"error":"x"}"#, "\"text\"", "7"] {
            assert!(decode_ids(json).is_err(), "{json}");
        }
    }

    #[test]
    fn updates_are_decoded() {
        let updates: Updates =
            serde_json::from_str(r#"{"items":[8, 9, 8],"profiles":["ada"]}"#).expect("valid");
        assert_eq!(
            updates,
            Updates {
                items: vec![8, 9],
                profiles: vec!["ada".into()]
            }
        );
    }
}
