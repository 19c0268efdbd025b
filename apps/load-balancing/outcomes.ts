// What became of commands: confirmed, refused, or left open. What is open may be in force.
// What the ledger makes of it is the domain's.
import type { CommandAnswered, CommandRefused, CommandRequested, Recorded, SiteEvent } from '#contracts';
import { accepted, holdsGrant, refused, unanswered } from '#domain/load-balancing';
import { mapped, withEntry, withoutEntry } from '#kernel';
import { understood } from './answers.js';
import { contradicted, remembered } from './models.js';
import { type SiteState, type StationState, stationIn, withStation } from './state.js';

type Json = Readonly<Record<string, unknown>>;

/** A station that said no is asked again after this long, one that said nothing sooner [ms]. */
const QUIET_AFTER_REJECTION_MS = 60_000;

const QUIET_AFTER_SILENCE_MS = 10_000;

/** By why a command never left; one replaced by a newer one is no failure. */
const QUIET_AFTER_REFUSAL_MS: Readonly<Partial<Record<CommandRefused['reason'], number>>> = {
  Superseded: 0,
  OlderGrant: 0,
  NotConnected: 5_000,
  PastNotAfter: 2_000,
  NotBooted: 5_000,
  QueueFull: 10_000,
};

/** After the time to leave and the time to answer, no outcome will come: the edge is gone [ms]. */
const GIVE_UP_AFTER_MS = 10_000;

/** Error codes of both versions that tell a request was not carried out; others leave that open. */
const NEVER_APPLIED: ReadonlySet<string> = new Set([
  'NotImplemented',
  'NotSupported',
  'ProtocolError',
  'SecurityError',
  'RpcFrameworkError',
  'FormationViolation',
  'FormatViolation',
  'PropertyConstraintViolation',
  'TypeConstraintViolation',
  'OccurenceConstraintViolation',
  'OccurrenceConstraintViolation',
]);

/** In an error or as a status (1.6): it takes no profiles at all. */
const UNSUPPORTED: ReadonlySet<unknown> = new Set(['NotImplemented', 'NotSupported']);
/** What says no; whatever else a station answers may mean that it took it. */
const SAID_NO: ReadonlySet<unknown> = new Set(['Rejected', 'Unknown', ...UNSUPPORTED]);

/** From `fromMs` on also those are told who have just said no, or nothing: too much would be drawn. */
export const withoutQuiet = (state: SiteState, fromMs: number): SiteState => ({
  ...state,
  stations: mapped(state.stations, (station) => (station.quietUntilMs > fromMs ? { ...station, quietUntilMs: fromMs } : station)),
});

/** An end other than an answer. */
export function withoutOutcome(
  state: SiteState,
  stationId: string,
  input: Extract<Recorded<SiteEvent>, { type: 'CommandErrored' | 'CommandUnanswered' | 'CommandRefused' }>,
): SiteState {
  const { commandId } = input.data;
  switch (input.type) {
    case 'CommandErrored':
      return NEVER_APPLIED.has(input.data.code)
        ? rejected(state, stationId, commandId, QUIET_AFTER_REJECTION_MS, UNSUPPORTED.has(input.data.code))
        : silent(state, stationId, commandId);
    case 'CommandUnanswered':
      return silent(state, stationId, commandId);
    case 'CommandRefused':
      return rejected(state, stationId, commandId, QUIET_AFTER_REFUSAL_MS[input.data.reason] ?? QUIET_AFTER_REJECTION_MS);
  }
}

/** What became of a question of ours, if it is one. */
export function replied(
  state: SiteState,
  stationId: string,
  commandId: string,
  answer: CommandAnswered | 'refused' | 'silence',
): SiteState {
  const after = withStation(state, stationId, (station) => {
    const { asking } = station;
    if (asking?.commandId !== commandId) return station;
    const [connection, said] =
      typeof answer === 'object' ? [answer.generation.offset, answer.payload as Json] : [station.ledger.connection, answer];
    return understood(station, asking, connection, said, state.nowMs, state.config?.voltageV ?? 230);
  });
  return remembered(after, stationIn(state, stationId), stationIn(after, stationId));
}

