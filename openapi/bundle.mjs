// bundle.mjs [FILE] – the interface as one OpenAPI document, to FILE or standard output. The document is head.yaml, the paths of
// each area, components.yaml, the schemas of each area: put together as text, so that it needs no YAML parser and keeps comments.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folders of src/api, in the order in which src/api/core/routes.c includes their routes. */
export const areas = ['core', 'pages', 'access', 'signing', 'notify'];

const read = (name) => {
  const file = new URL(name, import.meta.url);
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd() : '';
};
const parts = (folder, indent) => areas.map((area) => read(`${folder}/${area}.yaml`)).filter(Boolean).join('\n\n')
  .replace(/^(?=.)/gm, ' '.repeat(indent));

/** The text of the whole document. */
export function openapiText() {
  return `${read('head.yaml')}\n\npaths:\n${parts('paths', 2)}\n\n${read('components.yaml')}\n  schemas:\n${parts('schemas', 4)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2];
  if (file) {
    writeFileSync(`${file}.part`, openapiText());
    renameSync(`${file}.part`, file);
  } else {
    process.stdout.write(openapiText());
  }
}
