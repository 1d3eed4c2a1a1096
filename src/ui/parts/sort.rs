use leptos::prelude::*;

use crate::hn::Item;

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
    const ALL: [Self; 4] = [Self::Rank, Self::Score, Self::Time, Self::Comments];

    /// The order with this name in an address; the ranking for any other.
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

    fn words(self) -> &'static str {
        match self {
            Self::Rank => "Rank",
            Self::Score => "Points",
            Self::Time => "Newest",
            Self::Comments => "Comments",
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

/// Lets the reader choose the order of a page.
#[component]
pub fn SortBy(
    /// The order in force.
    order: Signal<Order>,
    /// Told what was chosen.
    choose: Callback<(Order,)>,
) -> impl IntoView {
    let option = move |choice: Order| {
        view! {
            <option value=choice.name() selected=move || order.get() == choice>
                {choice.words()}
            </option>
        }
    };
    view! {
        <label class="sort">
            <span>"Order "</span>
            <select on:change=move |event| {
                choose.run((Order::named(&event_target_value(&event)),));
            }>{Order::ALL.map(option)}</select>
        </label>
    }
}
