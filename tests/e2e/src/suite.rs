//! Runs tests one after the other in one browser, which is closed at the end, come what may.
//!
//! The command line is that of Rust's own test runner, as far as it is used here: words select
//! the tests whose names hold one of them, `--exact` and `--skip` do what they do there, `--list`
//! lists.

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tokio::time::timeout;

use crate::Browser;

/// A test that isn't through by then has failed.
const LIMIT: Duration = Duration::from_secs(300);

/// A named test.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The path of its function.
    pub name: &'static str,
    /// What it does; fails by a panic.
    pub run: for<'a> fn(&'a Browser) -> LocalBoxFuture<'a, ()>,
}

/// The cases of these functions, `async fn(&Browser)` each.
#[macro_export]
macro_rules! cases {
    ($($name:ident),+ $(,)?) => {
        vec![$($crate::Case {
            name: concat!(module_path!(), "::", stringify!($name)),
            run: |browser| Box::pin($name(browser)),
        }),+]
    };
}

/// Runs those of `cases` that the command line asks for.
pub fn main(cases: Vec<Case>) -> ExitCode {
    let asked = Asked::from(std::env::args().skip(1));
    let cases: Vec<Case> = cases
        .into_iter()
        .filter(|case| asked.wants(case.name))
        .collect();
    if asked.list {
        for case in &cases {
            println!("{}: test", case.name);
        }
        return ExitCode::SUCCESS;
    }
    if cases.is_empty() {
        println!("no test has such a name");
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.expect("the system gives a runtime");
    let failed = runtime.block_on(run_all(&cases));
    ExitCode::from(u8::from(failed > 0))
}

async fn run_all(cases: &[Case]) -> usize {
    println!("\nrunning {} tests in one browser", cases.len());
    let start = Instant::now();
    let browser = Browser::start().await;
    let mut failed = Vec::new();
    for case in cases {
        let began = Instant::now();
        let passed = run(&browser, *case).await;
        let verdict = if passed { "ok" } else { "FAILED" };
        let seconds = began.elapsed().as_secs_f64();
        println!("test {} ... {verdict} ({seconds:.1} s)", case.name);
        if !passed {
            failed.push(case.name);
        }
    }
    browser.quit().await;
    let seconds = start.elapsed().as_secs_f64();
    let passed = cases.len() - failed.len();
    println!(
        "\n{passed} passed, {} failed ({seconds:.0} s)",
        failed.len()
    );
    for name in &failed {
        println!("    {name}");
    }
    failed.len()
}

/// One test; the console must have stayed silent. What it left on the screen is put away.
async fn run(browser: &Browser, case: Case) -> bool {
    let test = AssertUnwindSafe(timeout(LIMIT, (case.run)(browser))).catch_unwind();
    let mut passed = match test.await {
        Ok(Ok(())) => true,
        Ok(Err(_)) => {
            eprintln!("{} took more than {} s", case.name, LIMIT.as_secs());
            false
        }
        // The panic has said why.
        Err(_) => false,
    };
    let after = AssertUnwindSafe(async {
        browser.close_tabs().await;
        browser.resize(1280, 900).await;
        browser.prefer(&[]).await;
        browser.goto("about:blank").await;
        browser.complaints().await
    });
    match after.catch_unwind().await {
        Ok(complaints) => {
            for line in &complaints {
                eprintln!("in the console: {line}");
            }
            passed &= complaints.is_empty();
        }
        Err(_) => passed = false,
    }
    passed
}

#[derive(Debug, Default)]
struct Asked {
    names: Vec<String>,
    skipped: Vec<String>,
    exact: bool,
    list: bool,
}

impl Asked {
    fn from(mut arguments: impl Iterator<Item = String>) -> Self {
        let mut asked = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--list" => asked.list = true,
                "--exact" => asked.exact = true,
                "--skip" => asked.skipped.extend(arguments.next()),
                // Flags of the usual runner that mean nothing here.
                flag if flag.starts_with('-') => {}
                _ => asked.names.push(argument),
            }
        }
        asked
    }

    fn wants(&self, name: &str) -> bool {
        let fits = |word: &String| {
            if self.exact {
                name == word
            } else {
                name.contains(word.as_str())
            }
        };
        let named = self.names.is_empty() || self.names.iter().any(fits);
        named && !self.skipped.iter().any(fits)
    }
}
