//! What need not move when a list takes another order. Pure, and tested on the host.

/// Of things in their new order, each with the place where it stood, no two with the same, and with
/// what a move of it costs: which of them stay while the others move, so that the moves cost least.
///
/// What stays is the heaviest increasing subsequence, found from the left by the best one that ends
/// before each place: a tree of prefix maxima (P. Fenwick, "A New Data Structure for Cumulative
/// Frequency Tables", 1994), so n places take n log n steps.
pub fn stay(things: &[(usize, u32)]) -> Vec<bool> {
    let last_place = things.iter().map(|(place, _)| *place).max();
    // What a best one weighs, before the number of its last thing, from 1: compared as one.
    let mut best = vec![0_u64; last_place.unwrap_or_default() + 2];
    let mut last = Vec::new();
    for &(place, cost) in things {
        let (mut most, mut node) = (0, place);
        while node > 0 {
            most = most.max(best[node]);
            node &= node - 1;
        }
        last.push(most as u32);
        let weight = (most >> 32) + u64::from(cost);
        let (ends_here, mut node) = (weight << 32 | last.len() as u64, place + 1);
        while node < best.len() {
            best[node] = best[node].max(ends_here);
            node += node & node.wrapping_neg();
        }
    }
    let mut stay = vec![false; things.len()];
    let mut next = best.into_iter().max().unwrap_or_default() as u32;
    while next > 0 {
        let at = next as usize - 1;
        stay[at] = true;
        next = last[at];
    }
    stay
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_order_all_stay() {
        assert!(stay(&[]).is_empty());
        assert_eq!(stay(&[(0, 1), (7, 9), (8, 1)]), [true; 3]);
    }

    #[test]
    fn one_that_went_up_moves_alone() {
        let things = [(3, 1), (0, 1), (1, 1), (2, 1)];
        assert_eq!(stay(&things), [false, true, true, true]);
    }

    #[test]
    fn many_light_ones_move_around_a_heavy_one() {
        let things = [(3, 9), (0, 1), (1, 1), (2, 1)];
        assert_eq!(stay(&things), [true, false, false, false]);
    }

    /// What those weigh that stay, if they stand in their old order.
    fn weight(things: &[(usize, u32)], stays: impl Fn(usize) -> bool) -> Option<u32> {
        let stay = (0..things.len()).filter(|at| stays(*at));
        let stay: Vec<_> = stay.map(|at| things[at]).collect();
        let rises = stay.is_sorted_by_key(|(place, _)| *place);
        rises.then(|| stay.iter().map(|(_, cost)| cost).sum())
    }

    #[test]
    fn nothing_heavier_could_stay() {
        // Every order of six things.
        for order in 0..720_usize {
            let (mut places, mut rest): (Vec<_>, _) = ((0..6).collect(), order);
            let things: Vec<_> = (1..=6)
                .rev()
                .map(|left| {
                    let place = places.remove(rest % left);
                    rest /= left;
                    (place, 1 + (place * 5 + order) as u32 % 7)
                })
                .collect();
            let chosen = stay(&things);
            let some = (0..64).filter_map(|some| weight(&things, |at| some >> at & 1 == 1));
            assert_eq!(weight(&things, |at| chosen[at]), some.max(), "{things:?}");
        }
    }
}
