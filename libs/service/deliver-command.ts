// Hands a command that is in the log to the edge that holds the station; nobody home is an outcome, and a fact too.
// Writing the command first, and deciding on it, is the caller's.
import { encode } from '#contracts';
import type { RoutedCommand, World } from '#ports';

/** Looks the station up, once more after a wrong edge. Rejects with RouterUnavailable, after which the command may or may not have been handed over. */
export async function deliverCommand(
  { directory, router, log, ids, clock }: Pick<World, 'directory' | 'router' | 'log' | 'ids' | 'clock'>,
  source: string,
  command: RoutedCommand,
): Promise<void> {
  const { tenantId, siteId, stationId, commandId } = command;
  for (let attempt = 0; attempt < 2; attempt++) {
    const home = await directory.lookup(tenantId, stationId);
    if (home === undefined) break;
    if (await router.send(home.edgeId, { kind: 'command', command })) return;
  }
  const time = new Date(clock.now()).toISOString();
  const data = { commandId, reason: 'NotConnected' };
  await log.append('site-events', [encode({ id: ids.next(), type: 'CommandRefused', source, time, tenantId, siteId, stationId, data })]);
}
