// The page's side of the service worker, which published builds have.

let registration;

// A page that is left while it makes its database, and then sleeps in the browser's cache for a
// return, would keep all others from it. One that hears of another start there is thrown out.
let bell, ringing;
try {
  bell = new BroadcastChannel("hackershelf-start");
  bell.onmessage = () => {};
  ringing = setInterval(() => bell.postMessage(0), 100);
} catch {
  // Where a page may store nothing there are no channels either, and no database to wait for.
}

// Registers it once the page is at rest. A first page needs the machine and the network for itself
// until it has what it asked for, ten seconds at most. Calls `tell(false)` when the app can start
// offline from now on, and `tell(true)` when a newer build waits for the reader's word.
export function watch(tell) {
  clearInterval(ringing);
  bell?.close();
  if (!navigator.serviceWorker || !document.querySelector("meta[name=build]")) return;
  // A browser that refuses workers, or a host without the file: there is no offline start then.
  register(tell).catch(() => {});
}

async function register(tell) {
  const container = navigator.serviceWorker;
  await new Promise((resolve) => (window.requestIdleCallback ?? setTimeout)(resolve));
  for (let waits = 0; waits < 40 && !container.controller && document.querySelector(".busy"); waits++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  registration = await container.register("sw.js", { updateViaCache: "none" });
  let told = registration.active !== null;
  const look = () => {
    if (registration.active && registration.waiting) {
      tell(true);
    } else if (!told && registration.active?.state === "activated") {
      told = true;
      tell(false);
    }
  };
  const follow = () => registration.installing?.addEventListener("statechange", look);
  registration.addEventListener("updatefound", follow);
  follow();
  look();
}

// The reader's word: the newer build takes over, and this tab alone starts anew with it.
export function take() {
  const worker = registration.waiting;
  if (!worker) return location.reload();
  worker.addEventListener("statechange", () => worker.state === "activated" && location.reload());
  worker.postMessage("take over");
}
