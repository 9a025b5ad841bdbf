// meter.mjs – what a process costs: memory now and at its peak, in MiB; processor seconds. From /proc (man 5 proc).
import { readFileSync, writeFileSync } from 'node:fs';

/** For a server under sanitizers: what is freed goes back to the system soon, as it does in a release. */
export const meteredEnvironment = {
  ...process.env,
  ASAN_OPTIONS: [process.env.ASAN_OPTIONS, 'quarantine_size_mb=1', 'thread_local_quarantine_size_kb=64', 'allocator_release_to_os_interval_ms=100'].filter(Boolean).join(':'),
};

export class Meter {
  constructor(pid) {
    this.pid = pid;
    this.begin();
  }
  #status(name) {
    const text = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(text.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))[1]) / 1024;
  }
  #seconds() {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100; // utime, stime; in the ticks of every Linux
  }
  /** Everything is counted from here on. */
  begin() {
    writeFileSync(`/proc/${this.pid}/clear_refs`, '5'); // the peak is what is there now
    this.memory = this.#status('VmRSS');
    this.processor = this.#seconds();
  }
  get peak() { return Math.max(0, this.#status('VmHWM') - this.memory); }
  get now() { return this.#status('VmRSS') - this.memory; }
  get seconds() { return this.#seconds() - this.processor; }
}
