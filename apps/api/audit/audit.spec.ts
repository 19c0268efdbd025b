// The audit: what is recorded of a call and what never is, and that nothing in the chain can be altered, taken out or put in unseen.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { NetworkEvent, Recorded } from '#contracts';
import type { World } from '#ports';
import { foldBatch } from '#service';
import { type Audit, ok } from '../http.js';
import { Problem } from '../problem.js';
import type { Reads } from '../reads.js';
import { routes } from '../routes.js';
import { brokenAt, CHAIN_START } from './chain.js';
import { auditDefinition } from './definition.js';
import { auditing, recordedOf, writeOnlyNames } from './recording.js';

type Audited = Extract<NetworkEvent, { readonly type: 'ChangeAudited' }>;

const TABLE = routes({} as World, {} as Reads, {} as never, { notifications: {} } as never);
const CALLER = { tenantId: 't', id: 'key-1', name: 'desk', role: 'operator' } as const;

/** Calls the audit with a call that ends so, and gives what it wrote. */
async function written(
  method: 'put' | 'post',
  path: string,
  body: unknown,
  work: Parameters<Audit>[2],
  params: unknown = {},
  refusals = 0,
) {
  const records: { readonly value: string; readonly headers: Readonly<Record<string, string>> }[] = [];
  const world = {
    keys: { hmac: (_purpose: string, text: string) => `hash of ${text.length}` },
    clock: { now: () => 0 },
    ids: { next: () => 'id' },
    log: {
      append: async (_topic: string, given: typeof records) => {
        if (refusals-- > 0) throw new Error('the log is away');
        records.push(...given);
        return [{ topic: 'network-events', partition: 0, offset: 0 }];
      },
    },
  };
  const own = TABLE.find((each) => each.method === method && each.path === path);
  if (own === undefined) throw new Error(`${path} is not there`);
  await auditing(world as never)(own, { caller: CALLER, params, body }, work).catch(() => undefined);
  return records.map(({ value }) => JSON.parse(value));
}

