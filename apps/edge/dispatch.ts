// Brings a routed command to the station's connection here, sends it on to the edge that holds the station, or says that nobody is home.
// Whether and when it leaves through the socket is decided in outbound/station-calls.ts.
import { streamKey } from '#contracts';
import { type CommandRouter, type RoutedCommand, RouterUnavailable, type StationDirectory } from '#ports';
import type { Connection } from './connection.js';
import type { EdgeServices } from './services.js';

/** Remembered command ids: the same command is sent at most once, however often it is routed here. */
const MOST_REMEMBERED = 50_000;

export type Dispatch = (command: RoutedCommand) => Promise<void>;

export function dispatcher(
  services: EdgeServices,
  directory: StationDirectory,
  router: CommandRouter,
  connectionOf: (tenantId: string, stationId: string) => Connection | undefined,
): Dispatch {
  const seen = new Map<string, 'taken' | 'forwarded'>();
  const refuse = (command: RoutedCommand, reason: 'NotConnected' | 'NotPermitted' | 'OlderGrant', detail?: string): void =>
    services.recordOutcome(command, { type: 'CommandRefused', reason, ...(detail !== undefined && { detail }) }, undefined);

  function remember(commandId: string, fate: 'taken' | 'forwarded'): void {
    seen.set(commandId, fate);
    for (const oldest of seen.keys()) {
      if (seen.size <= MOST_REMEMBERED) break;
      seen.delete(oldest);
    }
  }

  /** To the edge that holds the station now. A command that comes back from there is not sent around a second time. */
  async function forward(command: RoutedCommand): Promise<boolean> {
    try {
      const holder = await directory.lookup(command.tenantId, command.stationId);
      if (holder === undefined || holder.edgeId === services.config.edgeId) return false;
      remember(command.commandId, 'forwarded');
      return await router.send(holder.edgeId, { kind: 'command', command });
    } catch (error) {
      if (error instanceof RouterUnavailable) return false;
      throw error;
    }
  }

  return async (command) => {
    const { tenantId, siteId, stationId, commandId, grant } = command;
    const fate = seen.get(commandId);
    if (fate === 'taken') return;
    const connection = connectionOf(tenantId, stationId);
    if (connection === undefined) {
      if (fate === undefined && (await forward(command))) return;
      remember(commandId, 'taken');
      return refuse(command, 'NotConnected');
    }
    remember(commandId, 'taken');
    const { entry } = connection.identity;
    if (entry.siteId !== siteId) return refuse(command, 'NotPermitted', `the station belongs to site ${entry.siteId}`);
    const isAdmitted =
      grant === undefined || services.fence.admit(streamKey({ tenantId, siteId }), `${tenantId}/${stationId}`, entry.assignmentSeq, grant);
    if (!isAdmitted) return refuse(command, 'OlderGrant');
    connection.calls.enqueue(command);
  };
}
