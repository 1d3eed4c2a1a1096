//! What is looked for, and what the search index finds of it.

use miniserde::Deserialize;

use super::json::{self, Decode};
use super::{Id, Item, Kind, Link, decode_entities, encoded, plain_text};
use crate::time::Timestamp;

/// So much is found on one page.
pub const HITS: usize = 30;

/// What kind of thing is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sought {
    /// Stories and comments.
    #[default]
    All,
    /// Stories, jobs and polls.
    Stories,
    /// Comments.
    Comments,
}

/// How far back is looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    /// To the beginning.
    #[default]
    Ever,
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// 30 days.
    Month,
    /// 365 days.
    Year,
}

/// What somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The words as they were typed.
    pub words: String,
    /// Stories, comments or both.
    pub sought: Sought,
    /// The newest first; otherwise the most fitting.
    pub newest: bool,
    /// How far back.
    pub span: Span,
    /// At least so many points, which comments have none of.
    pub points: u32,
    /// By this author alone, if it isn't empty.
    pub by: String,
    /// The page, from 1.
    pub page: usize,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            words: String::new(),
            sought: Sought::All,
            newest: false,
            span: Span::Ever,
            points: 0,
            by: String::new(),
            page: 1,
        }
    }
}

impl Query {
    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.words.trim().is_empty() && self.by.trim().is_empty()
    }

    /// The moment, in seconds since 1970, from which on is looked.
    pub fn since(&self, now: Timestamp) -> u64 {
        let days = match self.span {
            Span::Ever => return 0,
            Span::Day => 1,
            Span::Week => 7,
            Span::Month => 30,
            Span::Year => 365,
        };
        (now.0 / 1000).saturating_sub(days * 86_400)
    }

    /// The path and parameters at the index.
    pub(super) fn path(&self, now: Timestamp) -> String {
        let order = if self.newest { "_by_date" } else { "" };
        let mut tags = match self.sought {
            Sought::All => "(story,comment,job,poll)",
            Sought::Stories => "(story,job,poll)",
            Sought::Comments => "comment",
        }
        .to_owned();
        // Whatever else is no name, and would mean something there.
        let is_name = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        let by: String = self.by.chars().filter(is_name).collect();
        if !by.is_empty() {
            tags += &format!(",author_{by}");
        }
        let mut least = Vec::new();
        if self.span != Span::Ever {
            least.push(format!("created_at_i>={}", self.since(now)));
        }
        if self.points > 0 {
            least.push(format!("points>={}", self.points));
        }
        format!(
            "search{order}?query={}&tags={}&numericFilters={}&page={}&hitsPerPage={HITS}",
            encoded(self.words.trim()),
            encoded(&tags),
            encoded(&least.join(",")),
            self.page.saturating_sub(1),
        )
    }
}

/// A story or comment that was found, in plain text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hit {
    /// Its number.
    pub id: Id,
    /// Whether it is a comment.
    pub comment: bool,
    /// The author's name.
    pub by: String,
    /// The title; of a comment, its story's.
    pub title: String,
    /// The text.
    pub text: String,
    /// Where a story leads.
    pub link: Option<Link>,
    /// Seconds since 1970.
    pub time: u64,
    /// A story's points.
    pub points: Option<i64>,
    /// A story's comments.
    pub comments: Option<u32>,
}

impl Hit {
    /// An item as something to be found; none for what has nothing to read.
    pub fn of(item: &Item) -> Option<Self> {
        let comment = item.kind == Kind::Comment;
        let readable = match item.kind {
            Kind::Comment => item.text.is_some(),
            Kind::PollOption => false,
            _ => item.title.is_some(),
        };
        let hit = || Self {
            id: item.id,
            comment,
            by: item.by.clone().unwrap_or_default(),
            title: decoded_title(item.title.as_deref()),
            text: plain(item.text.as_deref()),
            link: item.link(),
            time: item.time.unwrap_or_default(),
            points: item.score,
            comments: item.descendants,
        };
        (readable && !item.deleted && !item.dead).then(hit)
    }
}

fn decoded_title(title: Option<&str>) -> String {
    decode_entities(title.unwrap_or_default()).into_owned()
}

fn plain(html: Option<&str>) -> String {
    html.map(plain_text).unwrap_or_default()
}

