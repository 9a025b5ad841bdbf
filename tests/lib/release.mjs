// release.mjs – what a test file starts ends with the file, however its tests end. A failing test leaves its server running;
// the file would then never end, and with it the whole run.
import { after } from 'node:test';

const patienceMs = 10000;
const held = new Set();

/** Has `release` called when the file's tests are over, unless the returned function is called before. */
export function releaseAfterwards(release) {
  held.add(release);
  return () => held.delete(release);
}

function releaseAll() {
  for (const release of held) release();
  held.clear();
}

after(() => {
  releaseAll();
  // Sockets and timers that the file opened by itself: they must not hold up the run either.
  setTimeout(() => {
    console.error(`still open ${patienceMs} ms after the last test: ${[...new Set(process.getActiveResourcesInfo())].join(', ')}`);
    process.exit(1);
  }, patienceMs).unref();
});
process.on('exit', releaseAll);
for (const [signal, number] of [['SIGTERM', 15], ['SIGINT', 2]]) process.once(signal, () => process.exit(128 + number));
