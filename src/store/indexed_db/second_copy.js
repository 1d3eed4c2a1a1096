// Marks and settings once more, outside of the database: nobody else has them. A browser that takes
// a database for damaged deletes it, and leaves the site's caches alone.
//
// The marks of SPAN ids in a row, about a day of Hacker News, are one entry, so that a copy costs
// little however many there are. Each entry is written twice, one after the other: a browser that is
// killed meanwhile leaves one of them whole.

// The cache's name, and that of the lock that all tabs write it under.
const NAME = "hackershelf-second-copy";
const SPAN = 16_384;
const SETTINGS = "settings";
// An entry that says that all the others were made, too.
const WHOLE = "/whole";
const waiting = new Set();
let isQueued = false;

// Copies what is being written: the marks of this story or, without one, the settings. The database
// lets it be read only when it has been.
export function copy(database, id) {
  waiting.add(id === undefined ? SETTINGS : Math.floor(id / SPAN));
  if (isQueued) return;
  isQueued = true;
  // Where it can't be copied, the database has the only one.
  locked(() => copyAll(database)).catch(() => {});
}

// Brings back what a database without any marks lacks; true if that were marks. Readers who delete
// their marks delete the copy, too: where there is one, they were lost.
export async function restore(database) {
  const first = await done(read(database, "marks").getAllKeys(null, 1));
  if (first.length || !(await globalThis.caches?.has(NAME))) return false;
  const cache = await caches.open(NAME);
  const urls = (await cache.keys()).map(({ url }) => url);
  const copies = new Map();
  // The first of two is the newer one.
  for (const url of urls.sort().reverse()) {
    try {
      const { store, records } = await (await cache.match(url)).json();
      for (const record of records) copies.set(record.id ?? record.name, { store, record });
    } catch {
      // The other one is whole.
    }
  }
  // Nothing that is there already is added, only to fail: WebKit never ends a transaction whose page
  // is left meanwhile, and holds up all others for it.
  const begin = async (mode) => {
    const transaction = database.transaction(["marks", "meta"], mode);
    const stores = [...transaction.objectStoreNames].map((name) => transaction.objectStore(name));
    const kept = await Promise.all(stores.map((store) => done(store.getAllKeys())));
    for (const key of kept.flat()) copies.delete(key);
    return transaction;
  };
  await begin("readonly");
  if (!copies.size) return false;
  const transaction = await begin("readwrite");
  for (const { store, record } of copies.values()) transaction.objectStore(store).add(record);
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = reject;
  });
  return [...copies.values()].some(({ store }) => store === "marks");
}

// Deletes the copy.
export function forget() {
  return locked(() => caches.delete(NAME));
}

/** Does nothing on a page without caches, as one is that came by plain HTTP. */
async function locked(act) {
  if (globalThis.caches) await navigator.locks?.request(NAME, act);
}

function read(database, store) {
  return database.transaction(store).objectStore(store);
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
}

async function copyAll(database) {
  isQueued = false;
  const cache = await caches.open(NAME);
  const isWhole = await cache.match(WHOLE);
  if (!isWhole) {
    waiting.add(SETTINGS);
    for (const id of await done(read(database, "marks").getAllKeys())) waiting.add(Math.floor(id / SPAN));
  }
  for (const part of [...waiting]) {
    waiting.delete(part);
    try {
      const isMarks = part !== SETTINGS;
      const store = isMarks ? "marks" : "meta";
      const ids = isMarks ? IDBKeyRange.bound(part * SPAN, (part + 1) * SPAN, false, true) : null;
      const entry = JSON.stringify({ store, records: await done(read(database, store).getAll(ids)) });
      for (const twin of "ab") await cache.put(`/${part}${twin}`, new Response(entry));
    } catch (error) {
      waiting.add(part);
      throw error;
    }
  }
  if (!isWhole) await cache.put(WHOLE, new Response('{"records":[]}'));
}
