//! Values that views follow.
//!
//! A value and a trigger of Leptos': whoever reads the value while a view or an effect is made is
//! run again when it changes. Each `RwSignal<T>` and `Memo<T>` of Leptos' own brings compiled code
//! of 2 KB for its `T`; of these only the value differs, and they need no `Send`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::{ArcTrigger, Notify, Track, on_cleanup};
use leptos::reactive::effect::RenderEffect;
use leptos::reactive::graph::{AnySubscriber, Observer, Source};
use rustc_hash::FxHashSet as HashSet;
use send_wrapper::SendWrapper;

use super::call::Make;

/// So many followers are remembered before it is looked for the first time which of them are gone.
const FEW: usize = 64;

/// A value, and all who follow it. Clones share both.
#[derive(Debug, Default)]
pub struct Signal<T>(Rc<(RefCell<T>, Followers)>);

/// Who follows a value. The trigger itself never forgets a follower that is gone with its page: a
/// value that outlives pages would be followed by all that ever were.
#[derive(Debug, Default)]
struct Followers {
    trigger: ArcTrigger,
    /// In the order in which they came, some of them several times.
    came: RefCell<Vec<AnySubscriber>>,
    /// How many there were when it was last looked which of them are gone.
    stayed: Cell<usize>,
}

impl Followers {
    fn track(&self) {
        self.trigger.track();
        if let Some(follower) = Observer::get() {
            let mut came = self.came.borrow_mut();
            came.push(follower);
            if came.len() > FEW.max(2 * self.stayed.get()) {
                self.forget(&mut came);
            }
        }
    }

    fn forget(&self, came: &mut Vec<AnySubscriber>) {
        let is_there = |follower: &AnySubscriber| follower.1.strong_count() > 0;
        // The trigger moves up all that stand behind one that goes: there are fewest behind the last.
        for follower in came.iter().rev() {
            if !is_there(follower) {
                self.trigger.remove_subscriber(follower);
            }
        }
        let mut once = HashSet::default();
        came.retain(|follower| is_there(follower) && once.insert(follower.0 as u32));
        self.stayed.set(came.len());
    }
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Signal<T> {
    /// A signal with its first value.
    pub fn new(value: T) -> Self {
        Self(Rc::new((RefCell::new(value), Followers::default())))
    }

    /// Follows the value without a look at it.
    pub fn track(&self) {
        self.0.1.track();
    }

    /// Reads the value and follows it. `read` must not change it.
    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.with_untracked(read)
    }

    /// Reads the value as it is now.
    pub fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.0.borrow())
    }

    /// Changes the value. `change` must not read it by the signal.
    pub fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.0.0.borrow_mut());
        self.0.1.trigger.notify();
        result
    }

    /// Changes the value; who follows it hears of it if `change` says so.
    pub fn change(&self, change: impl FnOnce(&mut T) -> bool) {
        let told = change(&mut self.0.0.borrow_mut());
        if told {
            self.0.1.trigger.notify();
        }
    }

    /// Sets the value.
    pub fn set(&self, value: T) {
        let before = self.update(|kept| std::mem::replace(kept, value));
        // Not earlier: it may hold what looks at the signal when it goes.
        drop(before);
    }
}

impl<T: PartialEq> Signal<T> {
    /// Sets the value; who follows it hears of it only if it is another.
    pub fn renew(&self, value: T) {
        if self.with_untracked(|old| *old != value) {
            self.set(value);
        }
    }
}

impl<T: Clone> Signal<T> {
    /// The value; whoever asks follows it.
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// The value as it is now.
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

/// Runs `run` now, and again whenever a signal that it read changes, as long as its page is shown.
pub fn effect(run: impl FnMut() + 'static) {
    keep_running(Box::new(run));
}

fn keep_running(mut run: Box<dyn Make<()>>) {
    let effect = RenderEffect::new(move |_: Option<()>| run.make());
    on_leave(move || drop(effect));
}

/// Runs `run` when the page, or the part of it that is being made, is left.
pub fn on_leave(run: impl FnOnce() + 'static) {
    let run: Box<dyn FnOnce()> = Box::new(run);
    when_left(SendWrapper::new(run));
}

fn when_left(run: SendWrapper<Box<dyn FnOnce()>>) {
    on_cleanup(move || run.take()());
}

/// What `compute` makes of the signals that it reads: who follows it runs only when that differs.
pub fn memo<T: Default + PartialEq + 'static>(compute: impl Fn() -> T + 'static) -> Signal<T> {
    let memo = Signal::<T>::default();
    let kept = memo.clone();
    effect(move || kept.renew(compute()));
    memo
}
