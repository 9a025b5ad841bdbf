// contract.mjs – every answer a test gets is held against openapi/: its route, status, content type and members must
// be documented. Schemas are closed here: a member that the document does not name is a fault of one of the two.
import Ajv from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { openapiText } from '../../openapi/bundle.mjs';

const spec = parse(openapiText());

const ajv = new Ajv.default({ strict: false, allErrors: true, validateFormats: true });
addFormats.default(ajv);

const resolve = (node) => {
  while (node?.$ref) node = node.$ref.slice(2).split('/').reduce((at, part) => at[part], spec);
  return node;
};

// What is compiled is JSON Schema 2019-09, where OpenAPI 3.0 has words of its own (`nullable`).
const definitions = {};
function convert(schema, { isPart = false } = {}) {
  if (schema.$ref) {
    const name = `${schema.$ref.split('/').pop()}${isPart ? '.part' : ''}`;
    if (!definitions[name]) {
      definitions[name] = {}; // schemas may refer to themselves
      definitions[name] = convert(resolve(schema), { isPart });
    }
    return { $ref: `#/definitions/${name}` };
  }
  const { nullable, properties, items, allOf, oneOf, anyOf, additionalProperties, example, discriminator, xml, ...rest } = schema;
  const made = { ...rest };
  if (properties) made.properties = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, convert(of)]));
  if (items) made.items = convert(items);
  if (allOf) made.allOf = allOf.map((of) => convert(of, { isPart: true }));
  if (oneOf) made.anyOf = oneOf.map((of) => convert(of)); // answers are told apart by their members, not by schemas
  if (anyOf) made.anyOf = anyOf.map((of) => convert(of));
  if (additionalProperties !== undefined) made.additionalProperties = typeof additionalProperties === 'object' ? convert(additionalProperties) : additionalProperties;
  else if ((properties || allOf) && !isPart) made.unevaluatedProperties = false;
  if (nullable) return { anyOf: [made, { type: 'null' }] };
  return made;
}

const routes = Object.entries(spec.paths).map(([path, operations]) => ({
  path,
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '([^/]+)')}/?$`),
  literal: path.replace(/\{[^}]+\}/g, '').length,
  operations,
}));
routes.sort((a, b) => b.literal - a.literal); // as the router: a literal part beats a captured one

const errorBody = { description: 'any error', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
// What the server may answer before any operation: info.description of the document.
const beforeAnyOperation = new Set(['400', '408', '413', '414', '415', '429', '431', '501', '503']);

const validators = new Map();
function validatorOf(key, schema) {
  if (!validators.has(key)) {
    const converted = convert(schema);
    validators.set(key, ajv.compile({ ...converted, definitions: { ...definitions } }));
  }
  return validators.get(key);
}

function documented(method, path, status) {
  const route = routes.find(({ pattern, operations }) => pattern.test(path) && operations[method]) ?? routes.find(({ pattern }) => pattern.test(path));
  if (!route) return { key: 'unknown path', response: status === '404' || beforeAnyOperation.has(status) ? errorBody : undefined };
  const key = `${method} ${route.path} ${status}`;
  if (!route.operations[method]) return { key, response: status === '405' || beforeAnyOperation.has(status) ? errorBody : undefined };
  const response = resolve(route.operations[method].responses[status]);
  return { key, response: response ?? (beforeAnyOperation.has(status) ? errorBody : undefined) };
}

/** Throws when the answer is not the documented one. `body` is the JSON of it, if it has any; `tag` its ETag, "" without one. */
export function assertDocumented(method, target, status, contentType, body, tag) {
  const path = target.split('?')[0].replace(/\/{2,}/g, '/');
  const { key, response } = documented(method.toLowerCase(), path, String(status));
  if (!response) throw new Error(`openapi.yaml has no status ${status} of ${method} ${path}: ${JSON.stringify(body)?.slice(0, 300)}`);
  if (tag !== undefined && Boolean(tag) !== Boolean(response.headers?.ETag) && target.startsWith('/api/')) throw new Error(`${tag ? 'an' : 'no'} ETag, other than openapi.yaml says of ${key}`);
  const media = contentType.split(';')[0].trim();
  if (!response.content) {
    if (body !== undefined) throw new Error(`openapi.yaml has no body of ${key}: ${JSON.stringify(body).slice(0, 300)}`);
    return;
  }
  const content = response.content[media];
  if (!content) throw new Error(`openapi.yaml has no ${media || 'answer without a type'} of ${key}`);
  if (media !== 'application/json' || !content.schema) return;
  const validate = validatorOf(`${key} ${media}`, content.schema);
  if (validate(body)) return;
  const faults = validate.errors.map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${params.unevaluatedProperty ?? params.additionalProperty ?? ''}`.trim());
  throw new Error(`not what openapi.yaml says of ${key}:\n  ${[...new Set(faults)].slice(0, 12).join('\n  ')}\n  ${JSON.stringify(body).slice(0, 600)}`);
}
