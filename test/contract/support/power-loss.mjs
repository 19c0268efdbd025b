// PGlite's thread on a machine that loses its power: whatever file is synced is copied to another directory, which has in the end what the disk would have,
// and nothing of what was only written. What is asked of it is the thread's own protocol.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { workerData } from 'node:worker_threads';

const { dataDirectory, disk, thread } = workerData;
const sync = fs.fdatasyncSync;
fs.fdatasyncSync = (descriptor) => {
  sync(descriptor);
  if (fs.fstatSync(descriptor).isDirectory()) return;
  const path = fs.readlinkSync(`/proc/self/fd/${descriptor}`);
  const copy = join(disk, relative(fs.realpathSync(dataDirectory), path));
  fs.mkdirSync(dirname(copy), { recursive: true });
  fs.copyFileSync(path, copy);
};
syncBuiltinESMExports();
await import(thread);
