// Hackershelf's service worker: the app starts without a network, and a new build takes over only
// on the reader's word, or when the last tab of the old one has closed.
//
// Each build has a cache with all of its files, checked by their hashes. A navigation is answered
// with that build's page, and what the page asks for comes from the same cache. The names of these
// files tell their content, and the cache of the build before is kept: a tab that still runs the
// old build never gets a file of the new one. Data and other origins are never touched.
//
// `cargo xtask dist` stamps the next two lines. Without stamps, as on a development server, this
// worker removes itself and all that an earlier one kept.
const BUILD = "";
const FILES = {};

const SCOPE = registration.scope;
const PREFIX = `hackershelf ${SCOPE} `;
const CACHE = PREFIX + BUILD;
// In the cache of the build that runs, and in no other.
const IN_USE = `${SCOPE}.in-use`;
const HASHED = /^\w+-[0-9a-f]{16}\.\w+$/;
const PATIENCE = 10_000;

addEventListener("install", (event) => event.waitUntil(BUILD ? install() : skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(BUILD ? activate() : remove()));
addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(skipWaiting());
});
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (!BUILD || method !== "GET" || !url.startsWith(SCOPE)) return;
  const name = url.slice(SCOPE.length);
  if (Object.hasOwn(FILES, name) || HASHED.test(name)) {
    event.respondWith(file(event.request));
  } else if (mode === "navigate" && name !== "licenses.txt") {
    event.respondWith(page(event.request));
    event.waitUntil(renew());
  }
});

/** Keeps the whole build, or fails. What an interrupted attempt had kept doesn't come again. */
async function install() {
  const cache = await caches.open(CACHE);
  for (const name of Object.keys(FILES)) {
    if (!(await kept(CACHE, SCOPE + name))) await keep(cache, name);
  }
  await keepPage();
}

/** Keeps a file from the nearest source that has it: its hash decides. */
async function keep(cache, name) {
  const url = SCOPE + name;
  const sources = [
    () => caches.match(url, { ignoreVary: true }), // an earlier build had it, too
    () => fetch(url), // the page has just loaded it
    () => fetch(url, { cache: "reload" }),
  ];
  for (const source of sources) {
    const answer = await source();
    if (answer?.ok && (await hash(answer.clone())) === FILES[name]) return cache.put(url, answer);
  }
  throw new Error(`${name} is not the file of build ${BUILD}`);
}

/**
 * Keeps the page as the host has it now. Whoever hosts it may have edited it, so it has no hash; but
 * it has to be of this build, or it would ask for files of another.
 */
async function keepPage() {
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(SCOPE, { cache: "no-cache", signal });
  const html = await answer.text();
  const whole = html.includes(`<meta name="build" content="${BUILD}">`) && /<\/html>\s*$/.test(html);
  if (!answer.ok || !whole) throw new Error(`${SCOPE} is not the page of build ${BUILD}`);
  // A copy, because a browser refuses a redirected answer to a navigation.
  const headers = new Headers(answer.headers);
  headers.delete("vary");
  const cache = await caches.open(CACHE);
  await cache.put(SCOPE, new Response(html, { headers }));
}

/**
 * Looks, behind the page that was shown, whether it was edited: the next start shows that. Files
 * that somebody cleared away come back, too.
 */
async function renew() {
  try {
    await install();
  } catch {
    // No network, or another build's page, which comes with a worker of its own.
  }
}

/** This build runs from now on. Keeps its files and those of the one that ran before. */
async function activate() {
  const cache = await caches.open(CACHE);
  await cache.put(IN_USE, new Response());
  for (const name of await others()) {
    const ran = await (await caches.open(name)).delete(IN_USE);
    if (!ran) await caches.delete(name);
  }
}

/** Gives all pages back to the network. */
async function remove() {
  for (const name of await others()) await caches.delete(name);
  await registration.unregister();
  for (const client of await clients.matchAll({ type: "window" })) client.navigate(client.url);
}

async function page(request) {
  return (await kept(CACHE, SCOPE)) ?? fetch(request);
}

async function file(request) {
  for (const name of [CACHE, ...(await others())]) {
    const answer = await kept(name, request.url);
    if (answer) return answer;
  }
  return fetch(request);
}

function kept(cacheName, url) {
  return caches.match(url, { cacheName, ignoreVary: true });
}

/** The caches of other builds. */
async function others() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
}

async function hash(answer) {
  const digest = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
