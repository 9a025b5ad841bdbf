#!/usr/bin/env node
// check-deliveries.mjs – an independent checker: compares what receivers got with the API's log.
//
//   node tests/check-deliveries.mjs --url URL --authorization 'Basic …' RECEIVED…
//   node tests/check-deliveries.mjs --log FILE RECEIVED…
//
// RECEIVED: JSON lines {receiver, at, status, headers, body}, in the order in which they came. --log: JSON lines as --save-log
// writes them. Reports what was lost, gaps, disorder within a package, changed payloads, and counts duplicates. Ends with 1 when
// anything is wrong, with 2 when it cannot tell.
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Checker, describe, readLog } from './lib/checker.mjs';

async function* lines(file) {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line) yield JSON.parse(line);
  }
}

function api(url, authorization) {
  return async (path) => {
    const response = await fetch(url + path, { headers: { authorization } });
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string' }, authorization: { type: 'string' }, log: { type: 'string' }, 'save-log': { type: 'string' } },
  });
  if (positionals.length === 0 || !values.log === !values.url) throw new Error('give --url and --authorization or --log, and files of what was received');
  const checker = new Checker();
  const save = values['save-log'] && createWriteStream(values['save-log']);
  for await (const line of values.log ? lines(values.log) : readLog(api(values.url, values.authorization ?? ''))) {
    checker.log(line);
    save?.write(`${JSON.stringify(line)}\n`);
  }
  if (save) {
    save.end();
    await once(save, 'finish');
  }
  for (const file of positionals) {
    for await (const receipt of lines(file)) checker.receipt(receipt);
  }
  const report = checker.report();
  console.log(describe(report));
  return report.ok ? 0 : 1;
}

process.exitCode = await main().catch((error) => {
  console.error(`check-deliveries: ${error.message}`);
  return 2;
});
