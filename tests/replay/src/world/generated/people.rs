//! Profiles of everyone who wrote something.

use std::collections::BTreeMap;

use serde_json::json;

use super::dice::Dice;
use super::talk;
use crate::world::World;

/// The most diligent author's `submitted` goes back this far.
const OLD_SUBMISSIONS: u64 = 3_000;

/// Writes a profile for every author but one, who has none.
pub(super) fn settle(world: &mut World, dice: &mut Dice, hostile: &[&str]) {
    let mut by: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for id in world.ids().into_iter().rev() {
        let item = world.item(id).and_then(|item| item["by"].as_str());
        if let Some(name) = item {
            by.entry(name.to_owned()).or_default().push(id);
        }
    }
    let ranked = |name: &&String| (by[*name].len(), (*name).clone());
    let most = by.keys().max_by_key(ranked).cloned();
    let plain = by.keys().filter(|name| !hostile.contains(&name.as_str()));
    let least = plain.min_by_key(ranked).cloned();
    for (name, mut submitted) in by {
        if Some(&name) == least.as_ref() {
            continue;
        }
        if Some(&name) == most.as_ref() {
            let before = 1..=OLD_SUBMISSIONS;
            submitted.extend(before.map(|nth| 40_000_000 - 97 * nth));
        }
        let created = world.now() - dice.up_to(2, 14 * 365).min(world.now() / 86_400) * 86_400;
        let mut user = json!({
            "created": created,
            "id": name,
            "karma": dice.up_to(1, 20) * submitted.len() as u64,
            "submitted": submitted,
        });
        if hostile.contains(&name.as_str()) {
            let about = "<script>window.__hostile=22</script><a href=\"javascript:\
                window.__hostile=23\">my page</a>";
            user["about"] = about.into();
        } else if dice.chance(60) {
            user["about"] = talk::text(dice).into();
        }
        world.put_user(user);
    }
}
