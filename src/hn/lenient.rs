//! Decoding that forgives what the APIs are known to send.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Id;

/// A list of ids: `null` is empty, what is no id is left out, a repeated id counts once.
pub fn ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Id>, D::Error> {
    let values = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
    let mut seen = HashSet::with_capacity(values.len());
    Ok(values
        .iter()
        .filter_map(|value| Id::try_from(value.as_u64()?).ok())
        .filter(|&id| id > 0 && seen.insert(id))
        .collect())
}

/// A text that counts as absent when it is empty.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}

/// A flag that is `false` when `null`.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::<bool>::deserialize(deserializer)?.unwrap_or_default())
}
