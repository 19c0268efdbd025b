import { expect, it } from '@jest/globals';
import { entryOf, withEntry, withoutEntry } from './shards.js';

it('have what was put into them, and nothing that every object has', () => {
  const names = ['constructor', 'toString', '__proto__'];
  const all = Array.from({ length: 1_000 }, (_, index) => `S${index}`).reduce((shards, name) => withEntry(shards, name, name), {});
  for (const name of names) {
    expect(entryOf(all, name)).toBeUndefined();
    expect(withoutEntry(all, name)).toBe(all);
    const one = withEntry(all, name, name);
    expect(entryOf(one, name)).toBe(name);
    expect(entryOf(withoutEntry(one, name), name)).toBeUndefined();
  }
});
