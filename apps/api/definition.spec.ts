// What listeners of the feed are told to look at again, by the records of the log.
import { expect, it } from '@jest/globals';
import type { Recorded } from '#contracts';
import { apiDefinition } from './definition.js';

type Input = Parameters<typeof apiDefinition.fold.decide>[1];

it('tells of a station when it no longer follows its limits, and when it does again', () => {
  const data = { stationId: 'A', evseId: 1, kind: 'ignores', since: 'then', isOver: false };
  const at = { topic: 'balancing-events', partition: 0, offset: 7 };
  const input = { id: 'i', source: '/x', time: 'now', tenantId: 't', siteId: 's', type: 'LimitAlarmReported', stationId: 'A', data, at };
  const change = { aggregate: 't', before: null, after: null, input: input as unknown as Recorded & Input, outputs: [] };
  expect(apiDefinition.fold.project?.(change)?.map(({ table, row }) => [table.name, row.kind, row.subject])).toEqual([
    ['feed', 'station', 'A'],
  ]);
});
