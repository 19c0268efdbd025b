// Hands a command that is in the log to the edge that holds the station; nobody home is an outcome, and a fact too.
// Writing the command first, and deciding on it, is the caller's.
import { type CommandRequested, type Envelope, encode } from '#contracts';
import { during, tracer } from '#observability';
import type { RoutedCommand, World } from '#ports';

/** As it goes to an edge, without a grant. */
export const routedCommand = ({ tenantId, siteId = '', time, traceparent, data }: Envelope<string, CommandRequested>): RoutedCommand => {
  const { commandId, stationId, action, payload, notAfter, timeoutMs } = data;
  const command = { tenantId, siteId, stationId, commandId, action, payload, notAfter, timeoutMs, causedAt: time };
  return traceparent === undefined ? command : { ...command, traceparent };
};

/** Looks the station up, once more after a wrong edge. Rejects with RouterUnavailable, after which the command may or may not have been handed over. */
export function deliverCommand(
  world: Pick<World, 'directory' | 'router' | 'log' | 'ids' | 'clock'>,
  source: string,
  command: RoutedCommand,
): Promise<void> {
  const { action, traceparent: from } = command;
  const span = from === undefined ? undefined : tracer()?.begin({ kind: 'producer', name: `hand over ${action}`, from });
  return during(span, () => handOver(world, source, span === undefined ? command : { ...command, traceparent: span.traceparent }));
}

async function handOver(
  { directory, router, log, ids, clock }: Parameters<typeof deliverCommand>[0],
  source: string,
  command: RoutedCommand,
): Promise<void> {
  const { tenantId, siteId, stationId, commandId, traceparent } = command;
  for (let attempt = 0; attempt < 2; attempt++) {
    const home = await directory.lookup(tenantId, stationId);
    if (home === undefined) break;
    if (await router.send(home.edgeId, { kind: 'command', command })) return;
  }
  const time = new Date(clock.now()).toISOString();
  const data = { commandId, reason: 'NotConnected' };
  const refused = { id: ids.next(), type: 'CommandRefused', source, time, tenantId, siteId, stationId, data };
  await log.append('site-events', [encode(traceparent === undefined ? refused : { ...refused, traceparent })]);
}
