//! Closures behind a pointer.
//!
//! Whatever is a `dyn FnMut` can also be called once and for all, as a `FnOnce`: each of the app's
//! hundreds of closures would bring code for that, and none is ever called so.

/// Makes a value, again and again.
pub trait Make<T> {
    /// The next value.
    fn make(&mut self) -> T;
}

impl<T, F: FnMut() -> T> Make<T> for F {
    fn make(&mut self) -> T {
        self()
    }
}

/// Takes a value, again and again.
pub trait Handle<T> {
    /// Here is one.
    fn handle(&mut self, value: T);
}

impl<T, F: FnMut(T)> Handle<T> for F {
    fn handle(&mut self, value: T) {
        self(value);
    }
}
