// What somebody would write in an hour: the tree and the story side by side, then nested lists of
// the same elements as the app's, with HTML by DOMParser and an allow-list.
const [storyUrl, treeUrl] = arguments[0];
const allowed = new Set(["P", "A", "I", "EM", "B", "STRONG", "PRE", "CODE"]);
const make = (name, className, text) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
const copy = (from, to) => {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.append(node.nodeValue);
    } else if (allowed.has(node.nodeName)) {
      const element = make(node.nodeName);
      const href = node.getAttribute("href");
      if (href !== null && /^https?:/.test(href)) {
        element.href = href;
        element.rel = "nofollow noopener noreferrer";
      }
      copy(node, element);
      to.append(element);
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      copy(node, to);
    }
  }
};
const ago = new Intl.RelativeTimeFormat("en");
let comments = 0;
const row = (node) => {
  comments += 1;
  const li = make("li", "comment");
  li.id = `c${node.id}`;
  const article = make("article");
  const head = make("p", "comment-head");
  const fold = make("button", "fold", "−");
  fold.setAttribute("aria-expanded", "true");
  fold.setAttribute("aria-label", "Comment and replies");
  fold.addEventListener("click", () => li.classList.toggle("folded"));
  head.append(fold);
  const by = make("a", "by");
  by.href = `user/${node.author}`;
  by.append(make("bdi", "", node.author ?? ""));
  const link = make("a", "permalink");
  link.href = `item/${node.id}`;
  const posted = new Date((node.created_at_i ?? 0) * 1000);
  const hours = Math.round((posted - Date.now()) / 3_600_000);
  const time = make("time", "", ago.format(hours, "hour"));
  time.dateTime = posted.toISOString();
  link.append(time);
  head.append(by, link);
  article.append(head);
  if (node.text) {
    const prose = make("div", "prose");
    prose.dir = "auto";
    copy(new DOMParser().parseFromString(node.text, "text/html").body, prose);
    article.append(prose);
  } else {
    article.append(make("p", "gone", "deleted"));
  }
  const replies = make("ol", "replies");
  for (const child of node.children) replies.append(row(child));
  li.append(article, replies);
  return li;
};

const start = performance.now();
const [story, tree] = await Promise.all(
  [storyUrl, treeUrl].map(async (url) => (await fetch(url, { cache: "no-store" })).json()),
);
const rank = new Map(story.kids.map((id, at) => [id, at]));
tree.children.sort((a, b) => rank.get(a.id) - rank.get(b.id));
const section = make("section", "thread");
const list = make("ol", "comments");
for (const child of tree.children) list.append(row(child));
section.append(make("h1", "", story.title), list);
document.querySelector("main").replaceChildren(section);
await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
return { took: performance.now() - start, comments };
