// Commands nobody else ends: an edge ends what it took, the load balancer what it asked for. What no edge took, or its edge died with,
// ends here, so that each command has an end. A later word of the station still counts (command-progress.ts).
import type { SiteEventData } from '#contracts';
import type { Deadline } from '#service';
import { type CommandProgress, outcomeOf } from './command-progress.js';
import type { SiteInput } from './site-fold.js';
import { type SiteState, stationIn } from './state.js';

export interface Awaited {
  readonly stationId: string;
  readonly dueMs: number;
  /** Once its station is here on a later connection, which a living edge would have ended it by; absent in states of before. */
  readonly soonestMs?: number;
}

type AwaitedCommands = NonNullable<SiteState['awaited']>;

/** An edge that holds it has told the outcome by then, the log being slow included. */
const GRACE_MS = 60_000;
const COMMAND = 'command/';
/** Ends its own commands, with what silence means for the limit. */
const ENDS_ITS_OWN = 'load-balancing';

export function evolveAwaited(site: SiteState, input: SiteInput): SiteState['awaited'] {
  const { awaited } = site;
  if (input.type === 'CommandRequested') {
    const { commandId, stationId, notAfter, timeoutMs, requestedBy } = input.data;
    if (requestedBy === ENDS_ITS_OWN || hasEnded(stationIn(site, stationId).commands[commandId])) return awaited;
    const soonestMs = Date.parse(input.time) + timeoutMs + GRACE_MS;
    return { ...awaited, [commandId]: { stationId, dueMs: Date.parse(notAfter) + timeoutMs + GRACE_MS, soonestMs } };
  }
  if (input.type === 'StationConnected') return afterConnection(awaited, input);
  if (awaited === undefined) return awaited;
  const commandId = lapsedCommand(awaited, input) ?? endedCommand(awaited, input);
  if (commandId === undefined) return awaited;
  const { [commandId]: _, ...others } = awaited;
  return others;
}

/** An edge ends what waited on a connection with it: what has no end a while after the next one died with its edge, and nobody need wait for `notAfter`. */
function afterConnection(awaited: SiteState['awaited'], { stationId, time }: SiteInput): SiteState['awaited'] {
  const graceMs = Date.parse(time) + GRACE_MS;
  const sooner = Object.entries(awaited ?? {}).flatMap(([commandId, each]) => {
    const dueMs = Math.max(graceMs, each.soonestMs ?? Number.POSITIVE_INFINITY);
    return each.stationId === stationId && dueMs < each.dueMs ? [[commandId, { ...each, dueMs }] as const] : [];
  });
  return sooner.length === 0 ? awaited : { ...awaited, ...Object.fromEntries(sooner) };
}

function endedCommand(awaited: AwaitedCommands, input: SiteInput): string | undefined {
  const commandId = 'commandId' in input.data ? input.data.commandId : undefined;
  return commandId !== undefined && awaited[commandId] !== undefined && hasEnded(outcomeOf(input)) ? commandId : undefined;
}
const hasEnded = (progress: Pick<CommandProgress, 'rank'> | undefined): boolean => (progress?.rank ?? 0) >= 2;

/** What is told when nobody told how a command ended. */
export function unansweredAt(site: SiteState, input: SiteInput): SiteEventData['CommandUnanswered'] | undefined {
  const commandId = lapsedCommand(site.awaited, input);
  return commandId === undefined
    ? undefined
    : { commandId, reason: 'edgeLost', connectionId: '', generation: { assignmentSeq: 0, offset: 0 } };
}

function lapsedCommand(awaited: SiteState['awaited'], input: SiteInput): string | undefined {
  if (input.type !== 'TimeReached' || input.data.service !== 'session' || !input.data.deadlineId.startsWith(COMMAND)) return undefined;
  const commandId = input.data.deadlineId.slice(COMMAND.length);
  return awaited?.[commandId] === undefined ? undefined : commandId;
}

export function nextLapse({ tenantId, siteId, awaited = {} }: SiteState): Deadline | undefined {
  let next: Deadline | undefined;
  for (const [commandId, { stationId, dueMs }] of Object.entries(awaited))
    if (next === undefined || dueMs < next.dueMs) next = { deadlineId: `${COMMAND}${commandId}`, dueMs, tenantId, siteId, stationId };
  return next;
}
