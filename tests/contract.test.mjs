// contract.test.mjs – answers that openapi.yaml does not describe are found, so that tests/lib/contract.mjs proves something.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { assertDocumented } from './lib/contract.mjs';

const json = 'application/json; charset=utf-8';
const error = { code: 404, messageKey: 'error.notFound', name: 'Not Found', message: 'No such thing.' };

const rows = [
  ['as documented', 'POST', '/api/packages', 200, json, { id: 'x' }, undefined],
  ['a query and slashes do not matter', 'GET', '//api/sysinfo?x=1', 401, json, error, undefined],
  ['an error before any operation', 'POST', '/api/packages', 413, json, error, undefined],
  ['no such path', 'GET', '/nowhere', 404, json, error, undefined],
  ['a member too many', 'POST', '/api/packages', 200, json, { id: 'x', more: 1 }, /more/],
  ['a member too many inside another', 'GET', '/api/packages', 200, json, { count: 1, results: [{ id: 'x', more: 1 }] }, /more/],
  ['a member of another type', 'POST', '/api/packages', 200, json, { id: 7 }, /must be string/],
  ['a member that must be there', 'POST', '/api/packages', 200, json, {}, /required property 'id'/],
  ['a status too many', 'POST', '/api/packages', 201, json, { id: 'x' }, /no status 201/],
  ['500 is never documented', 'GET', '/api/sysinfo', 500, json, error, /no status 500/],
  ['an error without its members', 'GET', '/api/packages', 401, json, { message: 'No.' }, /messageKey/],
  ['another content type', 'POST', '/api/packages', 200, 'text/html', undefined, /no text\/html/],
  ['a method that is not there', 'DELETE', '/api/packages', 200, json, {}, /no status 200 of DELETE/],
];

for (const [what, method, path, status, type, body, fault] of rows) {
  test(what, () => {
    const look = () => assertDocumented(method, path, status, type, body);
    if (fault) assert.throws(look, fault);
    else look();
  });
}
