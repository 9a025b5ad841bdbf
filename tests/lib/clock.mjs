// clock.mjs – the wall clock of servers under test: Server.start(installation, extra, { clock }). It is moved while they run. Only
// sanitizer builds can be moved (src/base/time.c).
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from './server.mjs';

export const seconds = 1000;
export const hours = 3600 * seconds;
export const days = 24 * hours;

/** Why tests of steps cannot run, or false. */
export const clockIsFixed = readFileSync(program).includes('GREFFIER_TEST_CLOCK') ? false : 'this build has no clock for tests';

export class Clock {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'greffier-clock-'));
    this.descriptor = openSync(join(this.folder, 'offset'), 'w+');
    this.offset = 0;
    ftruncateSync(this.descriptor, 8);
  }
  /** Sets it forward by `ms`, or back. */
  step(ms) {
    this.set(this.offset + ms);
  }
  /** So far from the machine's clock. */
  set(ms) {
    this.offset = ms;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(ms) * 1000n);
    writeSync(this.descriptor, bytes, 0, 8, 0);
  }
  remove() {
    closeSync(this.descriptor);
    rmSync(this.folder, { recursive: true });
  }
}
