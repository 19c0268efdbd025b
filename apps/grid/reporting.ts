// Tells the server of each program that this process holds what its events want to hear back: each report once, under a name that is the same whoever makes it.
// States of a program here: Waiting (until a report is due, or something changed) → Telling → Waiting; ended with its configuration or the partition.
import { encode, type GridProgramConfigured, type GridReportSent, type NetworkEvent } from '#contracts';
import { type DueReport, endOf, type GridEvent, type ReportDescriptor, reportsDue, routed, saidOf, toldIn } from '#domain/grid-signals';
import { readable, type World } from '#ports';
import type { Effects, HeldPartition, Logger } from '#service';
import type { Connections } from './connections.js';
import { type GridState, programIn } from './definition.js';
import { ServerSilent } from './http.js';
import { isUnread } from './openadr/event-shape.js';
import type { GridServer, Report } from './openadr/server.js';
import type { ServerCall } from './openadr/session.js';
import { type Program, reportKey, sourceOf } from './program.js';

/** A server that took nothing is told again after that [ms]; without any report that is due, it is looked again as late as that. */
const AGAIN_MS = 60_000;
const LATEST_MS = 3_600_000;
/** Of the report as it is kept in its record [characters of JSON]. */
const LARGEST = 300_000;

interface Wanted {
  readonly event: GridEvent;
  readonly descriptor: ReportDescriptor;
  readonly key: string;
}

