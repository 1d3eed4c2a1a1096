// Remembers which timers are set, and the memory of the module that is started.
const timers = window.timers = new Set();
for (const [set, clear] of [["setTimeout", "clearTimeout"], ["setInterval", "clearInterval"]]) {
  const [start, end] = [window[set], window[clear]];
  window[set] = (act, ...given) => {
    const once = () => (timers.delete(id), act());
    const id = start(set === "setTimeout" ? once : act, ...given);
    // The limits of a driver's own scripts lie beyond any of the app's.
    if (!(given[0] > 1e7)) timers.add(id);
    return id;
  };
  window[clear] = (id) => (timers.delete(id), end(id));
}
for (const name of ["instantiate", "instantiateStreaming"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...given) => {
    const made = await original.apply(WebAssembly, given);
    const values = Object.values((made.instance ?? made).exports);
    window.memoryOfWasm = values.find((it) => it instanceof WebAssembly.Memory);
    return made;
  };
}
