// The owner of a site, fed with records as the log would give them: its own come back, stations answer, time passes only as records.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested, Recorded, SiteEvent, SiteEventData } from '#contracts';
import { validate } from '#ocpp';
import { siteFold } from './decide.js';
import { newSite, type SiteState } from './state.js';

const START = Date.parse('2026-03-01T12:00:00Z');
const evse = { evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 } as const;

/** A site's stream and its owner. Stations answer every command as `answer` says. */
class Site {
  state: SiteState = newSite('t/s');
  nowMs = START;
  readonly told: { readonly type: string; readonly data: unknown; readonly stationId?: string }[] = [];
  answer: (command: CommandRequested) => 'Accepted' | 'Rejected' | 'silence' = () => 'Accepted';
  #offset = 0;

  put<Type extends keyof SiteEventData>(type: Type, data: SiteEventData[Type], stationId?: string): void {
    const input = {
      id: `r${this.#offset}`,
      type,
      data,
      source: '/test',
      time: new Date(this.nowMs).toISOString(),
      tenantId: 't',
      siteId: 's',
      ...(stationId !== undefined && { stationId }),
      at: { topic: 'site-events', partition: 0, offset: this.#offset++ },
    } as unknown as Recorded<SiteEvent>;
    const outputs = siteFold.decide(this.state, input);
    const before = JSON.stringify(this.state);
    this.state = JSON.parse(JSON.stringify(siteFold.evolve(this.state, input, outputs)));
    expect(JSON.stringify(JSON.parse(before))).toBe(before);
    this.told.push(...outputs);
    for (const output of outputs)
      if (output.topic === 'site-events') this.put(output.type as Type, output.data as SiteEventData[Type], output.stationId);
    if (type === 'CommandRequested') this.#deliver(data as CommandRequested);
  }

  #deliver(command: CommandRequested): void {
    const outcome = this.answer(command);
    const sent = {
      commandId: command.commandId,
      connectionId: 'c',
      generation: { assignmentSeq: 1, offset: this.state.stations[command.stationId]?.ledger.connection ?? 0 },
    };
    this.put('CommandSent', sent, command.stationId);
    if (outcome !== 'silence') this.put('CommandAnswered', { ...sent, payload: { status: outcome }, violations: [] }, command.stationId);
  }

  /** Lets time pass to the next deadline, at most `ms`. */
  pass(ms: number): void {
    const end = this.nowMs + ms;
    for (let due = siteFold.nextDue?.(this.state); due !== undefined && due.dueMs <= end; due = siteFold.nextDue?.(this.state)) {
      this.nowMs = Math.max(this.nowMs, due.dueMs);
      this.put('TimeReached', { service: 'load-balancing', deadlineId: due.deadlineId, due: new Date(due.dueMs).toISOString() });
    }
    this.nowMs = end;
  }

  call(stationId: string, action: string, payload: unknown, answer: unknown = {}): void {
    const generation = { assignmentSeq: 1, offset: this.state.stations[stationId]?.ledger.connection ?? 0 };
    this.put(
      'CallReceived',
      {
        connectionId: 'c',
        generation,
        ocppVersion: 'ocpp1.6',
        messageId: 'm',
        action,
        violations: [],
        flags: [],
        answer: { kind: 'result', payload: answer },
        payload,
      },
      stationId,
    );
  }

  start(stationId: string, transactionId: number): void {
    this.call(
      stationId,
      'StartTransaction',
      { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: new Date(this.nowMs).toISOString() },
      { transactionId, idTagInfo: { status: 'Accepted' } },
    );
  }

  /** The newest plan told to a station, in A, and when its lease ends. */
  plan(stationId: string): { readonly limitA: number; readonly endsMs: number; readonly lastA: number } | undefined {
    const grants = this.told
      .filter((each) => each.type === 'CommandRequested' && each.stationId === stationId)
      .map(({ data }) => data as CommandRequested);
    const last = grants.findLast(({ grant }) => grant?.slot === 'plan')?.grant?.steps;
    const [first, end] = [last?.[0], last?.at(-1)];
    return first && end && { limitA: first.limitMa / 1000, endsMs: end.fromMs, lastA: end.limitMa / 1000 };
  }
}

