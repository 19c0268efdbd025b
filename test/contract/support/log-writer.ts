// A process that appends for ever and says on standard output which record is acknowledged, or that one was refused.
// It is killed from outside. Usage: log-writer.ts <directory> <appends at a time>
import { sqliteLog } from '#embedded';
import { LogUnavailable } from '#ports';

const [directory = '', atATime = '1'] = process.argv.slice(2);
const log = await sqliteLog(directory);
await log.open(['site-events']);

const say = (text: string): boolean => process.stdout.write(`${text}\n`); // a pipe: written when it returns, whatever happens to this process next
let next = await log.head('site-events', 0);

async function appendForEver(): Promise<never> {
  for (;;) {
    const id = `${next++}`;
    try {
      await log.append('site-events', [
        { key: 'default/site', headers: { ce_id: id }, value: JSON.stringify({ id, filler: 'x'.repeat(500) }) },
      ]);
      say(`acknowledged ${id}`);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      say(`refused ${id} ${error.message}`);
      await new Promise(setImmediate);
    }
  }
}

await Promise.all(Array.from({ length: Number(atATime) }, appendForEver));
