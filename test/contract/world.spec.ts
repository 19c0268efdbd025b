// The embedded world as a whole: one directory, one process, everything still there the next time.
// Each port has its own contract beside this.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { backUp, embeddedWorld } from '#embedded';
import { databaseTemplate, readAll, record, scratch } from '#testing';

const TOPICS = ['site-events', 'session-events', 'network-events'];

describe('embedded world', () => {
  const open = async (directory: string): ReturnType<typeof embeddedWorld> =>
    embeddedWorld(directory, TOPICS, { database: { template: await databaseTemplate() } });

  it('keeps log, rows and keys from one run to the next', async () => {
    const directory = scratch('world');
    const first = await open(directory);
    expect(first.database.origin).toBe('empty');
    await first.log.append('site-events', [record('default/site', 'fact')]);
    await first.database.query(`create table kept as select 'row' as name`);
    const hash = first.keys.hmac('token', 'x');
    await first.close();

    const second = await open(directory);
    expect((await readAll(second.log, 'site-events', 0)).map(({ value }) => value)).toEqual(['fact']);
    expect((await second.database.query('select name from kept')).rows).toEqual([{ name: 'row' }]);
    expect(second.keys.hmac('token', 'x')).toBe(hash);
    expect(second.database.origin).toBe('kept');
    await second.close();
  });

  it('expects the book to be folded from site and network events', async () => {
    const world = await open(scratch('world'));
    for (const topic of ['site-events', 'network-events']) {
      expect(await world.book.isComplete()).toBe(false);
      await world.book.markFolded(topic, 0);
    }
    expect(await world.book.isComplete()).toBe(true);
    await world.close();
  });

  it('comes back from a copy that was taken while it was written: log and keys as of one instant, the rows begun anew', async () => {
    const [directory, copy] = [scratch('world'), join(scratch('world'), 'copy')];
    const running = await open(directory);
    let goesOn = true;
    const writing = (async () => {
      for (let number = 0; goesOn; number++) {
        const text = await running.keys.seal(`driver-${number}`, `${number}`);
        for (const topic of ['site-events', 'session-events']) await running.log.append(topic, [record('default/site', text)]);
      }
    })();
    while ((await running.log.head('session-events', 0)) < 20) await running.log.append('network-events', [record('default', 'fact')]);
    await backUp(directory, copy);
    goesOn = false;
    await writing;
    const written = (await readAll(running.log, 'site-events', 0)).map(({ value }) => value);
    await running.close();

    const restored = await open(copy);
    const [inputs, derived] = await Promise.all(['site-events', 'session-events'].map((topic) => readAll(restored.log, topic, 0)));
    expect(inputs?.map(({ value }) => value)).toEqual(written.slice(0, inputs?.length));
    expect(inputs?.length).toBeGreaterThanOrEqual(20);
    expect([0, 1]).toContain((inputs?.length ?? 0) - (derived?.length ?? 0)); // what is derived has its input
    expect(await Promise.all((inputs ?? []).map(({ value }) => restored.keys.unseal(value)))).toEqual(
      inputs?.map((_, number) => `${number}`),
    );
    expect(restored.database.origin).toBe('empty');
    await restored.close();
    await expect(backUp(directory, copy)).rejects.toMatchObject({ code: 'NotEmpty' });
    await expect(backUp(copy, join(scratch('world'), 'x'))).resolves.toBeUndefined();
    await expect(backUp(scratch('world'), join(scratch('world'), 'x'))).rejects.toMatchObject({ code: 'NothingToCopy' });
  });

  it('refuses a log whose keys are gone, and makes no new ones', async () => {
    const directory = scratch('world');
    const first = await open(directory);
    await first.log.append('network-events', [record('default', 'fact')]);
    await first.close();
    rmSync(join(directory, 'keys'), { recursive: true });
    await expect(open(directory)).rejects.toMatchObject({ code: 'KeysMissing', message: expect.stringContaining(join(directory, 'keys')) });
    expect(existsSync(join(directory, 'keys'))).toBe(false);
  });

  it('refuses a directory in use and leaves nothing locked behind', async () => {
    const directory = scratch('world');
    const first = await open(directory);
    await expect(open(directory)).rejects.toMatchObject({ code: 'DirectoryInUse' });
    await first.close();
    await (await open(directory)).close();
  });
});