/** From here on silence means something, once both times are over. */
export const awaitOutcome = (state: SiteState, { commandId, stationId, notAfter, timeoutMs, grant }: CommandRequested): SiteState => ({
  ...state,
  pending: withEntry(state.pending, commandId, {
    stationId,
    isGrant: grant !== undefined,
    giveUpMs: Date.parse(notAfter) + timeoutMs + GIVE_UP_AFTER_MS,
  }),
});

function settled(state: SiteState, stationId: string, commandId: string, change: (station: StationState) => StationState): SiteState {
  const pending = withoutEntry(state.pending, commandId);
  const rest = pending === state.pending ? state : { ...state, pending };
  return withStation(rest, stationId, (station) => (holdsGrant(station.ledger, commandId) ? change(station) : station));
}

export function answered(state: SiteState, stationId: string, { commandId, generation, payload }: CommandAnswered): SiteState {
  const status = (payload as { readonly status?: unknown } | null)?.status;
  // To a ClearChargingProfile: nothing that matches is there, so it is gone.
  const isGone = status === 'Unknown' && stationIn(state, stationId)?.ledger.clearings.some((each) => each.commandId === commandId);
  if (status !== 'Accepted' && !isGone)
    return SAID_NO.has(status)
      ? rejected(state, stationId, commandId, QUIET_AFTER_REJECTION_MS, UNSUPPORTED.has(status))
      : silent(state, stationId, commandId);
  return settled(state, stationId, commandId, (station) => ({
    ...station,
    ledger: accepted(station.ledger, commandId, generation.offset, state.nowMs),
  }));
}

/** How others' profiles fare says nothing about ours. */
const isOurs = ({ ledger }: StationState, commandId: string): boolean =>
  !ledger.evses.some(({ foreign }) => foreign.some((grant) => grant.commandId === commandId));

/** May be in force. The station counts with that, and is asked again a little later. */
const silent = (state: SiteState, stationId: string, commandId: string): SiteState =>
  settled(state, stationId, commandId, (station) => ({
    ...station,
    ledger: unanswered(station.ledger, commandId, state.nowMs),
    quietUntilMs: isOurs(station, commandId) ? Math.max(station.quietUntilMs, state.nowMs + QUIET_AFTER_SILENCE_MS) : station.quietUntilMs,
  }));

/**
 * It never was in force. A station that takes no maximum profile is asked no more: it then counts with its EVSEs alone. One that takes no default
 * because it takes no profiles counts with its rating, and is asked again when it boots.
 */
function rejected(state: SiteState, stationId: string, commandId: string, quietMs: number, isUnsupported = false): SiteState {
  return settled(state, stationId, commandId, (before) => {
    const isSaid = quietMs === QUIET_AFTER_REJECTION_MS && isOurs(before, commandId);
    const wasMaximum = before.ledger.stationMax.some((grant) => grant.commandId === commandId);
    const defaults = before.ledger.evses.flatMap((evse) => evse.defaults);
    const wasDefault = defaults.some((grant) => grant.commandId === commandId);
    const facts = { ...contradicted(before.facts), ...(wasDefault && !isUnsupported && { refusedDefaultOn: before.ledger.connection }) };
    const station = isSaid ? { ...before, facts } : before;
    const takesNone = isUnsupported && wasDefault && defaults.every((grant) => grant.state !== 'accepted');
    const { maxMa, ...rest } = refused(station.ledger, commandId);
    const ledger = takesNone ? { ...rest, profilesUnsupported: true } : rest;
    if (wasMaximum && quietMs === QUIET_AFTER_REJECTION_MS) return { ...station, ledger };
    const quietUntilMs =
      quietMs === 0 || !isOurs(station, commandId) ? station.quietUntilMs : Math.max(station.quietUntilMs, state.nowMs + quietMs);
    return { ...station, ledger: { ...ledger, ...(maxMa !== undefined && { maxMa }) }, quietUntilMs };
  });
}