function site(stationIds: readonly string[], limitA = 20): Site {
  const it = new Site();
  it.put('ConfigurationRequested', {
    requestId: 'r',
    requestedBy: 'x',
    change: { kind: 'site', config: { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root: { nodeId: 'grid', limitA } } },
  });
  for (const stationId of stationIds)
    it.put(
      'ConfigurationRequested',
      {
        requestId: stationId,
        requestedBy: 'x',
        change: {
          kind: 'station',
          assignmentSeq: 1,
          config: { stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [evse] },
        },
      },
      stationId,
    );
  it.put('SiteTaken', { ownerId: 'me' });
  for (const stationId of stationIds) {
    it.put('StationConnected', { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 }, stationId);
    it.call(
      stationId,
      'BootNotification',
      { chargePointVendor: 'v', chargePointModel: 'm' },
      { status: 'Accepted', currentTime: '', interval: 300 },
    );
  }
  return it;
}

describe('the owner of a site', () => {
  it('refuses a configuration whose safe levels do not fit, and names the node', () => {
    const it = site([], 10);
    it.put(
      'ConfigurationRequested',
      {
        requestId: 'q',
        requestedBy: 'x',
        change: {
          kind: 'station',
          assignmentSeq: 1,
          config: { stationId: 'A', siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [{ ...evse, safeA: 12 }] },
        },
      },
      'A',
    );
    expect(it.told.at(-1)).toMatchObject({
      type: 'ConfigurationRefused',
      data: { requestId: 'q', reasons: expect.arrayContaining([expect.objectContaining({ path: 'grid' })]) },
    });
    expect(it.state.stations).toEqual({});
  });

  it('installs the safe default before any plan, in profiles the schema accepts', () => {
    const it = site(['A']);
    it.start('A', 7);
    const commands = it.told.filter(({ type }) => type === 'CommandRequested').map(({ data }) => data as CommandRequested);
    expect(commands.map(({ grant }) => grant?.slot)).toEqual(expect.arrayContaining(['default', 'plan']));
    expect(commands[0]?.grant?.slot).toBe('default');
    for (const { payload } of commands) expect(validate('ocpp1.6', 'SetChargingProfile', 'request', payload)).toEqual([]);
    expect(it.plan('A')).toMatchObject({ limitA: 20, lastA: 0 });
  });

  it('shares the limit of a full site and releases it when one leaves', () => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.pass(60_000);
    it.start('B', 2);
    it.pass(120_000);
    expect([it.plan('A')?.limitA, it.plan('B')?.limitA]).toEqual([10, 10]);
    it.call('A', 'StopTransaction', { transactionId: 1, meterStop: 5, timestamp: new Date(it.nowMs).toISOString() });
    it.pass(120_000);
    expect(it.plan('B')?.limitA).toBe(20);
  });

  it('raises nobody into the current of a station that has not confirmed its reduction', () => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.pass(60_000);
    it.answer = ({ stationId, grant }) => (stationId === 'A' && grant?.slot === 'plan' ? 'silence' : 'Accepted');
    it.start('B', 2);
    it.pass(300_000);
    expect(it.plan('B')?.limitA ?? 0).toBe(0);
  });

  it('renews a lease before it ends', () => {
    const it = site(['A']);
    it.start('A', 1);
    const first = it.plan('A')?.endsMs ?? 0;
    it.pass(800_000);
    expect(it.plan('A')?.endsMs ?? 0).toBeGreaterThan(first);
    expect(it.plan('A')?.limitA).toBe(20);
  });

  it('follows a limit from the grid', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    it.put('GridLimitReceived', {
      limitId: 'g',
      schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 8 }],
      expiresAt: new Date(it.nowMs + 3_600_000).toISOString(),
      source: 'dso',
    });
    it.pass(1_000);
    expect(it.plan('A')?.limitA).toBe(8);
  });
});
