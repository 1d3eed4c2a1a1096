//! The search index over Hacker News: an accelerator, never a dependency.
//!
//! It has a whole thread in one answer. What it doesn't have is the order of replies below the top
//! level, the text of what was deleted or killed, and whatever was written in the last minutes: so
//! all that comes from here is [`partial`](Item::partial), and a node without author or text says
//! nothing but that there is one.

use miniserde::Deserialize;

use super::item::{Item, Kind};
use super::json::{self, Decode, MaybeId};
use super::{Error, Id, sort};

/// No answer nests deeper; one that does isn't read, so that it can't exhaust the stack.
const DEEPEST: usize = 1_000;

/// An item and all below it, parents before their replies. `kids` are in ascending order, and each
/// item names its parent as it stands in the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree(pub Vec<Item>);

impl Tree {
    /// Decodes the answer to `/items/ID`.
    ///
    /// # Errors
    /// As [`Decode::decode`]; [`Error::Undecodable`] also for one that nests too deep.
    pub fn read(text: &str) -> Result<Self, Error> {
        match depth(text) > DEEPEST {
            true => Err(Error::Undecodable),
            false => Self::decode(text),
        }
    }
}

#[derive(Deserialize)]
pub struct RawNode {
    id: MaybeId,
    #[serde(rename = "type")]
    kind: Option<String>,
    author: Option<String>,
    created_at_i: Option<u64>,
    title: Option<String>,
    text: Option<String>,
    url: Option<String>,
    points: Option<i64>,
    parent_id: Option<Id>,
    children: Option<Vec<RawNode>>,
    options: Option<Vec<RawNode>>,
}

impl Decode for Tree {
    type Raw = RawNode;

    fn from_raw(raw: RawNode) -> Self {
        let mut items = Vec::new();
        let mut next = vec![(raw.parent_id, raw)];
        while let Some((parent, mut node)) = next.pop() {
            let id = node.id.0;
            let mut below = node.children.take().unwrap_or_default();
            below.retain(|child| child.id.0 > 0);
            let mut kids: Vec<Id> = below.iter().map(|child| child.id.0).collect();
            sort(&mut kids);
            let options = node.options.take().unwrap_or_default();
            let parts = options.iter().map(|option| option.id.0).collect();
            let below = below.into_iter().chain(options).rev();
            next.extend(below.map(|child| (Some(id), child)));
            items.push(item(node, parent, kids, parts));
        }
        Self(items)
    }
}

fn item(node: RawNode, parent: Option<Id>, kids: Vec<Id>, parts: Vec<Id>) -> Item {
    let kind = Kind::named(node.kind.as_deref());
    Item {
        id: node.id.0,
        kind,
        by: json::text(node.author),
        time: node.created_at_i,
        title: json::text(node.title),
        text: json::text(node.text).map(unwrapped),
        url: json::text(node.url),
        score: node.points,
        parent: (kind != Kind::PollOption).then_some(parent).flatten(),
        poll: (kind == Kind::PollOption).then_some(parent).flatten(),
        kids,
        parts,
        partial: true,
        ..Item::default()
    }
}

/// A text with its paragraphs as the official API writes them: none is closed, the first not even
/// opened.
fn unwrapped(text: String) -> String {
    let mut parts = text.strip_prefix("<p>").unwrap_or(&text).split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.strip_prefix("/p>") {
            Some(rest) => text += rest,
            None => text.extend(["<", part]),
        }
    }
    text
}

/// How deep arrays and objects nest in a JSON text.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_told_parents_first_and_replies_by_id() {
        let tree = Tree::read(
            r#"{"id":1,"type":"story","author":"a","title":"T","points":5,"created_at_i":9,
            "children":[{"id":4,"type":"comment","author":"b","text":"<p>x</p>","points":null,
            "parent_id":1,"children":[{"id":9,"children":[]}]},{"id":3,"children":[]}]}"#,
        )
        .expect("a tree");
        let shape: Vec<_> = tree.0.iter().map(|i| (i.id, i.parent, &i.kids)).collect();
        assert_eq!(
            shape,
            [
                (1, None, &vec![3, 4]),
                (4, Some(1), &vec![9]),
                (9, Some(4), &vec![]),
                (3, Some(1), &vec![]),
            ]
        );
        assert_eq!(tree.0[1].text.as_deref(), Some("x"));
        assert!(tree.0.iter().all(|item| item.partial));
    }

    #[test]
    fn options_belong_to_their_poll() {
        let tree = Tree::read(
            r#"{"id":1,"type":"poll","children":[{"id":2}],
            "options":[{"id":8,"type":"pollopt","points":3,"text":"o"}]}"#,
        )
        .expect("a tree");
        assert_eq!((&tree.0[0].kids, &tree.0[0].parts), (&vec![2], &vec![8]));
        let option = tree.0.iter().find(|item| item.id == 8).expect("an option");
        assert_eq!((option.poll, option.parent), (Some(1), None));
    }

    #[test]
    fn what_nests_without_end_is_refused_and_strings_do_not_count() {
        let deep = format!("{}{}", "{\"children\":[".repeat(501), "]}".repeat(501));
        assert_eq!(Tree::read(&deep), Err(Error::Undecodable));
        let text = r#"{"id":1,"text":"[[[\"{{\\"}"#;
        assert_eq!(depth(text), 1);
        assert!(Tree::read(text).is_ok());
    }

    #[test]
    fn nodes_whose_id_is_no_number_are_left_out() {
        let tree = Tree::read(r#"{"id":1,"children":[{"id":"x"},{"id":null},{"id":2}]}"#);
        assert_eq!(tree.expect("a tree").0.len(), 2);
    }
}
