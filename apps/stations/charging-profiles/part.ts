// Profiles that a station holds, as it reports them in parts (2.x K09): asked → arriving → complete; or empty, refused, lost.
// Parts have no numbers: the one that says no other follows is the last. What was sent, and by whom, is compared where it is read.
import { isWhole32 } from '#kernel';
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asList, asText, type Json } from '../json.js';
import type { Part, Place } from '../part.js';
import { PROFILE_REPORTS, REPORTED_PROFILES } from './tables.js';

type ReportState = 'asked' | 'arriving' | 'complete' | 'empty' | 'refused' | 'lost';
export interface ProfileReport {
  readonly requestId: number;
  /** Absent where nobody asked for it. */
  readonly commandId?: string;
  readonly state: ReportState;
  readonly sinceMs: number;
}
export interface ChargingProfiles {
  /** The newest last. */
  readonly reports: readonly ProfileReport[];
}

/** Reports of one station that are remembered. */
const MOST_REPORTS = 20;

export const chargingProfiles: Part<ChargingProfiles> = {
  name: 'charging-profiles',
  tables: [PROFILE_REPORTS, REPORTED_PROFILES],
  calls: ['ReportChargingProfiles'],
  commands: ['GetChargingProfiles'],
  initial: { reports: [] },
  evolve(before, heard) {
    const report = changed(before, heard);
    if (report === undefined) return before;
    return { reports: [...before.reports.filter(({ requestId }) => requestId !== report.requestId), report].slice(-MOST_REPORTS) };
  },
  rows({ before, after, heard, place }) {
    const report = after === before ? undefined : after.reports.at(-1);
    return [...(report === undefined ? [] : [reportRow(report, heard, place)]), ...profileRows(heard, place)];
  },
};

/** The report this begins, or brings further. */
function changed({ reports }: ChargingProfiles, heard: Heard): ProfileReport | undefined {
  if (heard.kind === 'asked') {
    const { commandId, payload, askedMs } = heard.command;
    return isWhole32(payload.requestId) ? { requestId: payload.requestId, commandId, state: 'asked', sinceMs: askedMs } : undefined;
  }
  if (heard.kind === 'outcome') {
    const report = reports.find(({ commandId }) => commandId === heard.command.commandId);
    const state = stateAfter(heard);
    return report?.state === 'asked' && state !== 'asked' ? { ...report, state } : undefined;
  }
  if (heard.kind !== 'call' || !isWhole32(heard.payload.requestId)) return undefined;
  const { requestId, tbc } = heard.payload;
  const known = reports.find((each) => each.requestId === requestId);
  const state = tbc === true ? 'arriving' : 'complete';
  // One that was whole and goes on is told again: with nobody asking, another one under the same number.
  const isAnother = known === undefined || (known.state === 'complete' && known.commandId === undefined);
  if (isAnother) return { requestId: requestId as number, state, sinceMs: heard.nowMs };
  return known.state === state || known.state === 'complete' ? undefined : { ...known, state };
}

function stateAfter({ outcome }: Extract<Heard, { kind: 'outcome' }>): ReportState {
  if (outcome.kind !== 'answered') return outcome.kind === 'errored' ? 'refused' : 'lost';
  if (outcome.payload.status === 'NoProfiles') return 'empty';
  return outcome.payload.status === 'Accepted' ? 'asked' : 'refused';
}

function reportRow({ requestId, commandId, state, sinceMs }: ProfileReport, heard: Heard, place: Place): RowWrite {
  const isBegun = heard.kind === 'asked';
  const asked: Json = isBegun ? { criteria: heard.command.payload, requested_by: heard.command.requestedBy } : {};
  const row = { command_id: commandId ?? null, state, since: new Date(sinceMs).toISOString(), at: heard.input.time, ...asked };
  return { table: PROFILE_REPORTS, row: { ...place, request_id: requestId, ...row } };
}

function profileRows(heard: Heard, place: Place): readonly RowWrite[] {
  if (heard.kind !== 'call' || !isWhole32(heard.payload.requestId)) return [];
  const { requestId, evseId, chargingLimitSource } = heard.payload;
  return asList(heard.payload.chargingProfile).flatMap((profile): readonly RowWrite[] => {
    if (!isWhole32(profile.id)) return [];
    const row = {
      request_id: requestId,
      evse_id: isWhole32(evseId) ? evseId : 0,
      profile_id: profile.id,
      limit_source: asText(chargingLimitSource),
      purpose: asText(profile.chargingProfilePurpose),
      stack_level: isWhole32(profile.stackLevel) ? profile.stackLevel : null,
      profile,
      reported_at: heard.input.time,
    };
    return [{ table: REPORTED_PROFILES, row: { ...place, ...row } }];
  });
}
