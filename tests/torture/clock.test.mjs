// clock.test.mjs – the long form of tests/clock.test.mjs: steps of random sizes under load, on SQLite, on PostgreSQL, and on one node
// of two. TORTURE_COUNT times as many as the short form.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines, freshInstallation, createAccount, Server } from '../lib/server.mjs';
import { Clock, clockIsFixed as skip, hours } from '../lib/clock.mjs';
import { random } from '../lib/random.mjs';
import { runSteps, settings, steps, told } from '../lib/steps.mjs';

const count = Number(process.env.TORTURE_COUNT ?? 10);
const seed = Number(process.env.TORTURE_SEED ?? 1);

/** Of two minutes to ten days, forward and back, in whole minutes: the log tells them as they are. */
function sizes(chance) {
  return Array.from({ length: steps.length }, () => Math.round(Math.exp(Math.log(2) + chance() * Math.log(7200))) * 60000 * (chance() < 0.5 ? 1 : -1));
}

for (const setup of [...engines, ...(engines.includes('postgresql') ? ['one node of two'] : [])]) {
  test(`${count} times ${steps.length} steps under load on ${setup} (seed ${seed})`, { skip }, async (t) => {
    const chance = random(seed);
    for (let round = 0; round < count; round++) {
      const clock = new Clock();
      const installation = freshInstallation(setup === 'sqlite' ? 'sqlite' : 'postgresql');
      const account = await createAccount(installation);
      // It may start wrong, too.
      clock.set(Math.round((chance() - 0.5) * 48) * hours);
      const servers = [await Server.start(installation, settings, { clock })];
      const folder = mkdtempSync(join(tmpdir(), 'greffier-node-'));
      if (setup === 'one node of two') {
        copyFileSync(join(installation.data, 'greffier.key'), join(folder, 'greffier.key'));
        servers.push(await Server.start({ settings: ['--data', folder, ...installation.settings.slice(2)] }, settings));
      }
      await runSteps(t, servers, account, clock, sizes(chance), setup === 'sqlite' ? told.ofMachine : told.besideDatabase);
      for (const server of servers) {
        assert.doesNotMatch(server.log, /came too late|deadlock/);
        await server.stop();
      }
      rmSync(folder, { recursive: true });
      installation.remove();
      clock.remove();
    }
  });
}
