//! Small programs in every order in which their tasks can take turns.
//!
//! Each task has a place of its own; its steps stay in order. Three tasks of four steps have
//! 34,650 orders, four of three 369,600, and all of them are run.

use hackershelf::sync::Priority::{self, Later, Now, Soon};

use crate::model::Model;
use crate::world::{Step, World};

type Program<const TASKS: usize, const STEPS: usize> = (usize, [[Step; STEPS]; TASKS]);

const POLL: Step = Step::Poll(0);
const MOVE: Step = Step::PollElsewhere(0);
const DROP: Step = Step::Drop(0);
const CLOSE: Step = Step::Close;

const fn ask(permits: usize, priority: Priority) -> Step {
    Step::Ask(0, permits, priority)
}

const fn attempt(priority: Priority) -> Step {
    Step::Try(0, priority)
}

const fn raise(priority: Priority) -> Step {
    Step::Raise(0, priority)
}

const fn resize(capacity: usize) -> Step {
    Step::Resize(capacity)
}

const fn churn(times: usize) -> Step {
    Step::Churn(times, Now)
}

/// Goes to the next order of turns, as words are sorted; returns where it differs first.
fn advance(order: &mut [usize]) -> Option<usize> {
    let at = order.windows(2).rposition(|pair| pair[0] < pair[1])?;
    let swap = order.iter().rposition(|&task| task > order[at]);
    order.swap(at, swap.expect("the one after it is greater"));
    order[at + 1..].reverse();
    Some(at)
}

/// Runs the program in every order and returns how many there were.
///
/// An order begins like the one before it. For that part the model is taken from then, and the
/// semaphore, which can't be copied, goes there again unwatched.
fn run<const TASKS: usize, const STEPS: usize>(program: &Program<TASKS, STEPS>) -> usize {
    let (capacity, tasks) = program;
    let mut order: Vec<usize> = (0..TASKS * STEPS).map(|step| step / STEPS).collect();
    let mut models = vec![Model::new(*capacity)];
    let mut orders = 0;
    let mut same = 0;
    loop {
        models.truncate(same + 1);
        let mut world = World::new(*capacity, TASKS);
        let mut taken = [0; TASKS];
        for (turn, &task) in order.iter().enumerate() {
            let step = tasks[task][taken[task]].at(task);
            taken[task] += 1;
            let seen = world.step(step);
            if turn >= same {
                let mut model = models[turn].clone();
                assert_eq!(seen, model.step(step));
                world.check(&model);
                models.push(model);
            }
        }
        world.end();
        orders += 1;
        match advance(&mut order) {
            Some(at) => same = at,
            None => return orders,
        }
    }
}

#[rustfmt::skip]
const THREE_TASKS: [Program<3, 4>; 14] = [
    // One permit, all equal.
    (1, [[ask(1, Now), POLL, DROP, POLL], [ask(1, Now), POLL, DROP, POLL], [ask(1, Now), POLL, DROP, POLL]]),
    // Released and asked again.
    (1, [[ask(1, Now), DROP, ask(1, Now), POLL], [ask(1, Now), POLL, DROP, ask(1, Now)], [ask(1, Now), POLL, DROP, DROP]]),
    // A newcomer that doesn't wait.
    (1, [[ask(1, Now), POLL, DROP, ask(1, Soon)], [attempt(Now), DROP, attempt(Now), DROP], [ask(1, Soon), POLL, MOVE, DROP]]),
    // A big one between small ones.
    (2, [[ask(1, Now), POLL, DROP, ask(1, Now)], [ask(2, Now), POLL, DROP, ask(2, Now)], [ask(1, Now), POLL, DROP, attempt(Now)]]),
    // A big one that leaves.
    (3, [[ask(2, Now), POLL, DROP, POLL], [ask(3, Now), DROP, ask(3, Soon), DROP], [ask(1, Soon), POLL, DROP, ask(1, Now)]]),
    // One of each priority.
    (1, [[ask(1, Now), POLL, DROP, ask(1, Now)], [ask(1, Soon), POLL, DROP, ask(1, Soon)], [ask(1, Later), POLL, DROP, ask(1, Later)]]),
    // The reserve.
    (2, [[ask(1, Later), POLL, DROP, POLL], [ask(1, Later), POLL, DROP, ask(1, Later)], [ask(1, Now), POLL, DROP, ask(2, Now)]]),
    // A big download and the reserve.
    (4, [[ask(2, Later), POLL, DROP, ask(1, Later)], [ask(1, Later), POLL, DROP, ask(2, Later)], [ask(3, Now), POLL, DROP, ask(4, Now)]]),
    // Raised, before and after the first poll and after the grant.
    (1, [[Step::Prepare(0, 1, Later), raise(Soon), POLL, raise(Now)], [ask(1, Soon), raise(Now), POLL, DROP], [ask(1, Now), POLL, DROP, ask(1, Soon)]]),
    // Raised out of the reserve, and gone.
    (3, [[ask(1, Later), POLL, DROP, ask(1, Later)], [ask(1, Later), raise(Now), DROP, POLL], [ask(3, Soon), raise(Now), POLL, DROP]]),
    // Resized while it waits.
    (1, [[ask(1, Now), POLL, DROP, ask(2, Now)], [ask(2, Soon), POLL, ask(1, Later), POLL], [resize(2), resize(0), resize(3), resize(1)]]),
    // Closed at any time.
    (1, [[ask(1, Now), POLL, DROP, ask(1, Now)], [ask(1, Soon), MOVE, DROP, ask(0, Now)], [ask(1, Later), CLOSE, POLL, DROP]]),
    // Ageing: 31 pass, and one more.
    (2, [[ask(1, Now), churn(31), DROP, churn(1)], [ask(2, Soon), POLL, DROP, ask(1, Soon)], [ask(1, Later), POLL, DROP, churn(1)]]),
    // Two of different priority may be due.
    (3, [[ask(2, Now), churn(31), POLL, DROP], [ask(3, Soon), raise(Now), POLL, DROP], [ask(1, Later), churn(1), POLL, DROP]]),
];

