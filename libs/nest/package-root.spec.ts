// Where the package begins, and what is said where it is not whole.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { scratch } from '#testing';
import { packageRoot } from './package-root.js';

it('is found from below, and named where it is missing', () => {
  const root = scratch('package');
  const below = join(root, 'dist/libs');
  mkdirSync(below, { recursive: true });
  expect(() => packageRoot(below)).toThrow(/no nest-cli\.json in .*dist\/libs or above/);
  writeFileSync(join(root, 'nest-cli.json'), '{}');
  expect(packageRoot(below)).toBe(root);
});
