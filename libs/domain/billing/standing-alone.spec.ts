// The rating could be published on its own: it takes the kernel and three packages with it, and nothing of charging stations.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../../..');
const PACKAGES = ['decimal.js', 'luxon', 'zod'];

/** What its sources import when they run; types are gone by then. */
const importedBy = (folder: string): readonly string[] => {
  const sources = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  const texts = sources.map((name) => readFileSync(join(ROOT, folder, name), 'utf8'));
  expect(texts.length).toBeGreaterThan(0);
  const found = texts.flatMap((text) =>
    [...text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gm)].map(([, from = '']) => from),
  );
  return [...new Set(found)].filter((from) => !/^\.\/[a-z0-9-]+\.js$/.test(from)).sort();
};

it('imports the kernel and three packages', () => expect(importedBy('libs/domain/billing')).toEqual(['#kernel', ...PACKAGES]));

it('gets nothing more by the kernel than hashes', () => expect(importedBy('libs/kernel')).toEqual(['node:crypto']));

it('has its packages pinned', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const name of PACKAGES) expect(dependencies[name]).toMatch(/^\d+\.\d+\.\d+$/);
});
