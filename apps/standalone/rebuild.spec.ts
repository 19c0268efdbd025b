// What all services have in common.
import { describe, expect, it } from '@jest/globals';
import { derivedSource, encode, mayNotWrite, WRITERS } from '#contracts';
import { foldBatch } from '#service';
import { SERVICES } from './rebuild.js';

describe('every service', () => {
  it.each(SERVICES.filter(({ outputs, fold }) => outputs.length > 0 || fold.nextDue !== undefined))(
    '$name may write where it does, if records are signed',
    ({ name, outputs }) => {
      const source = derivedSource({ service: name, topic: 'site-events', partition: 0, offset: 0, index: 0 });
      for (const topic of outputs)
        expect(mayNotWrite(topic, { ce_type: 'RecordParked', ce_source: source }, new Set(WRITERS))).toBeUndefined();
      expect(mayNotWrite('site-events', { ce_type: 'TimeReached', ce_source: `/${name}` }, new Set(WRITERS))).toBeUndefined();
    },
  );
  it.each(SERVICES.flatMap((service) => service.inputs.map((topic) => [service.name, topic, service] as const)))(
    '%s passes by what another parked in %s',
    (_, topic, service) => {
      const ref = { topic, partition: 0 };
      const source = derivedSource({ service: 'another', ...ref, offset: 0, index: 0 });
      const about = { tenantId: 't', ...(topic !== 'network-events' && { siteId: 's', stationId: 'CS1' }) };
      const parked = encode({
        id: 'p',
        type: 'RecordParked',
        source,
        time: '2026-01-01T00:00:00.000Z',
        ...about,
        data: { reason: 'Error' },
      });
      const empty = { ref, next: 0, seen: {}, states: new Map(), recorded: new Map() };
      const result = foldBatch(service, empty, [{ ...parked, ...ref, offset: 1 }]);
      expect({ rows: result.rows, outbox: result.outbox, parked: result.parked }).toEqual({ rows: [], outbox: [], parked: [] });
    },
  );
});
