// `npm run test:browser`: builds what is missing, then looks at every screen; what is left in test/browser/out is of this run. `-- --picture` makes the README's anew.
import { spawnSync } from 'node:child_process';
import '../../scripts/build.mjs';

const files = ['console.mjs', 'first-run.mjs', 'many.mjs', 'states.mjs'].map((name) => new URL(name, import.meta.url).pathname);
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files], {
  stdio: 'inherit',
  env: { ...process.env, ...(process.argv.includes('--picture') && { README_PICTURE: 'docs/console.png' }) },
});
process.exit(status ?? 1);
