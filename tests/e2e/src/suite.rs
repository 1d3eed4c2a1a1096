//! Runs tests one after the other, engine by engine, each in one browser, which is closed at the
//! end, come what may.
//!
//! `HACKERSHELF_BROWSERS` names the engines. Chromium runs all tests; the others run the core of
//! them, and everything they can where tests are named or `HACKERSHELF_LONG` is set. The command
//! line is that of Rust's own test runner, as far as it is used here: words select the tests whose
//! names hold one of them, `--exact` and `--skip` do what they do there, `--list` lists.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tokio::time::timeout;

use crate::report::{Report, Verdict};
use crate::{Browser, Engine, Need};

/// A test that isn't through by then has failed, as a rule.
pub const LIMIT: Duration = Duration::from_secs(300);

/// A named test.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The path of its function.
    pub name: &'static str,
    /// What it does; fails by a panic.
    pub run: for<'a> fn(&'a Browser) -> LocalBoxFuture<'a, ()>,
    /// What the engine must have, if anything in particular.
    pub need: Option<Need>,
    /// Whether every engine runs it every time.
    pub core: bool,
    /// How long it may take.
    pub limit: Duration,
}

impl Case {
    /// It belongs to the core that runs in every engine.
    pub fn core(self) -> Self {
        Self { core: true, ..self }
    }

    /// It can't run without this.
    pub fn needs(self, need: Need) -> Self {
        let need = Some(need);
        Self { need, ..self }
    }

    /// It may take longer than others.
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

/// The cases of these functions, `async fn(&Browser)` each, with what [`Case`] says of them after a
/// dot: `name`, `name.core()` or `name.needs(Need::Restart).within(LIMIT)`.
#[macro_export]
macro_rules! cases {
    ($($name:ident $(.$mark:ident($($with:expr)?))*),+ $(,)?) => {
        vec![$($crate::Case {
            name: concat!(module_path!(), "::", stringify!($name)),
            run: |browser| Box::pin($name(browser)),
            need: None,
            core: false,
            limit: $crate::suite::LIMIT,
        }$(.$mark($($with)?))*),+]
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
    // Without a backtrace, whatever the environment asks for: all that it shows is this runner.
    std::panic::set_hook(Box::new(|panic| println!("{panic}")));
    let whole = std::env::var_os("HACKERSHELF_LONG").is_some() || !asked.names.is_empty();
    let engines = engines();
    let reports = engines.into_iter().map(|engine| {
        let whole = whole || engine == Engine::Chromium;
        runtime.block_on(run_all(engine, &cases, whole))
    });
    let reports: Vec<Report> = reports.collect();
    crate::report::print(&cases, &reports);
    let failed = reports.iter().any(|report| report.failed() > 0);
    ExitCode::from(u8::from(failed))
}

/// Those that `HACKERSHELF_BROWSERS` names; Chromium if it isn't set.
fn engines() -> Vec<Engine> {
    let names = std::env::var("HACKERSHELF_BROWSERS").unwrap_or_else(|_| "chromium".to_owned());
    let engine = |name: &str| {
        let known = Engine::ALL.into_iter().find(|engine| engine.name() == name);
        known.unwrap_or_else(|| panic!("there is no browser `{name}`"))
    };
    names.split(',').map(engine).collect()
}

async fn run_all(engine: Engine, cases: &[Case], whole: bool) -> Report {
    println!("\nrunning {} tests in {}", cases.len(), engine.name());
    let mut report = Report::new(engine);
    let mut browser = None;
    for case in cases {
        let began = Instant::now();
        let verdict = if !whole && !case.core {
            Verdict::Left
        } else if let Some(why) = case.need.and_then(|need| engine.lacks(need)) {
            println!("test {} ... skipped: {why}", case.name);
            Verdict::Skipped(why)
        } else {
            if browser.is_none() {
                browser = Some(Browser::start(engine).await);
            }
            let verdict = match &browser {
                Some(browser) => run(browser, *case).await,
                None => Verdict::Failed("there is no browser".to_owned()),
            };
            // Whatever state it is in, it's no fault of the next test.
            if verdict != Verdict::Ok
                && let Some(browser) = browser.take()
            {
                browser.quit().await;
            }
            let seconds = began.elapsed().as_secs_f64();
            println!("test {} ... {verdict} ({seconds:.1} s)", case.name);
            verdict
        };
        report.add(verdict);
    }
    if let Some(browser) = browser {
        browser.quit().await;
    }
    report.finish()
}

/// One test; the console must have stayed silent. What it left on the screen is put away.
async fn run(browser: &Browser, case: Case) -> Verdict {
    let test = AssertUnwindSafe(timeout(case.limit, (case.run)(browser))).catch_unwind();
    let mut failures = match test.await {
        Ok(Ok(())) => Vec::new(),
        Ok(Err(_)) => vec![format!("it took more than {} s", case.limit.as_secs())],
        Err(panic) => vec![reason(panic)],
    };
    let after = AssertUnwindSafe(async {
        browser.clear().await;
        browser.complaints().await
    });
    match after.catch_unwind().await {
        Ok(complaints) => {
            let said = complaints
                .iter()
                .map(|line| format!("in the console: {line}"));
            failures.extend(said);
        }
        Err(panic) => failures.push(reason(panic)),
    }
    match failures.is_empty() {
        true => Verdict::Ok,
        false => Verdict::Failed(failures.join("\n")),
    }
}

/// What a panic said.
fn reason(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(said) => *said,
        Err(panic) => match panic.downcast::<&str>() {
            Ok(said) => (*said).to_owned(),
            Err(_) => "a panic without words".to_owned(),
        },
    }
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
