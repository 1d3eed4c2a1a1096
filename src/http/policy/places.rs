/// What a tab does with the places that it has among all tabs and doesn't use: it keeps them for its
/// next requests, which then wait for no word from the browser, until another tab asks for one.
///
/// A place is a `P` with a number. What is handed out here is given up by dropping it.
#[derive(Debug)]
pub struct Places<P> {
    kept: Vec<(usize, P)>,
    /// One bit for each number that another tab has asked for since it was last given up.
    wanted: u64,
}

impl<P> Places<P> {
    /// Takes one of the places kept whose number is below `places`, the nearest to `first`.
    pub fn take(&mut self, first: usize, places: usize) -> Option<(usize, P)> {
        let numbers = self.kept.iter().map(|&(number, _)| number).enumerate();
        let usable = numbers.filter(|&(_, number)| number < places);
        let (at, _) = usable.min_by_key(|&(_, number)| number.abs_diff(first))?;
        Some(self.kept.swap_remove(at))
    }

    /// Keeps a place that isn't used any more, or returns it to be given up, if it is wanted.
    pub fn put(&mut self, number: usize, place: P) -> Option<P> {
        let wanted = self.wanted & bit(number);
        self.wanted &= !wanted;
        if wanted != 0 {
            return Some(place);
        }
        self.kept.push((number, place));
        None
    }

    /// Another tab asks for a place: returns it to be given up at once, if it is kept.
    pub fn want(&mut self, number: usize) -> Option<P> {
        let at = self.kept.iter().position(|&(kept, _)| kept == number);
        if at.is_none() {
            self.wanted |= bit(number);
        }
        at.map(|at| self.kept.swap_remove(at).1)
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Returns all that are kept, to be given up.
    pub fn clear(&mut self) -> Vec<(usize, P)> {
        std::mem::take(&mut self.kept)
    }
}

impl<P> Default for Places<P> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            wanted: 0,
        }
    }
}

/// None beyond the 32 places that there are at most.
fn bit(number: usize) -> u64 {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    1_u64.checked_shl(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps these places.
    fn keeping(numbers: &[usize]) -> Places<char> {
        let mut places = Places::default();
        for &number in numbers {
            let name = char::from_digit(number as u32, 10).expect("a digit");
            assert_eq!(places.put(number, name), None);
        }
        places
    }

    #[test]
    fn the_place_nearest_to_the_one_asked_for_is_used_again() {
        for (first, expected) in [(0, 1), (1, 1), (2, 1), (3, 4), (5, 5), (9, 5)] {
            let place = keeping(&[4, 1, 5]).take(first, 6);
            assert_eq!(place.map(|(number, _)| number), Some(expected), "{first}");
        }
    }

    #[test]
    fn each_place_is_used_by_one() {
        let mut places = keeping(&[0, 1]);
        assert_eq!(places.take(1, 2), Some((1, '1')));
        assert_eq!(places.take(1, 2), Some((0, '0')));
        assert!(places.is_empty());
        assert_eq!(places.take(1, 2), None);
    }

    #[test]
    fn a_place_beyond_a_lowered_limit_is_not_used() {
        let mut places = keeping(&[2, 5]);
        assert_eq!(places.take(5, 3), Some((2, '2')));
        assert_eq!((places.take(5, 5), places.is_empty()), (None, false));
        assert_eq!(places.take(5, 6), Some((5, '5')));
        assert!(places.is_empty());
    }

    #[test]
    fn a_place_that_another_tab_asks_for_is_given_up_at_once_where_it_is_only_kept() {
        let mut places = keeping(&[3, 4]);
        assert_eq!(places.want(4), Some('4'));
        assert_eq!(places.take(4, 6), Some((3, '3')));
        // It was given up already.
        assert_eq!(places.put(4, '4'), None);
    }

    #[test]
    fn a_place_in_use_that_another_tab_asks_for_is_given_up_once_it_is_free() {
        let mut places = keeping(&[4]);
        let (number, place) = places.take(4, 6).expect("it is kept");
        assert_eq!(places.want(4), None);
        assert_eq!(places.want(4), None);
        assert_eq!(places.put(3, '3'), None);
        assert_eq!(places.put(number, place), Some('4'));
        // Once is enough: the other tab has it now, and asks again if it still waits.
        assert_eq!(places.put(number, place), None);
    }

    #[test]
    fn all_that_is_kept_is_given_up_together() {
        let mut places = keeping(&[0, 1, 2]);
        let _in_use = places.take(1, 3);
        assert_eq!(places.clear().len(), 2);
        assert!(places.is_empty());
    }

    #[test]
    fn numbers_beyond_all_bounds_are_never_wanted() {
        let mut places = keeping(&[]);
        assert_eq!(places.want(usize::MAX), None);
        assert_eq!(places.put(usize::MAX, 'x'), None);
    }
}
