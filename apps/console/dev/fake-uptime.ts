// Made-up outages of the fake network's ports, and the reports that follow from them; judging one changes them.
// Not the product's rules: only as right as it must look.

type Row = Record<string, unknown>;
interface FakeOutage {
  readonly portId: string;
  readonly startedMs: number;
  readonly endedMs: number | null;
  readonly causes: readonly string[];
  judgement: Row | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TARGETS: Readonly<Record<string, number>> = { nevi: 97, california: 97, uk: 99 };
const iso = (ms: number): string => new Date(ms).toISOString();

export class FakeUptime {
  private readonly ports: { readonly portId: string; readonly stationId: string; readonly siteId: string; readonly evseId: number }[];
  private readonly outages: FakeOutage[] = [];

  constructor(
    stations: readonly unknown[],
    private readonly nowMs: number,
  ) {
    this.ports = (stations as { stationId: string; siteId: string; evses: { evseId: number }[] }[]).flatMap(
      ({ stationId, siteId, evses }) => evses.map(({ evseId }) => ({ portId: `${stationId}-${evseId}`, stationId, siteId, evseId })),
    );
    for (const [index, { portId }] of this.ports.entries())
      for (let day = 340 - index * 7; day > 0; day -= 23 + ((index * 13) % 40)) this.addOutage(portId, index, day);
    this.outages.sort((a, b) => b.startedMs - a.startedMs);
  }

  private addOutage(portId: string, index: number, day: number): void {
    const hours = ((day * (index + 3)) % 17) + (index === 3 ? 90 : index === 1 ? 16 : 0.2);
    const startedMs = this.nowMs - day * DAY_MS;
    const goesOn = index === 1 && day < 60;
    const causes = [['offline'], ['faulted'], ['unavailable'], ['faulted', 'offline'], ['startsFail']][day % 5] ?? ['offline'];
    const judgement = day % 3 === 0 ? this.judgementOf({ cause: 'utilityInterruption', evidence: `Notice ${day} of the utility` }) : null;
    const endedMs = goesOn ? null : startedMs + hours * HOUR_MS;
    this.outages.push({ portId, startedMs: goesOn ? this.nowMs - 30 * HOUR_MS : startedMs, endedMs, causes, judgement });
  }

  private judgementOf(said: Row): Row {
    return { note: null, from: iso(this.nowMs), to: null, ...said, classifiedBy: 'api:ann', classifiedAt: iso(this.nowMs) };
  }

  private windowOf(query: URLSearchParams): { readonly fromMs: number; readonly toMs: number } {
    const [year = 2026, month = 1] = (query.get('month') ?? iso(this.nowMs).slice(0, 7)).split('-').map(Number);
    const back = query.get('over') === 'month' ? 1 : query.get('rules') === 'uk' ? month : 12;
    return { fromMs: Date.UTC(year, month - back), toMs: Date.UTC(year, month) };
  }

  outageRows(fromMs: number, toMs: number): Row[] {
    return this.outages.flatMap((outage) => {
      const { portId, startedMs, endedMs, causes, judgement } = outage;
      const minutes = (Math.min(toMs, endedMs ?? this.nowMs) - Math.max(fromMs, startedMs)) / 60_000;
      const isOurs = judgement === null || judgement.cause === 'counts';
      const row = {
        outageId: `${portId}:${startedMs}`,
        portId,
        startedAt: iso(startedMs),
        endedAt: endedMs === null ? null : iso(endedMs),
        minutes,
        excludedMinutes: isOurs ? 0 : minutes * (startedMs % 2 === 0 ? 1 : 0.5),
        causes,
        classification: judgement,
        usedBy: causes.includes('offline') && minutes > 600 ? ['session-1'] : [],
      };
      return minutes > 0 ? [row] : [];
    });
  }

  private figure(rows: readonly Row[], ports: number, query: URLSearchParams): Row {
    const { fromMs, toMs } = this.windowOf(query);
    const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
    const [outage, excluded] = [sum('minutes'), sum('excludedMinutes')];
    const service = (ports * (Math.min(this.nowMs, toMs) - fromMs)) / 60_000;
    const divisor = query.get('rules') === 'nevi' && query.get('over') !== 'month' ? 525_600 * ports : service;
    const allowed = (divisor * (100 - (TARGETS[query.get('rules') ?? 'nevi'] ?? 97))) / 100;
    return {
      inServiceMinutes: service,
      outageMinutes: outage,
      excludedMinutes: excluded,
      uptimePercent: (100 - (100 * (outage - excluded)) / divisor).toFixed(2),
      meets: outage - excluded < allowed,
      minutesLeft: Math.max(0, allowed - outage + excluded),
      withoutExclusionsPercent: (100 - (100 * outage) / service).toFixed(2),
    };
  }

  private head(query: URLSearchParams): Row {
    const { fromMs, toMs } = this.windowOf(query);
    const rules = query.get('rules') ?? 'nevi';
    const target = { percent: TARGETS[rules], comparison: rules === 'nevi' ? 'more than' : 'at least' };
    const divisorMinutes = rules === 'nevi' && query.get('over') !== 'month' ? 525_600 : 'in service';
    return {
      rules: {
        name: rules,
        source: `Source of ${rules}`,
        target,
        judged: rules === 'uk' ? 'network' : 'port',
        leastRatedW: rules === 'uk' ? 50_000 : null,
        divisorMinutes,
        window: rules === 'uk' ? 'calendarYear' : 'trailing12Months',
      },
      from: iso(fromMs),
      to: iso(toMs),
      knownAt: iso(this.nowMs),
    };
  }

  report(query: URLSearchParams): Row {
    const { fromMs, toMs } = this.windowOf(query);
    const rows = this.outageRows(fromMs, toMs);
    const ports = this.ports.map((port) => {
      const own = rows.filter(({ portId }) => portId === port.portId);
      const serving = { inServiceFrom: iso(fromMs + port.evseId * 20 * DAY_MS), inServiceTo: iso(Math.min(this.nowMs, toMs)) };
      return { ...port, outages: own.length, ...serving, ...this.figure(own, 1, query) };
    });
    return { ...this.head(query), network: { ports: ports.length, ...this.figure(rows, ports.length, query) }, ports };
  }

  explained(portId: string, query: URLSearchParams): Row {
    const { fromMs, toMs } = this.windowOf(query);
    const outages = this.outageRows(fromMs, toMs)
      .filter((row) => row.portId === portId)
      .toReversed();
    const [first] = outages;
    const figure = this.figure(outages, 1, query);
    return {
      ...this.head(query),
      ...figure,
      siteId: this.ports.find((port) => port.portId === portId)?.siteId,
      outages,
      events: outages.map(({ startedAt }, index) => ({
        eventId: `0f3b${index}c1e-52a4-5b7e-9d0e-6c1f4b9a77${index}0`,
        kind: index % 2 === 0 ? 'offline' : 'status',
        ...(index % 2 === 1 && { status: 'Faulted' }),
        at: startedAt,
        receivedAt: startedAt,
      })),
      classifications: outages.flatMap(({ classification }) => classification ?? []),
      corrections:
        first === undefined
          ? []
          : [{ knownAt: iso(this.nowMs - DAY_MS), because: ['late-word'], before: { ...figure, outageMinutes: 0 }, after: figure }],
    };
  }

  judge(outageId: string, said: Row): Row {
    const outage = this.outages.find(({ portId, startedMs }) => `${portId}:${startedMs}` === outageId);
    if (outage !== undefined) outage.judgement = this.judgementOf(said);
    return { outageId };
  }
}
