//! The rules in force: what they have counted, and their verdict on a request.

use std::collections::HashMap;
use std::time::Duration;

use super::{Fault, Rule};

/// Per-path counts of one rule are kept for this many paths; a longer test should reset.
const PATH_LIMIT: usize = 100_000;

/// What shall happen to one request.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Verdict {
    pub delay: Duration,
    pub holds: Vec<String>,
    pub fault: Option<Fault>,
}

#[derive(Debug)]
pub(crate) struct Rules {
    rules: Vec<Active>,
    next: u64,
    dice: fastrand::Rng,
    latency_ms: u64,
    jitter_ms: u64,
}

#[derive(Debug)]
struct Active {
    id: u64,
    rule: Rule,
    seen: HashMap<String, u64>,
    fired: u64,
}

impl Active {
    fn matches(&self, path: &str, query: &str) -> bool {
        if self.rule.path.contains('?') {
            glob(&self.rule.path, &format!("{path}?{query}"))
        } else {
            glob(&self.rule.path, path)
        }
    }

    /// Counts the request and tells whether the limits let the rule fire.
    fn fires(&mut self, path: &str) -> bool {
        let Rule {
            skip,
            first,
            every,
            times,
            ..
        } = self.rule;
        if skip > 0 || first.is_some() || every.is_some() {
            if self.seen.len() >= PATH_LIMIT && !self.seen.contains_key(path) {
                return false;
            }
            let seen = self.seen.entry(path.to_owned()).or_default();
            *seen += 1;
            let Some(nth) = seen.checked_sub(skip).filter(|n| *n > 0) else {
                return false;
            };
            let in_first = first.is_none_or(|first| nth <= first);
            let is_nth = every.is_none_or(|every| nth.is_multiple_of(every.max(1)));
            if !(in_first && is_nth) {
                return false;
            }
        }
        if times.is_some_and(|times| self.fired >= times) {
            return false;
        }
        self.fired += 1;
        true
    }
}

impl Rules {
    pub fn new(seed: u64, latency_ms: u64, jitter_ms: u64) -> Self {
        Self {
            rules: Vec::new(),
            next: 1,
            dice: fastrand::Rng::with_seed(seed),
            latency_ms,
            jitter_ms,
        }
    }

    pub fn add(&mut self, rule: Rule) -> u64 {
        let id = self.next;
        self.next += 1;
        self.rules.push(Active {
            id,
            rule,
            seen: HashMap::new(),
            fired: 0,
        });
        id
    }

    pub fn remove(&mut self, id: u64) {
        self.rules.retain(|active| active.id != id);
    }

    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// Every rule with its number and how often it fired.
    pub fn list(&self) -> Vec<(u64, Rule, u64)> {
        let rules = self.rules.iter();
        rules.map(|a| (a.id, a.rule.clone(), a.fired)).collect()
    }

    pub fn latency(&mut self, latency_ms: u64, jitter_ms: u64) {
        self.latency_ms = latency_ms;
        self.jitter_ms = jitter_ms;
    }

    /// On an API request.
    pub fn verdict(&mut self, path: &str, query: &str) -> Verdict {
        let delay = self.latency_ms + draw(&mut self.dice, self.jitter_ms);
        self.judge(delay, path, |active| active.matches(path, query))
    }

    /// On a static file: only rules that name it count.
    pub fn verdict_on_file(&mut self, path: &str) -> Verdict {
        self.judge(0, path, |active| active.rule.path == path)
    }

    fn judge(&mut self, mut delay: u64, path: &str, fits: impl Fn(&Active) -> bool) -> Verdict {
        let mut verdict = Verdict::default();
        for active in &mut self.rules {
            if !fits(active) || !active.fires(path) {
                continue;
            }
            let rule = &active.rule;
            delay += rule.latency_ms + draw(&mut self.dice, rule.jitter_ms);
            verdict.holds.extend(rule.hold.clone());
            if rule.fault.is_some() {
                verdict.fault.clone_from(&rule.fault);
            }
        }
        verdict.delay = Duration::from_millis(delay);
        verdict
    }
}

fn draw(dice: &mut fastrand::Rng, jitter_ms: u64) -> u64 {
    match jitter_ms {
        0 => 0,
        jitter => dice.u64(0..=jitter),
    }
}

/// Whether `text` fits `pattern`, where `*` stands for any run of characters.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut rest) = text.strip_prefix(head) else {
        return false;
    };
    let mut parts: Vec<&str> = tail.split('*').collect();
    let last = parts.pop().unwrap_or("");
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, text, fits) in [
            ("/v0/item/5.json", "/v0/item/5.json", true),
            ("/v0/item/5.json", "/v0/item/55.json", false),
            ("/v0/item/*", "/v0/item/5.json", true),
            ("/v0/item/*", "/v0/user/a.json", false),
            ("*", "", true),
            ("*.json", "/v0/item/5.json", true),
            ("/v0/*/5.json", "/v0/item/5.json", true),
            ("/v0/*/5.json", "/v0/item/6.json", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} on {text}");
        }
    }

    #[test]
    fn limits_count_each_path_by_itself() {
        let mut rules = Rules::new(1, 0, 0);
        rules.add(Rule::any().skip(1).first(2).status(500));
        let mut fails = |path| rules.verdict(path, "").fault.is_some();
        assert_eq!(
            [fails("/a"), fails("/a"), fails("/a"), fails("/a")],
            [false, true, true, false]
        );
        assert_eq!([fails("/b"), fails("/b")], [false, true]);
    }

    #[test]
    fn every_nth_and_a_total_limit_combine() {
        let mut rules = Rules::new(1, 0, 0);
        rules.add(Rule::any().every(2).times(2).null());
        let fired: Vec<bool> = (0..8)
            .map(|_| rules.verdict("/a", "").fault.is_some())
            .collect();
        assert_eq!(
            fired,
            [false, true, false, true, false, false, false, false]
        );
    }

    #[test]
    fn a_file_meets_only_rules_that_name_it() {
        let mut rules = Rules::new(1, 5, 0);
        rules.add(Rule::any().null());
        rules.add(Rule::prefix("/app").null());
        assert_eq!(rules.verdict_on_file("/app.js"), Verdict::default());
        rules.add(Rule::path("/app.js").cut());
        let verdict = rules.verdict_on_file("/app.js");
        assert_eq!(verdict.fault, Some(Fault::Cut));
        assert_eq!(verdict.delay, Duration::ZERO, "the latency is the APIs'");
    }

    #[test]
    fn delays_add_up_and_the_last_fault_wins() {
        let mut rules = Rules::new(1, 5, 0);
        rules.add(Rule::any().latency(10, 0).status(500));
        rules.add(Rule::path("/a?x=1*").latency(20, 0).cut());
        let both = rules.verdict("/a", "x=1&y=2");
        assert_eq!(both.delay, Duration::from_millis(35));
        assert_eq!(both.fault, Some(Fault::Cut));
        assert_eq!(rules.verdict("/a", "").delay, Duration::from_millis(15));
    }
}
