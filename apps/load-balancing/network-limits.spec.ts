// A limit over several sites, from the request to what stations may draw: their owners and the owner of the limit, on their own streams.
import { describe, expect, it } from '@jest/globals';
import { type CommandRequested, type GridLimitReceived, NETWORK_STREAM, type Recorded, type SiteEvent } from '#contracts';
import { committedMa } from '#domain/load-balancing';
import type { Fold, Output } from '#service';
import { siteFold } from './decide.js';
import { type NetworkState, networkLimitsDefinition } from './network-limits.js';
import { type SiteState, stationIn, stationsOf } from './state.js';

const START = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const networkFold = networkLimitsDefinition.fold;

/** Streams of one tenant; records reach their readers at once, stations answer at once unless they are silent. */
class Streams {
  nowMs = START;
  readonly sites = new Map<string, SiteState>();
  network: NetworkState = networkFold.initial(`t/${NETWORK_STREAM}`);
  /** Folds the same records and what was told on them, and decides nothing itself. */
  successor: NetworkState = this.network;
  readonly told: (Output & { readonly from: string })[] = [];
  readonly silent = new Set<string>();
  #offset = 0;
  readonly #connections = new Map<string, number>();

  put(siteId: string, type: string, data: unknown, stationId?: string): void {
    const at = { topic: 'site-events', partition: 0, offset: this.#offset++ };
    const time = new Date(this.nowMs).toISOString();
    const common = { id: `r${at.offset}`, type, data: JSON.parse(JSON.stringify(data)), source: '/test', time, tenantId: 't', siteId, at };
    const input = (stationId === undefined ? common : { ...common, stationId }) as unknown as Recorded<SiteEvent>;
    if (type === 'StationConnected') this.#connections.set(stationId ?? '', at.offset);
    let outputs: readonly Output[];
    if (siteId === NETWORK_STREAM) {
      outputs = networkFold.decide(this.network, input);
      this.network = folded(networkFold, this.network, input, outputs);
      this.successor = folded(networkFold, this.successor, input, outputs);
    } else {
      const before = this.sites.get(siteId) ?? siteFold.initial(`t/${siteId}`);
      outputs = siteFold.decide(before, input);
      this.sites.set(siteId, folded(siteFold, before, input, outputs));
    }
    for (const output of outputs) {
      this.told.push({ ...output, from: siteId });
      if (output.topic === 'site-events') this.put(output.siteId ?? siteId, output.type, output.data, output.stationId);
    }
    if (type === 'CommandRequested') this.#deliver(siteId, data as CommandRequested);
  }

  #deliver(siteId: string, { commandId, stationId, grant }: CommandRequested): void {
    const sent = { commandId, connectionId: 'c', generation: { assignmentSeq: 1, offset: this.#connections.get(stationId) ?? 0 } };
    this.put(siteId, 'CommandSent', sent, stationId);
    if (this.silent.has(stationId)) return;
    this.put(siteId, 'CommandAnswered', { ...sent, payload: { status: grant ? 'Accepted' : 'NotSupported' }, violations: [] }, stationId);
  }

  call(siteId: string, stationId: string, action: string, payload: unknown, answer: unknown): void {
    const generation = { assignmentSeq: 1, offset: this.#connections.get(stationId) ?? 0 };
    const shape = { connectionId: 'c', ocppVersion: 'ocpp1.6', messageId: 'm', violations: [], flags: [] };
    this.put(siteId, 'CallReceived', { ...shape, generation, action, payload, answer: { kind: 'result', payload: answer } }, stationId);
  }

  #nextDue() {
    const dues = [...this.sites.values()].map((state) => ({ due: siteFold.nextDue?.(state), service: 'load-balancing' }));
    const all = [...dues, { due: networkFold.nextDue?.(this.network), service: 'network-limits' }];
    return all.flatMap(({ due, service }) => (due ? [{ ...due, service }] : [])).sort((a, b) => a.dueMs - b.dueMs)[0];
  }

  pass(ms: number, check: () => void = () => undefined): void {
    const end = this.nowMs + ms;
    for (let due = this.#nextDue(); due !== undefined && due.dueMs <= end; due = this.#nextDue()) {
      this.nowMs = Math.max(this.nowMs, due.dueMs);
      this.put(due.siteId, 'TimeReached', { service: due.service, deadlineId: due.deadlineId, due: new Date(due.dueMs).toISOString() });
      check();
    }
    this.nowMs = end;
  }

  site(siteId: string, stations: number): void {
    const root = { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0 };
    const config = { siteId, name: siteId, timeZone: 'UTC', voltageV: 230, leaseSeconds: 300, root };
    this.put(siteId, 'ConfigurationRequested', { requestId: 'r', requestedBy: 'x', change: { kind: 'site', config } });
    this.put(siteId, 'SiteTaken', { ownerId: 'me' });
    for (let number = 0; number < stations; number++) this.station(siteId, number);
  }

  station(siteId: string, number: number): void {
    const stationId = `${siteId}${number}`;
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
    const config = { stationId, siteId, nodeId: 'grid', securityProfile: 1, evses };
    const change = { kind: 'station', assignmentSeq: 1, config };
    this.put(siteId, 'ConfigurationRequested', { requestId: 'r', requestedBy: 'x', change }, stationId);
    const link = { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 };
    this.put(siteId, 'StationConnected', link, stationId);
    const accepted = { status: 'Accepted', currentTime: '', interval: 300 };
    this.call(siteId, stationId, 'BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' }, accepted);
  }

  /** How often a station was told to let a car charge that it had not let charge before. */
  starts(stationId: string): number {
    const limits = this.told
      .flatMap(({ type, data, stationId: to }) =>
        type === 'CommandRequested' && to === stationId ? [(data as CommandRequested).grant] : [],
      )
      .flatMap((grant) => (grant?.slot === 'plan' ? [grant.steps[0]?.limitMa ?? 0] : []));
    return limits.filter((limitMa, index) => limitMa > 0 && (limits[index - 1] ?? 0) === 0).length;
  }

  start(siteId: string, number: number): void {
    const transactionId = number + 1;
    const start = { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: new Date(this.nowMs).toISOString() };
    this.call(siteId, `${siteId}${number}`, 'StartTransaction', start, { transactionId, idTagInfo: { status: 'Accepted' } });
  }

  stop(siteId: string, number: number): void {
    const stop = { transactionId: number + 1, meterStop: 1, timestamp: new Date(this.nowMs).toISOString() };
    this.call(siteId, `${siteId}${number}`, 'StopTransaction', stop, {});
  }

  limit(
    siteIds: readonly string[],
    limitA: number,
    { lastsMs = 24 * 60 * MINUTE, ...more }: { lastsMs?: number; fallback?: object } = {},
  ): void {
    this.put(NETWORK_STREAM, 'SharedLimitReceived', { ...this.#said(limitA, lastsMs), siteIds, ...more });
  }

  /** For one site alone, by the same source. */
  ownLimit(siteId: string, limitA: number): void {
    this.put(siteId, 'GridLimitReceived', this.#said(limitA, 24 * 60 * MINUTE));
  }

  #said(limitA: number, lastsMs: number) {
    const schedule = [{ startsAt: new Date(this.nowMs).toISOString(), limitA }];
    return { limitId: 'l', schedule, expiresAt: new Date(this.nowMs + lastsMs).toISOString(), source: 'dso' };
  }

  /** The most the stations of a site might draw on a line [A]. */
  drawn(siteId: string): number {
    const state = this.sites.get(siteId) as SiteState;
    const stations = stationsOf(state).flatMap(({ ledger }) => ledger.evses.map((evse) => committedMa(ledger, evse, this.nowMs, false)));
    return stations.reduce((sum, ma) => sum + ma, 0) / 1000;
  }

  get all(): number {
    return [...this.sites.keys()].reduce((sum, siteId) => sum + this.drawn(siteId), 0);
  }

  /** Shares in the order they reached the sites. */
  shares(siteId: string): readonly GridLimitReceived[] {
    return this.told
      .filter((each) => each.type === 'GridLimitReceived' && each.siteId === siteId)
      .map(({ data }) => data as GridLimitReceived);
  }
}

/** As the service keeps states: as text in between. */
const folded = <State>(fold: Fold<State, SiteEvent>, before: State, input: Recorded<SiteEvent>, outputs: readonly Output[]): State =>
  JSON.parse(JSON.stringify(fold.evolve(before, input, outputs)));

function twoSites(limitA = 60): Streams {
  const it = new Streams();
  for (const siteId of ['a', 'b']) it.site(siteId, 3);
  it.limit(['a', 'b'], limitA);
  it.pass(MINUTE);
  for (const siteId of ['a', 'b']) for (const number of [0, 1, 2]) it.start(siteId, number);
  it.pass(2 * MINUTE);
  return it;
}

describe('a limit over two sites', () => {
  it('is shared in halves where both want more, and used', () => {
    const it = twoSites();
    expect([it.drawn('a'), it.drawn('b')]).toEqual([30, 30]);
  });

  it('starts each car once while the stations of its sites are met', () => {
    const it = new Streams();
    for (const siteId of ['a', 'b']) it.site(siteId, 4);
    it.limit(['a', 'b'], 40);
    for (const siteId of ['a', 'b'])
      for (const number of [0, 1, 2, 3]) {
        it.start(siteId, number);
        it.pass(3_000);
      }
    it.pass(5 * MINUTE);
    expect([it.drawn('a'), it.drawn('b')].map(Math.round)).toEqual([20, 20]);
    const starts = [...it.sites.keys()].flatMap((siteId) => [0, 1, 2, 3].map((number) => it.starts(`${siteId}${number}`)));
    expect(Math.max(...starts)).toBe(1);
  });

  it('counts a new station with its rating where that does not take its safe level', () => {
    const it = new Streams();
    for (const siteId of ['a', 'b']) it.site(siteId, siteId === 'a' ? 3 : 0);
    it.limit(['a', 'b'], 40);
    for (const number of [0, 1, 2]) it.start('a', number);
    it.pass(2 * MINUTE);
    it.silent.add('b0');
    it.station('b', 0);
    it.pass(10_000);
    expect(it.drawn('a')).toBe(40);
    it.pass(2 * MINUTE);
    expect(it.drawn('a')).toBe(8);
  });

  it('goes to who needs it, once the other site has made room', () => {
    const it = twoSites();
    let highest = 0;
    const check = () => {
      highest = Math.max(highest, it.all);
    };
    for (const number of [0, 1, 2]) it.stop('a', number);
    it.pass(5 * MINUTE, check);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([0, 60]);
    for (const number of [0, 1, 2]) it.start('a', number);
    it.pass(5 * MINUTE, check);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([30, 30]);
    expect(highest).toBeLessThanOrEqual(60);
  });

  it('is not given twice: a site that cannot come down keeps its share until it can', () => {
    const it = twoSites();
    let highest = 0;
    const check = () => {
      highest = Math.max(highest, it.all);
    };
    for (const number of [0, 1, 2]) it.stop('a', number);
    it.pass(5 * MINUTE, check);
    for (const number of [0, 1, 2]) it.silent.add(`b${number}`);
    for (const number of [0, 1, 2]) it.start('a', number);
    // Nobody vouches for their clocks: what they were told last may hold for ever.
    it.pass(5 * MINUTE, check);
    for (const number of [0, 1, 2]) it.call('b', `b${number}`, 'Heartbeat', {}, {});
    it.pass(5 * MINUTE, check);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([0, 60]);
    it.silent.clear();
    it.pass(5 * MINUTE, check);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([30, 30]);
    expect(highest).toBeLessThanOrEqual(60);
  });

  it('leaves sites at what they need at least when nobody renews their shares', () => {
    const it = twoSites();
    const last = it.shares('a').at(-1);
    expect(last?.schedule.at(-1)?.limitA).toEqual([0, 0, 0]);
    expect(Date.parse(last?.schedule.at(-1)?.startsAt ?? '') - it.nowMs).toBeLessThanOrEqual(30 * MINUTE);
  });

  it('falls back when it expires, for all together, and is shared on', () => {
    const it = twoSites();
    let highest = 0;
    const check = () => {
      highest = Math.max(highest, it.all);
    };
    it.limit(['a', 'b'], 60, { lastsMs: 10 * MINUTE, fallback: { limitA: 40 } });
    it.pass(20 * MINUTE);
    it.pass(MINUTE, check);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([20, 20]);
    for (const siteId of ['a', 'b']) for (const number of [0, 1, 2]) it.stop(siteId, number);
    it.pass(60 * MINUTE, check);
    for (const siteId of ['a', 'b']) for (const number of [0, 1, 2]) it.start(siteId, number);
    it.pass(5 * MINUTE, check);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([20, 20]);
    expect(highest).toBeLessThanOrEqual(40);
  });

  it('is cut for all at once', () => {
    const it = twoSites();
    it.limit(['a', 'b'], 40);
    it.pass(MINUTE);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([20, 20]);
  });

  it('releases a site that a later limit of the same source does not name', () => {
    const it = twoSites();
    it.limit(['b'], 60);
    it.pass(3 * MINUTE);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([96, 60]);
  });

  it('stands beside a limit of the same source for one site alone: neither ends the other', () => {
    const it = twoSites();
    it.ownLimit('a', 20);
    it.pass(MINUTE);
    expect(it.drawn('a')).toBe(20);
    it.put('a', 'GridLimitWithdrawn', { limitId: 'l', requestedBy: 'x' });
    for (const ms of [3 * MINUTE, 40 * MINUTE]) {
      it.pass(ms);
      expect([it.drawn('a'), it.drawn('b')]).toEqual([30, 30]);
    }
  });

  it('frees all its sites when it is withdrawn, also one that was just granted a share, and binds anew when it comes again', () => {
    const it = twoSites();
    const last = it.told.findLast(({ type }) => type === 'ShareGranted');
    it.put(NETWORK_STREAM, 'SharedLimitWithdrawn', { limitId: 'l', requestedBy: 'x' });
    it.put(NETWORK_STREAM, 'ShareGranted', last?.data);
    it.pass(3 * MINUTE);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([96, 96]);
    expect([...it.sites.values()].map(({ gridLimits }) => gridLimits)).toEqual([[], []]);
    expect(it.network.sharings).toEqual([]);
    expect(it.successor).toEqual(it.network);
    it.limit(['a', 'b'], 60);
    it.pass(3 * MINUTE);
    expect([it.drawn('a'), it.drawn('b')]).toEqual([30, 30]);
  });

  it('has a row of each source with what was said, until it is withdrawn', () => {
    const it = twoSites();
    const rows = (type: string, data: object) =>
      networkFold.project?.({
        aggregate: '',
        before: it.network,
        after: it.network,
        input: { type, data, time: 'now' } as unknown as Recorded<SiteEvent>,
        outputs: [],
      });
    const said = { limitId: 'm', siteIds: ['a'], schedule: [], expiresAt: 'later', source: 'tso' };
    expect(rows('SharedLimitReceived', said)).toMatchObject([
      { row: { source: 'tso', limit_id: 'm', site_ids: ['a'], withdrawn_at: null } },
    ]);
    expect(rows('SharedLimitWithdrawn', { limitId: 'l' })).toEqual([
      { table: expect.anything(), row: { tenant_id: 't', source: 'dso', withdrawn_at: 'now' } },
    ]);
    expect(rows('SharedLimitWithdrawn', { limitId: 'other' })).toEqual([]);
  });

  it('is remembered alike by whoever folds the records later, and told once', () => {
    const it = twoSites();
    for (const number of [0, 1, 2]) it.stop('a', number);
    it.pass(40 * MINUTE);
    expect(it.successor).toEqual(it.network);
    const seqs = it.told
      .filter(({ type }) => type === 'ShareGranted')
      .map(({ data }) => (data as { limit: GridLimitReceived }).limit.shareSeq);
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(stationIn(it.sites.get('b') as SiteState, 'b0')?.ledger.evses[0]?.plans.length).toBeGreaterThan(0);
  });
});
