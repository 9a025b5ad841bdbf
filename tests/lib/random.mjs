// random.mjs – chance that can be repeated: a failing run is run again with its seed.

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of the list. */
export const pick = (chance, list) => list[Math.floor(chance() * list.length)];
