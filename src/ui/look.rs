//! The look that the reader chose: `index.html` applies it before anything is painted.

use wasm_bindgen::prelude::wasm_bindgen;

/// A class of the page's root, or none, and what it is called.
pub type Look = (&'static str, &'static str);

/// The colours to choose from, and the sizes of text.
pub const LOOKS: [&[Look]; 2] = [
    &[("", "Automatic"), ("light", "Light"), ("dark", "Dark")],
    &[
        ("small", "Smaller"),
        ("", "Usual"),
        ("large", "Larger"),
        ("huge", "Much larger"),
    ],
];

#[wasm_bindgen(module = "/src/ui/look.js")]
extern "C" {
    fn look() -> String;
    fn choose(classes: &str);
}

/// The class that is chosen of these.
pub fn chosen(looks: &[Look]) -> &'static str {
    let look = look();
    let mut classes = looks.iter().map(|(class, _)| *class);
    let is_worn = |class: &&str| {
        look.split(' ')
            .any(|worn| worn == *class && !class.is_empty())
    };
    classes.find(is_worn).unwrap_or_default()
}

/// Chooses a class of the [`LOOKS`] at `place`: at once, and for later.
pub fn wear(place: usize, class: &str) {
    let mut classes = LOOKS.map(chosen);
    classes[place] = class;
    choose(classes.join(" ").trim());
}
