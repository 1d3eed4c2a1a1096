//! What came of the tests: a table of those that several engines ran, and why some failed.

use std::fmt;
use std::time::{Duration, Instant};

use crate::{Case, Engine};

/// What came of one test in one engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ok,
    /// For this reason.
    Failed(String),
    /// The engine hasn't got what it needs.
    Skipped(&'static str),
    /// It doesn't belong to the core.
    Left,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Failed(_) => "FAILED",
            Self::Skipped(_) => "skipped",
            Self::Left => "-",
        })
    }
}

/// What came of all tests in one engine.
#[derive(Debug)]
pub(crate) struct Report {
    engine: Engine,
    verdicts: Vec<Verdict>,
    began: Instant,
    took: Duration,
}

impl Report {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            verdicts: Vec::new(),
            began: Instant::now(),
            took: Duration::ZERO,
        }
    }

    /// Adds what came of the next test.
    pub(crate) fn add(&mut self, verdict: Verdict) {
        self.verdicts.push(verdict);
    }

    /// Takes the time.
    pub(crate) fn finish(self) -> Self {
        let took = self.began.elapsed();
        Self { took, ..self }
    }

    pub(crate) fn failed(&self) -> usize {
        self.count(|it| matches!(it, Verdict::Failed(_)))
    }

    fn count(&self, is: impl Fn(&Verdict) -> bool) -> usize {
        self.verdicts.iter().filter(|it| is(it)).count()
    }
}

/// Prints the table, where there is more than one engine, the sums, and why something failed.
pub(crate) fn print(cases: &[Case], reports: &[Report]) {
    if reports.len() > 1 {
        println!();
        for line in table(cases, reports) {
            println!("{line}");
        }
    }
    for report in reports {
        let passed = report.count(|it| *it == Verdict::Ok);
        let skipped = report.count(|it| matches!(it, Verdict::Skipped(_)));
        let left = report.count(|it| *it == Verdict::Left);
        let (name, failed) = (report.engine.name(), report.failed());
        let seconds = report.took.as_secs_f64();
        println!(
            "\n{name}: {passed} passed, {failed} failed, {skipped} skipped, {left} left to --long ({seconds:.0} s)"
        );
        for (case, verdict) in cases.iter().zip(&report.verdicts) {
            if let Verdict::Failed(why) = verdict {
                println!("    {}: {why}", case.name);
            }
        }
    }
}

/// A line for each test that more than one engine ran or skipped, and below why some are skipped.
fn table(cases: &[Case], reports: &[Report]) -> Vec<String> {
    let mut reasons: Vec<&str> = Vec::new();
    let mut lines = Vec::new();
    let width = cases.iter().map(|case| case.name.len()).max().unwrap_or(0);
    let names = reports
        .iter()
        .map(|it| format!(" {:<10}", it.engine.name()));
    lines.push(format!("{:<width$}{}", "test", names.collect::<String>()));
    let compared = |at: usize| {
        let ran = reports.iter().filter(|it| it.verdicts[at] != Verdict::Left);
        ran.count() > 1
    };
    for (at, case) in cases.iter().enumerate().filter(|(at, _)| compared(*at)) {
        let mut line = format!("{:<width$}", case.name);
        for report in reports {
            let cell = match &report.verdicts[at] {
                Verdict::Skipped(why) => {
                    let known = reasons.iter().position(|reason| reason == why);
                    let nth = known.unwrap_or_else(|| {
                        reasons.push(why);
                        reasons.len() - 1
                    });
                    format!("skipped {}", nth + 1)
                }
                other => other.to_string(),
            };
            line += &format!(" {cell:<10}");
        }
        lines.push(line.trim_end().to_owned());
    }
    for (nth, reason) in reasons.iter().enumerate() {
        lines.push(format!("skipped {}: {reason}", nth + 1));
    }
    lines
}
