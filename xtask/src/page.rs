//! What publishing does to the HTML: text to text, no files.
//!
//! The page is cut into pieces once; comments and indentation go, a few attributes are set, and
//! the Content-Security-Policy is put first. It names every inline script by its hash, so it is
//! made last, of the very bytes that are sent.

use anyhow::{Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Where a build lives and where its data comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The path below which it is served, `/` or `/x/`.
    pub base: String,
    pub firebase: String,
    pub algolia: String,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            base: "/".into(),
            firebase: "https://hacker-news.firebaseio.com/v0".into(),
            algolia: "https://hn.algolia.com/api/v1".into(),
        }
    }
}

impl Site {
    /// Refuses what could end up as anything but one path and two addresses.
    pub fn check(&self) -> Result<()> {
        let plain = |text: &str| {
            text.chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._~/:@%+[]".contains(c))
        };
        let is_path = self.base.starts_with('/') && !self.base.starts_with("//");
        if !(is_path && self.base.ends_with('/') && plain(&self.base)) {
            bail!("--base must be a path that begins and ends with a slash, such as /x/");
        }
        for (option, url) in [("--firebase", &self.firebase), ("--algolia", &self.algolia)] {
            let host = url
                .strip_prefix("https://")
                .or_else(|| url.strip_prefix("http://"));
            if !plain(url) || host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
                bail!(
                    "{option} must be an address such as https://example.org/v0, without query or fragment"
                );
            }
        }
        Ok(())
    }

    /// The attribute of a tag that says something about the site.
    fn says(&self, tag: &str) -> Option<(&'static str, &str)> {
        match (tag_name(tag).as_str(), attribute(tag, "name")) {
            ("base", _) => Some(("href", &self.base)),
            ("meta", Some("hn-firebase")) => Some(("content", &self.firebase)),
            ("meta", Some("hn-algolia")) => Some(("content", &self.algolia)),
            _ => None,
        }
    }
}

/// How Trunk's script ends: an event that nobody listens for.
const STARTED: &str = "dispatchEvent(new CustomEvent(\"TrunkApplicationStarted\"";

/// The page as it is published: `build` names the version.
///
/// Fails when the page lacks what must be set in it.
pub fn publish(html: &str, site: &Site, build: &str) -> Result<String> {
    // A parser reads CRLF as LF, and hashes of scripts are taken after that.
    let html = html.replace("\r\n", "\n");
    let (mut page, mut head, mut set) = (String::with_capacity(html.len()), None, 0);
    for piece in pieces(&html) {
        match piece {
            Piece::Comment => {}
            // Part of the bundle by now.
            Piece::Tag(tag)
                if attribute(tag, "href").is_some_and(|it| it.starts_with("./snippets/")) => {}
            Piece::Text(text) => page.push_str(&squeeze(text)),
            Piece::Raw(text) => page.push_str(text.split(STARTED).next().unwrap_or(text)),
            Piece::Tag(tag) => {
                match site.says(tag) {
                    Some((name, value)) => {
                        page.push_str(&with_attribute(tag, name, value));
                        set += 1;
                    }
                    None => page.push_str(tag),
                }
                if attribute(tag, "charset").is_some() {
                    head = Some(page.len());
                }
            }
        }
    }
    let Some(head) = head.filter(|_| set == 3) else {
        bail!(
            "index.html needs one each of meta charset, base href, meta hn-firebase and meta hn-algolia"
        );
    };
    // The connection to the API opens while the app is still on its way.
    let first = format!(
        "\n<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<meta name=\"build\" content=\"{build}\">\n<link rel=\"preconnect\" href=\"{}\" crossorigin>",
        policy(&page, site),
        origin(&site.firebase)
    );
    page.insert_str(head, &first);
    Ok(page)
}

/// Scripts of its own, the two APIs, and nothing else.
fn policy(html: &str, site: &Site) -> String {
    let mut scripts: Vec<_> = inline_scripts(html)
        .map(|script| format!("'{}' ", integrity(script.as_bytes())))
        .collect();
    scripts.dedup();
    let mut connect = vec![origin(&site.firebase), origin(&site.algolia)];
    connect.dedup();
    format!(
        "default-src 'none'; script-src 'self' {}'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'none'; connect-src 'self' {}",
        scripts.concat(),
        connect.join(" ")
    )
}

