// types.test.mjs – the console's TypeScript is held against openapi/: its types are made of the document, and what the
// document does not promise does not compile.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { openapiText } from '../openapi/bundle.mjs';
import { typesOf } from '../web/types.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (...command) => {
  const { status, stdout, stderr } = spawnSync(command[0], command.slice(1), { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
};
const oneLine = (text) => text.replace(/\s+/g, ' ').trim();

const object = (properties, required = Object.keys(properties), more = {}) => ({ type: 'object', required, properties, ...more });
const text = { type: 'string' };

const schemas = [
  ['a text', text, 'export type X = string;'],
  ['numbers of both kinds', object({ a: { type: 'integer' }, b: { type: 'number' } }), 'export interface X { a: number; b: number; }'],
  ['a choice, or nothing', { type: 'string', enum: ['', 'A'], nullable: true }, 'export type X = "" | "A" | null;'],
  ['a list of choices', { type: 'array', items: { type: 'string', enum: ['A', 'B'] } }, 'export type X = ("A" | "B")[];'],
  ['a list of objects', { type: 'array', items: object({ a: text }) }, 'export type X = { a: string; }[];'],
  ['what need not be there', object({ a: text, b: text }, ['b']), 'export interface X { a?: string; b: string; }'],
  ['a name that is no identifier', object({ '@class': text }), 'export interface X { "@class": string; }'],
  ['another schema', object({ a: { $ref: '#/components/schemas/Y' } }), 'export interface X { a: Y; }'],
  ['what all parts require', { allOf: [{ $ref: '#/components/schemas/Y' }, { type: 'object', required: ['y'] }] }, 'export interface X { y: string; }'],
  ['one schema with words of its own', { allOf: [{ $ref: '#/components/schemas/Y' }], description: 'Y' }, '/** Y */ export type X = Y;'],
  ['one of two', { oneOf: [{ $ref: '#/components/schemas/Y' }, text] }, 'export type X = Y | string;'],
  ['members of any name', { type: 'object', additionalProperties: { type: 'array', items: text } }, 'export type X = Record<string, string[]>;'],
  ['some members, and others', object({ a: text }, ['a'], { additionalProperties: true }), 'export interface X { a: string; [further: string]: unknown; }'],
  ['what is not described', object({ a: {} }), 'export interface X { a: unknown; }'],
];
for (const [what, schema, type] of schemas) {
  test(what, () => {
    const made = typesOf({ paths: {}, components: { schemas: { Y: object({ y: text }, []), X: schema } } });
    assert.equal(oneLine(made.slice(made.search(/(\/\*\* Y \*\/\n)?export \w+ X/), made.indexOf('export interface Answers'))), type);
  });
}

test('answers and bodies, by operation', () => {
  const json = (schema) => ({ content: { 'application/json': { schema } } });
  const made = typesOf({
    paths: {
      '/a': {
        parameters: [],
        get: { operationId: 'aGet', responses: { 200: json({ type: 'array', items: text }), 404: json(text) } },
        put: { operationId: 'aPut', requestBody: { $ref: '#/components/requestBodies/A' }, responses: { 200: { description: 'Done' } } },
      },
    },
    components: { requestBodies: { A: json(object({ a: text })) } },
  });
  assert.equal(oneLine(made.slice(made.indexOf('export'))), 'export interface Answers { aGet: string[]; } export interface Bodies { aPut: { a: string; }; }');
});

test('the document describes every answer that it names', () => {
  const made = typesOf(parse(openapiText()));
  assert.deepEqual(made.match(/^ *\w+\??: unknown;$/gm), null);
});

test('the console reads what the document promises, and nothing else', () => {
  run('node', 'web/types.mjs', 'web/console/types.ts');
  run('node_modules/.bin/tsc', '-p', 'web/console');
});
