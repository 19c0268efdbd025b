// What docs/asyncapi.yaml says of the log is true of every record that a network with bad days leaves.
// That the committed page is what the contracts give is checked by `npm run check`.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { FAULT_KINDS, simulate } from '#apps/simulation';
import { LIMIT_TOPICS, TOPICS } from '#contracts';
import type { LogRecord } from '#ports';
import { DocumentedLog } from './support/documented-log.js';

describe('the log as documented', () => {
  let documented: DocumentedLog;
  let log: readonly LogRecord[];

  beforeAll(async () => {
    documented = new DocumentedLog();
    ({ log } = await simulate({ seed: '4', hours: 0.3, stations: 6, faults: FAULT_KINDS.rough }));
  }, 300_000);

  it('has a channel for each topic, and for those of grid operators', () =>
    expect(Object.keys(documented.document.channels)).toEqual([...TOPICS, ...Object.values(LIMIT_TOPICS)]));

  it('admits every record', () => {
    expect([...new Set(log.flatMap((record) => documented.complaints(record)))]).toEqual([]);
    expect(new Set(log.map(({ headers }) => headers.ce_type)).size).toBeGreaterThan(12);
  });

  it('refuses a record of another shape', () => {
    const [record] = log.filter(({ headers }) => headers.ce_type === 'CommandRequested');
    if (record === undefined) throw new Error('nothing was commanded');
    const broken = { ...JSON.parse(record.value), notAfter: 5 };
    expect(documented.complaints({ ...record, value: JSON.stringify(broken) })).toHaveLength(1);
    expect(documented.complaints({ ...record, key: 'tenant-only' })).toHaveLength(1);
  });
});
