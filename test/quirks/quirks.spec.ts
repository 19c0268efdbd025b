// Every quirk of a charger in the field that a file beside this one describes, on one network, each with stations of its own.
// A new quirk is a new file, named after what the charger does.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NetworkWorld } from '../scenario/support/network-world.js';
import { openNetwork, type Quirk } from './support/charger.js';

let network: NetworkWorld | undefined;
beforeAll(async () => {
  network = await openNetwork();
}, 120_000);
afterAll(() => network?.close(), 60_000);

const opened = (): NetworkWorld => {
  if (network === undefined) throw new Error('the network did not start');
  return network;
};

const names = readdirSync(join(process.cwd(), 'test/quirks'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => file.replace('.ts', ''));
for (const name of names) {
  const { default: quirk } = (await import(`./${name}.js`)) as { readonly default: Quirk };
  describe(`a charger that ${name.replaceAll('-', ' ')}`, () => quirk(opened));
}

it('has a test for every row of the field, and each that is named exists', () => {
  const rows = readFileSync(join(process.cwd(), 'test/quirks/README.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| \d/.test(line));
  expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  for (const row of rows) {
    const named = [...row.matchAll(/`([^`]+\.ts)`(?: "([^"]+)")?/g)];
    expect([row, named.length > 0]).toEqual([row, true]);
    for (const [, file = '', title = ''] of named)
      expect([title, readFileSync(join(process.cwd(), file), 'utf8').includes(title)]).toEqual([title, true]);
  }
});
