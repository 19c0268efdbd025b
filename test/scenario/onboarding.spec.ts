// A station's first day on the whole network: its device model is asked for and shown, it waits when told to, and its password changes without locking it out.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tryOut } from '#apps/simulator';
import type { CommandRequested } from '#contracts';
import { API_KEY, NetworkWorld } from './support/network-world.js';
import { RawStation } from './support/raw-station.js';

interface Variable {
  readonly component: { readonly name: string } | null;
  readonly variable: { readonly name: string };
  readonly value: string | null;
}
interface List<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
const OLD = 'old-password-of-CP1';
const NEW = 'new-password-of-CP1';
const THIRD = 'third-password-of-CP1';
const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 }];
const station = (password?: string) => ({
  siteId: 's',
  nodeId: 'grid',
  securityProfile: 1,
  evses,
  ...(password !== undefined && { password }),
});

let network: NetworkWorld;
beforeAll(async () => {
  network = await NetworkWorld.open();
  await network.must('PUT', '/v1/sites/s', {
    name: 'S',
    timeZone: 'UTC',
    root: { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 },
  });
}, 180_000);
afterAll(() => network?.close(), 60_000);

describe('at first contact', () => {
  it('both versions are asked what they are made of, by a command of the log, and it is shown', async () => {
    for (const stationId of ['V16', 'V201']) await network.must('PUT', `/v1/stations/${stationId}`, station(`password-of-${stationId}`));
    await network.fleet({
      stations: [
        { stationId: 'V16', ocppVersion: 'ocpp1.6', password: 'password-of-V16', evses: [{ evseId: 1, maxA: 32 }] },
        { stationId: 'V201', ocppVersion: 'ocpp2.0.1', password: 'password-of-V201', evses: [{ evseId: 1, maxA: 32 }] },
      ],
      arrivals: 'none',
    });
    for (const stationId of ['V16', 'V201'])
      await network.until(`${stationId} told everything`, async () => {
        const { inventory } = await network.must<{ inventory: { state: string } | null }>('GET', `/v1/stations/${stationId}`);
        return inventory?.state === 'complete';
      });
    const v16 = await network.must<List<Variable>>('GET', '/v1/stations/V16/variables');
    expect(v16.items.find(({ variable }) => variable.name === 'HeartbeatInterval')).toMatchObject({
      component: null,
      value: expect.any(String),
    });
    const v201 = await network.must<List<Variable>>(
      'GET',
      '/v1/stations/V201/variables?component=OCPPCommCtrlr&variable=HeartbeatInterval',
    );
    expect(v201.items).toMatchObject([{ component: { name: 'OCPPCommCtrlr' }, value: expect.any(String) }]);
    const all: Variable[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: List<Variable> = await network.must('GET', `/v1/stations/V201/variables?limit=3${cursor && `&cursor=${cursor}`}`);
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(new Set(all.map((each) => JSON.stringify(each))).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(3);
    const commands = (await network.records('site-events')).filter(({ type }) => type === 'CommandRequested');
    const inventories = commands
      .map(({ data }) => data as CommandRequested)
      .filter(({ requestedBy }) => requestedBy === 'stations:device-model');
    expect(inventories.map(({ action }) => action).sort()).toEqual(['GetBaseReport', 'GetConfiguration']);
  }, 120_000);
});

describe('a station under change', () => {
  const connect = (password: string) =>
    RawStation.attempt({ port: network.network.edge.port, path: '/ocpp/CP1', user: 'CP1', password, protocols: 'ocpp2.0.1' });
  const entered = async (password: string): Promise<RawStation> => {
    const outcome = await connect(password);
    if (!(outcome instanceof RawStation)) throw new Error(`refused with ${outcome.status}`);
    return outcome;
  };
  const isRefused = async (password: string): Promise<boolean> => {
    const outcome = await connect(password);
    if (!(outcome instanceof RawStation)) return outcome.status === 401;
    await outcome.close();
    return false;
  };
  const boot = { reason: 'PowerUp', chargingStation: { model: 'm', vendorName: 'v' } };
  /** Answers everything asked on the way, until `action` is. */
  const untilAsked = async (from: RawStation, action: string): Promise<unknown[]> => {
    for (;;) {
      const frame = await from.next();
      if (frame[2] === action) return frame;
      if (frame[0] === 2) from.send([4, frame[1], 'NotSupported', '', {}]);
    }
  };
  const answerTo = async (from: RawStation, messageId: string): Promise<unknown[]> => {
    for (;;) {
      const frame = await from.next();
      if (frame[1] === messageId) return frame;
      if (frame[0] === 2) from.send([4, frame[1], 'NotSupported', '', {}]);
    }
  };

  it('waits, is refused and is taken as the operator says, each at its next boot', async () => {
    await network.must('PUT', '/v1/stations/CP1', station(OLD));
    const cp1 = await entered(OLD);
    for (const status of ['Pending', 'Rejected', 'Accepted']) {
      await network.must('PUT', '/v1/stations/CP1/boot-status', { status, heartbeatIntervalS: 77 });
      cp1.send([2, status, 'BootNotification', boot]);
      expect((await answerTo(cp1, status))[2]).toMatchObject({ status, interval: status === 'Accepted' ? 77 : 60 });
      expect(await network.must('GET', '/v1/stations/CP1')).toMatchObject({ bootStatus: status });
    }
    await cp1.close();
  });

  it('keeps its old password until it took the new one, which nobody can read in the log (TC_A_09, TC_A_10, TC_073)', async () => {
    const cp1 = await entered(OLD);
    cp1.send([2, 'boot', 'BootNotification', boot]);
    await answerTo(cp1, 'boot');
    const { passwordChange } = await network.must<{ passwordChange: { commandId: string } }>('PUT', '/v1/stations/CP1', station(NEW));
    const [, messageId, , payload] = await untilAsked(cp1, 'SetVariables');
    expect(payload).toMatchObject({ setVariableData: [{ variable: { name: 'BasicAuthPassword' }, attributeValue: NEW }] });
    cp1.send([
      3,
      messageId,
      {
        setVariableResult: [{ component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' }, attributeStatus: 'Accepted' }],
      },
    ]);
    await network.until('the old password ended', () => isRefused(OLD));
    await (await entered(NEW)).close();
    const text = JSON.stringify(await network.records('site-events'));
    expect(text).not.toContain(NEW);
    expect(text).not.toContain(OLD);
    expect(await network.must('GET', `/v1/commands/${passwordChange.commandId}`)).toMatchObject({ state: 'accepted' });
  });

  it('is sent to no address that carries either of its passwords, and the answer repeats none (N01.FR.17)', async () => {
    await network.must('PUT', '/v1/stations/CP1', station(THIRD)); // it is away: nobody can tell it
    const ask = (password: string) => {
      const log = { remoteLocation: `sftp://CP1:${encodeURIComponent(password)}@files.example/logs` };
      return network.call('POST', '/v1/stations/CP1/commands', {
        action: 'GetLog',
        payload: { logType: 'SecurityLog', requestId: 1, log },
      });
    };
    for (const password of [NEW, THIRD]) {
      const { status, body } = await ask(password);
      expect([status, body]).toMatchObject([400, { errors: [{ path: 'payload/log/remoteLocation' }] }]);
      expect(JSON.stringify(body)).not.toContain(password);
    }
    expect((await ask('of the files alone')).status).toBe(202);
    const asked = (await network.records('site-events')).filter(({ data }) => (data as { action?: string }).action === 'GetLog');
    expect(asked.filter(({ type }) => type === 'CommandRequested')).toHaveLength(1);
  });

  it('has both while the answer is missing, and proves the new one by coming with it', async () => {
    await (await entered(NEW)).close();
    await (await entered(THIRD)).close();
    await network.until('the old password ended', () => isRefused(NEW));
  });
});

describe('a network that is tried out', () => {
  const options = (more: object = {}) => ({
    apiUrl: `http://127.0.0.1:${network.http.port}`,
    ocppUrl: `ws://127.0.0.1:${network.network.edge.port}/ocpp`,
    apiKey: API_KEY,
    patienceMs: 30_000,
    ...more,
  });

  it('lets stations of both versions in and go, with nothing left that somebody configured', async () => {
    const said: string[] = [];
    await tryOut({ ...options(), say: (line) => said.push(line.replace(/^try-out-[0-9a-f]{8}-/, '')) });
    expect(said).toEqual([
      'a site is configured',
      '1.6 is registered',
      '2.0.1 is registered',
      '1.6 is connected and accepted by ocpp1.6',
      '2.0.1 is connected and accepted by ocpp2.0.1',
      '1.6 is removed',
      '2.0.1 is removed',
      'the site is removed',
    ]);
    const { items } = await network.must<List<{ siteId: string }>>('GET', '/v1/sites');
    expect(items.map(({ siteId }) => siteId)).toEqual(['s']);
    expect((await network.records('session-events')).filter(({ siteId }) => siteId?.startsWith('try-out'))).toEqual([]);
  });

  it('names the step that fails, and what was answered', async () => {
    await expect(tryOut({ ...options({ apiKey: 'somebody-elses-key' }), say: () => undefined })).rejects.toThrow(
      /^not a site is configured: 401 /,
    );
    await expect(tryOut({ ...options({ ocppUrl: 'ws://127.0.0.1:9/ocpp', patienceMs: 600 }), say: () => undefined })).rejects.toThrow(
      /^not try-out-\w+-1\.6 is connected/,
    );
  });
});