/// `sha256-…`, as policies and integrity attributes write it.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(bytes)))
}

/// A name that changes with the content.
pub fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The service worker with its version and the files it keeps, in place of the two lines that
/// every build but a published one has.
pub fn stamp(worker: &str, build: &str, files: &[(String, String)]) -> Result<String> {
    let list = files
        .iter()
        .map(|(name, hash)| format!("\n  \"{name}\": \"{hash}\","));
    let stamps = [
        ("const BUILD = \"\";", format!("const BUILD = \"{build}\";")),
        (
            "const FILES = {};",
            format!("const FILES = {{{}\n}};", list.collect::<String>()),
        ),
    ];
    let mut worker = worker.to_owned();
    for (line, stamped) in stamps {
        if worker.matches(line).count() != 1 {
            bail!("public/sw.js needs the line `{line}` exactly once");
        }
        worker = worker.replacen(line, &stamped, 1);
    }
    Ok(worker)
}

enum Piece<'a> {
    Text(&'a str),
    /// From `<` to `>`, also of an end tag.
    Tag(&'a str),
    /// What stands in elements whose white space counts.
    Raw(&'a str),
    Comment,
}

fn pieces<'a>(html: &'a str) -> Vec<Piece<'a>> {
    let (mut pieces, mut rest) = (Vec::new(), html);
    while !rest.is_empty() {
        let (end, piece): (usize, fn(&'a str) -> Piece<'a>) = if rest.starts_with("<!--") {
            (rest.find("-->").map_or(rest.len(), |at| at + 3), |_| {
                Piece::Comment
            })
        } else if rest.starts_with('<') {
            (tag_end(rest), Piece::Tag)
        } else {
            (rest.find('<').unwrap_or(rest.len()), Piece::Text)
        };
        let (head, tail) = rest.split_at(end);
        pieces.push(piece(head));
        rest = tail;
        let name = tag_name(head);
        if ["script", "style", "pre", "textarea"].contains(&name.as_str()) {
            let end = rest.to_ascii_lowercase().find(&format!("</{name}"));
            let (head, tail) = rest.split_at(end.unwrap_or(rest.len()));
            pieces.push(Piece::Raw(head));
            rest = tail;
        }
    }
    pieces
}

/// Where the tag that `html` begins with ends; a `>` in a quoted value doesn't end it.
fn tag_end(html: &str) -> usize {
    let mut quote = None;
    for (at, c) in html.char_indices() {
        match quote {
            None if c == '>' => return at + 1,
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => {}
        }
    }
    html.len()
}

/// The name of a start tag in lower case; empty for all else.
fn tag_name(tag: &str) -> String {
    let name = tag.strip_prefix('<').unwrap_or_default();
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    name[..end.unwrap_or(name.len())].to_ascii_lowercase()
}

/// The value of a quoted attribute.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

fn with_attribute(tag: &str, name: &str, value: &str) -> String {
    let set = |old| format!(" {name}=\"{old}\"");
    match attribute(tag, name) {
        Some(old) => tag.replacen(&set(old), &set(value), 1),
        None => tag.replacen('>', &format!("{}>", set(value)), 1),
    }
}

/// White space with a line break in it becomes one line break, which means the same.
fn squeeze(text: &str) -> String {
    let (mut out, mut space) = (String::with_capacity(text.len()), String::new());
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_whitespace() {
            space.push(c);
            continue;
        }
        out.push_str(if space.contains('\n') { "\n" } else { &space });
        space.clear();
        out.extend((c != '\0').then_some(c));
    }
    out
}

fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    let pieces = pieces(html);
    let mut inline = false;
    pieces.into_iter().filter_map(move |piece| match piece {
        Piece::Tag(tag) => {
            inline = tag_name(tag) == "script" && attribute(tag, "src").is_none();
            None
        }
        Piece::Raw(text) if inline => Some(text),
        _ => None,
    })
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/');
    &url[..end.map_or(url.len(), |at| host + at)]
}

#[cfg(test)]
mod tests;
