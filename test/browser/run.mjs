// `npm run test:browser`: builds what is missing, then looks at every screen.
import { spawnSync } from 'node:child_process';
import '../../scripts/build.mjs';

const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', new URL('console.mjs', import.meta.url).pathname], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
