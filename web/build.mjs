// build.mjs – FOLDER NAME DEPFILE: bundles login.js and console/ into FOLDER, which the build calls NAME: login.js, console.html, and
// console.list, which names the files that go with it (in FOLDER/console, each named by its hash, so that browsers may keep them). The depfile tells the
// build of which files they are made.
//
// What a page of the console (console/pages) needs is a file of its own, loaded when the page is opened. What the frame needs, and
// what pages share, is one file, loaded at first. The words of each language are a file, and all style is one.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const [folder, name, depfile] = process.argv.slice(2);
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const source = (path) => join(here, 'console', path);
const main = source('main.tsx');
const packages = ['preact', 'eventsource-parser', 'qr'];
const licences = packages.map((part) => join(here, 'node_modules', part, 'LICENSE'));
const smallMax = 4096; // bytes of source: what two pages share and is longer is a file of its own, for both

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
};

/* ---- words ---- */

/** console/words/all.ts, run: {word: [English, French]}. */
async function readWords() {
  const { outputFiles, metafile } = await build({ ...common, entryPoints: [source('words/all.ts')], outdir: folder });
  const { texts } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  return { texts, files: Object.keys(metafile.inputs) };
}

const words = await readWords();
const languages = ['en', 'fr'];

/** `words:en` is the words of one language. */
const wordsPlugin = {
  name: 'words',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^words:/ }, ({ path }) => ({ path: path.slice('words:'.length), namespace: 'words' }));
    onLoad({ filter: /.*/, namespace: 'words' }, ({ path }) => {
      const texts = Object.fromEntries(Object.entries(words.texts).map(([key, forms]) => [key, forms[languages.indexOf(path)]]));
      return { contents: `export default ${JSON.stringify(texts)}`, loader: 'js' };
    });
  },
};

/** Style that a script imports is left out of the scripts, and goes into the one file. */
const stylePlugin = {
  name: 'style',
  setup({ onResolve, onLoad, resolve: find }) {
    onResolve({ filter: /\.css$/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (kind !== 'import-statement' || pluginData === 'found') return undefined;
      const found = await find(path, { resolveDir, kind, pluginData: 'found' });
      return found.errors.length ? { errors: found.errors } : { path: found.path, namespace: 'style' };
    });
    onLoad({ filter: /.*/, namespace: 'style' }, () => ({ contents: '', loader: 'js' }));
  },
};

/* ---- what is loaded when ---- */

const isDynamic = ({ kind }) => kind === 'dynamic-import';

/** What is reached from a file without waiting, in the order in which it runs. */
function reached(inputs, from, seen = new Set()) {
  if (seen.has(from)) return seen;
  seen.add(from);
  for (const record of inputs[from]?.imports ?? []) if (!isDynamic(record) && !record.external) reached(inputs, record.path, seen);
  return seen;
}

async function survey() {
  const { metafile: { inputs } } = await build({ ...common, entryPoints: { console: main }, outdir: folder, plugins: [wordsPlugin, stylePlugin] });
  const pages = new Set(Object.values(inputs).flatMap(({ imports }) => imports.filter(isDynamic).map(({ path }) => path)).filter((path) => inputs[path]));
  const first = reached(inputs, 'console/main.tsx');
  const reachedByPages = [...pages].map((page) => reached(inputs, page));
  const isShared = (file) => reachedByPages.filter((files) => files.has(file)).length >= (inputs[file].bytes > smallMax ? 3 : 2);
  const core = Object.keys(inputs).filter((file) => !file.includes(':') && (first.has(file) || isShared(file)));
  const styles = [...new Set([first, ...reachedByPages].flatMap((files) => [...files]))].filter((file) => file.startsWith('style:'));
  return { pages, core, styles: styles.map((file) => file.slice('style:'.length)) };
}

const { pages, core, styles } = await survey();

/** Every page and the beginning need all that is loaded at first: so the bundler makes one file of it. */
const corePlugin = {
  name: 'core',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^core:$/ }, () => ({ path: 'core', namespace: 'core' }));
    onLoad({ filter: /.*/, namespace: 'core' }, () => ({ contents: core.map((file) => `import ${JSON.stringify(join(here, file))};\n`).join(''), resolveDir: here, loader: 'js' }));
    onLoad({ filter: /\/console\/(main|pages\/\w+)\.tsx?$/ }, ({ path }) => ({ contents: `import 'core:';\n${readFileSync(path, 'utf8')}`, loader: path.endsWith('x') ? 'tsx' : 'ts' }));
  },
};

const licence = licences.map((file) => readFileSync(file, 'utf8')).join('\n');
const licenceName = `licences-${createHash('sha256').update(licence).digest('hex').slice(0, 8)}.txt`;

const scripts = await build({
  ...common,
  entryPoints: { console: main },
  outdir: join(folder, 'console'),
  splitting: true,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  // What is used as it is must be named where it is used.
  footer: { js: `/*! /admin/assets/${licenceName} */` },
  plugins: [wordsPlugin, stylePlugin, corePlugin],
});

const style = await build({
  ...common,
  stdin: { contents: styles.map((file) => `@import ${JSON.stringify(file)};\n`).join(''), resolveDir: here, loader: 'css', sourcefile: 'console.css' },
  outdir: join(folder, 'console'),
  entryNames: 'console-[hash]',
});

/** The sign-in page's script is one file with a name of its own; what it uses stands in the console's list of licences. */
const login = await build({ ...common, entryPoints: [join(here, 'login.js')], outdir: folder, footer: { js: `/*! /admin/assets/${licenceName} */` } });

/* ---- out ---- */

const outputs = Object.values(scripts.metafile.outputs);
const entry = outputs.find(({ entryPoint }) => entryPoint === 'console/main.tsx');
const [{ path: first }, ...others] = entry.imports.filter((record) => !isDynamic(record));
if (others.length) throw new Error('what is loaded at first is more than one file');
const isStub = ({ path }) => resolve(path) === resolve(here, Object.entries(scripts.metafile.outputs).find(([, output]) => output === entry)[0]);

const files = [...scripts.outputFiles.filter((file) => !isStub(file)), ...style.outputFiles, { path: licenceName, contents: licence }];
rmSync(join(folder, 'console'), { recursive: true, force: true });
mkdirSync(join(folder, 'console'), { recursive: true });
for (const { path, contents } of files) writeFileSync(join(folder, 'console', basename(path)), contents);
writeFileSync(join(folder, 'console.list'), files.map(({ path }) => `console/${basename(path)}\n`).join(''));

let html = readFileSync(source('console.html'), 'utf8');
for (const [named, made] of [['console.js', basename(first)], ['console.css', basename(style.outputFiles[0].path)]]) {
  if (!html.includes(`/admin/assets/${named}`)) throw new Error(`console.html does not name ${named}`);
  html = html.replace(`/admin/assets/${named}`, `/admin/assets/${made}`);
}
writeFileSync(join(folder, 'console.html'), html);
writeFileSync(join(folder, 'login.js'), login.outputFiles[0].contents);

const made = ['console.html', 'console.list', 'login.js'].map((file) => `${name}/${file}`);
const inputs = [...words.files, ...Object.keys(scripts.metafile.inputs), ...Object.keys(style.metafile.inputs), ...Object.keys(login.metafile.inputs)];
const read = [...inputs.filter((file) => !/^[a-z]+:/.test(file) && file !== 'console.css').map((file) => resolve(here, file)), source('console.html'), ...licences];
writeFileSync(depfile, `${made.join(' ')}: ${[...new Set(read)].map((file) => file.replaceAll(' ', '\\ ')).join(' ')}\n`);
