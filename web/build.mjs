// build.mjs – FOLDER NAME DEPFILE: bundles console/ into three files in FOLDER, which the build calls NAME. The page names its
// script and style by their hashes, so that browsers may keep those; the depfile tells the build of which files it is made.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [folder, name, depfile] = process.argv.slice(2);
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const page = join(here, 'console/console.html');
const licences = ['preact', 'uplot'].map((part) => join(here, 'node_modules', part, 'LICENSE'));

const { outputFiles, metafile } = await build({
  entryPoints: { console: join(here, 'console/main.tsx') },
  absWorkingDir: here,
  outdir: folder,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
  charset: 'utf8',
  legalComments: 'none',
  // What is used as it is must be named where it is used.
  footer: { js: `/*!\n${licences.map((file) => readFileSync(file, 'utf8')).join('\n')}*/` },
  metafile: true,
  write: false,
  logLevel: 'warning',
});

// The same as scripts/embed-page makes.
const hashOf = (content) => createHash('sha256').update(content).digest('hex').slice(0, 16);

let html = readFileSync(page, 'utf8');
mkdirSync(folder, { recursive: true });
for (const { path, contents } of outputFiles) {
  const file = path.slice(path.lastIndexOf('/') + 1);
  writeFileSync(path, contents);
  if (!html.includes(`/admin/${file}`)) throw new Error(`console.html does not name ${file}`);
  html = html.replace(`/admin/${file}`, `$&?v=${hashOf(contents)}`);
}
writeFileSync(join(folder, 'console.html'), html);

const made = ['console.html', 'console.css', 'console.js'].map((file) => `${name}/${file}`);
const read = [...Object.keys(metafile.inputs).map((file) => resolve(here, file)), page, ...licences];
writeFileSync(depfile, `${made.join(' ')}: ${read.map((file) => file.replaceAll(' ', '\\ ')).join(' ')}\n`);