/// A page of what the index found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// What is on the page, once each.
    pub hits: Vec<Hit>,
    /// How much there is over all.
    pub total: usize,
    /// How many pages of it can be had.
    pub pages: usize,
}

#[derive(Deserialize)]
pub struct RawHits {
    hits: Vec<RawHit>,
    #[serde(rename = "nbHits")]
    total: Option<u64>,
    #[serde(rename = "nbPages")]
    pages: Option<u64>,
}

#[derive(Deserialize)]
struct RawHit {
    #[serde(rename = "objectID")]
    id: Option<String>,
    author: Option<String>,
    created_at_i: Option<u64>,
    title: Option<String>,
    url: Option<String>,
    story_text: Option<String>,
    comment_text: Option<String>,
    story_title: Option<String>,
    points: Option<i64>,
    num_comments: Option<i64>,
}

impl Decode for Hits {
    type Raw = RawHits;

    fn from_raw(raw: RawHits) -> Self {
        let mut seen = rustc_hash::FxHashSet::default();
        let hits = raw.hits.into_iter().filter_map(hit);
        Self {
            hits: hits.filter(|hit| seen.insert(hit.id)).collect(),
            total: raw.total.unwrap_or_default() as usize,
            pages: raw.pages.unwrap_or_default() as usize,
        }
    }
}

fn hit(raw: RawHit) -> Option<Hit> {
    let id = raw.id.and_then(|id| id.parse().ok());
    let comment = raw.comment_text.is_some();
    let text = raw.comment_text.or(raw.story_text);
    let title = if comment { raw.story_title } else { raw.title };
    let url = json::text(raw.url).filter(|_| !comment);
    Some(Hit {
        id: id.filter(|&id| id > 0)?,
        comment,
        by: raw.author.unwrap_or_default(),
        title: decoded_title(title.as_deref()),
        text: plain(text.as_deref()),
        link: url.as_deref().and_then(Link::parse),
        time: raw.created_at_i.unwrap_or_default(),
        points: raw.points,
        comments: raw.num_comments.and_then(|count| count.try_into().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_600_000_000_000);

    #[test]
    fn a_query_is_asked_with_all_its_filters() {
        let query = Query {
            words: " c++ & rust ".into(),
            sought: Sought::Comments,
            newest: true,
            span: Span::Day,
            points: 10,
            by: "ada),(story".into(),
            page: 3,
        };
        assert_eq!(
            query.path(NOW),
            "search_by_date?query=c%2B%2B%20%26%20rust&tags=comment%2Cauthor_adastory\
             &numericFilters=created_at_i%3E%3D1599913600%2Cpoints%3E%3D10&page=2&hitsPerPage=30"
        );
        let plain = Query {
            words: "rust".into(),
            ..Query::default()
        };
        assert_eq!(
            plain.path(NOW),
            "search?query=rust&tags=%28story%2Ccomment%2Cjob%2Cpoll%29&numericFilters=&page=0&hitsPerPage=30"
        );
    }

    #[test]
    fn hits_are_plain_text_once_each_and_what_is_no_hit_is_left_out() {
        let hits = Hits::decode(
            r#"{"nbHits":7,"nbPages":1,"hits":[
            {"objectID":"5","title":"A &amp; B","url":"https://a.example/x","points":3,"num_comments":2,
             "_highlightResult":{"title":{"value":"<em>A</em>"}},"_tags":["story"]},
            {"objectID":"6","comment_text":"<p>So <i>it</i> is","story_title":"T","story_id":5,
             "author":"ada","created_at_i":9,"points":null,"url":"https://a.example/"},
            {"objectID":"5","title":"again"},{"objectID":"x"},{"title":"none"}]}"#,
        )
        .expect("hits");
        assert_eq!((hits.total, hits.pages, hits.hits.len()), (7, 1, 2));
        assert_eq!(hits.hits[0].title, "A & B");
        let site = hits.hits[0].link.as_ref().map(|link| link.site.as_str());
        assert_eq!((site, hits.hits[0].comment), (Some("a.example"), false));
        let comment = &hits.hits[1];
        assert_eq!((comment.text.as_str(), comment.comment), ("So it is", true));
        assert_eq!((comment.title.as_str(), &comment.link), ("T", &None));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for json in ["{}", "[]", r#"{"hits":{}}"#, "{]"] {
            assert!(Hits::decode(json).is_err(), "{json}");
        }
    }
}
