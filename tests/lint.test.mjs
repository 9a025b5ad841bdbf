// lint.test.mjs – the checks of the tree find what breaks their rules: a check that cannot fail checks nothing.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the checks of the tree', () => {
  let tree;
  const check = () => spawnSync(join(root, 'scripts/check-tree'), [tree], { encoding: 'utf8' });

  before(() => {
    tree = mkdtempSync(join(tmpdir(), 'greffier-tree-'));
    cpSync(join(root, 'src'), join(tree, 'src'), { recursive: true });
    cpSync(join(root, 'meson.build'), join(tree, 'meson.build'));
    cpSync(join(root, 'package-lock.json'), join(tree, 'package-lock.json'));
    cpSync(join(root, 'docs'), join(tree, 'docs'), { recursive: true });
    cpSync(join(root, 'web/console/words'), join(tree, 'web/console/words'), { recursive: true });
    for (const page of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) cpSync(join(root, page), join(tree, page));
  });
  after(() => rmSync(tree, { recursive: true }));

  test('the tree as it is breaks no rule', () => {
    const { status, stdout } = check();
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });

  const planted = [
    ['a folder that the build does not list', 'each folder of src/', 'src/nowhere/new.c', 'int x;\n'],
    ['the lowest folder knows the next', 'only itself and the ones before', 'src/base/buf.c', '#include "crypto/random.h"\n'],
    ['a domain folder knows the API', 'only itself and the ones before', 'src/notify/event.h', '#include "api/core/call.h"\n'],
    ['the one below knows the one above it in the list', 'only itself and the ones before', 'src/access/people/roles.c', '# include "notify/event.h"\n'],
    ['SQL outside the store', 'SQL engines', 'src/api/core/call.c', '#include <sqlite3.h>\n'],
    ['the other SQL outside the store', 'SQL engines', 'src/outbound/ledger.c', '#include "libpq-fe.h"\n'],
    ['the store sends', 'src/store knows no network', 'src/store/store.c', '#include <curl/curl.h>\n'],
    ['a context made by hand', 'contexts are made in', 'src/outbound/outcomes.c', 'static const struct context forged = {.account = "x"};\n'],
    ['a context made by hand in an expression', 'contexts are made in', 'src/notify/power_test.c', 'return (struct context){.account = "x"};\n'],
    ['a context whose actor is replaced', 'contexts are made in', 'src/api/core/call.c', 'context->actor = actor_command();\n'],
    ['a phrase to be read twice, in a header', 'headers, pages, words', 'src/base/buf.h', '/* It is well. */\n'],
    ['the same, in a page', 'headers, pages, words', 'docs/guide/start.md', 'Who hears of it?\n'],
    ['the same, in the console', 'headers, pages, words', 'web/console/words/frame.ts', "// ['It comes again.', '']\n"],
    ['the same, in a message', 'check-tree: messages', 'src/base/buf.c', 'char *a = "as the original has it";\n'],
    ['a long line in a page', 'at most 100 columns', 'docs/guide/start.md', `${'word '.repeat(20)}é\n`],
    ['a download address', 'no download addresses', 'package-lock.json', '"resolved": "https://registry.example/x.tgz"\n'],
  ];
  for (const [what, rule, file, line] of planted) {
    test(`found: ${what}`, (t) => {
      const path = join(tree, file);
      const original = (() => {
        try {
          return readFileSync(path);
        } catch {
          return undefined;
        }
      })();
      mkdirSync(join(path, '..'), { recursive: true });
      appendFileSync(path, line);
      t.after(() => (original ? writeFileSync(path, original) : rmSync(join(path, '..'), { recursive: true })));
      const { status, stdout } = check();
      assert.equal(status, 1, stdout);
      assert.match(stdout, new RegExp(rule));
      assert.equal(stdout.match(/^lint: /gm).length, 1, stdout);
    });
  }
});
