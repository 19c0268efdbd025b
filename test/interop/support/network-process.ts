// The bare network, and what is left of it when it ended: its log, and what a replay of it says.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { decode, type Recorded, type Topic } from '#contracts';
import { sqliteLog } from '#embedded';
import { Network } from './network.mjs';

export class NetworkProcess extends Network {
  /** Everything of a topic, oldest first; the process must have ended. */
  async records(topic: Topic): Promise<readonly Recorded[]> {
    const log = await sqliteLog(join(this.directory, 'log'), { readOnly: true });
    const found: Recorded[] = [];
    for (let partition = 0; partition < log.partitionCount(topic); partition++)
      for await (const batch of log.read(topic, partition, 0, await log.head(topic, partition))) found.push(...batch.map(decode));
    await log.close();
    return found;
  }

  /** What `npm run replay -- --verify` prints. */
  replay(): string {
    const { stdout, stderr } = spawnSync(process.execPath, [this.built('replay.js'), '--verify'], { env: this.env, encoding: 'utf8' });
    return stdout + stderr;
  }
}
