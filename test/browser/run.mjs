// `npm run test:browser`: builds what is missing, then looks at every screen; what is left in test/browser/out is of this run. `-- --picture` makes the
// README's anew and nothing else.
import { spawnSync } from 'node:child_process';
import '../../scripts/build.mjs';

const names = process.argv.includes('--picture')
  ? ['picture.mjs']
  : ['console.mjs', 'first-run.mjs', 'many.mjs', 'states.mjs', 'hands.mjs', 'acting.mjs'];
const files = names.map((name) => new URL(name, import.meta.url).pathname);
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
