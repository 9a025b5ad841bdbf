// pdfs.mjs – PDFs as programs write them, right, half right and hostile.
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

const bytes = (text) => Buffer.from(text, 'latin1');

/** A file of these objects, with a table of cross-references. The first object is the catalogue. */
export function build(objects, { header = '%PDF-1.4\n', prefix = '', trailer = () => '', startxref = (at) => at, end = '%%EOF\n', counted = true } = {}) {
  let out = prefix + header;
  const shift = counted ? 0 : prefix.length;
  const offsets = objects.map((object, i) => {
    const at = out.length;
    out += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at - shift;
  });
  const table = out.length - shift;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  out += offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer(table)} >>\nstartxref\n${startxref(table)}\n${end}`;
  return bytes(out);
}

const content = 'BT /F1 12 Tf (A lease) Tj ET   ';

/** The objects of a document with `count` pages whose dictionaries hold `page`, under a node that holds `node`. */
export function objects({ count = 1, page = '/MediaBox [0 0 612 792]', node = '', extra = [] } = {}) {
  const kids = Array.from({ length: count }, (_, i) => `${3 + i} 0 R`).join(' ');
  return [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${count} ${node} >>`,
    ...Array.from({ length: count }, () => `<< /Type /Page /Parent 2 0 R /Resources << >> /Contents ${3 + count} 0 R ${page} >>`),
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ...extra,
  ];
}

export const onePage = (page, node) => build(objects({ page, node }));

const padding = Buffer.from('28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A', 'hex');
const md5 = (...parts) => createHash('md5').update(Buffer.concat(parts)).digest();

// RC4: OpenSSL 3 has it no more.
function rc4(key, data) {
  const state = Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + state[i] + key[i % key.length]) & 255;
    [state[i], state[j]] = [state[j], state[i]];
  }
  let i = 0, j = 0;
  return Buffer.from(data.map((byte) => {
    i = (i + 1) & 255;
    j = (j + state[i]) & 255;
    [state[i], state[j]] = [state[j], state[i]];
    return byte ^ state[(state[i] + state[j]) & 255];
  }));
}

/** Encrypted with RC4 of 40 bits (revision 2): `permissions` are those of ISO 32000-1 table 22. */
export function encrypted({ user = '', owner = 'owner', permissions }) {
  const id = bytes('0123456789abcdef');
  const padded = (text) => Buffer.concat([bytes(text), padding]).subarray(0, 32);
  const bits = Buffer.alloc(4);
  bits.writeInt32LE(permissions);
  const o = rc4(md5(padded(owner)).subarray(0, 5), padded(user));
  const key = md5(padded(user), o, bits, id).subarray(0, 5);
  const u = rc4(key, padding);
  const list = objects();
  const streamKey = md5(key, Buffer.from([4, 0, 0, 0, 0])).subarray(0, 10);
  list[3] = `<< /Length ${content.length} >>\nstream\n${rc4(streamKey, bytes(content)).toString('latin1')}\nendstream`;
  list.push(`<< /Filter /Standard /V 1 /R 2 /O <${o.toString('hex')}> /U <${u.toString('hex')}> /P ${permissions} >>`);
  return build(list, { trailer: () => `/Encrypt 5 0 R /ID [<${id.toString('hex')}> <${id.toString('hex')}>]` });
}

const streamObject = (number, dictionary, data) => Buffer.concat([
  bytes(`${number} 0 obj\n<< ${dictionary} /Length ${data.length} >>\nstream\n`), data, bytes('\nendstream\nendobj\n')]);

/** A file whose cross-reference stream, object 1, is `rows` compressed `times` times. `before` stands in front of it. */
function withReferenceStream(rows, times, size, before = Buffer.alloc(0)) {
  let data = rows;
  for (let i = 0; i < times; i++) data = deflateSync(data);
  const filters = Array.from({ length: times }, () => '/FlateDecode').join(' ');
  const head = bytes('%PDF-1.5\n');
  return Buffer.concat([head, before, streamObject(1, `/Type /XRef /Size ${size} /W [1 3 1] /Root 2 0 R /Filter [${filters}]`, data),
    bytes(`startxref\n${head.length + before.length}\n%%EOF\n`)]);
}

/** Objects 2, 4, 5 …, the catalogue first, lie in an object stream, object 3, before `blanks` blanks. */
function withObjectStream(inner, blanks = 0) {
  const offsets = inner.map((_, i) => inner.slice(0, i).join(' ').length + (i > 0));
  const head = inner.map((_, i) => `${i === 0 ? 2 : i + 3} ${offsets[i]}`).join(' ') + ' ';
  const content = Buffer.concat([bytes(head + inner.join(' ')), Buffer.alloc(blanks, ' ')]);
  const stream = streamObject(3, `/Type /ObjStm /N ${inner.length} /First ${head.length} /Filter /FlateDecode`, deflateSync(content));
  const at = (offset) => [offset >> 16, (offset >> 8) & 255, offset & 255];
  const rows = inner.map((_, i) => [2, 0, 0, 3, i]);
  const all = [[0, 0, 0, 0, 255], [1, ...at(9 + stream.length), 0], rows[0], [1, ...at(9), 0], ...rows.slice(1)];
  return withReferenceStream(Buffer.from(all.flat()), 1, all.length, stream);
}

/** One page, as programs have written it since PDF 1.5: everything but the streams is compressed. */
export const compressed = () => withObjectStream([
  '<< /Type /Catalog /Pages 4 0 R >>', '<< /Type /Pages /Kids [5 0 R] /Count 1 >>', '<< /Type /Page /Parent 4 0 R /MediaBox [0 0 612 792] /Resources << >> >>']);

/** Small files that ask a reader for much memory or time: name, file. */
export function attacks() {
  const kids = (count) => Array(count).fill('3 0 R').join(' ');
  const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>';
  const nested = (opening, closing, depth) => opening.repeat(depth) + closing.repeat(depth);
  const shared = Array.from({ length: 40 }, (_, i) => `<< /Type /Pages /Kids [${i + 3} 0 R ${i + 3} 0 R] /Count 2 >>`);
  const chain = (length, last) => build(['<< /Type /Catalog /Pages 2 0 R >>',
    ...Array.from({ length }, (_, i) => `<< /Type /Pages /Kids [${i + 3} 0 R] /Count 1 >>`), last]);
  return [
    ['a reference stream packed twice', withReferenceStream(Buffer.alloc(400 << 20), 2, 80000000)],
    ['400,000 equal kids', build(['<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Kids [${kids(400000)}] /Count 400000 >>`, page])],
    ['a tree whose nodes share their kids', build(['<< /Type /Catalog /Pages 2 0 R >>', ...shared, '<< /Type /Pages /Kids [] /Count 0 >>'])],
    ['a tree that loops', build(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>'])],
    ['a tree 20,000 levels deep', chain(20000, page)],
    ['arrays 200,000 levels deep', onePage(`/MediaBox ${nested('[', ']', 200000)}`)],
    ['dictionaries 200,000 levels deep', onePage(`/A ${nested('<< /A ', ' >>', 200000)}`)],
    ['a size of two thousand million objects', withReferenceStream(Buffer.alloc(5), 1, 2000000000)],
    ['an object stream that unpacks to 400 MB', withObjectStream(['<< >>'], 400 << 20)],
    ['previous tables that loop', build(objects(), { trailer: (table) => `/Prev ${table}` })],
  ];
}
