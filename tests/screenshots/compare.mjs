// compare.mjs – two pictures, pixel by pixel, and the page that shows those that differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** On a canvas of that size, so that a page that has grown can be compared with what it was. */
function padded(picture, width, height) {
  if (picture.width === width && picture.height === height) return picture;
  const canvas = new PNG({ width, height });
  PNG.bitblt(picture, canvas, 0, 0, picture.width, picture.height, 0, 0);
  return canvas;
}

/** The share of pixels that differ; where any do, `changes` becomes a picture of them. */
export function difference(before, after, changes) {
  const [old, now] = [readFileSync(before), readFileSync(after)];
  if (old.equals(now)) return 0;
  const pictures = [PNG.sync.read(old), PNG.sync.read(now)];
  const [width, height] = ['width', 'height'].map((side) => Math.max(...pictures.map((picture) => picture[side])));
  const [a, b] = pictures.map((picture) => padded(picture, width, height));
  const changed = new PNG({ width, height });
  const count = pixelmatch(a.data, b.data, changed.data, width, height, { threshold: 0.02, includeAA: true });
  if (count) writeFileSync(changes, PNG.sync.write(changed));
  return count / (width * height);
}

const head = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Differences</title>
<style>
body { font: 16px/1.5 sans-serif; margin: 2rem; color-scheme: light dark; }
section { border-top: 1px solid; padding: 1rem 0; }
.three { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; align-items: start; }
figure { margin: 0; }
img { max-width: 100%; border: 1px solid gray; }
</style>
`;

const figure = (folder, file, what) => `<figure><figcaption>${what}</figcaption><a href="${relative(folder, file)}"><img loading="lazy" src="${relative(folder, file)}" alt="${what}"></a></figure>`;

const section = (folder, { name, share, before, after, changes }) => `<section>
<h2>${name}</h2>
<p>${(share * 100).toFixed(share < 0.001 ? 4 : 2)} % of the pixels</p>
<div class="three">${figure(folder, before, 'Before')}${figure(folder, after, 'Now')}${figure(folder, changes, 'What differs')}</div>
</section>
`;

const list = (title, names) => (names.length ? `<section><h2>${title}</h2><ul>${names.map((name) => `<li>${name}</li>`).join('')}</ul></section>\n` : '');

/** `changed`: {name, share, before, after, changes} each; the worst comes first. */
export function writeDifferences(file, { compared, changed, added, gone }) {
  const sorted = changed.toSorted((a, b) => b.share - a.share);
  const summary = `<h1>Differences</h1>\n<p>${compared} pictures compared, ${changed.length} differ, ${added.length} new, ${gone.length} gone.</p>\n`;
  writeFileSync(file, head + summary + sorted.map((one) => section(dirname(file), one)).join('') + list('New', added.map((name) => basename(name))) + list('Gone', gone));
}

export const pictureOf = (folder, name) => join(folder, `${name}.png`);
