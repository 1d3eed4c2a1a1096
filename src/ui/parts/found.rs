use super::when;
use crate::loader::shelf::{Found, Marked};
use crate::time::Timestamp;
use crate::ui::address::Address;
use crate::ui::el::{El, el};
use crate::ui::navigation::STORY;
use crate::ui::words;

/// Something that was found: a story, or a comment with the name of its story.
pub fn found_row(found: &Found) -> El {
    let hit = &found.hit;
    let inside = Address::Item(Some(hit.id)).href();
    let link = match &hit.link {
        Some(link) => el("a")
            .attr("href", &link.href)
            .attr("rel", "nofollow noopener noreferrer")
            .attr(STORY, &hit.id.to_string()),
        None => el("a").attr("href", &inside),
    };
    let mut title = el("h2").class("title");
    if hit.comment {
        title = title.child(el("span").class("label").text("comment"));
    }
    let link = link.attr("dir", "auto");
    title = title.child(match found.title.is_empty() {
        true => link.text("A comment"),
        false => marked(link, &found.title),
    });
    if !found.site.is_empty() {
        title = title.child(marked(el("span").class("site"), &found.site));
    }
    let text = marked(el("p").class("snippet").attr("dir", "auto"), &found.text);
    let mut meta = el("p").class("meta");
    if found.kept {
        meta = meta.child(el("span").class("label kept-label").text("on your shelf"));
    }
    if let Some(points) = hit.points.filter(|_| !hit.comment) {
        meta = meta.child(el("span").text(&words::count(points, "point", "points")));
    }
    if !hit.by.is_empty() {
        let author = el("a")
            .class("by")
            .attr("href", &Address::user(&hit.by).href())
            .child(marked(el("bdi"), &found.by));
        meta = meta.child(el("span").text("by ").child(author));
    }
    if hit.time > 0 {
        meta = meta.child(el("span").child(when(Timestamp::from_secs(hit.time))));
    }
    if !hit.comment {
        let comments = i64::from(hit.comments.unwrap_or_default());
        let words = words::count(comments, "comment", "comments");
        meta = meta.child(el("a").attr("href", &inside).text(&words));
    }
    let kind = if hit.comment { 'c' } else { 's' };
    let row = el("li").attr("id", &format!("{kind}{}", hit.id));
    row.class("story").child(
        el("article")
            .child(title)
            .children((!found.text.is_empty()).then_some(text))
            .child(meta),
    )
}

/// Appends a text; what was looked for stands out in it.
fn marked(to: El, pieces: &Marked) -> El {
    pieces.iter().fold(to, |to, (piece, marked)| match marked {
        true => to.child(el("mark").text(piece)),
        false => to.text(piece),
    })
}
