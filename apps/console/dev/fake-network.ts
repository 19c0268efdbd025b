// A made-up charging network that moves, so that the console can be worked on without a server.
// Not a simulator: nobody speaks OCPP here, and the split of the limit is only as fair as it must look.

export type Scene = 'normal' | 'empty' | 'siteOnly' | 'trouble' | 'many' | 'error' | 'locked' | 'slow' | 'dropping';

interface FakeEvse {
  evseId: number;
  phases: number;
  maxA: number;
  status: string;
  limitA: number;
  powerW: number;
  session: { sessionId: string; startedAtMs: number; energyWh: number; needWh: number } | null;
  nextAtMs: number;
}
interface FakeStation {
  stationId: string;
  siteId: string;
  online: boolean;
  ocppVersion: string;
  lastSeenAtMs: number;
  evses: FakeEvse[];
}
interface FakeSite {
  siteId: string;
  name: string;
  timeZone: string;
  limitA: number | number[];
  curtailed: boolean;
  baseW: number;
  load: { atMs: number; measuredW: number | null; allocatedW: number; limitW: number }[];
}
export interface FakeMessage {
  readonly event: 'station' | 'session' | 'load';
  readonly row: unknown;
}

const VOLT = 230;
const PRICE_PER_KWH_CENT = 42;

