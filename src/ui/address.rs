//! The app's addresses: what each means, and how each is written. Pure, and tested on the host.

use crate::hn::{Feed, Id, Item, Query, Sought, Span, decoded, encoded};
use crate::loader::plan::Pages;

/// What a page's stories are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Hacker News' own ranking.
    #[default]
    Rank,
    /// Most points first.
    Score,
    /// Newest first.
    Time,
    /// Most comments first.
    Comments,
}

impl Order {
    /// All orders as they are offered.
    pub const ALL: [Self; 4] = [Self::Rank, Self::Score, Self::Time, Self::Comments];

    /// The order with this name; the ranking for any other.
    pub fn named(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|order| order.name() == name)
            .unwrap_or_default()
    }

    /// The order's name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rank => "rank",
            Self::Score => "score",
            Self::Time => "time",
            Self::Comments => "comments",
        }
    }

    /// What to sort by, highest first; a story that isn't there yet goes last.
    pub fn key(self, item: Option<&Item>) -> Option<i64> {
        let item = item?;
        match self {
            Self::Rank => None,
            Self::Score => item.score,
            Self::Time => item.posted().map(|posted| posted.0 as i64),
            Self::Comments => item.descendants.map(i64::from),
        }
    }
}

/// A place in the app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Address {
    /// A page of a feed.
    Feed {
        /// The feed.
        feed: Feed,
        /// What of it, or none for what is no page's number.
        page: Option<Pages>,
        /// Its order.
        order: Order,
    },
    /// One item, or none for what is no item's number.
    Item(Option<Id>),
    /// What the reader saved.
    Saved,
    /// A person by name, and a page of what they posted, or none for what is no page's number.
    User(String, Option<usize>),
    /// What is looked for.
    Search(Query),
    /// What the engine does.
    Activity,
    /// What is kept, and what is to be.
    Shelf,
    /// What the reader can set.
    Settings,
    /// Nothing that the app knows.
    #[default]
    Nowhere,
}

impl Address {
    /// The address of a page of a feed, from 1.
    pub fn feed(feed: Feed, page: usize, order: Order) -> Self {
        Self::part(feed, Pages::One(page), order)
    }

    /// The address of a page of a feed, or of the whole feed.
    pub fn part(feed: Feed, pages: Pages, order: Order) -> Self {
        Self::Feed {
            feed,
            page: Some(pages),
            order,
        }
    }

    /// The address of a person.
    pub fn user(name: &str) -> Self {
        Self::User(name.to_owned(), Some(1))
    }

    /// What `path`, below the app's base, and `query`, with or without its `?`, mean.
    ///
    /// Hacker News' own forms `item?id=1` and `user?id=ada` are understood as well.
    pub fn parse(path: &str, query: &str) -> Self {
        let value = |name: &str| {
            let pairs = query.trim_start_matches('?').split('&');
            let mut values = pairs.filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            values.next()
        };
        let positive = |text: &str| text.parse().ok().filter(|&number: &u32| number > 0);
        let path = path.trim_matches('/');
        let page = || {
            value("p")
                .map_or(Some(1), positive)
                .map(|page| page as usize)
        };
        match path {
            "user" => return Self::User(decoded(value("id").unwrap_or_default()), page()),
            "item" => return Self::Item(value("id").and_then(positive)),
            "saved" => return Self::Saved,
            "search" => return Self::Search(query_of(&value)),
            "activity" => return Self::Activity,
            "settings" => return Self::Settings,
            "shelf" => return Self::Shelf,
            _ => {}
        }
        if let Some(id) = path.strip_prefix("item/") {
            return Self::Item(positive(id));
        }
        if let Some(name) = path.strip_prefix("user/") {
            return Self::User(decoded(name), page());
        }
        let pages = |text: &str| match text {
            "all" => Some(Pages::All),
            number => positive(number).map(|page| Pages::One(page as usize)),
        };
        let Some(feed) = Feed::ALL.into_iter().find(|&feed| place(feed) == path) else {
            return Self::Nowhere;
        };
        Self::Feed {
            feed,
            page: value("p").map_or(Some(Pages::One(1)), pages),
            order: value("by").map(Order::named).unwrap_or_default(),
        }
    }

