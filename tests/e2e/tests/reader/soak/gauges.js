// How many timers are set, the bytes of the memory of wasm, and of all records as text.
const request = indexedDB.open("hackershelf");
const database = await new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
let bytes = 0;
for (const name of database.objectStoreNames) {
  const all = database.transaction(name).objectStore(name).getAll();
  await new Promise((resolve) => all.onsuccess = resolve);
  for (const record of all.result) bytes += JSON.stringify(record).length;
}
database.close();
return [window.timers.size, window.memoryOfWasm.buffer.byteLength, bytes];
