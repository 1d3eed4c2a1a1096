//! Random programs: the semaphore does what the model does.

use hackershelf::sync::Priority;
use proptest::prelude::{any, proptest};

use crate::by_hand::random;
use crate::model::Model;
use crate::world::{Step, World};

const PLACES: usize = 10;

/// A step from four dice. Plain numbers, because a strategy for each kind of step takes far longer
/// than the test itself; they shrink towards the first kinds and small numbers.
fn step([kind, place, number, priority]: [u8; 4]) -> Step {
    let at = usize::from(place) % PLACES;
    let number = usize::from(number);
    let priority = Priority::ALL[usize::from(priority) % 3];
    // Mostly one, sometimes none, or more than there can be.
    let permits = if number < 150 { 1 } else { number % 8 };
    match kind % 64 {
        0..16 => Step::Ask(at, permits, priority),
        16..30 => Step::Drop(at),
        30..42 => Step::Poll(at),
        42..47 => Step::Try(at, priority),
        47..52 => Step::Raise(at, priority),
        52..55 => Step::Prepare(at, permits, priority),
        55..57 => Step::PollElsewhere(at),
        57..60 => Step::Churn(number % 40, priority),
        60 | 61 => Step::Resize(number % 8),
        62 => Step::Resize(6),
        _ if number < 64 => Step::Close,
        _ => Step::Poll(at),
    }
}

proptest! {
    #![proptest_config(random())]

    #[test]
    fn ten_thousand_random_programs_do_as_the_model(
        capacity in 0..8_usize,
        program in proptest::collection::vec(any::<[u8; 4]>(), 30..60),
    ) {
        let (mut world, mut model) = (World::new(capacity, PLACES), Model::new(capacity));
        for dice in program {
            let step = step(dice);
            assert_eq!(world.step(step), model.step(step));
            world.check(&model);
        }
        world.end();
    }
}