    /// The address as a link relative to the app's base.
    pub fn href(&self) -> String {
        match self {
            &Self::Feed { feed, page, order } => {
                let mut href = match feed {
                    // An empty link would mean "this page".
                    Feed::Top => "./".to_owned(),
                    _ => place(feed).to_owned(),
                };
                match page {
                    Some(Pages::One(page)) if page > 1 => href += &format!("?p={page}"),
                    Some(Pages::All) => href += "?p=all",
                    _ => {}
                }
                if order != Order::Rank {
                    href.push(match href.find('?') {
                        Some(_) => '&',
                        None => '?',
                    });
                    href += "by=";
                    href += order.name();
                }
                href
            }
            Self::Item(Some(id)) => format!("item/{id}"),
            Self::Saved => "saved".to_owned(),
            Self::User(name, page) => {
                let page = page.filter(|&page| page > 1);
                let page = page.map_or(String::new(), |page| format!("?p={page}"));
                format!("user/{}{page}", encoded(name))
            }
            Self::Search(query) => format!("search{}", parameters(query)),
            Self::Activity => "activity".to_owned(),
            Self::Settings => "settings".to_owned(),
            Self::Shelf => "shelf".to_owned(),
            Self::Item(None) | Self::Nowhere => "./".to_owned(),
        }
    }
}

/// The place in the app, relative to its base, for an item or a person on Hacker News' own site.
pub fn inside(href: &str) -> Option<String> {
    let (_, rest) = href.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let (page, query) = rest
        .strip_prefix("news.ycombinator.com/")?
        .split_once('?')?;
    let id = query.strip_prefix("id=")?.split(['&', '#']).next()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match page {
        "item" if id.parse().is_ok_and(|id: Id| id > 0) => Some(format!("item/{id}")),
        "user" if !id.is_empty() && id.chars().all(is_name) => Some(format!("user/{id}")),
        _ => None,
    }
}

/// What is looked for, by its name in an address; of everything there is none.
pub const SOUGHT: [(Sought, &str); 2] = [(Sought::Stories, "story"), (Sought::Comments, "comment")];

/// How far back is looked, by its name in an address; to the beginning it is none.
pub const SPANS: [(Span, &str); 4] = [
    (Span::Day, "day"),
    (Span::Week, "week"),
    (Span::Month, "month"),
    (Span::Year, "year"),
];

/// What stands for `name` in a list; the default for any other name.
pub fn named<T: Copy + Default>(list: &[(T, &str)], name: &str) -> T {
    let found = list.iter().find(|(_, its)| *its == name);
    found.map(|(value, _)| *value).unwrap_or_default()
}