#[rustfmt::skip]
const FOUR_TASKS: [Program<4, 3>; 10] = [
    // One permit, all equal.
    (1, [[ask(1, Now), POLL, DROP], [ask(1, Now), POLL, DROP], [ask(1, Now), POLL, DROP], [ask(1, Now), POLL, DROP]]),
    // Two permits, and some leave.
    (2, [[ask(1, Now), POLL, DROP], [ask(1, Now), DROP, ask(1, Now)], [ask(1, Now), DROP, attempt(Now)], [ask(1, Now), POLL, DROP]]),
    // Big ones of different size.
    (3, [[ask(1, Now), POLL, DROP], [ask(2, Now), POLL, DROP], [ask(3, Now), POLL, DROP], [ask(2, Soon), POLL, DROP]]),
    // All priorities over one permit.
    (1, [[ask(1, Now), POLL, DROP], [ask(1, Soon), POLL, DROP], [ask(1, Later), POLL, DROP], [ask(1, Now), DROP, ask(1, Soon)]]),
    // Downloads and one page.
    (3, [[ask(1, Later), POLL, DROP], [ask(1, Later), POLL, DROP], [ask(1, Later), DROP, ask(1, Later)], [ask(2, Now), POLL, DROP]]),
    // Raised while others leave.
    (1, [[ask(1, Later), raise(Now), POLL], [ask(1, Later), raise(Soon), DROP], [ask(1, Soon), POLL, DROP], [ask(1, Now), POLL, DROP]]),
    // Resized while all wait.
    (1, [[ask(1, Now), POLL, DROP], [ask(2, Now), POLL, DROP], [ask(1, Later), POLL, DROP], [resize(3), resize(0), resize(2)]]),
    // Closed while all wait.
    (2, [[ask(2, Now), POLL, DROP], [ask(1, Soon), MOVE, POLL], [ask(1, Later), DROP, ask(1, Now)], [attempt(Soon), CLOSE, DROP]]),
    // A crowd that changes its mind.
    (2, [[ask(2, Later), raise(Soon), DROP], [ask(2, Soon), raise(Now), DROP], [ask(1, Later), raise(Now), POLL], [ask(2, Now), DROP, attempt(Later)]]),
    // Alone: all permits, while others come and go.
    (2, [[ask(2, Now), POLL, DROP], [ask(2, Later), ask(1, Later), DROP], [attempt(Now), DROP, attempt(Later)], [ask(1, Soon), MOVE, DROP]]),
];

/// All at once, each on a thread of its own: there is nothing that they share.
fn run_all<const TASKS: usize, const STEPS: usize>(
    programs: &[Program<TASKS, STEPS>],
    orders: usize,
) {
    std::thread::scope(|scope| {
        for program in programs {
            scope.spawn(move || assert_eq!(run(program), orders));
        }
    });
}

#[test]
fn three_tasks_of_four_steps_in_every_order() {
    run_all(&THREE_TASKS, 34_650);
}

#[test]
fn four_tasks_of_three_steps_in_every_order() {
    run_all(&FOUR_TASKS, 369_600);
}
