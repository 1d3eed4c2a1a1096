use miniserde::Deserialize;

use super::Id;
use super::json::{self, Decode, RawIds};
use crate::time::Timestamp;

/// A person's public profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name, case-sensitive.
    pub id: String,
    /// Seconds since 1970.
    created: Option<u64>,
    /// Points collected; may be negative.
    pub karma: Option<i64>,
    /// What they say of themselves, as HTML.
    pub about: Option<String>,
    /// Everything they posted, newest first: thousands of ids of mixed types.
    pub submitted: Vec<Id>,
}

impl User {
    /// When the account was made.
    pub fn created(&self) -> Option<Timestamp> {
        self.created.map(Timestamp::from_secs)
    }
}

#[derive(Deserialize)]
pub struct RawUser {
    id: String,
    created: Option<u64>,
    karma: Option<i64>,
    about: Option<String>,
    submitted: Option<RawIds>,
}

impl Decode for User {
    type Raw = RawUser;

    fn from_raw(raw: RawUser) -> Self {
        Self {
            id: raw.id,
            created: raw.created,
            karma: raw.karma,
            about: json::text(raw.about),
            submitted: json::ids(raw.submitted.unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_without_about_or_submissions_is_whole() {
        let user = User::decode(r#"{"id":"ada","created":1500000000,"karma":-3,"delay":0}"#)
            .expect("valid");
        assert_eq!(
            (user.id.as_str(), user.karma, user.about),
            ("ada", Some(-3), None)
        );
        assert_eq!(user.created, Some(1_500_000_000));
        assert!(user.submitted.is_empty());
    }

    #[test]
    fn an_empty_about_is_none() {
        let user = User::decode(r#"{"id":"a","about":"","submitted":[2,1,2]}"#).expect("valid");
        assert_eq!((user.about, user.submitted), (None, vec![2, 1]));
    }
}
