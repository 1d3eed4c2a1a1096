// What a text says, however it is marked up: its words without white space, where its links
// lead, and its code as it stands.
const address = (typed) => {
  const href = typed.trim();
  const own = /^https?:\/\/news\.ycombinator\.com\/(item|user)\?id=([\w-]+)$/.exec(href);
  if (own) return `${own[1]}/${own[2]}`;
  return /^(https?:\/\/|item\/|user\/)/i.test(href) ? href : null;
};
const anatomy = (root) => ({
  words: root.textContent.replace(/\s+/g, ""),
  links: [...root.querySelectorAll("a[href]")]
    .map((link) => address(link.getAttribute("href")))
    .filter((link) => link !== null),
  code: [...root.querySelectorAll("pre")].map((code) => code.textContent),
});
