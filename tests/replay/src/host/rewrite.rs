//! Points a built app at other API addresses while it is sent, so that one build serves every
//! test.
//!
//! The default addresses are replaced inside the tags that carry them: the `<meta>` tags of the two
//! addresses themselves and of the Content-Security-Policy, and the `<link>` that opens the
//! connection early.

use bytes::Bytes;

const FIREBASE: &str = "https://hacker-news.firebaseio.com";
const ALGOLIA: &str = "https://hn.algolia.com";

/// Where a rewritten app finds its APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rewrite {
    /// On the origin from which it was itself loaded.
    ToOwnOrigin,
    /// At these addresses, such as [`crate::Server::firebase`] and [`crate::Server::algolia`].
    To {
        /// In place of the default ending in `/v0`.
        firebase: String,
        /// In place of the default ending in `/api/v1`.
        algolia: String,
    },
}

impl Rewrite {
    pub(super) fn targets(&self, own_origin: &str) -> Targets {
        match self {
            Self::ToOwnOrigin => Targets {
                firebase: format!("{own_origin}/v0"),
                algolia: format!("{own_origin}/api/v1"),
            },
            Self::To { firebase, algolia } => Targets {
                firebase: firebase.clone(),
                algolia: algolia.clone(),
            },
        }
    }
}

#[derive(Debug)]
pub(super) struct Targets {
    firebase: String,
    algolia: String,
}

impl Targets {
    pub fn html(&self, page: &[u8]) -> Bytes {
        let page = String::from_utf8_lossy(page);
        let mut out = String::with_capacity(page.len());
        let mut rest = page.as_ref();
        while let Some((tag, end)) = next_tag(rest) {
            out.push_str(&rest[..tag]);
            out.push_str(&self.tag(&rest[tag..end]));
            rest = &rest[end..];
        }
        out.push_str(rest);
        out.into()
    }

    fn tag(&self, tag: &str) -> String {
        let low = tag.to_ascii_lowercase();
        let names = [
            "hn-firebase",
            "hn-algolia",
            "content-security-policy",
            "preconnect",
        ];
        if !names.iter().any(|name| low.contains(name)) {
            return tag.to_owned();
        }
        tag.replace(&format!("{FIREBASE}/v0"), &self.firebase)
            .replace(&format!("{ALGOLIA}/api/v1"), &self.algolia)
            .replace(FIREBASE, origin(&self.firebase))
            .replace(ALGOLIA, origin(&self.algolia))
    }
}

/// Where the next `<meta …>` or `<link …>` begins and ends. A `>` in its quoted values doesn't end it.
fn next_tag(html: &str) -> Option<(usize, usize)> {
    let low = html.to_ascii_lowercase();
    let start = ["<meta", "<link"].map(|name| low.find(name).unwrap_or(low.len()));
    let start = start[0].min(start[1]);
    if start == low.len() {
        return None;
    }
    let mut quote = None;
    for (at, c) in html[start..].char_indices() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('>', None) => return Some((start, start + at + 1)),
            _ => {}
        }
    }
    None
}

fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets() -> Targets {
        Rewrite::ToOwnOrigin.targets("http://127.0.0.1:8")
    }

    #[test]
    fn addresses_and_policy_change_and_text_stays() {
        let page = concat!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self'; ",
            "connect-src 'self' https://hacker-news.firebaseio.com https://hn.algolia.com\">",
            "<META name=hn-firebase content=https://hacker-news.firebaseio.com/v0>",
            "<meta name=\"hn-algolia\" content=\"https://hn.algolia.com/api/v1\">",
            "<link rel=preconnect href=https://hacker-news.firebaseio.com crossorigin>",
            "<link rel=icon href=icon.svg>",
            "<p>https://hn.algolia.com/api/v1</p>",
        );
        let expected = concat!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self'; ",
            "connect-src 'self' http://127.0.0.1:8 http://127.0.0.1:8\">",
            "<META name=hn-firebase content=http://127.0.0.1:8/v0>",
            "<meta name=\"hn-algolia\" content=\"http://127.0.0.1:8/api/v1\">",
            "<link rel=preconnect href=http://127.0.0.1:8 crossorigin>",
            "<link rel=icon href=icon.svg>",
            "<p>https://hn.algolia.com/api/v1</p>",
        );
        assert_eq!(targets().html(page.as_bytes()), expected);
    }
}
