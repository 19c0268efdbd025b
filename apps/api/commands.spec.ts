// A command asked for again under its key: one record identity, and at most one hand-over to an edge.
import { describe, expect, it } from '@jest/globals';
import { decode } from '#contracts';
import type { RoutedMessage, World } from '#ports';
import { requestCommand } from './commands.js';

/** What the api needs of the world for a command: a log, a table of hand-overs, and a station at the edge named by `home`. */
function world() {
  const written: string[] = [];
  const sent: string[] = [];
  const handed = new Set<string>();
  const place = { home: 'edge-1' };
  const names: object[] = [];
  const query = async (text: string, values: readonly string[]) => {
    if (text.startsWith('select distinct component')) return { rows: names, rowCount: names.length };
    if (text.startsWith('delete')) return { rows: [], rowCount: 0 };
    const isNew = !handed.has(values.join(' '));
    if (text.startsWith('select')) return { rows: [], rowCount: isNew ? 0 : 1 };
    handed.add(values.join(' '));
    return { rows: [], rowCount: isNew ? 1 : 0 };
  };
  const parts = {
    log: {
      append: async (_: string, entries: readonly Parameters<typeof decode>[0][]) => {
        written.push(...entries.map((entry) => decode(entry).type));
        return [{ partition: 0, offset: written.length }];
      },
    },
    database: { query, inTransaction: async (work: (tx: object) => unknown) => work({ query }) },
    directory: { lookup: async () => ({ edgeId: place.home }) },
    router: { send: async (edgeId: string, message: RoutedMessage) => sent.push(`${edgeId} ${message.kind}`) > 0 },
    ids: { next: () => `id-${written.length}` },
    clock: { now: () => 0 },
    keys: { hmac: () => 'hash', seal: async () => 'sealed' },
  };
  return { world: parts as unknown as World, written, sent, place, names };
}

const request = (idempotencyKey?: string) => ({
  tenantId: 't',
  siteId: 's',
  stationId: 'CS',
  ocppVersion: 'ocpp2.0.1',
  action: 'TriggerMessage',
  payload: { requestedMessage: 'Heartbeat' },
  timeoutMs: 1_000,
  requestedBy: 'operator',
  idempotencyKey,
});

describe('a remote start', () => {
  const ask = async (token: object | undefined, { isComplete = true, type = 'Central', ocppVersion = 'ocpp2.0.1' } = {}) => {
    const { world: here, written } = world();
    const book = { token: async () => token, isComplete: async () => isComplete };
    const message =
      ocppVersion === 'ocpp1.6'
        ? { action: 'RemoteStartTransaction', payload: { idTag: 'A' } }
        : { action: 'RequestStartTransaction', payload: { remoteStartId: 1, evseId: 1, idToken: { idToken: 'A', type } } };
    const refusal = await requestCommand({ ...here, book } as unknown as World, { ...request(), ocppVersion, ...message }).then(
      () => undefined,
      ({ status, errors, message: detail }) => ({ status, errors, detail }),
    );
    return refusal ?? written;
  };
  const refused = (field: string, message: string) => ({ status: 409, errors: [{ path: `payload/${field}`, message }] });

  it('is refused, with what the token is worth, where the station would have to end it again', async () => {
    expect(await ask(undefined)).toMatchObject(refused('idToken', 'Unknown'));
    expect(await ask(undefined, { ocppVersion: 'ocpp1.6' })).toMatchObject(refused('idTag', 'Unknown'));
    expect(await ask({ status: 'Blocked' })).toMatchObject(refused('idToken', 'Blocked'));
    expect(await ask({ status: 'Accepted', onlyAt: [{ siteId: 'elsewhere' }] })).toMatchObject(refused('idToken', 'NotAtThisLocation'));
    expect(await ask({ status: 'Accepted', onlyAt: [{ siteId: 's', evseIds: [2] }] })).toMatchObject(
      refused('idToken', 'NotAtThisLocation'),
    );
  });
  it('is asked for where it is accepted, nobody has to be, or it is not known whether', async () => {
    for (const asked of [ask({ status: 'Accepted' }), ask(undefined, { type: 'NoAuthorization' }), ask(undefined, { isComplete: false })])
      expect(await asked).toEqual(['CommandRequested']);
  });
});

describe('a command asked for again', () => {
  it('under the same key is not sent to the edge the station moved to', async () => {
    const { world: here, sent, place } = world();
    const first = await requestCommand(here, request('k'));
    place.home = 'edge-2';
    expect(await requestCommand(here, request('k'))).toBe(first);
    expect(sent).toEqual(['edge-1 command']);
  });

  it('under the same key is not asked for anew, so that nobody waits once more for what has ended', async () => {
    const { world: here, written } = world();
    await requestCommand(here, request('k'));
    await requestCommand(here, request('k'));
    expect(written).toEqual(['CommandRequested']);
  });

  it('under the same key is the same one where the station told its spelling of a name meanwhile', async () => {
    const { world: here, written, names } = world();
    const asked = {
      ...request('k'),
      ocppVersion: 'ocpp1.6',
      action: 'ChangeConfiguration',
      payload: { key: 'heartbeatinterval', value: '60' },
    };
    const first = await requestCommand(here, asked);
    names.push({ component: '', componentInstance: '', variable: 'HeartbeatInterval', variableInstance: '' });
    expect(await requestCommand(here, asked)).toBe(first);
    expect(written).toEqual(['CommandRequested']);
  });

  it('without a key is another command', async () => {
    const { world: here, written, sent } = world();
    await requestCommand(here, request());
    await requestCommand(here, request());
    expect([written, sent.length]).toEqual([['CommandRequested', 'CommandRequested'], 2]);
  });
});
