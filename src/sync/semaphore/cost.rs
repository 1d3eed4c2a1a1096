//! What each step costs, in nodes of the slab looked at, with 10 waiters and with 100,000.

use std::task::Waker;

use super::Priority::{Later, Now, Soon};
use super::state::State;
use super::waiters::Key;

/// One permit that is out, and so many waiters in each queue.
fn crowd(each: usize) -> (State, Vec<Key>) {
    let mut state = State::new(1);
    assert_eq!(state.ask(1, Now), Ok(true));
    let keys = (0..each)
        .flat_map(|_| [Now, Soon, Later])
        .map(|priority| {
            assert_eq!(state.ask(1, priority), Ok(false));
            state.join(1, priority, Waker::noop().clone())
        })
        .collect();
    (state, keys)
}

/// The nodes that one step looks at, the same however many wait.
fn visits(step: impl Fn(&mut State, &[Key])) -> usize {
    let [few, many] = [10, 100_000].map(|each| {
        let (mut state, keys) = crowd(each);
        let before = state.visits();
        step(&mut state, &keys);
        state.visits() - before
    });
    assert_eq!(few, many);
    many
}

#[test]
fn joining_looks_at_a_few_nodes() {
    assert!(
        visits(|state, _| {
            assert_eq!(state.ask(1, Now), Ok(false));
            state.join(1, Now, Waker::noop().clone());
        }) <= 4
    );
}

#[test]
fn polling_looks_at_a_few_nodes() {
    assert!(
        visits(|state, keys| {
            let middle = keys[keys.len() / 2];
            assert!(state.answer(middle, 1).is_none());
            drop(state.renew(middle, Waker::noop()));
        }) <= 4
    );
}

#[test]
fn leaving_from_the_middle_looks_at_a_few_nodes() {
    assert!(visits(|state, keys| drop(state.cancel(keys[keys.len() / 2]))) <= 12);
}

#[test]
fn raising_from_the_middle_looks_at_a_few_nodes() {
    assert!(visits(|state, keys| state.raise(keys[keys.len() / 2 / 3 * 3 + 2], Now)) <= 16);
}

#[test]
fn a_release_looks_at_a_few_nodes_for_each_it_wakes() {
    assert!(
        visits(|state, _| {
            state.give_back(1, Now);
            state.hand_on();
            assert!(state.pop_answered().is_some());
            assert!(state.pop_answered().is_none());
        }) <= 20
    );
    let woken = 1_000;
    let (mut state, _) = crowd(100_000);
    let before = state.visits();
    state.resize(woken + 1);
    let mut wakers = 0;
    while state.pop_answered().is_some() {
        wakers += 1;
    }
    assert_eq!(wakers, woken);
    assert!(state.visits() - before <= 20 * woken);
}

#[test]
fn a_hundred_thousand_that_left_leave_nothing_behind() {
    let (mut state, keys) = crowd(100_000);
    assert!(state.memory() > 0);
    for key in keys {
        drop(state.cancel(key));
    }
    assert_eq!(state.memory(), 0);
    state.give_back(1, Now);
    state.hand_on();
    assert_eq!(state.free(), 1);
}

#[test]
fn a_hundred_thousand_that_got_their_permits_leave_nothing_behind() {
    let (mut state, keys) = crowd(100_000);
    // One permit is out, and two are kept from `Later`.
    state.resize(keys.len() + 3);
    while let Some(waker) = state.pop_answered() {
        drop(waker);
    }
    for key in keys {
        assert!(state.answer(key, 1).is_some());
        assert!(state.forget(key).is_none());
    }
    assert_eq!(state.memory(), 0);
}

#[test]
fn a_free_permit_costs_no_memory() {
    let mut state = State::new(2);
    for priority in [Now, Soon, Later] {
        assert_eq!(state.ask(1, priority), Ok(true));
        state.give_back(1, priority);
        state.hand_on();
    }
    assert_eq!(state.memory(), 0);
    assert_eq!(state.visits(), 0);
}
