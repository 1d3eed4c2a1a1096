// Puts a Brotli and a gzip copy beside every text and wasm file below the directory it is called with.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzipSync } from "node:zlib";

const directory = process.argv.at(-1);
const compress = promisify(brotliCompress);
// Bits and codes that tell distances (RFC 7932 §4), and the size of input blocks as a power of two,
// 0 for the encoder's own choice. Which of them suit wasm best differs from build to build by some
// hundred bytes, so the smallest copy counts.
const DISTANCES = [[0, 8], [0, 10], [0, 12], [0, 14], [1, 16], [1, 18], [1, 24], [2, 16]];
const WAYS = [0, 16].flatMap((block) => DISTANCES.map((distance) => [block, ...distance]));

for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(html|css|js|wasm|svg|json|webmanifest|txt|xml|ico)$/.test(entry.name)) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const bytes = readFileSync(path);
  const copies = await Promise.all(WAYS.map(([block, postfix, direct]) => compress(bytes, { params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_LGBLOCK]: block,
    [constants.BROTLI_PARAM_NPOSTFIX]: postfix,
    [constants.BROTLI_PARAM_NDIRECT]: direct,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  } })));
  writeFileSync(`${path}.br`, copies.reduce((least, copy) => copy.length < least.length ? copy : least));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
