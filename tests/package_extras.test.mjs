// package_extras.test.mjs – what is kept for a transaction beside it: the virtual room, masked fields, verification of roles.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { engines, sendablePackage, startServing, stopServing } from './lib/server.mjs';
import { assertError } from './lib/callers.mjs';

for (const engine of engines) {
  describe(`beside packages on ${engine}`, () => {
    let installation, account, server, owner;
    const ok = async (answer) => {
      const { status, body } = await answer;
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    const create = async (body = sendablePackage()) => `/api/packages/${encodeURIComponent((await ok(owner.post('/api/packages', body))).id)}`;

    before(async () => ({ installation, account, server, owner } = await startServing(engine)));
    after(() => stopServing(server, installation));

    test('a virtual room is set, read, and reset to its defaults by a question', async () => {
      const path = `${await create()}/virtual-room/config`;
      assert.deepEqual(await ok(owner.get(path)), { video: false, videoRecording: false });
      const room = { video: true, videoRecording: true, startDatetime: '2027-03-01T12:00:00.000Z', hostUid: 'Owner', sessionTime: 60, sessionTimeoutWarning: 5 };
      await ok(owner.put(path, room));
      assert.deepEqual(await ok(owner.get(path)), room);
      assert.deepEqual(await ok(owner.get(`${path}?default=true`)), { video: false, videoRecording: false });
      for (const [body, technical] of [[{ video: 'yes' }, /^video/], [{ startDatetime: 'noon' }, /^startDatetime/], [{ sessionTime: 0 }, /^sessionTime/]]) {
        const refused = await owner.put(path, body);
        assert.equal(refused.status, 400);
        assert.match(refused.body.technical, technical);
      }
      assert.deepEqual(await ok(owner.get(path)), room);
    });

    test('masked fields, together and one by one', async () => {
      const path = `${await create()}/virtual-room/config/masked-fields`;
      assert.deepEqual(await ok(owner.get(path)), []);
      await ok(owner.post(path, ['d-a-f', 'd-a-g']));
      await ok(owner.put(`${path}/d-a-h`, undefined));
      await ok(owner.put(`${path}/d-a-h`, undefined));
      await ok(owner.delete(`${path}/d-a-f`));
      assert.deepEqual(await ok(owner.get(path)), ['d-a-g', 'd-a-h']);
      for (const body of [['ok', ''], [7], Array(501).fill('x'), {}]) assert.equal((await owner.post(path, body)).status, 400);
      assert.deepEqual(await ok(owner.get(path)), ['d-a-g', 'd-a-h']);
    });

    test('how a role is verified: none, set, replaced, removed with its role', async () => {
      const path = await create();
      const at = `${path}/roles/Role1/verification`;
      assert.equal((await owner.get(at)).status, 204);
      assert.deepEqual(await ok(owner.post(at, { typeId: 'digipass', payload: '123' })), { typeId: 'digipass', payload: '123' });
      assert.deepEqual(await ok(owner.put(at, { typeId: 'other' })), { typeId: 'other', payload: '' });
      const { signers: [{ id }] } = await ok(owner.get(`${path}/roles/Role1`));
      assert.deepEqual(await ok(owner.get(`${path}/roles/${id}/verification`)), { typeId: 'other', payload: '' }, 'by the signer, too');
      await ok(owner.delete(at));
      assert.equal((await owner.get(at)).status, 204);
      await ok(owner.post(at, { typeId: 'digipass' }));
      await ok(owner.delete(`${path}/roles/Role1`));
      await ok(owner.post(`${path}/roles`, { id: 'Role1', signers: [] }));
      assert.equal((await owner.get(at)).status, 204);
      assertError(await owner.get(`${path}/roles/none/verification`), 404, 'error.notFound.roleNotFound');
      assertError(await owner.put(at, { payload: 'x' }), 400, 'error.validation.missingField');
    });

    test('the ways of verification are those that the account has', async () => {
      const path = `/api/account/${account.accountId}/verificationTypes`;
      assert.deepEqual(await ok(owner.get(path)), []);
      await ok(owner.put('/api/accountConfig/idvWorkflowConfigs', [{ id: 'idv', type: 'IDV', desc: 'A passport' }]));
      assert.deepEqual(await ok(owner.get(path)), [{ id: 'idv', name: 'A passport', method: 'IDV' }]);
      assertError(await owner.get('/api/account/another/verificationTypes'), 404, 'error.notFound.accountNotFound');
    });
  });
}
