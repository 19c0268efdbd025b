// Rows that know more than the log come from another one: nobody starts on them, and nobody takes a partition over with them.
// What is folded on the way is test/contract/service-takeover.spec.ts's.
import { expect, it } from '@jest/globals';
import type { World } from '#ports';
import type { ServiceDefinition } from './fold.js';
import { refuseForeignRows, takeOver } from './takeover.js';

const REF = { topic: 'site-events', partition: 3 };
const NEXT = 7;

/** Rows up to `NEXT`, and a log that ends at `head`. */
function worldWith(head: number): World {
  const taken = {
    ...{ epoch: 1, next_offset: String(NEXT), seen: {} },
    ...{ checkpoint_next: 0, checkpoint_seen: {}, checkpoint_outputs: {} },
  };
  const query = async (text: string) => {
    const isPlace = text.startsWith('select service');
    return {
      rows: isPlace ? [{ service: 'session', ...REF, next_offset: String(NEXT) }] : text.includes('returning epoch') ? [taken] : [],
    };
  };
  const database = { query, inTransaction: (work: (tx: object) => Promise<unknown>) => work({ query }) };
  return { database, log: { head: async () => head, read: async function* () {} }, clock: { now: () => 0 } } as unknown as World;
}
const service = { name: 'session', inputs: [REF.topic], outputs: [], tables: [], fold: {} } as unknown as ServiceDefinition<string>;
const refused = {
  code: 'RowsAheadOfLog',
  message: expect.stringMatching(/^session has rows up to 7 of site-events\/3, .* ends at 6: restore/),
};

it('starts on rows of this log, and on none that are ahead of it', async () => {
  await refuseForeignRows(worldWith(NEXT));
  await expect(refuseForeignRows(worldWith(NEXT - 1))).rejects.toMatchObject(refused);
});

it('takes no partition over with rows that are ahead of the log', async () => {
  const lease = { heartbeat: async () => undefined };
  await expect(takeOver(worldWith(NEXT), service, REF, lease)).resolves.toMatchObject({ next: NEXT, head: NEXT });
  await expect(takeOver(worldWith(NEXT - 1), service, REF, lease)).rejects.toMatchObject(refused);
});