/** A small generator of chance (mulberry32): the same seed, the same afternoon. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class FakeNetwork {
  private readonly random = chance(7);
  private readonly sites: FakeSite[] = [];
  private readonly stations: FakeStation[] = [];
  private count = 0;

  constructor(
    private readonly scene: Scene,
    nowMs: number,
  ) {
    if (scene === 'empty') return;
    const site = (siteId: string, name: string, limitA: number | number[], stations: number) => {
      this.sites.push({ siteId, name, timeZone: 'Europe/Berlin', limitA, curtailed: false, baseW: 2_500, load: [] });
      for (let index = 1; index <= stations; index += 1) this.addStation(siteId, index, nowMs);
    };
    if (scene === 'many') for (let index = 1; index <= 50; index += 1) site(`park-${index}`, `Car park ${index}`, 250, 40);
    else {
      site('riverside', 'Riverside car park', scene === 'trouble' ? 32 : 63, scene === 'siteOnly' ? 0 : 6);
      if (scene !== 'siteOnly') site('depot-north', 'Depot North', [80, 80, 63], 6);
    }
    for (let atMs = nowMs - 16 * 60_000; atMs < nowMs; atMs += 5_000) this.step(atMs, 5_000);
  }

  private addStation(siteId: string, index: number, nowMs: number): void {
    const outlets = index % 5 === 0 ? 2 : 1;
    this.stations.push({
      stationId: `${siteId.toUpperCase()}-${String(index).padStart(2, '0')}`,
      siteId,
      online: true,
      ocppVersion: index % 2 === 0 ? '1.6' : '2.0.1',
      lastSeenAtMs: nowMs,
      evses: Array.from({ length: outlets }, (_, evse) => ({
        evseId: evse + 1,
        phases: index % 4 === 3 ? 1 : 3,
        maxA: index % 3 === 0 ? 16 : 32,
        status: 'Available',
        limitA: 6,
        powerW: 0,
        session: null,
        nextAtMs: nowMs - 16 * 60_000 + this.random() * 200_000,
      })),
    });
  }

  /** Moves everything on to `atMs` and hands back what changed. */
  step(atMs: number, stepMs: number): readonly FakeMessage[] {
    const messages: FakeMessage[] = [];
    for (const site of this.sites) {
      const minute = (atMs / 60_000) % 15;
      site.curtailed = minute > 6 && minute < 9 && site.siteId === 'depot-north';
      const stations = this.stations.filter(({ siteId }) => siteId === site.siteId);
      for (const [index, station] of stations.entries()) {
        station.online =
          !(this.scene !== 'many' && index === 5 && site.siteId === 'riverside') && (this.scene !== 'trouble' || index !== 3);
        if (!station.online) {
          station.lastSeenAtMs = Math.min(station.lastSeenAtMs, atMs - 11 * 60_000);
          continue;
        }
        if (index === 4 && site.siteId === 'depot-north') for (const evse of station.evses) evse.status = 'Faulted';
        for (const evse of station.evses) if (evse.status !== 'Faulted') this.live(station, evse, atMs, messages);
      }
      this.share(site, stations, atMs, stepMs, messages);
    }
    return messages;
  }

  private live(station: FakeStation, evse: FakeEvse, atMs: number, messages: FakeMessage[]): void {
    if (atMs < evse.nextAtMs) return;
    if (evse.session === null) {
      this.count += 1;
      evse.session = { sessionId: `session-${this.count}`, startedAtMs: atMs, energyWh: 0, needWh: 3_000 + this.random() * 20_000 };
      evse.status = 'Charging';
      evse.nextAtMs = atMs + (4 + this.random() * 25) * 60_000;
    } else {
      messages.push({
        event: 'session',
        row: { ...this.sessionRow(station, evse), status: 'ended', endedAt: new Date(atMs).toISOString() },
      });
      evse.session = null;
      evse.status = 'Available';
      evse.nextAtMs = atMs + (0.5 + this.random() * 4) * 60_000;
    }
  }

  private share(site: FakeSite, stations: FakeStation[], atMs: number, stepMs: number, messages: FakeMessage[]): void {
    const fullA = typeof site.limitA === 'number' ? site.limitA * 3 : site.limitA.reduce((sum, each) => sum + each, 0);
    const limitW = fullA * VOLT * (site.curtailed ? 0.55 : 1);
    const baseW = site.baseW + 900 * Math.sin(atMs / 70_000) + this.random() * 300;
    const asking = stations.flatMap(({ online, evses }) => (online ? evses.filter(({ session }) => session !== null) : []));
    let leftW = limitW * 0.985 - baseW;
    let allocatedW = baseW;
    for (const [index, evse] of asking.entries()) {
      const fairA = Math.min(evse.maxA, leftW / (asking.length - index) / VOLT / evse.phases);
      evse.limitA = fairA < 6 ? 0 : Math.floor(fairA * 10) / 10;
      const allowedW = evse.limitA * VOLT * evse.phases;
      leftW -= allowedW;
      allocatedW += allowedW;
    }
    let measuredW = baseW;
    for (const station of stations) {
      if (!station.online) continue;
      const speaks = this.random() < stepMs / 12_000;
      const isTold = speaks || this.scene !== 'many';
      for (const evse of station.evses) {
        const { session } = evse;
        if (session === null) evse.powerW = 0;
        else {
          const fade = session.energyWh > session.needWh ? 0.05 : Math.min(1, 0.35 + (session.needWh - session.energyWh) / session.needWh);
          const targetW = evse.limitA * VOLT * evse.phases * fade * (0.97 + this.random() * 0.02);
          evse.powerW += (targetW - evse.powerW) * Math.min(1, stepMs / 5_000);
          session.energyWh += (evse.powerW * stepMs) / 3_600_000;
          evse.status = evse.limitA === 0 ? 'SuspendedEVSE' : session.energyWh > session.needWh ? 'SuspendedEV' : 'Charging';
          if (isTold) messages.push({ event: 'session', row: this.sessionRow(station, evse) });
        }
        measuredW += evse.powerW;
      }
      if (speaks) station.lastSeenAtMs = atMs;
      if (isTold) messages.push({ event: 'station', row: this.stationRow(station) });
    }
    const trouble = this.scene === 'trouble';
    const meterSilent = trouble && site.siteId === 'depot-north' && site.load.length > 150;
    const point = { atMs, measuredW: meterSilent ? null : trouble ? measuredW * 1.06 : measuredW, allocatedW, limitW };
    site.load = [...site.load.filter((each) => each.atMs > atMs - 20 * 60_000), point];
    messages.push({ event: 'load', row: { siteId: site.siteId, ...this.loadRow(point) } });
  }

  siteRows(): unknown[] {
    return this.sites.map(({ siteId, name, timeZone, limitA }) => ({
      siteId,
      name,
      timeZone,
      voltageV: VOLT,
      root: { nodeId: 'grid', limitA, phases: 3, children: [] },
    }));
  }

  stationRows(): unknown[] {
    return this.stations.map((station) => this.stationRow(station));
  }

  /** The first stations' own: one is over, the others end one after the other. */
  certificateRows(nowMs: number): unknown[] {
    return this.stations.slice(0, 6).map(({ stationId }, index) => ({
      certificateId: `c${index}`,
      stationId,
      type: index % 3 === 2 ? 'CSMSRootCertificate' : 'ChargingStationCertificate',
      subject: `CN=${stationId}`,
      serialNumber: `4A${index}`,
      notAfter: new Date(nowMs + (index * 15 - 3) * 86_400_000).toISOString(),
      alarm: index === 0 ? 'expired' : index < 3 ? 'expiring' : null,
    }));
  }

  holdingRows(nowMs: number): unknown[] {
    return this.stations.map(({ stationId }, index) => ({
      stationId,
      localList: index % 4 === 3 ? null : { state: index === 1 ? 'behind' : 'inStep', version: 12 + index, entries: 240 },
      reservations:
        index % 5 === 0
          ? [{ reservationId: index + 1, evseId: 1, state: 'active', expiresAt: new Date(nowMs + 3_600_000).toISOString() }]
          : [],
      messagesShown: index % 3,
    }));
  }

  sessionRows(): unknown[] {
    return this.stations.flatMap((station) =>
      station.evses.filter(({ session }) => session !== null).map((evse) => this.sessionRow(station, evse)),
    );
  }

  loadRows(siteId: string, fromMs: number, toMs: number): unknown[] {
    const site = this.sites.find((each) => each.siteId === siteId);
    return (site?.load ?? []).filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map((point) => this.loadRow(point));
  }

  /** What a site answers beside its rows: its load with what was above a limit, limits sent, what might be exceeded, what lies ahead. */
  siteStory(siteId: string, part: string, fromMs: number, toMs: number): object {
    const iso = (ms: number) => new Date(ms).toISOString();
    const nowMs = Number.isNaN(toMs) ? Date.now() : toMs;
    const limitW = this.sites.find((each) => each.siteId === siteId)?.load.at(-1)?.limitW ?? 0;
    const isTrouble = this.scene === 'trouble' && siteId === 'riverside';
    const outlet = { stationId: `${siteId.toUpperCase()}-02`, evseId: 1 };
    if (part === 'load') {
      const reasons = [
        { kind: 'disobedient', ...outlet, allowedA: 10, drawnA: 32 },
        { kind: 'cut', source: 'dso' },
      ];
      const episode = { nodeId: 'grid', limitA: 32, flowA: 41.5, seconds: 150, energyAboveWh: 91, reasons };
      const span = { since: iso(nowMs - 420_000), endedAt: iso(nowMs - 270_000) };
      const episodes = isTrouble ? ['L1', 'L2', 'L3'].map((phase) => ({ ...episode, ...span, phase })) : [];
      return {
        items: this.loadRows(siteId, fromMs, toMs),
        violations: { seconds: isTrouble ? 150 : 0, isExplained: true, nodes: [], episodes },
      };
    }
    if (part === 'shortfalls')
      return { items: isTrouble ? [{ nodeId: 'grid', phase: 'L1', isOver: false, limitA: 32, committedA: 48 }] : [] };
    if (part === 'outlook') {
      const slots = Array.from({ length: 24 }, (_, hour) => ({
        at: iso(nowMs + hour * 3_600_000),
        powerW: Math.round(limitW * (0.2 + 0.6 * Math.abs(Math.sin(hour / 4)))),
      }));
      const limits = [
        { at: iso(nowMs - 60_000), limitW },
        { at: iso(nowMs + 5_400_000), limitW: Math.round(limitW * 0.4) },
        { at: iso(nowMs + 14_400_000), limitW },
      ];
      return { limitsAt: iso(nowMs), limits, plan: { planId: 'plan', at: iso(nowMs), expiresAt: iso(nowMs + 900_000), slots } };
    }
    const items = Array.from({ length: 14 }, (_, index) => ({
      commandId: `command-${index}`,
      stationId: `${siteId.toUpperCase()}-0${1 + (index % 4)}`,
      evseId: 1,
      slot: 'plan',
      limitA: 6 + ((index * 5) % 26),
      wantedA: 16,
      cause: index % 2 === 0 ? 'lower' : 'raise',
      heldBy: index % 5 === 4 ? 'cheaperHour' : null,
      tight:
        index % 5 === 3
          ? null
          : { nodeId: 'grid', phase: 'L2', isFirm: false, limitA: 63, committedA: 63, limitedBy: index % 3 === 0 ? 'dso' : 'site' },
      seen: { cars: 4, waiting: index % 4 === 0 ? [`${siteId.toUpperCase()}-05/1`] : [] },
      outcome: index === 2 ? 'unanswered' : 'accepted',
      requestedAt: iso(nowMs - 50_000 - index * 61_000),
    }));
    return { items: items.filter(({ requestedAt }) => Date.parse(requestedAt) >= fromMs) };
  }

  private loadRow({ atMs, ...point }: FakeSite['load'][number]): object {
    return { at: new Date(atMs).toISOString(), ...point };
  }

  private stationRow({ evses, lastSeenAtMs, ...station }: FakeStation): object {
    return {
      ...station,
      lastSeenAt: new Date(lastSeenAtMs).toISOString(),
      evses: evses.map(({ evseId, status, limitA, powerW, session }) => ({
        evseId,
        status,
        limitA,
        powerW,
        sessionId: session?.sessionId ?? null,
      })),
    };
  }

  private sessionRow({ stationId, siteId }: FakeStation, { evseId, session, powerW, limitA }: FakeEvse): object {
    const energyWh = session?.energyWh ?? 0;
    const amount = (Math.round((energyWh / 1000) * PRICE_PER_KWH_CENT * 100) / 10_000).toFixed(4);
    const startedAt = new Date(session?.startedAtMs ?? 0).toISOString();
    return {
      sessionId: session?.sessionId,
      stationId,
      siteId,
      evseId,
      status: 'active',
      startedAt,
      energyWh,
      powerW,
      limitA,
      cost: { amount, currency: 'EUR' },
    };
  }
}
