use super::Item;

/// A web address that is safe to link to, and the site that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The address; `http` or `https`, nothing else.
    pub href: String,
    /// Its host, without `www.`.
    pub site: String,
}

impl Item {
    /// Where the story leads, unless what somebody typed is no web address.
    pub fn link(&self) -> Option<Link> {
        Link::parse(self.url.as_deref()?)
    }
}

impl Link {
    /// Takes what somebody typed as an address of the web, or not at all.
    pub fn parse(typed: &str) -> Option<Self> {
        let href = typed.trim();
        let (scheme, rest) = href.split_once(':')?;
        let rest = rest.strip_prefix("//")?;
        if !["http", "https"]
            .iter()
            .any(|web| scheme.eq_ignore_ascii_case(web))
        {
            return None;
        }
        let mut host = rest.split(['/', '?', '#', '\\']).next()?;
        // Who asks stands before it, the port behind it.
        while let Some((_, behind)) = host.split_once('@') {
            host = behind;
        }
        let before_port = host.trim_end_matches(|c: char| c.is_ascii_digit());
        let host = before_port.strip_suffix(':').unwrap_or(host);
        let host = host.to_ascii_lowercase();
        let site = host.strip_prefix("www.").unwrap_or(&host).to_owned();
        is_host(&site).then(|| Self {
            href: href.to_owned(),
            site,
        })
    }
}

/// Whether a browser could take that as the name of a host.
fn is_host(site: &str) -> bool {
    let stray = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || matches!(c, '<' | '>' | '[' | ']' | '^' | '`' | '{'..='}' | '"')
    };
    let inner = match site.strip_prefix('[') {
        Some(address) => address.strip_suffix(']').unwrap_or("["),
        None => site,
    };
    !inner.is_empty() && !inner.contains(stray)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(url: &str) -> Option<String> {
        Link::parse(url).map(|link| link.site)
    }

    #[test]
    fn the_site_is_the_host_without_www() {
        for (url, expected) in [
            ("https://www.example.com/a?b#c", "example.com"),
            ("http://Sub.Example.com:8080", "sub.example.com"),
            ("HTTPS://example.com?x=@evil.example", "example.com"),
            ("https://user:secret@example.com/", "example.com"),
            (" https://example.com\\@evil.example ", "example.com"),
            ("https://[2001:db8::1]:80/", "[2001:db8::1]"),
            ("https://[2001:db8::1]/", "[2001:db8::1]"),
        ] {
            assert_eq!(site(url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_no_link() {
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt://example.com/%0aalert(1)",
            "data:text/html,x",
            "ftp://example.com/",
            "//example.com/",
            "example.com",
            "https://",
            "https:///path",
            "java\nscript://x",
            "https://exa\0mple.com/",
            "https://a b.example/",
            "https://[not an address",
            "https://<b>.example/",
        ] {
            assert_eq!(site(url), None, "{url}");
        }
    }
}
