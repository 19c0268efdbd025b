// A site's stream and its owner for specs: records as the log would give them, its own come back, stations answer, time passes only as records.
// What must follow is said in the specs.
import { expect } from '@jest/globals';
import type { CommandRequested, Recorded, SiteEvent, SiteEventData } from '#contracts';
import type { EvseConfig, StationConfig } from '#domain/load-balancing';
import type { OcppVersion } from '#ocpp';
import type { Change } from '#service';
import { siteFold } from './decide.js';
import { HEARTBEAT_MS } from './stage/edge.fixture.js';
import { newSite, type SiteState, stationIn, stationsOf } from './state.js';

export const START = Date.parse('2026-03-01T12:00:00Z');
export const evse = { evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 } as const;

/** A site's stream and its owner. Stations answer every command as `answer` says. */
export class Site {
  state: SiteState = newSite('t/s');
  nowMs = START;
  ocppVersion: OcppVersion = 'ocpp1.6';
  readonly told: { readonly type: string; readonly data: unknown; readonly stationId?: string }[] = [];
  answer: (command: CommandRequested) => 'Accepted' | 'Rejected' | 'Unknown' | 'NotSupported' | 'accepted' | 'silence' = () => 'Accepted';
  /** What stations answer to questions. */
  reply: (command: CommandRequested) => unknown = () => ({ status: 'NotSupported' });
  /** The connection on which stations answer, where it is not the one that is known last. */
  answersOn?: number;
  /** Who is connected and sends no heartbeats. */
  readonly quiet = new Set<string>();
  #beatMs = START;
  /** Listens to every change, for rows. */
  heard?: (change: Change<SiteState, SiteEvent>) => void;
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
    const was = this.state;
    this.state = JSON.parse(JSON.stringify(siteFold.evolve(was, input, outputs)));
    this.heard?.({ aggregate: 't/s', before: was, after: this.state, input, outputs });
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
      generation: { assignmentSeq: 1, offset: this.answersOn ?? stationIn(this.state, command.stationId)?.ledger.connection ?? 0 },
    };
    this.put('CommandSent', sent, command.stationId);
    if (outcome === 'silence') return;
    const payload = command.grant === undefined ? this.reply(command) : { status: outcome };
    this.put('CommandAnswered', { ...sent, payload, violations: [] }, command.stationId);
  }

  /** Lets time pass, from one deadline to the next. */
  pass(ms: number): void {
    const end = this.nowMs + ms;
    while (this.#beatMs + HEARTBEAT_MS <= end) {
      this.#beatMs = Math.max(this.#beatMs + HEARTBEAT_MS, this.nowMs);
      this.#passTo(this.#beatMs);
      for (const { config, ledger } of stationsOf(this.state))
        if (ledger.contact === 'online' && !this.quiet.has(config.stationId)) this.call(config.stationId, 'Heartbeat', {});
    }
    this.#passTo(end);
  }

  #passTo(end: number): void {
    for (let due = siteFold.nextDue?.(this.state); due !== undefined && due.dueMs <= end; due = siteFold.nextDue?.(this.state)) {
      this.nowMs = Math.max(this.nowMs, due.dueMs);
      this.put('TimeReached', { service: 'load-balancing', deadlineId: due.deadlineId, due: new Date(due.dueMs).toISOString() });
    }
    this.nowMs = end;
  }

  call(stationId: string, action: string, payload: unknown, answer: unknown = {}): void {
    const generation = { assignmentSeq: 1, offset: stationIn(this.state, stationId)?.ledger.connection ?? 0 };
    this.put(
      'CallReceived',
      {
        connectionId: 'c',
        generation,
        ocppVersion: this.ocppVersion,
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

  /** Asks for a station with one EVSE, or changes it. */
  place(stationId: string, more: Partial<EvseConfig> = {}, config: Partial<StationConfig> = {}): void {
    const requestId = stationId;
    const asked = { stationId, siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [{ ...evse, ...more }], ...config } as const;
    const change = { kind: 'station', assignmentSeq: 1, config: asked } as const;
    this.put('ConfigurationRequested', { requestId, requestedBy: 'x', change }, stationId);
  }

  /** It connects and boots. */
  join(stationId: string, told: object = {}): void {
    const { ocppVersion } = this;
    this.put('StationConnected', { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion, securityProfile: 1 }, stationId);
    const accepted = { status: 'Accepted', currentTime: '', interval: 300 };
    this.call(stationId, 'BootNotification', { chargePointVendor: 'v', chargePointModel: 'm', ...told }, accepted);
  }

  start(stationId: string, transactionId: number): void {
    this.call(
      stationId,
      'StartTransaction',
      { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: new Date(this.nowMs).toISOString() },
      { transactionId, idTagInfo: { status: 'Accepted' } },
    );
  }

  /** Samples of a car every `everyMs` for `ms`, drawing what `drawnA` says of what it is allowed. */
  charge(stationId: string, transactionId: number, ms: number, drawnA: (allowedA: number) => number, everyMs = 20_000): void {
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.pass(everyMs);
      const value = String(drawnA(this.plan(stationId)?.limitA ?? 0));
      const sampledValue = ['L1', 'L2', 'L3'].map((phase) => ({ value, measurand: 'Current.Import', unit: 'A', phase }));
      const meterValue = [{ timestamp: new Date(this.nowMs).toISOString(), sampledValue }];
      this.call(stationId, 'MeterValues', { connectorId: 1, transactionId, meterValue });
    }
  }

  /** How often a station was told something else than before. */
  changes(stationId: string): { readonly commands: number; readonly changed: number } {
    const plans = this.told
      .filter(({ type, stationId: to }) => type === 'CommandRequested' && to === stationId)
      .flatMap(({ data }) => (data as CommandRequested).grant ?? [])
      .filter(({ slot }) => slot === 'plan');
    const values = plans.map(({ steps }) => steps[0]?.limitMa);
    return { commands: values.length, changed: values.filter((value, index) => value !== values[index - 1]).length };
  }

  /** The newest plan told to a station, in A, and when its lease ends. */
  plan(stationId: string): { readonly limitA: number; readonly endsMs: number; readonly lastA: number } | undefined {
    const grants = this.told
      .filter((each) => each.type === 'CommandRequested' && each.stationId === stationId)
      .map(({ data }) => data as CommandRequested);
    const last = grants.findLast(({ grant }) => grant?.slot === 'plan' && !grant.foreign && !grant.clears)?.grant?.steps;
    const [first, end] = [last?.[0], last?.at(-1)];
    return first && end && { limitA: first.limitMa / 1000, endsMs: end.fromMs, lastA: end.limitMa / 1000 };
  }
}

export function site(stationIds: readonly string[], limitA = 20, ocppVersion: OcppVersion = 'ocpp1.6', reply?: Site['reply']): Site {
  const it = new Site();
  it.ocppVersion = ocppVersion;
  if (reply) it.reply = reply;
  it.put('ConfigurationRequested', {
    requestId: 'r',
    requestedBy: 'x',
    change: {
      kind: 'site',
      config: { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root: { nodeId: 'grid', limitA, unmanagedMaxA: 0 } },
    },
  });
  for (const stationId of stationIds) it.place(stationId);
  it.put('SiteTaken', { ownerId: 'me' });
  for (const stationId of stationIds) it.join(stationId);
  return it;
}
