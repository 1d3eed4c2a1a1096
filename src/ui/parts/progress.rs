use leptos::prelude::*;

use crate::ui::state::{Phase, State};

/// A slim bar over the stories: what has arrived, what failed, of how many.
#[component]
pub fn ProgressBar() -> impl IntoView {
    let state = expect_context::<State>();
    let busy = move || matches!(state.phase.get(), Phase::Blank | Phase::Loading);
    let share = move |part: fn(&crate::ui::state::Progress) -> usize| {
        let progress = state.progress.get();
        format!("{}", part(&progress) as f64 / progress.total.max(1) as f64)
    };
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
            <svg class="progress-bar" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
                <rect class="progress-done" height="1" width=move || share(|p| p.done + p.failed)/>
                <rect class="progress-failed" height="1" width=move || share(|p| p.failed)/>
            </svg>
            <span class="progress-words">{words}</span>
            <span class="unseen" role="status">{move || (!busy()).then(words)}</span>
        </div>
    }
}
