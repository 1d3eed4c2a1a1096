//! Gates: named places where answers wait until a test lets them through.
//!
//! A gate is shut when a rule names it and stays open once released, so an answer that comes
//! late to a released gate never hangs a test.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard};

use tokio::sync::oneshot;

#[derive(Debug, Default)]
pub(crate) struct Gates {
    gates: Mutex<BTreeMap<String, Gate>>,
}

#[derive(Debug, Default)]
struct Gate {
    open: bool,
    /// In order of arrival. Those whose client has gone are closed and skipped.
    waiting: VecDeque<oneshot::Sender<()>>,
}

impl Gate {
    fn held(&self) -> u64 {
        self.waiting.iter().filter(|one| !one.is_closed()).count() as u64
    }
}

impl Gates {
    fn gates(&self) -> MutexGuard<'_, BTreeMap<String, Gate>> {
        self.gates
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn shut(&self, name: &str) {
        self.gates().entry(name.to_owned()).or_default().open = false;
    }

    /// Waits until the gate lets this one through. Dropping the wait leaves the queue.
    pub async fn pass(&self, name: &str) {
        let waiting = {
            let mut gates = self.gates();
            let gate = gates.entry(name.to_owned()).or_default();
            if gate.open {
                return;
            }
            gate.waiting.retain(|one| !one.is_closed());
            let (go, waiting) = oneshot::channel();
            gate.waiting.push_back(go);
            waiting
        };
        // An error means that the gates are gone with their server: nobody is left to answer.
        let _ = waiting.await;
    }

    /// Opens one gate, or all, for those waiting and those to come.
    pub fn open(&self, name: Option<&str>) {
        for (known, gate) in self.gates().iter_mut() {
            if name.is_none_or(|name| name == known) {
                gate.open = true;
                for one in gate.waiting.drain(..) {
                    let _ = one.send(());
                }
            }
        }
    }

    /// Lets the `n` that have waited longest through and leaves the gate shut.
    pub fn let_through(&self, name: &str, n: u64) {
        let mut gates = self.gates();
        let Some(gate) = gates.get_mut(name) else {
            return;
        };
        let mut left = n;
        while left > 0 {
            let Some(one) = gate.waiting.pop_front() else {
                return;
            };
            if one.send(()).is_ok() {
                left -= 1;
            }
        }
    }

    pub fn held(&self, name: Option<&str>) -> u64 {
        let gates = self.gates();
        let asked = gates
            .iter()
            .filter(|(known, _)| name.is_none_or(|n| n == *known));
        asked.map(|(_, gate)| gate.held()).sum()
    }
}
