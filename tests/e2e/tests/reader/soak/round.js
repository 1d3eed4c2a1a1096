// What a reader does: opens, scrolls, folds, goes back, searches, refreshes, downloads. Waits for
// each by itself: a driver that looks again and again leaves something in the page's memory each
// time.
const [stories, number] = arguments;
const one = (selector) => document.querySelector(selector);
const until = async (what, holds) => {
  for (const end = performance.now() + 60_000; !holds(); ) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const follow = (place) => {
  const link = document.createElement("a");
  link.href = place;
  document.body.append(link);
  link.click();
  link.remove();
};
const says = (selector, words) =>
  until(words, () => one(selector)?.textContent.includes(words));
const settled = () =>
  until("the feed is there", () =>
    document.querySelectorAll("ol.stories > li.story .title").length === stories.length
      && !one(".progress.busy, .stories .skeleton"));
const press = async (selector, words = "") => {
  const found = () =>
    [...document.querySelectorAll(selector)].find((it) => it.textContent.includes(words));
  await until(`${selector} ${words}`, found);
  found().click();
};

follow("./");
await settled();
for (const story of [stories[number % 5], stories[5 + (number % 5)]]) {
  follow(`item/${story}`);
  await until("the thread is loaded", () =>
    location.pathname.endsWith(story)
      && one("section.thread")?.dataset.state?.split(" ").includes("loaded"));
  scrollTo(0, document.body.scrollHeight);
  await press(".thread .fold");
  await press(".thread .fold");
  scrollTo(0, 0);
  history.back();
  await settled();
}
await press("button", "Refresh");
await settled();
follow("user/ada");
await says("main h1", "ada");
follow("search?q=words");
await says("main", "on your shelf");
history.back();
await says("main h1", "ada");
follow("shelf");
await press("[aria-label='Keep 30 of Top']");
await says("#keeping", "30 of 30 stories");
follow("activity");
await says("main h1", "Activity");
follow("settings");
await says("main h1", "Settings");
