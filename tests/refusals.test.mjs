// refusals.test.mjs – what a refused delivery does to the later ones of its transaction, and which
// answers end the tries.
import { test, describe, before, after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { engines, until, startServing, stopServing } from './lib/server.mjs';
import { addEndpoint, anyPackage, endpointsPath, expectOk, raise, settled } from './lib/notifications.mjs';
import { Receiver } from './lib/receiver.mjs';

const events = ['PACKAGE_CREATE', 'PACKAGE_ACTIVATE', 'PACKAGE_COMPLETE'];

for (const engine of engines) {
  describe(`refused deliveries on ${engine}`, () => {
    let installation, server, owner;
    const receivers = [];
    const receive = async (answer) => {
      const receiver = await Receiver.start(answer);
      receivers.push(receiver);
      return receiver;
    };
    const raiseThree = async () => {
      const packageId = anyPackage();
      for (const name of events) await raise(owner, packageId, name);
      return packageId;
    };
    before(async () => ({ installation, server, owner } = await startServing(engine, ['--retry-scale', '500'])));
    after(() => stopServing(server, installation));
    afterEach(async () => {
      for (const { id } of (await expectOk(owner.get(endpointsPath))).results) await owner.delete(`${endpointsPath}/${id}`);
      for (const receiver of receivers.splice(0)) await receiver.stop();
    });

    test('the classic callback and connectors: a refused one is tried by itself, the later ones go on', async () => {
      for (const path of ['/api/callback', '/api/callback/connectors/sharepoint']) {
        const seen = new Set();
        const receiver = await receive(({ body }) => {
          seen.add(body.name);
          return body.name === events[0] && seen.size < events.length ? 400 : 200;
        });
        await expectOk(owner.post(path, { url: receiver.url, events }));
        const packageId = await raiseThree();
        const all = await settled(owner, { packageId }, 'DELIVERED', 3);
        const names = receiver.names();
        assert.equal(names[0], events[0]);
        assert.deepEqual(names.filter((name) => name !== events[0]), events.slice(1)); // in order
        assert.equal(names.at(-1), events[0]); // delivered after them
        assert.equal(all.find((d) => d.event.name === events[2]).attempts.length, 1);
        const { results } = await expectOk(owner.get(endpointsPath));
        assert.ok(results.every((endpoint) => endpoint.onRefusal === 'PASS_BY'));
        await expectOk(owner.post(path, { url: '', events: [] }));
      }
    });

    test('a further endpoint holds, unless it is to pass by', async () => {
      for (const onRefusal of [undefined, 'HOLD', 'PASS_BY']) {
        let refuse = true;
        const receiver = await receive(({ body }) => (body.name === events[0] && refuse ? 422 : 200));
        const endpoint = await addEndpoint(owner, { url: receiver.url, events, onRefusal });
        assert.equal(endpoint.onRefusal, onRefusal ?? 'HOLD');
        const packageId = await raiseThree();
        if (onRefusal === 'PASS_BY') {
          await until('the later ones', () => receiver.names(packageId).filter((name) => name !== events[0]).length === 2);
        } else {
          await until('several tries', () => receiver.names(packageId).length >= 3);
          assert.deepEqual([...new Set(receiver.names(packageId))], events.slice(0, 1));
        }
        refuse = false;
        await settled(owner, { packageId, endpointId: endpoint.id }, 'DELIVERED', 3);
        if (onRefusal !== 'PASS_BY') assert.deepEqual([...new Set(receiver.names(packageId))], events);
        await owner.delete(`${endpointsPath}/${endpoint.id}`);
      }
    });

    test('trouble of the receiver as a whole, and a key to mend, hold the lane everywhere', async () => {
      for (const status of [401, 403, 408, 425, 429, 500, 503, 302]) {
        let refuse = true;
        const receiver = await receive(({ body }) => (body.name === events[0] && refuse ? status : 200));
        await expectOk(owner.post('/api/callback', { url: receiver.url, events }));
        const packageId = await raiseThree();
        await until(`two tries (${status})`, () => receiver.received.length >= 2);
        refuse = false;
        await settled(owner, { packageId }, 'DELIVERED', 3);
        assert.deepEqual([...new Set(receiver.names())], events, String(status));
      }
    });

    test('stopStatuses: nothing is tried again after one of them', async () => {
      const receiver = await receive(({ body }) => (body.name === events[0] ? 404 : 200));
      const endpoint = await addEndpoint(owner, { url: receiver.url, events, stopStatuses: [404, 404, 501] });
      assert.deepEqual(endpoint.stopStatuses, [404, 501]);
      const packageId = await raiseThree();
      await settled(owner, { packageId, state: 'DELIVERED' }, 'DELIVERED', 2);
      const [failed] = await settled(owner, { packageId, name: events[0] }, 'FAILED', 1);
      assert.equal(failed.attempts.length, 1);
      assert.equal((await expectOk(owner.get(`${endpointsPath}/${endpoint.id}`))).state, 'ACTIVE');
    });
  });
}