/// The name of a value in a list; empty for the default.
pub fn name<T: PartialEq>(list: &[(T, &'static str)], value: &T) -> &'static str {
    let found = list.iter().find(|(its, _)| its == value);
    found.map_or("", |(_, name)| name)
}

/// What an address looks for.
fn query_of<'a>(value: &impl Fn(&str) -> Option<&'a str>) -> Query {
    let text = |name: &str| decoded(value(name).unwrap_or_default());
    let number = |name: &str| value(name).and_then(|text| text.parse().ok());
    Query {
        words: text("q"),
        sought: named(&SOUGHT, &text("type")),
        newest: value("sort") == Some("date"),
        span: named(&SPANS, &text("since")),
        points: number("points").unwrap_or_default(),
        by: text("by"),
        page: number("p").map_or(1, |page| page.max(1) as usize),
    }
}

/// What is looked for as the parameters of an address: only what isn't as usual.
fn parameters(query: &Query) -> String {
    let number = |number: usize, usual| match number == usual {
        true => String::new(),
        false => number.to_string(),
    };
    let mut parameters = String::new();
    for (name, value) in [
        ("q", encoded(&query.words)),
        ("type", name(&SOUGHT, &query.sought).to_owned()),
        ("sort", if query.newest { "date" } else { "" }.to_owned()),
        ("since", name(&SPANS, &query.span).to_owned()),
        ("points", number(query.points as usize, 0)),
        ("by", encoded(&query.by)),
        ("p", number(query.page, 1)),
    ] {
        if !value.is_empty() {
            parameters.push(if parameters.is_empty() { '?' } else { '&' });
            parameters += &format!("{name}={value}");
        }
    }
    parameters
}

/// Where a feed stands below the app's base.
fn place(feed: Feed) -> &'static str {
    match feed {
        Feed::Top => "",
        _ => feed.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(feed: Feed, page: Option<usize>, order: Order) -> Address {
        let page = page.map(Pages::One);
        Address::Feed { feed, page, order }
    }

    #[test]
    fn an_address_means_one_place() {
        for (path, query, meaning) in [
            ("", "", feed(Feed::Top, Some(1), Order::Rank)),
            ("/", "?", feed(Feed::Top, Some(1), Order::Rank)),
            ("/best", "?p=2", feed(Feed::Best, Some(2), Order::Rank)),
            (
                "jobs/",
                "?by=time&p=3",
                feed(Feed::Jobs, Some(3), Order::Time),
            ),
            (
                "new",
                "?by=colour&x=y",
                feed(Feed::New, Some(1), Order::Rank),
            ),
            (
                "best",
                "?p=all&by=score",
                Address::part(Feed::Best, Pages::All, Order::Score),
            ),
            ("ask", "?p=0", feed(Feed::Ask, None, Order::Rank)),
            ("ask", "?p=-1", feed(Feed::Ask, None, Order::Rank)),
            ("ask", "?p=abc", feed(Feed::Ask, None, Order::Rank)),
            ("show", "?p=", feed(Feed::Show, None, Order::Rank)),
            ("item/7", "", Address::Item(Some(7))),
            ("/item", "?id=7", Address::Item(Some(7))),
            ("item/0", "", Address::Item(None)),
            ("item/x", "", Address::Item(None)),
            ("item", "", Address::Item(None)),
            ("item/99999999999", "", Address::Item(None)),
            ("saved", "", Address::Saved),
            ("user/ada", "", Address::user("ada")),
            (
                "/user/",
                "?id=Ada_L-1&p=3",
                Address::User("Ada_L-1".into(), Some(3)),
            ),
            ("user/ada", "?p=0", Address::User("ada".into(), None)),
            ("user", "", Address::user("")),
            ("user/a%2Fb%zz%", "", Address::user("a/b%zz%")),
            ("activity", "", Address::Activity),
            ("/settings/", "?p=2", Address::Settings),
            ("top", "", Address::Nowhere),
            ("items/7", "", Address::Nowhere),
            ("best/2", "", Address::Nowhere),
        ] {
            assert_eq!(Address::parse(path, query), meaning, "{path}{query}");
        }
    }

    #[test]
    fn a_link_to_an_item_or_a_person_leads_inside() {
        for (href, place) in [
            ("https://news.ycombinator.com/item?id=7", Some("item/7")),
            ("http://news.ycombinator.com/item?id=7#8", Some("item/7")),
            (
                "https://www.news.ycombinator.com/item?id=7&p=2",
                Some("item/7"),
            ),
            (
                "https://news.ycombinator.com/user?id=a_B-1",
                Some("user/a_B-1"),
            ),
            ("https://news.ycombinator.com/user?id=a/../b", None),
            ("https://news.ycombinator.com/user?id=", None),
            ("https://news.ycombinator.com/item?id=0", None),
            ("https://news.ycombinator.com/item?id=x", None),
            ("https://news.ycombinator.com/newest", None),
            ("https://news.ycombinator.com.evil.example/item?id=7", None),
            (
                "https://example.com/?u=news.ycombinator.com/item?id=7",
                None,
            ),
        ] {
            assert_eq!(inside(href).as_deref(), place, "{href}");
        }
    }

    #[test]
    fn what_is_looked_for_is_read_as_it_is_written() {
        for (href, query) in [
            ("search", Query::default()),
            (
                "search?q=caf%C3%A9%20%26%20c%2B%2B",
                Query {
                    words: "café & c++".into(),
                    ..Query::default()
                },
            ),
            (
                "search?q=rust&type=comment&sort=date&since=week&points=10&by=ada&p=3",
                Query {
                    words: "rust".into(),
                    sought: Sought::Comments,
                    newest: true,
                    span: Span::Week,
                    points: 10,
                    by: "ada".into(),
                    page: 3,
                },
            ),
        ] {
            let (path, parameters) = href.split_once('?').unwrap_or((href, ""));
            let address = Address::Search(query);
            assert_eq!(Address::parse(path, parameters), address, "{href}");
            assert_eq!(address.href(), href);
        }
        for odd in ["?p=0", "?p=x&points=-1&type=story2", "?since=&sort=up&by="] {
            let nothing = Address::Search(Query::default());
            assert_eq!(Address::parse("search", odd), nothing, "{odd}");
        }
    }

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for order in Order::ALL {
            for pages in [1, 2, 17].map(Pages::One).into_iter().chain([Pages::All]) {
                for feed in Feed::ALL {
                    let address = Address::part(feed, pages, order);
                    let href = address.href();
                    let (path, query) = href.split_once('?').unwrap_or((&href, ""));
                    let path = path.trim_start_matches("./");
                    assert_eq!(Address::parse(path, query), address, "{href}");
                }
            }
        }
        assert_eq!(Address::feed(Feed::Top, 1, Order::Rank).href(), "./");
        assert_eq!(
            Address::feed(Feed::Top, 2, Order::Score).href(),
            "./?p=2&by=score"
        );
        assert_eq!(Address::Item(Some(7)).href(), "item/7");
        for name in ["ada", "a_b-c", "\" onclick=x ", "../x?y#z", "é%"] {
            for page in [1, 2] {
                let address = Address::User(name.to_owned(), Some(page));
                let href = address.href();
                let (path, query) = href.split_once('?').unwrap_or((&href, ""));
                assert_eq!(Address::parse(path, query), address, "{href}");
            }
        }
        assert_eq!(Address::user("../x").href(), "user/..%2Fx");
    }
}
