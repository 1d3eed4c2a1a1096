const words = (element) => element ? element.textContent.replace(/\s+/g, " ").trim() : null;
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const number = (text) => {
  const found = /\d{1,15}/.exec(text ?? "");
  return found ? Number(found[0]) : null;
};
const row = (li) => {
  const title = one(".title a", li);
  const failure = one("article.failure", li);
  const talk = one("a[href^='item/']", li);
  return {
    id: number(failure ? words(one(".title", failure)) : talk?.getAttribute("href")),
    rank: words(one(".rank", li)) ?? "",
    title: title ? title.textContent : null,
    href: title ? title.getAttribute("href") : null,
    site: words(one(".site", li)),
    meta: words(one(".meta", li)) ?? "",
    failure: words(failure),
    waiting: li.matches(".skeleton") || one(".skeleton", li) !== null,
  };
};
const notice = one("section.notice");
return {
  started: one(".boot") === null && one("main") !== null,
  place: location.pathname + location.search,
  heading: words(one("h1")),
  rows: all("ol.stories > li.story").map(row),
  progress: words(one(".progress-words")) ?? "",
  busy: one(".progress.busy") !== null,
  notice: notice ? { heading: words(one("h1, h2", notice)), text: words(notice) } : null,
  banners: all(".banner").map(words),
  keeping: one(".keeping:not([hidden])") ? words(one(".keeping-words")) : null,
  as_of: words(one(".as-of")) ?? "",
  pages: all(".pager-numbers a").length,
  current: words(one("nav.feeds a[aria-current=page]")),
  order: one(".sort select")?.value ?? null,
};
