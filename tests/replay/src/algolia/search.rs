//! Search: every word of the query must stand in title, address, author or text, whatever its case.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use bytes::Bytes;
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::Shared;
use crate::server::answer::json as answer;
use crate::world::{Feed, World};

use super::timestamp;

/// No query gives more hits than this, however they are paged.
const HITS: usize = 1_000;

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    query: String,
    #[serde(default)]
    tags: String,
    #[serde(default, rename = "numericFilters")]
    numeric: String,
    #[serde(default)]
    page: usize,
    #[serde(default = "per_page", rename = "hitsPerPage")]
    per_page: usize,
}

fn per_page() -> usize {
    20
}

pub(crate) async fn by_relevance(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
) -> Response {
    search(&shared.world(), &asked, false)
}

pub(crate) async fn by_date(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<Asked>,
) -> Response {
    search(&shared.world(), &asked, true)
}

fn search(world: &World, asked: &Asked, by_date: bool) -> Response {
    let query = asked.query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let Some(filters) = Filter::parse_all(&asked.numeric) else {
        let body = Bytes::from_static(b"{\"message\":\"invalid numericFilters\",\"status\":400}");
        return answer(StatusCode::BAD_REQUEST, body);
    };
    let mut found: Vec<(u64, &Value)> = world
        .stored_items()
        .filter(|(_, stored)| {
            let haystack = stored.haystack();
            words.iter().all(|word| haystack.contains(word))
        })
        .map(|(id, stored)| (id, stored.value()))
        .filter(|(_, item)| item["deleted"] != true && item["dead"] != true)
        .filter(|(_, item)| item["type"] != "pollopt")
        .filter(|(_, item)| filters.iter().all(|filter| filter.lets(item)))
        .filter(|(id, item)| tagged(world, *id, item, &asked.tags))
        .filter(|(id, _)| world.is_reachable(*id))
        .collect();
    let rank = |item: &Value| item["score"].as_u64().unwrap_or(0);
    let time = |item: &Value| item["time"].as_u64().unwrap_or(0);
    found.sort_unstable_by_key(|(id, item)| {
        let relevance = if by_date { 0 } else { rank(item) };
        std::cmp::Reverse((relevance, time(item), *id))
    });

    let total = found.len();
    found.truncate(HITS);
    let per_page = asked.per_page.clamp(1, HITS);
    let page = found.iter().skip(asked.page.saturating_mul(per_page));
    let hits: Vec<Value> = page
        .take(per_page)
        .map(|(id, item)| hit(world, *id, item, &words))
        .collect();
    let body = json!({
        "exhaustive": { "nbHits": true, "typo": true },
        "hits": hits,
        "hitsPerPage": per_page,
        "nbHits": total,
        "nbPages": found.len().div_ceil(per_page),
        "page": asked.page,
        "params": "",
        "processingTimeMS": 1,
        "query": asked.query,
    });
    answer(StatusCode::OK, Bytes::from(body.to_string()))
}

/// `a,(b,c)`: a comma is AND, within parentheses OR.
fn tagged(world: &World, id: u64, item: &Value, tags: &str) -> bool {
    let mut depth = 0;
    let groups = tags.split(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    });
    groups
        .map(|group| group.trim().trim_matches(['(', ')']))
        .filter(|group| !group.is_empty())
        .all(|group| {
            group
                .split(',')
                .any(|tag| has_tag(world, id, item, tag.trim()))
        })
}

fn has_tag(world: &World, id: u64, item: &Value, tag: &str) -> bool {
    let starts = |prefix| {
        let title = item["title"].as_str();
        title.is_some_and(|title| title.starts_with(prefix))
    };
    match tag {
        "ask_hn" => starts("Ask HN"),
        "show_hn" => starts("Show HN"),
        "front_page" => world.feed(Feed::Top).iter().take(30).any(|top| *top == id),
        _ => match tag.split_once('_') {
            Some(("author", name)) => item["by"] == name,
            Some(("story", story)) => story.parse() == Ok(world.root(id)),
            _ => item["type"] == tag,
        },
    }
}

