//! What an index that lags or forgets makes of a tree of comments.
//!
//! Which nodes suffer is decided by their ids alone, so that a test can ask twice.

use std::collections::HashMap;

use serde_json::Value;

/// Takes away about half of the nodes below the root, each with all below it, at every depth.
pub(super) fn halve(tree: &mut Value) {
    let mut sizes = HashMap::new();
    let below = measure(tree, &mut sizes).saturating_sub(1);
    let root = tree["id"].as_u64();
    let mut ids: Vec<u64> = sizes.keys().copied().collect();
    ids.retain(|id| Some(*id) != root);
    ids.sort_unstable_by_key(|id| (mixed(*id), *id));
    let mut left = below / 2;
    for id in ids {
        if left == 0 {
            return;
        }
        // Smaller than measured where something below it is gone already.
        if sizes[&id] <= left {
            left -= take(tree, id).unwrap_or(0);
        }
    }
}

/// Leaves a third of the nodes below the root with nothing but `id` and `children`.
pub(super) fn empty(tree: &mut Value) {
    for child in children(tree) {
        empty(child);
        let is_hit = child["id"]
            .as_u64()
            .is_some_and(|id| mixed(id).is_multiple_of(3));
        if let Some(fields) = child.as_object_mut().filter(|_| is_hit) {
            fields.retain(|name, _| name == "id" || name == "children");
        }
    }
}

fn children(node: &mut Value) -> impl Iterator<Item = &mut Value> {
    let children = node.get_mut("children").and_then(Value::as_array_mut);
    children.into_iter().flatten()
}

/// How many nodes a tree has; notes it for each of them.
fn measure(node: &mut Value, sizes: &mut HashMap<u64, usize>) -> usize {
    let size = 1 + children(node)
        .map(|child| measure(child, sizes))
        .sum::<usize>();
    if let Some(id) = node["id"].as_u64() {
        sizes.insert(id, size);
    }
    size
}

/// Takes a node out of the tree, and tells how many went with it.
fn take(node: &mut Value, id: u64) -> Option<usize> {
    let list = node.get_mut("children")?.as_array_mut()?;
    if let Some(at) = list.iter().position(|child| child["id"] == id) {
        return Some(measure(&mut list.remove(at), &mut HashMap::new()));
    }
    list.iter_mut().find_map(|child| take(child, id))
}

/// An id's place in an order that has nothing to do with its size.
fn mixed(id: u64) -> u64 {
    let id = (id ^ (id >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let id = (id ^ (id >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    id ^ (id >> 31)
}
