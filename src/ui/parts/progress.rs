use leptos::prelude::*;

use crate::ui::state::{Phase, State};

/// A slim bar over the stories: what has arrived, what failed, of how many.
#[component]
pub fn ProgressBar() -> impl IntoView {
    let state = expect_context::<State>();
    let busy = move || matches!(state.phase.get(), Phase::Blank | Phase::Loading);
    // Drawn in units of stories: the drawing's width is their number.
    let total = move || format!("0 0 {} 1", state.progress.get().total.max(1));
    let answered = move || {
        let progress = state.progress.get();
        progress.done + progress.failed
    };
    let failed = move || state.progress.get().failed;
    let words = move || {
        let progress = state.progress.get();
        let failed = match progress.failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        match (busy(), progress.total) {
            (true, 0) => "Asking for the ranking…".to_owned(),
            (_, 0) => String::new(),
            (_, total) => format!("{} of {total}{failed}", progress.done),
        }
    };
    view! {
        <div class="progress" class:busy=busy>
            <svg class="progress-bar" viewBox=total preserveAspectRatio="none" aria-hidden="true">
                <rect class="progress-done" height="1" width=answered/>
                <rect class="progress-failed" height="1" width=failed/>
            </svg>
            <span class="progress-words">{words}</span>
            <span class="unseen" role="status">{move || (!busy()).then(words)}</span>
        </div>
    }
}
