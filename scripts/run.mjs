// Runs one built entry point after building what is missing: `node scripts/run.mjs apps/simulator/load --url …`.
import { spawn } from 'node:child_process';
import './build.mjs';
import { flagsOf } from './node-flags.mjs';

const root = new URL('..', import.meta.url).pathname;
const [entry, ...args] = process.argv.slice(2);
const child = spawn(process.execPath, [...flagsOf(entry), `${root}dist/${entry}.js`, ...args], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
// npm ended by a signal takes its shell along, but not us.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500).unref();
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
