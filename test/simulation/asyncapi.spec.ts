// What docs/asyncapi.yaml says of the log is true of every record that a network with bad days leaves.
// That the committed page is what the contracts give is checked by `npm run check`.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { ROUGH, simulate } from '#apps/simulation';
import { TOPICS } from '#contracts';
import type { LogRecord } from '#ports';
import { asyncapi } from '../../scripts/asyncapi.mjs';

interface Document {
  readonly channels: Readonly<Record<string, { readonly messages: Readonly<Record<string, object>> }>>;
  readonly components: { readonly messages: Readonly<Record<string, object>>; readonly schemas: Readonly<Record<string, object>> };
}

describe('the log as documented', () => {
  let document: Document;
  let log: readonly LogRecord[];
  let ajv: Ajv;
  const validators = new Map<string, ValidateFunction>();

  beforeAll(async () => {
    document = asyncapi() as unknown as Document;
    ({ log } = await simulate({ seed: '4', hours: 0.3, stations: 6, faults: ROUGH }));
    ajv = new Ajv({ strict: false });
    ajv.addSchema({ $id: 'log:', ...document });
  });

  const validatorOf = (pointer: string): ValidateFunction => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `log:#${pointer}` });
    validators.set(pointer, known);
    return known;
  };
  const complaints = ({ topic, headers, key, value }: LogRecord): readonly string[] => {
    const type = headers.ce_type ?? '';
    if (document.channels[topic]?.messages[type] === undefined) return [`${type} is not in ${topic}`];
    const at = `/components/messages/${type}`;
    const parts = [
      ['headers', headers],
      ['payload', JSON.parse(value)],
      ['bindings/kafka/key', key],
    ] as const;
    return parts.flatMap(([part, data]) => {
      const validate = validatorOf(`${at}/${part}`);
      return validate(data) ? [] : [`${type} ${part}: ${ajv.errorsText(validate.errors)}`];
    });
  };

  it('has a channel for each topic', () => expect(Object.keys(document.channels)).toEqual([...TOPICS]));

  it('admits every record', () => {
    expect([...new Set(log.flatMap(complaints))]).toEqual([]);
    expect(new Set(log.map(({ headers }) => headers.ce_type)).size).toBeGreaterThan(12);
  });

  it('refuses a record of another shape', () => {
    const [record] = log.filter(({ headers }) => headers.ce_type === 'CommandRequested');
    if (record === undefined) throw new Error('nothing was commanded');
    const broken = { ...JSON.parse(record.value), notAfter: 5 };
    expect(complaints({ ...record, value: JSON.stringify(broken) })).toHaveLength(1);
    expect(complaints({ ...record, key: 'tenant-only' })).toHaveLength(1);
  });
});
