// freeze.mjs – what differs from run to run, made the same: times, durations, ports, ids, secrets and signatures.
import { Clock } from '../lib/clock.mjs';

const minute = 60000;

/** When the accounts are filled, and when they are looked at. */
export const filledAt = Date.parse('2026-03-16T18:00:05Z');
export const seenAt = filledAt + 5 * minute;

/** The server's wall clock: held at an instant whenever it is asked to. */
export class HeldClock extends Clock {
  hold(at = filledAt) {
    this.set(at - Date.now());
  }
  /** For commands, which are processes of their own. */
  forProcess() {
    return { stdio: ['ignore', 'pipe', 'pipe', this.descriptor], env: { ...process.env, GREFFIER_TEST_CLOCK: '3' } };
  }
}

/** To the minute; what lies ahead – a retry, which comes a little earlier or later than planned – to the hour. */
function frozenTime(text) {
  const time = Date.parse(text);
  const unit = time > seenAt + 10 * minute ? 60 * minute : minute;
  const frozen = new Date(unit === minute ? Math.floor(time / unit) * unit : Math.round(time / unit) * unit).toISOString();
  return text.includes('.') ? frozen : frozen.replace(/\.\d+/, '');
}

/** An answer of the server, with what it measured put at rest. */
export function frozenAnswer(text) {
  return text
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, frozenTime)
    .replace(/"(\w*Ms|ageMilliseconds|oldestSeconds|uptimeSeconds|\w*Bytes)":\s*[\d.]+/g, (whole, name) => (/^(timeoutMs|connectTimeoutMs)$/.test(name) ? whole : `"${name}":42`));
}

/** Runs in the page, before a picture: ids and the like become others of the same length. */
export function freezePage() {
  const letters = 'a1b2c3d4e5f6g7h8';
  const filler = (length) => letters.repeat(Math.ceil(length / letters.length)).slice(0, length);
  const isRandom = (word) => /\d/.test(word) && /[A-Za-z]/.test(word) && !/^\d{4}-/.test(word);
  const frozen = (text) => text
    .replace(/\b(127\.0\.0\.1|localhost)(:| port )\d+/g, '$1$28080')
    .replace(/(\d\sh\s\d\d\smin\s)\d\d(?=\ss)/g, '$100') // what came with the stream, as it is said in French
    .replace(/(\d:\d\d:)\d\d(?=\s[ap]\.m\.)/g, '$100')
    .replace(/(•+)[A-Za-z0-9+/=]{4}(?![A-Za-z0-9])/g, '$1Ab12')
    .replace(/v1(a?),[A-Za-z0-9+/=]+/g, (whole, kind) => `v1${kind},${filler(44)}`)
    .replace(/\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, 'Mon, 16 Mar 2026 18:00:05 GMT')
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '2026-03-16T18:00:05Z')
    .replace(/\b1[67]\d{8}\b/g, '1773684005')
    .replace(/\b([a-z]{2,6}[_-])?([A-Za-z0-9_-]{16,}=*)/g, (whole, prefix = '', word) => (isRandom(word) ? prefix + filler(word.length) : whole))
    .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,15}\b/g, (word) => filler(word.length));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const isId = walker.currentNode.parentElement.closest('code') && /^[A-Za-z0-9]{12}$/.test(walker.currentNode.data);
    const text = isId ? filler(12) : frozen(walker.currentNode.data);
    if (text !== walker.currentNode.data) walker.currentNode.data = text;
  }
  for (const field of document.querySelectorAll('input, textarea')) {
    const text = frozen(field.value);
    if (text !== field.value) field.value = text;
  }
}
