// Builds everything that runs: OCPP validators, the services (tsc), the console (Vite). Steps whose inputs did not change are left out.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

/** Hash over names, sizes and times of the files below `paths`; cheap enough to ask at every start. */
export function fingerprint(paths) {
  const hash = createHash('sha1');
  const walk = (path) => {
    const stat = statSync(path);
    if (stat.isDirectory())
      for (const name of readdirSync(path).sort())
        name === 'node_modules' || name === 'dist' || name === 'generated' || walk(join(path, name));
    else hash.update(`${path}:${stat.size}:${stat.mtimeMs};`);
  };
  for (const path of paths) if (existsSync(join(root, path))) walk(join(root, path));
  return hash.digest('hex');
}

const step = (name, why, inputs, output, command) => {
  const stampFile = join(root, 'dist', `.stamp-${name}`);
  const stamp = fingerprint(inputs);
  if (existsSync(join(root, output)) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const startedAt = Date.now();
  process.stdout.write(`build: ${name} (${why}) ... `);
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  if (status !== 0) {
    process.stdout.write(`failed\n${stdout}${stderr}`);
    process.exit(1);
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stampFile, stamp);
  process.stdout.write(`${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
};

step(
  'ocpp',
  'validators and types from the official schemas',
  ['scripts/generate.mjs', 'node_modules/ocpp-rpc/package.json'],
  'libs/ocpp/generated/index.ts',
  ['scripts/generate.mjs'],
);
step('services', 'TypeScript to JavaScript', ['apps', 'libs', 'package.json', 'tsconfig.json', 'tsconfig.build.json'], 'dist/apps', [
  'node_modules/typescript/bin/tsc',
  '-p',
  'tsconfig.build.json',
]);
step(
  'database',
  'an empty PGlite cluster, so that first starts need no initdb',
  ['libs/embedded/build-template.ts', 'node_modules/@electric-sql/pglite/package.json'],
  'dist/libs/embedded/pglite-template',
  ['dist/libs/embedded/build-template.js'],
);
if (existsSync(join(root, 'apps/console/vite.config.ts')))
  step('console', 'the web page', ['apps/console', 'apps/api/webhooks/kinds.ts'], 'dist/console/index.html', [
    'node_modules/vite/bin/vite.js',
    'build',
    '--config',
    'apps/console/vite.config.ts',
    '--logLevel',
    'warn',
  ]);
