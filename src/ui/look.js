// Colours and size of text as the reader chose them: classes of the page's root. They are kept where
// a script in index.html reads them before anything is painted, and other tabs hear of a change.

const KEY = "hackershelf-look";

const wear = (classes) => (document.documentElement.className = classes ?? "");

addEventListener("storage", ({ key, newValue }) => key === KEY && wear(newValue));

export const look = () => document.documentElement.className;

export function choose(classes) {
  wear(classes);
  try {
    localStorage.setItem(KEY, classes);
  } catch {
    // It holds until the page is left.
  }
}
