const number = (li) => Number(/^c(\d+)$/.exec(li?.id ?? "")?.[1] ?? Number.NaN);
const depth = (li) => {
  let levels = 0;
  for (let at = li; at; at = at.parentElement?.closest("li.comment")) levels += 1;
  return levels;
};
return [...document.querySelectorAll("section.thread li.comment")].map((li) => {
  const article = [...li.children].find((child) => child.matches("article"));
  const prose = article?.querySelector(".prose");
  const labels = [...(article?.querySelectorAll(".comment-head .label") ?? [])];
  const by = article?.querySelector(".comment-head .by");
  return {
    id: number(li),
    depth: depth(li),
    by: by ? by.textContent.trim() : null,
    deleted: article?.querySelector(".gone")?.textContent.toLowerCase().includes("deleted") ?? false,
    dead: labels.some((label) => label.textContent === "dead"),
    said: prose ? anatomy(prose) : null,
  };
});