fn hit(world: &World, id: u64, item: &Value, words: &[&str]) -> Value {
    let is_comment = item["type"] == "comment";
    let story = world.root(id);
    let nothing = Value::Null;
    let about = world.item(story).unwrap_or(&nothing);
    let author = item["by"].as_str().unwrap_or("");
    let mut tags = vec![
        item["type"].as_str().unwrap_or("story").to_owned(),
        format!("author_{author}"),
        format!("story_{story}"),
    ];
    for tag in ["ask_hn", "show_hn"] {
        if has_tag(world, id, item, tag) {
            tags.push(tag.to_owned());
        }
    }
    let time = item["time"].as_u64().unwrap_or(0);
    let mut hit = json!({
        "_highlightResult": { "author": marked(&item["by"], words) },
        "_tags": tags,
        "author": item["by"],
        "children": world.kids(id),
        "created_at": timestamp(time),
        "created_at_i": time,
        "objectID": id.to_string(),
        "story_id": story,
    });
    let fields: &[(&str, &Value)] = if is_comment {
        hit["parent_id"] = item["parent"].clone();
        &[
            ("comment_text", &item["text"]),
            ("story_title", &about["title"]),
            ("story_url", &about["url"]),
        ]
    } else {
        hit["points"] = item["score"].clone();
        hit["num_comments"] = item["descendants"].clone();
        &[
            ("title", &item["title"]),
            ("url", &item["url"]),
            ("story_text", &item["text"]),
        ]
    };
    for (name, value) in fields {
        if value.is_string() {
            hit[*name] = (*value).clone();
            hit["_highlightResult"][*name] = marked(value, words);
        }
    }
    hit
}

/// The value with every match between `<em>` and `</em>`.
fn marked(value: &Value, words: &[&str]) -> Value {
    let text = value.as_str().unwrap_or("");
    let mut out = String::with_capacity(text.len());
    let mut matched: Vec<&str> = Vec::new();
    let mut rest = text;
    'text: while let Some(c) = rest.chars().next() {
        for word in words {
            let head = rest.get(..word.len());
            if head.is_some_and(|head| head.to_lowercase() == *word) {
                if !matched.contains(word) {
                    matched.push(word);
                }
                let (head, tail) = rest.split_at(word.len());
                out.extend(["<em>", head, "</em>"]);
                rest = tail;
                continue 'text;
            }
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    let level = match (matched.len(), words.len()) {
        (0, _) => "none",
        (n, all) if n == all => "full",
        _ => "partial",
    };
    json!({ "value": out, "matchLevel": level, "matchedWords": matched })
}

/// One condition of `numericFilters`, such as `points>=100`.
#[derive(Debug)]
struct Filter {
    field: &'static str,
    sign: &'static str,
    than: i64,
}

impl Filter {
    fn parse_all(text: &str) -> Option<Vec<Self>> {
        let conditions = text.split(',').map(str::trim).filter(|one| !one.is_empty());
        conditions.map(Self::parse).collect()
    }

    fn parse(text: &str) -> Option<Self> {
        let signs = [">=", "<=", "!=", ">", "<", "="];
        let (sign, (field, than)) = signs
            .into_iter()
            .find_map(|sign| Some((sign, text.split_once(sign)?)))?;
        let field = match field.trim() {
            "created_at_i" => "time",
            "points" => "score",
            "num_comments" => "descendants",
            _ => return None,
        };
        let than = than.trim().parse().ok()?;
        Some(Self { field, sign, than })
    }

    fn lets(&self, item: &Value) -> bool {
        let Some(value) = item[self.field].as_i64() else {
            return false;
        };
        match self.sign {
            ">=" => value >= self.than,
            "<=" => value <= self.than,
            "!=" => value != self.than,
            ">" => value > self.than,
            "<" => value < self.than,
            _ => value == self.than,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_and_outside_parentheses_and_or_inside() {
        let mut world = World::empty();
        world.put_item(json!({"id": 1, "type": "story", "by": "ann", "title": "Show HN: X"}));
        let item = world.item(1).expect("just put");
        for (tags, fits) in [
            ("", true),
            ("story", true),
            ("story,author_ann", true),
            ("story,author_bob", false),
            ("(story,poll)", true),
            ("(comment,poll)", false),
            ("(comment,show_hn),author_ann", true),
            ("author_ann,(comment,poll)", false),
            ("story_1", true),
        ] {
            assert_eq!(tagged(&world, 1, item, tags), fits, "{tags}");
        }
    }

    #[test]
    fn matches_are_marked_in_their_own_case() {
        let marked = marked(&json!("Rust and rusty É"), &["rust"]);
        let expected = "<em>Rust</em> and <em>rust</em>y É";
        assert_eq!(marked["value"], expected);
    }
}
