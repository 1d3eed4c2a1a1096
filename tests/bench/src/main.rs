//! Measures the semaphore beside those of tokio, on its current-thread runtime, and async-lock: a
//! table on the screen, and the figures in `target/bench/sync.json`.
//!
//! Each round measures all three of them one after the other, beginning with another one each time;
//! figures are the medians over all rounds, and ratios those of what one round has measured.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use hackershelf::sync as ours;
use serde_json::{Value, json};

mod limit;
mod measure;

/// How often all is measured.
const ROUNDS: usize = 11;
const CROWDS: [usize; 3] = [10, 1_000, 100_000];

/// What the three took in one round: ours, tokio's and async-lock's.
type Round = [f64; 3];
const NAMES: [&str; 3] = ["hackershelf", "tokio", "async-lock"];

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("it needs neither network nor timers");
    // Without tokio's budget, which would send its own waits back every 128 polls.
    let figures = runtime.block_on(tokio::task::unconstrained(measure_all()));
    let met = figures.iter().all(|figure| figure["met"] != json!(false));
    report(&figures);
    if met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn measure_all() -> Vec<Value> {
    let mut alone = Vec::new();
    let mut passed = CROWDS.map(|_| Vec::new());
    let (mut left, mut ended) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        alone.push(each(round, Case::Uncontended).await);
        for (passed, waiters) in passed.iter_mut().zip(CROWDS) {
            passed.push(each(round, Case::HandOver(waiters)).await);
        }
        left.push(each(round, Case::Leave(CROWDS[2])).await);
        ended.push(each(round, Case::End(CROWDS[2])).await);
    }
    let mut figures = compared("acquire and release", &alone, 0.5);
    for (rounds, waiters) in passed.iter().zip(CROWDS) {
        figures.extend(compared(&format!("hand-over, {waiters} wait"), rounds, 0.5));
    }
    let growth = passed[2]
        .iter()
        .zip(&passed[0])
        .map(|(many, few)| many[0] / few[0]);
    let growth = median(growth);
    figures.push(figure(
        "hand-over, 100000 against 10",
        growth,
        "x",
        Some(2.0),
    ));
    // Of 100,000 tasks nearly all the time goes into waiting for memory, and without `unsafe` a
    // waiter's node can't stand in its task: that is one thing more to wait for.
    for (name, rounds, most) in [
        ("100000 waits leave by chance", &left, Some(1.0)),
        ("100000 waiting tasks end by chance", &ended, None),
    ] {
        figures.extend(times(name, rounds));
        let ratio = median(rounds.iter().map(|[ours, tokio, _]| ours / tokio));
        figures.push(figure(&format!("{name}, against tokio"), ratio, "x", most));
    }
    // A ten-thousandth of a request of 100 ms.
    let noted = median((0..ROUNDS).map(|_| measure::note()));
    figures.push(figure(
        "a request is noted for Activity",
        noted,
        "ns",
        Some(10_000.0),
    ));
    figures
}

#[derive(Clone, Copy)]
enum Case {
    Uncontended,
    HandOver(usize),
    Leave(usize),
    End(usize),
}

/// Measures all three, beginning with another one each round.
async fn each(round: usize, case: Case) -> Round {
    let mut took = Round::default();
    for turn in 0..3 {
        let which = (round + turn) % 3;
        took[which] = match which {
            0 => one::<ours::Semaphore>(case).await,
            1 => one::<tokio::sync::Semaphore>(case).await,
            _ => one::<async_lock::Semaphore>(case).await,
        };
    }
    took
}

async fn one<L: limit::Limit>(case: Case) -> f64 {
    match case {
        Case::Uncontended => measure::uncontended::<L>().await,
        Case::HandOver(waiters) => measure::hand_over::<L>(waiters).await,
        Case::Leave(waiters) => measure::leave::<L>(waiters).await,
        Case::End(waiters) => measure::end::<L>(waiters).await,
    }
}

/// What each took, and how ours compares with the better of the others.
fn compared(name: &str, rounds: &[Round], most: f64) -> Vec<Value> {
    let mut figures = times(name, rounds);
    let ratio = median(
        rounds
            .iter()
            .skip(1)
            .map(|round| round[0] / round[1].min(round[2])),
    );
    let name = format!("{name}, against the better");
    figures.push(figure(&name, ratio, "x", Some(most)));
    figures
}

fn times(name: &str, rounds: &[Round]) -> Vec<Value> {
    let of = |which: usize| median(rounds.iter().map(|round| round[which]));
    let figures = NAMES.iter().enumerate();
    figures
        .map(|(which, whose)| figure(&format!("{name}, {whose}"), of(which), "ns", None))
        .collect()
}

fn figure(name: &str, value: f64, unit: &str, most: Option<f64>) -> Value {
    let value = (value * 100.0).round() / 100.0;
    let goal = most.map(|most| format!("at most {most}"));
    let met = most.map(|most| value <= most);
    json!({"name": name, "value": value, "unit": unit, "goal": goal, "met": met})
}

fn report(figures: &[Value]) {
    println!("\nsync");
    for figure in figures {
        let text = |key: &str| figure[key].as_str().unwrap_or("").to_owned();
        let verdict = match figure["met"].as_bool() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        println!(
            "  {:<52} {:>10} {:<4} {:<14} {verdict}",
            text("name"),
            figure["value"].to_string(),
            text("unit"),
            text("goal")
        );
    }
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package
        .ancestors()
        .nth(2)
        .expect("it stands in tests/bench");
    let target = root.join("target/bench");
    fs::create_dir_all(&target).expect("target can be written");
    let text = serde_json::to_string_pretty(figures).expect("figures are plain JSON");
    fs::write(target.join("sync.json"), text).expect("target can be written");
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
