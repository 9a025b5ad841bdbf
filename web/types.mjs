// types.mjs – FILE: writes the types of the REST API there, made of openapi/, for the console's TypeScript. A schema
// becomes an interface of its name; `Answers` has the JSON of each operation's success, `Bodies` that of its request, by
// operationId. A part that the document does not describe becomes `unknown`, so that the console cannot rely on it.
import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { openapiText } from '../openapi/bundle.mjs';

const lastOf = (reference) => reference.split('/').pop();
const isIdentifier = (name) => /^[A-Za-z_$][\w$]*$/.test(name);
const isInterface = (type) => /^\{\n[^]*\}$/.test(type);
const listOf = (type) => (type.includes(' | ') && !isInterface(type) ? `(${type})[]` : `${type}[]`);
const indented = (text) => text.replace(/^(?=.)/gm, '  ');

/** The types of a parsed OpenAPI 3.0 document, as the text of a file. */
export function typesOf(document) {
  const resolve = (node) => {
    while (node?.$ref) node = node.$ref.slice(2).split('/').reduce((at, part) => at?.[part], document);
    return node;
  };

  const comment = ({ description }) => (description ? `/** ${description.trim().replace(/\s+/g, ' ').replaceAll('*/', '*\u200b/')} */\n` : '');

  /** Several schemas that all hold, as one: what is required in any of them is required. */
  function merged(schema) {
    const { allOf = [], ...own } = resolve(schema);
    const parts = [...allOf.map(merged), own];
    return {
      ...own,
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: parts.flatMap(({ required = [] }) => required),
      additionalProperties: parts.some(({ additionalProperties }) => additionalProperties === true) || undefined,
    };
  }

  function members({ properties = {}, required = [], additionalProperties }) {
    const lines = Object.entries(properties).map(([name, of]) => {
      const mark = required.includes(name) ? '' : '?';
      return `${of.$ref ? '' : comment(of)}${isIdentifier(name) ? name : JSON.stringify(name)}${mark}: ${typeOf(of)};`;
    });
    if (additionalProperties === true) lines.push('[further: string]: unknown;');
    return `{\n${indented(lines.join('\n'))}\n}`;
  }

  function objectType(schema) {
    if (schema.properties) return members(schema);
    const values = schema.additionalProperties;
    return `Record<string, ${values && typeof values === 'object' ? typeOf(values) : 'unknown'}>`;
  }

  function plainTypeOf(schema) {
    if (schema.$ref) return lastOf(schema.$ref);
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) return choices.map(typeOf).join(' | ');
    if (schema.allOf?.length === 1 && !schema.properties) return typeOf(schema.allOf[0]);
    if (schema.allOf) return members(merged(schema));
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
    if (schema.type === 'array') return listOf(typeOf(schema.items ?? {}));
    if (schema.type === 'object') return objectType(schema);
    return { string: 'string', integer: 'number', number: 'number', boolean: 'boolean' }[schema.type] ?? 'unknown';
  }

  const typeOf = (schema) => (schema.nullable ? `${plainTypeOf(schema)} | null` : plainTypeOf(schema));

  function named([name, schema]) {
    const type = typeOf(schema);
    return comment(schema) + (isInterface(type) && !schema.oneOf ? `export interface ${name} ${type}\n` : `export type ${name} = ${type};\n`);
  }

  const jsonOf = (node) => resolve(node)?.content?.['application/json']?.schema;
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path).filter(({ operationId } = {}) => operationId));
  const list = (name, schemaOf) => {
    const properties = Object.fromEntries(operations.map((operation) => [operation.operationId, schemaOf(operation)]).filter(([, schema]) => schema));
    return `export interface ${name} ${members({ properties, required: Object.keys(properties) })}\n`;
  };

  return [
    '// types.ts – made by web/types.mjs of openapi/: change that.\n',
    ...Object.entries(document.components?.schemas ?? {}).map(named),
    list('Answers', ({ responses }) => jsonOf(responses?.['200'])),
    list('Bodies', ({ requestBody }) => jsonOf(requestBody)),
  ].join('\n');
}

/** Whole or not at all: lint and tests may run at the same time. */
function write(file) {
  const text = typesOf(parse(openapiText()));
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) write(process.argv[2]);