describe('of a call', () => {
  const station = { siteId: 's', nodeId: 'grid', securityProfile: 1, password: 'a-secret-of-a-station', evses: [{ evseId: 1 }] };

  it('who, on what and how it ended is recorded, and of configuration what was asked, without secrets', async () => {
    const [record] = await written('put', '/v1/stations/{stationId}', station, async () => ok({}), { stationId: 'CP-1' });
    const { password: _, ...content } = station;
    expect(record).toEqual({
      ...{ actor: { kind: 'key', id: 'key-1', name: 'desk' }, role: 'operator', method: 'PUT', route: '/v1/stations/{stationId}' },
      ...{ subject: { stationId: 'CP-1' }, status: 200, content },
    });
  });

  it('a capacity provider is recorded without the token it gave, and dimming as it was asked', async () => {
    const provider = { url: 'https://dso.example/2.0', groups: [{ groupId: 'g', siteId: 's', fallbackW: 0 }] };
    expect(await written('put', '/v1/grid/oscp/{providerId}', { ...provider, token: 'of-theirs' }, async () => ok({}))).toMatchObject([
      { content: provider },
    ]);
    expect(await written('post', '/v1/grid/enwg14a/{siteId}/commands', { limitW: 4200 }, async () => ok({}))).toMatchObject([
      { content: { limitW: 4200 } },
    ]);
  });

  it('a refusal is recorded with its reason, a repeat that was answered before is not, nor is what could not be read', async () => {
    const refuse = (status: number) => () => Promise.reject(new Problem(status, 'forbidden', 'no'));
    expect(await written('put', '/v1/stations/{stationId}', undefined, refuse(403))).toMatchObject([
      { status: 403, problem: 'forbidden', subject: {} },
    ]);
    expect(await written('put', '/v1/stations/{stationId}', undefined, refuse(400))).toEqual([]);
    expect(
      await written('post', '/v1/grid/limits', {}, async () => ({ status: 202, headers: { 'idempotency-replayed': 'true' } })),
    ).toEqual([]);
  });

  it('what was done is not called failed where the log did not take its entry', async () => {
    const done = async () => ok({});
    expect(await written('put', '/v1/stations/{stationId}', station, done, { stationId: 'CP-1' }, 1)).toEqual([]);
  });

  it('a driver is named by the hash of his card, and no payload of a command is kept', async () => {
    const token = { status: 'Accepted', groupId: 'family' };
    expect(
      await written('put', '/v1/tokens/{type}/{idToken}', token, async () => ok({}), { type: 'Central', idToken: 'CARD' }),
    ).toMatchObject([{ subject: { type: 'Central', tokenHash: expect.stringMatching(/^hash of/) }, content: { status: 'Accepted' } }]);
    const command = { action: 'RemoteStartTransaction', payload: { idTag: 'CARD' }, timeoutMs: 100 };
    const records = [
      ...(await written('put', '/v1/tokens/{type}/{idToken}', token, async () => ok({}), { type: 'Central', idToken: 'CARD' })),
      ...(await written('post', '/v1/stations/{stationId}/commands', command, async () => ok({}))),
    ];
    expect(JSON.stringify(records)).not.toMatch(/CARD|family/);
    expect(records[1]).toMatchObject({ content: { action: 'RemoteStartTransaction' } });
  });

  it('no field that sounds like a secret is in what is recorded whole', () => {
    const table = TABLE.filter((each) => recordedOf(each) === 'all');
    expect(table.length).toBeGreaterThan(10);
    for (const { path, body } of table) {
      const hidden = writeOnlyNames(body);
      const names = [...JSON.stringify(z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' })).matchAll(/"(\w+)":\{/g)].map(
        ([, name]) => name ?? '',
      );
      expect([path, names.filter((name) => /password|secret|credential|idToken|email|phone/i.test(name) && !hidden.has(name))]).toEqual([
        path,
        [],
      ]);
    }
  });
});

describe('the chain', () => {
  const audited = (id: string, status = 200) => ({
    ...{ topic: 'network-events', partition: 0, key: 't' },
    headers: { ce_id: id, ce_type: 'ChangeAudited', ce_source: '/api', ce_time: '2026-01-01T00:00:00.000Z', ce_tenantid: 't' },
    value: JSON.stringify({ actor: { kind: 'key', id: 'k', name: 'n' }, role: 'admin', method: 'PUT', route: '/r', subject: {}, status }),
  });
  const memory = { ref: { topic: 'network-events', partition: 0 }, next: 0, seen: {}, states: new Map(), recorded: new Map() };
  const fold = (...ids: readonly string[]) =>
    foldBatch(
      auditDefinition,
      memory,
      ids.map((id, offset) => ({ ...audited(id), offset })),
    );
  const links = ({ changes }: ReturnType<typeof fold>) =>
    changes.map(({ input, outputs }) => ({ link: outputs[0]?.data as never, entry: input as Recorded<Audited> }));
  const first = (all: ReturnType<typeof links>) => {
    let end = CHAIN_START;
    for (const each of all) {
      const broken = brokenAt(end, each);
      if (broken !== undefined) return broken;
      end = each.link;
    }
    return undefined;
  };

  it('gives each entry the hash of the one before, as facts and as rows', () => {
    const { changes, rows } = fold('a', 'b');
    const [one, two] = changes.map(({ outputs }) => outputs[0]?.data as { seq: number; previousHash: string; hash: string });
    expect([one?.seq, one?.previousHash, two?.seq, two?.previousHash]).toEqual([1, '', 2, one?.hash]);
    expect(rows.map(({ row }) => [row.seq, row.previous_hash, row.hash])).toEqual([
      [1, '', one?.hash],
      [2, one?.hash, two?.hash],
    ]);
  });

  it('is whole as it was written, and tells the first entry that was altered, taken out or moved', () => {
    const whole = links(fold('a', 'b', 'c'));
    const [a, b, c] = whole as [(typeof whole)[0], (typeof whole)[0], (typeof whole)[0]];
    expect(first(whole)).toBeUndefined();
    const forged = { ...b, entry: { ...b.entry, data: { ...b.entry.data, status: 403 } } };
    expect(first([a, forged, c])).toEqual({ seq: 2, reason: 'altered' });
    expect(first([a, c])).toEqual({ seq: 2, reason: 'missing' });
    expect(first([a, { ...c, link: { ...(c.link as object), seq: 2 } as never }])).toEqual({ seq: 2, reason: 'unlinked' });
  });

  it('passes other facts by', () => {
    const other = { ...audited('x'), offset: 0, headers: { ...audited('x').headers, ce_type: 'ApiKeyRevoked' } };
    const { changes, next } = foldBatch(auditDefinition, memory, [other]);
    expect([changes, next]).toEqual([[], 1]);
  });
});
