// The planted bugs fit the code they bite: whether the auditor finds them takes minutes (`npm run simulate -- --mutants`), whether they are planted at all does not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '#nest';
import { MUTANTS } from '../../apps/simulation/mutants.js';

describe('planted bugs', () => {
  it('are more than fifteen, each with a name of its own', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(15);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it('are those of docs/simulation.md, in that order', () => {
    const rows = readFileSync(join(packageRoot(), 'docs/simulation.md'), 'utf8').matchAll(/^\| `([\w-]+)` \| ([^|]+) \| `--seed/gm);
    expect([...rows].map(([, name, about]) => ({ name, about }))).toEqual(MUTANTS.map(({ name, about }) => ({ name, about })));
  });

  it.each(MUTANTS.map(({ name, file, find, replace }) => [name, file, find, replace] as const))(
    '%s fits a line of %s',
    (_, file, find, replace) => {
      expect(readFileSync(join(packageRoot(), 'dist', file), 'utf8')).toContain(find);
      expect(replace).not.toBe(find);
    },
  );
});
