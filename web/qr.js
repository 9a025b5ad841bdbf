// qr.js – a text as a QR code (ISO/IEC 18004): bytes, level L, versions 1 to 15. The build puts it before login.js; the console
// imports it. Pure: what draws it is theirs.

const checkBytes = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22]; // of a block, by version; table 9
const blockCounts = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6];

function fieldProduct(a, b) { // in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> bit) & 1) * a);
  return product;
}

function checkOf(data, count) { // the Reed-Solomon remainder
  let divisor = [...Array(count - 1).fill(0), 1];
  for (let i = 0, root = 1; i < count; i++, root = fieldProduct(root, 2)) {
    divisor = divisor.map((factor, j) => fieldProduct(factor, root) ^ (j + 1 < count ? divisor[j + 1] : 0));
  }
  const remainder = Array(count).fill(0);
  for (const byte of data) {
    const lead = byte ^ remainder.shift();
    remainder.push(0);
    divisor.forEach((factor, i) => (remainder[i] ^= fieldProduct(factor, lead)));
  }
  return remainder;
}

/** The error-correcting bits of the format (annex C) and of the version (annex D). */
function withCheckBits(value, generator, count) {
  let rest = value;
  for (let i = 0; i < count; i++) rest = (rest << 1) ^ ((rest >> (count - 1)) * generator);
  return (value << count) | rest;
}

function alignmentCentres(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, i) => version * 4 + 10 - (count - 2 - i) * step)];
}

/** How many bytes, data and check bytes together, the modules hold that no pattern takes. */
function capacity(version) {
  const aligned = alignmentCentres(version).length;
  const patterns = aligned ? (25 * aligned - 10) * aligned - 55 : 0;
  return ((16 * version + 128) * version + 64 - patterns - (version >= 7 ? 36 : 0)) >> 3;
}

function codewords(bytes, version) {
  const blocks = blockCounts[version - 1];
  const check = checkBytes[version - 1];
  const total = capacity(version);
  const room = total - blocks * check;
  const lengthShifts = version > 9 ? [12, 8, 4, 0] : [4, 0];
  const nibbles = [4, ...lengthShifts.map((shift) => (bytes.length >> shift) & 15)]; // 4: what follows are bytes
  for (const byte of bytes) nibbles.push(byte >> 4, byte & 15);
  nibbles.push(0); // the end
  const data = [];
  for (let i = 0; i < nibbles.length; i += 2) data.push((nibbles[i] << 4) | nibbles[i + 1]);
  for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad);

  const long = total % blocks; // so many blocks, the last ones, have one byte more
  const parts = [];
  for (let i = 0, start = 0; i < blocks; i++) {
    const length = Math.floor(total / blocks) - check + (i < blocks - long ? 0 : 1);
    parts.push(data.slice(start, (start += length)));
  }
  const checks = parts.map((part) => checkOf(part, check));
  const woven = (lists) => Array.from({ length: Math.max(...lists.map((list) => list.length)) }, (_, i) => lists.map((list) => list[i])).flat();
  return [...woven(parts).filter((byte) => byte !== undefined), ...woven(checks)];
}

/** Rows of booleans, dark or light; null when the text is too long. */
export function qrModules(content) {
  const bytes = new TextEncoder().encode(content);
  const version = blockCounts.findIndex((blocks, i) => capacity(i + 1) - blocks * checkBytes[i] >= bytes.length + (i + 1 > 9 ? 3 : 2)) + 1;
  if (version === 0) return null;
  const size = version * 4 + 17;
  const rows = Array.from({ length: size }, () => Array(size)); // undefined: free for data
  const put = (x, y, dark) => (rows[y][x] = Boolean(dark));
  const square = (centreX, centreY, radius, isDark) => {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        if (centreX + dx >= 0 && centreX + dx < size && centreY + dy >= 0 && centreY + dy < size) {
          put(centreX + dx, centreY + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
        }
      }
    }
  };

  for (let i = 0; i < size; i++) {
    put(6, i, i % 2 === 0);
    put(i, 6, i % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  const centres = alignmentCentres(version);
  for (const x of centres) {
    for (const y of centres) {
      const inCorner = (x === 6 && y === 6) || (x === 6 && y === size - 7) || (x === size - 7 && y === 6);
      if (!inCorner) square(x, y, 2, (ring) => ring !== 1);
    }
  }

  // Any mask is valid, and the choice matters for print more than for a screen: always the first, (x + y) mod 2.
  const format = withCheckBits(0b01000, 0x537, 10) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const bit = (format >> i) & 1;
    if (i < 8) {
      put(8, i < 6 ? i : i + 1, bit);
      put(size - 1 - i, 8, bit);
    } else {
      put(i === 8 ? 7 : 14 - i, 8, bit);
      put(8, size - 15 + i, bit);
    }
  }
  put(8, size - 8, true);
  if (version >= 7) {
    const bits = withCheckBits(version, 0x1f25, 12);
    for (let i = 0; i < 18; i++) {
      const [near, far] = [Math.floor(i / 3), size - 11 + (i % 3)];
      put(near, far, (bits >> i) & 1);
      put(far, near, (bits >> i) & 1);
    }
  }

  const data = codewords(bytes, version);
  let next = 0;
  for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2) { // column 6 is a pattern
    const isUpward = ((right + 1) & 2) === 0;
    for (let i = 0; i < size; i++) {
      const y = isUpward ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        if (rows[y][x] !== undefined) continue;
        const bit = ((data[next >> 3] ?? 0) >> (7 - (next & 7))) & 1;
        next++;
        put(x, y, bit ^ ((x + y) % 2 === 0));
      }
    }
  }
  return rows;
}
