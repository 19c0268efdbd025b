// What counts at our OpenADR server and what does not, whom a change is told, and that a repeat adds nothing.
// The server as clients see it is test/scenario/grid-server.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { type Directory, type VtnFact, vtnDefinition } from './directory.js';
import { endsAt } from './ending.js';
import { tellingsOf } from './notifying.js';

const { fold } = vtnDefinition;
let offset = 0;
const fact = <Type extends VtnFact['type']>(type: Type, data: Extract<VtnFact, { type: Type }>['data']): VtnFact =>
  ({
    ...{ id: `f${offset}`, type, source: '/api', time: '2026-11-01T10:00:00.000Z', tenantId: 'default', data },
    at: { topic: 'network-events', partition: 0, offset: offset++ },
  }) as never;
const made = (clientId: string, kind: 'ven' | 'businessLogic') =>
  fact('VtnClientMade', { clientId, kind, secretHash: 'h', requestedBy: 'api:x' });
const wrote = (
  objectId: string,
  objectType: 'PROGRAM' | 'EVENT' | 'REPORT' | 'SUBSCRIPTION' | 'VEN' | 'RESOURCE',
  content: object,
  more: object = {},
) => fact('VtnObjectWritten', { objectId, objectType, isNew: true, content: content as never, writtenBy: 'dso', ...more });
const removed = (objectId: string) => fact('VtnObjectRemoved', { objectId, removedBy: 'dso' });
const initial = fold.initial('default');
const folded = (...facts: readonly VtnFact[]): Directory => facts.reduce((state, each) => fold.evolve(state, each, []), initial);
const refused = (before: Directory, input: VtnFact): unknown => {
  const after = fold.evolve(before, input, []);
  const rows = fold.project?.({ aggregate: 'default', before, after, input, outputs: [] }) ?? [];
  expect(after === before).toBe(rows.every(({ table }) => table.name === 'vtn_refusals'));
  return rows.find(({ table }) => table.name === 'vtn_refusals')?.row.reason;
};
const operations = (objects: readonly string[]) => [
  { objects, operations: ['CREATE', 'UPDATE', 'DELETE'], callbackUrl: 'https://x.example' },
];

const base = [
  made('dso', 'businessLogic'),
  made('depot', 'ven'),
  wrote('p', 'PROGRAM', { programName: 'flex' }),
  wrote('v', 'VEN', { venName: 'NL-ABC', targets: ['ean'] }, { clientId: 'depot' }),
  wrote('r', 'RESOURCE', { resourceName: 'ean', venID: 'v' }, { clientId: 'depot' }),
  wrote('e', 'EVENT', { programID: 'p', targets: ['ean', 'other'] }),
  wrote('q', 'REPORT', { eventID: 'e' }, { clientId: 'depot' }),
];

describe('what our OpenADR server has', () => {
  it('takes nothing that has the name of something else, or refers to what is not there', () => {
    const state = folded(...base);
    expect(refused(state, wrote('p2', 'PROGRAM', { programName: 'flex' }))).toBe('the name flex is there already');
    expect(refused(state, wrote('r2', 'RESOURCE', { resourceName: 'ean', venID: 'v' }))).toBe('the name ean is there already');
    expect(refused(state, wrote('e2', 'EVENT', { programID: 'e' }))).toBe('there is no program e');
    expect(refused(state, wrote('q2', 'REPORT', { eventID: 'none' }))).toBe('there is no event none');
    expect(refused(state, wrote('none', 'PROGRAM', { programName: 'new' }, { isNew: false }))).toBe('it is not there');
    expect(refused(state, removed('none'))).toBe('it is not there');
    expect(refused(state, made('dso', 'ven'))).toBe('the client dso is there already');
    expect(refused(state, wrote('p', 'PROGRAM', { programName: 'flex' }, { isNew: false }))).toBeUndefined();
    const second = folded(...base, wrote('v2', 'VEN', { venName: 'NL-XYZ' }));
    expect(refused(second, wrote('r2', 'RESOURCE', { resourceName: 'ean', venID: 'v2' }))).toBeUndefined();
  });

  it('loses with something what refers to it, and with a client its subscriptions', () => {
    const left = (...facts: readonly VtnFact[]) => Object.keys(folded(...base, ...facts).objects);
    expect(left(removed('p'))).toEqual(['v', 'r']);
    expect(left(removed('e'))).toEqual(['p', 'v', 'r']);
    expect(left(removed('v'))).toEqual(['p', 'e', 'q']);
    const subscription = wrote('s', 'SUBSCRIPTION', { objectOperations: operations(['EVENT']) }, { clientId: 'depot' });
    expect(left(subscription, fact('VtnClientRemoved', { clientId: 'depot', requestedBy: 'api:x' }))).not.toContain('s');
  });

  it('tells subscribers what is for them, with no target they were not granted', () => {
    const subscribed = (id: string, clientId: string, content: object = {}) =>
      wrote(id, 'SUBSCRIPTION', { objectOperations: operations(['EVENT', 'VEN']), ...content }, { clientId });
    const told = (input: VtnFact, ...subscriptions: readonly VtnFact[]) => {
      const before = folded(...base, ...subscriptions);
      return tellingsOf({ before, after: fold.evolve(before, input, []), input }).map(({ news, visible }) => [
        news.objectId,
        news.operation,
        visible,
      ]);
    };
    const [ven, all] = [subscribed('s', 'depot'), subscribed('t', 'dso')];
    const event = (targets: readonly string[], programID = 'p') => wrote('e2', 'EVENT', { programID, targets });
    expect(told(event(['ean', 'other']), ven)).toEqual([['e2', 'CREATE', ['ean']]]);
    expect(told(event(['other']), ven)).toEqual([]);
    expect(told(event([]), ven)).toEqual([['e2', 'CREATE', []]]);
    expect(told(event(['other']), all)).toEqual([['e2', 'CREATE', undefined]]);
    expect(told(event(['ean']), subscribed('s', 'depot', { programID: 'another' }))).toEqual([]);
    expect(told(event(['ean']), subscribed('s', 'depot', { targets: ['other'] }))).toEqual([]);
    expect(told(event([], 'none'), all)).toEqual([]);
    expect(told(wrote('v2', 'VEN', { venName: 'n' }, { clientId: 'else' }), ven, all)).toEqual([['v2', 'CREATE', undefined]]);
    expect(told(removed('p'), ven)).toEqual([['e', 'DELETE', ['ean']]]);
  });

  it('knows when an event is over, where that can be known', () => {
    const event = (intervalPeriod: object, more: object = {}) => ({
      intervalPeriod,
      intervals: [{ id: 0, payloads: [], intervalPeriod: null }],
      ...more,
    });
    const over = (content: object) => endsAt(content as never, '2026-11-01T10:00:00.000Z')?.toISOString();
    expect(over(event({ start: '2026-11-01T12:00:00Z', duration: 'PT1H' }))).toBe('2026-11-01T13:00:00.000Z');
    expect(over(event({ start: '2026-11-01T12:00:00Z', duration: 'PT1H' }, { duration: 'P1D' }))).toBe('2026-11-02T12:00:00.000Z');
    expect(over(event({ start: '0001-01-01', duration: 'P9999Y' }))).toBeUndefined();
    expect(over(event({ start: 'whenever', duration: 'PT1H' }))).toBeUndefined();
    expect(over({})).toBeUndefined();
  });
});
