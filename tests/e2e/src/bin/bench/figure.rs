//! Figures, and how they are told.

use std::fs;

use e2e::places;
use serde::Serialize;

/// Of each side of a comparison, in turn; the median counts.
pub const RUNS: usize = 5;

/// One line of a table.
#[derive(Debug, Serialize)]
pub struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    /// What it has to be, in words; none where nothing is asked.
    goal: Option<String>,
    met: Option<bool>,
}

impl Figure {
    /// Whether it is what it has to be.
    pub fn is_met(&self) -> bool {
        self.met != Some(false)
    }

    /// A value as such.
    pub fn plain(name: &str, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            value: rounded(value),
            unit,
            goal: None,
            met: None,
        }
    }

    /// It has to be so much at most.
    pub fn at_most(mut self, most: f64) -> Self {
        self.goal = Some(format!("at most {most}"));
        self.met = Some(self.value <= most);
        self
    }

    /// It has to be so much at least.
    pub fn at_least(mut self, least: f64) -> Self {
        self.goal = Some(format!("at least {least}"));
        self.met = Some(self.value >= least);
        self
    }
}

/// Prints the figures as a table and writes them to `target/bench/NAME.json`.
pub fn report(name: &str, figures: &[Figure]) {
    println!("\n{name}");
    for figure in figures {
        let verdict = match figure.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        let goal = figure.goal.as_deref().unwrap_or("");
        println!(
            "  {:<48} {:>10} {:<8} {goal:<18} {verdict}",
            figure.name, figure.value, figure.unit
        );
    }
    let target = places::workspace().join("target/bench");
    fs::create_dir_all(&target).expect("target can be written");
    let text = serde_json::to_string_pretty(figures).expect("figures are plain JSON");
    let file = target.join(format!("{name}.json"));
    fs::write(file, text).expect("target can be written");
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