export function reporting(
  { keys, log, clock, ids }: Pick<World, 'keys' | 'log' | 'clock' | 'ids'>,
  server: Pick<GridServer, 'report' | 'reported'>,
  connections: Connections,
  logger: Logger,
): Effects<GridState, NetworkEvent> & { stop(): void } {
  const waiting = new Map<string, () => void>();
  const telling = new Set<string>();
  /** Until when each key was told by this process, which may not have read it back yet. */
  const told = new Map<string, number>();
  /** Something changed while the server was being told. */
  const again = new Set<string>();
  let isStopped = false;

  const tell = async (aggregate: string, partition: HeldPartition<GridState>): Promise<void> => {
    waiting.get(aggregate)?.();
    waiting.delete(aggregate);
    const program = programIn(partition.states.get(aggregate));
    const config = program?.config;
    if (telling.has(aggregate)) again.add(aggregate);
    if (isStopped || telling.has(aggregate) || program === undefined || config === undefined || !partition.lease.isHeld()) return;
    telling.add(aggregate);
    let nextMs = clock.now() + LATEST_MS;
    try {
      const all = wantedOf(program);
      const places = new Set(all.map(({ key }) => `${aggregate} ${key}`));
      for (const place of told.keys()) if (place.startsWith(`${aggregate} `) && !places.has(place)) told.delete(place);
      for (const wanted of all) nextMs = Math.min(nextMs, await tellAll(aggregate, program, config, wanted));
    } catch (error) {
      nextMs = clock.now() + AGAIN_MS;
      const reason = error instanceof ServerSilent ? error.message : undefined;
      logger.warn({ programId: config.programId, ...(reason ? { reason } : { err: error }) }, 'a report to a grid program has to wait');
    } finally {
      telling.delete(aggregate);
      const inMs = again.delete(aggregate) ? 0 : Math.max(0, nextMs - clock.now());
      if (!isStopped)
        waiting.set(
          aggregate,
          clock.after(inMs, () => void tell(aggregate, partition)),
        );
    }
  };

  /** When the next one is due. */
  const tellAll = async (
    aggregate: string,
    program: Program,
    config: GridProgramConfigured,
    { event, descriptor, key }: Wanted,
  ): Promise<number> => {
    const tenantId = aggregate.slice(0, -config.programId.length - 1);
    const place = `${aggregate} ${key}`;
    const until = Math.max(program.reported?.[key] ?? Number.NEGATIVE_INFINITY, told.get(place) ?? Number.NEGATIVE_INFINITY);
    const { due, nextMs } = reportsDue(event, descriptor, clock.now(), Number.isFinite(until) ? until : undefined);
    if (due.length === 0) return nextMs;
    const call = await callOf(config);
    // Who held the stream before may have told it and not have come to write it down.
    const there = told.has(place) ? new Set<string>() : await server.reported(call, event.eventId);
    for (const each of due) {
      const report = await reportOf(tenantId, program, config, event, descriptor, each);
      if (report === undefined) return nextMs;
      const refusal = there.has(each.name) ? undefined : await server.report(call, report.body);
      const data = sentOf(config, event, descriptor, each, report, refusal);
      await log.append('network-events', [
        encode({ id: ids.next(), source: '/grid', time: new Date(clock.now()).toISOString(), tenantId, type: 'GridReportSent', data }),
      ]);
      told.set(place, endOf(each));
    }
    return nextMs;
  };

  const callOf = async ({ server: place }: GridProgramConfigured): Promise<ServerCall> => {
    const secret = place.clientSecret === undefined ? undefined : await readable(keys, place.clientSecret);
    if (secret === undefined) throw new ServerSilent('there is no secret for it');
    return { server: place, secret, names: [] };
  };

  /** Undefined: it is about nobody here. */
  const reportOf = async (
    tenantId: string,
    { wishes }: Program,
    { programId, server: { venName, version }, sites }: GridProgramConfigured,
    event: GridEvent,
    descriptor: ReportDescriptor,
    due: DueReport,
  ): Promise<{ readonly siteIds: readonly string[]; readonly body: Report } | undefined> => {
    const isMeant = routed([event], venName);
    const meant = sites.filter(({ names }) => isMeant(names).length > 0);
    if (meant.length === 0) return undefined;
    const known = await Promise.all(
      meant.map(async ({ siteId }) => ({
        ...(await connections(tenantId, siteId, sourceOf(programId), due.intervals[0].fromMs, endOf(due))),
        wishes: (wishes?.[siteId] ?? []).map(({ from, until, ...wish }) => ({
          fromMs: Date.parse(from),
          toMs: Date.parse(until),
          ...wish,
        })),
      })),
    );
    const groups =
      descriptor.aggregate === true
        ? [{ name: AGGREGATED, of: known }]
        : meant.map(({ names }, index) => ({ name: names[0] ?? '', of: known.slice(index, index + 1) }));
    const units = toldIn(descriptor);
    const { payloadType, readingType } = descriptor;
    return {
      siteIds: [...new Set(meant.map(({ siteId }) => siteId))],
      body: {
        ...(version === '3.0.1' && event.programID !== undefined && { programID: event.programID }),
        eventID: event.eventId,
        clientName: venName,
        reportName: due.name,
        payloadDescriptors: [
          { objectType: 'REPORT_PAYLOAD_DESCRIPTOR', payloadType, ...(readingType !== undefined && { readingType }), ...units },
        ],
        resources: groups.map(({ name, of }) => ({
          resourceName: name,
          intervals: due.intervals.map((interval) => ({
            id: interval.id,
            intervalPeriod: { start: new Date(interval.fromMs).toISOString(), duration: `PT${(interval.toMs - interval.fromMs) / 1000}S` },
            payloads: saidOf(descriptor, interval, of).payloads,
          })),
        })),
      },
    };
  };

  return {
    onLive(partition) {
      for (const aggregate of partition.states.keys()) void tell(aggregate, partition);
    },
    onCommitted(partition, changes) {
      if (!partition.isLive) return;
      for (const { aggregate, input } of changes)
        if (input.type === 'GridProgramHeard' || input.type === 'GridReservationWished') void tell(aggregate, partition);
    },
    stop() {
      isStopped = true;
      for (const cancel of waiting.values()) cancel();
    },
  };
}

const AGGREGATED = 'AGGREGATED_REPORT';

/** What events want to hear that can be told. */
const wantedOf = ({ events }: Program): readonly Wanted[] =>
  Object.entries(events).flatMap(([eventId, { read }]) =>
    isUnread(read)
      ? []
      : (read.reportDescriptors ?? [])
          .filter((descriptor) => !('reason' in toldIn(descriptor)))
          .map((descriptor) => ({ event: read, descriptor, key: reportKey(eventId, descriptor) })),
  );

function sentOf(
  { programId }: GridProgramConfigured,
  { eventId }: GridEvent,
  { payloadType, readingType }: ReportDescriptor,
  due: DueReport,
  { siteIds, body: { resources, payloadDescriptors } }: { readonly siteIds: readonly string[]; readonly body: Report },
  refusal: string | undefined,
): GridReportSent {
  const { units } = (payloadDescriptors[0] ?? {}) as { readonly units?: string };
  return {
    ...{ programId, eventId, reportName: due.name, payloadType, siteIds },
    ...(readingType !== undefined && { readingType }),
    ...(units !== undefined && { units }),
    from: new Date(due.intervals[0].fromMs).toISOString(),
    until: new Date(endOf(due)).toISOString(),
    ...(JSON.stringify(resources).length <= LARGEST && { resources }),
    ...(refusal !== undefined && { refusal }),
  };
}
