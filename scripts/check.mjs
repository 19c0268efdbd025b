// `npm run check`: types, lint, format, the dependency rule, what dependencies are known for, and whether the threat model names tests that exist.
// `npm run format` repairs what can be repaired.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
let failed = 0;
/** `tells`: its last line is part of what is said, success or not. */
const step = (name, args, { tells = false } = {}) => {
  const startedAt = Date.now();
  process.stdout.write(`check: ${name} ... `);
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const told = tells ? `, ${stdout.trim().split('\n').at(-1)}` : '';
  process.stdout.write(`${status === 0 ? 'ok' : 'FAILED'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)${told}\n`);
  if (status !== 0) {
    failed++;
    process.stdout.write(`${stdout}${stderr}\n`);
  }
};
const generated = `${root}libs/ocpp/generated/index.ts`;
const generator = `${root}scripts/generate.mjs`;
if (!existsSync(generated) || statSync(generated).mtimeMs < statSync(generator).mtimeMs) step('generate OCPP validators', [generator]);
step('the log as documented', [`${root}scripts/asyncapi.mjs`, '--check']);
step('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
if (existsSync(`${root}apps/console/tsconfig.json`))
  step('types of the console', ['node_modules/typescript/bin/tsc', '-p', 'apps/console/tsconfig.json']);
step('lint, format, dependency rule', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']);
step('production dependencies', [`${root}scripts/audit.mjs`], { tells: true });
step('threats and their tests', [`${root}scripts/threats.mjs`], { tells: true });
step('messages and obligations', [`${root}scripts/coverage.mjs`, '--check'], { tells: true });
step('scale on paper', [`${root}scripts/scale.mjs`, '--check'], { tells: true });
process.exit(failed > 0 ? 1 : 0);
