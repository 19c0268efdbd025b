// A campaign over many stations of a site as a fold: waves of a size, attempts, failures that stop it, quiet stations that time out.
// What single transfers are is transfers/; rows are in part.ts.
import type { CampaignRequested } from '#contracts';
import { silentUntilMs } from '#domain/device';

export interface Member {
  /** `waiting`: not yet, or again later; `running`: asked; the others are its end. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  readonly attempts: number;
  /** What was last said of it. */
  readonly status: string;
  readonly commandId?: string;
  /** Waiting: not before; running: said nothing since. */
  readonly sinceMs: number;
}

export interface Campaign {
  readonly order: CampaignRequested;
  readonly state: 'running' | 'stopped' | 'ended';
  readonly members: Readonly<Record<string, Member>>;
}

export const isOver = ({ state }: Member): boolean => state === 'done' || state === 'failed' || state === 'skipped';

export function begin(order: CampaignRequested, nowMs: number): Campaign {
  const members = order.stations.map(
    ({ stationId }) => [stationId, { state: 'waiting', attempts: 0, status: '', sinceMs: nowMs }] as const,
  );
  return settled({ order, state: 'running', members: Object.fromEntries(members) });
}

/** Stations to ask now: as many as the wave has room for, those that have waited longest in their order. */
export function nextStations({ order, state, members }: Campaign, nowMs: number): readonly string[] {
  if (state !== 'running') return [];
  const all = Object.values(members);
  if (order.stopAfterFailures !== undefined && all.filter((each) => each.state === 'failed').length >= order.stopAfterFailures) return [];
  const room = order.waveSize - all.filter((each) => each.state === 'running').length;
  const ready = order.stations.filter(
    ({ stationId }) => members[stationId]?.state === 'waiting' && (members[stationId]?.sinceMs ?? 0) <= nowMs,
  );
  return ready.slice(0, Math.max(0, room)).map(({ stationId }) => stationId);
}

export const withMember = (campaign: Campaign, stationId: string, member: Member): Campaign =>
  settled({ ...campaign, members: { ...campaign.members, [stationId]: member } });

/** What a station said; an attempt that came to nothing is repeated while there are attempts left. */
export function heardOf(
  campaign: Campaign,
  stationId: string,
  status: string,
  end: 'done' | 'failed' | 'unreached' | undefined,
  nowMs: number,
): Campaign {
  const member = campaign.members[stationId];
  // One that was given up as silent and does it after all is not asked once more, and has done it.
  const isGivenUp = (member?.state === 'waiting' && member.attempts > 0) || member?.state === 'failed';
  const goesOn = isGivenUp && (end === 'done' || (end === undefined && member.state === 'waiting'));
  if (member === undefined || (member.state !== 'running' && !goesOn)) return campaign;
  if (end === undefined) return withMember(campaign, stationId, { ...member, state: 'running', status, sinceMs: nowMs });
  if (end === 'done') return withMember(campaign, stationId, { ...member, state: 'done', status, sinceMs: nowMs });
  const isLast = member.attempts >= campaign.order.attempts;
  const again = { ...member, state: 'waiting' as const, status, sinceMs: nowMs + campaign.order.retryAfterS * 1000 };
  return withMember(campaign, stationId, isLast ? { ...member, state: 'failed', status, sinceMs: nowMs } : again);
}

/** Stations under way, and when the silence of each is too long [ms since 1970]. */
const silences = ({ order, members }: Campaign): readonly { readonly stationId: string; readonly tooLongMs: number }[] =>
  order.stations.flatMap(({ stationId, ocppVersion }) => {
    const member = members[stationId];
    if (member?.state !== 'running') return [];
    const message = order.messages.find((each) => each.ocppVersion === ocppVersion);
    const fromMs = Math.max(member.sinceMs, silentUntilMs(message?.payload, member.status));
    return [{ stationId, tooLongMs: fromMs + order.quietAfterS * 1000 }];
  });

/** Running stations that have said nothing for too long: their attempt came to nothing. */
export const withoutQuiet = (campaign: Campaign, nowMs: number): Campaign =>
  silences(campaign)
    .filter(({ tooLongMs }) => tooLongMs <= nowMs)
    .reduce((now, { stationId }) => heardOf(now, stationId, 'quiet', 'failed', nowMs), campaign);

/** Nobody begins any more; what runs goes on. */
export function stopped(campaign: Campaign, nowMs: number): Campaign {
  if (campaign.state !== 'running') return campaign;
  const members = Object.entries(campaign.members).map(([stationId, member]) => {
    const skipped = { ...member, state: 'skipped' as const, sinceMs: nowMs };
    return [stationId, member.state === 'waiting' ? skipped : member] as const;
  });
  return settled({ ...campaign, state: 'stopped', members: Object.fromEntries(members) });
}

/** It ends with its last station; too many failures stop it. */
function settled(campaign: Campaign): Campaign {
  const all = Object.values(campaign.members);
  const { stopAfterFailures } = campaign.order;
  if (
    campaign.state === 'running' &&
    stopAfterFailures !== undefined &&
    all.filter(({ state }) => state === 'failed').length >= stopAfterFailures
  )
    return stopped(campaign, Math.max(...all.map(({ sinceMs }) => sinceMs)));
  return campaign.state === 'running' && all.every(isOver) ? { ...campaign, state: 'ended' } : campaign;
}

/** When it is to be looked at again: while a wave is full, whoever waits is only asked when somebody of it has ended. */
export function nextLook(campaign: Campaign): number | undefined {
  const { order, state, members } = campaign;
  const running = silences(campaign);
  const begins = state === 'running' && running.length < order.waveSize;
  const again = Object.values(members).flatMap((member) =>
    member.state === 'waiting' && begins && member.attempts > 0 ? [member.sinceMs] : [],
  );
  const times = [...running.map(({ tooLongMs }) => tooLongMs), ...again];
  return times.length === 0 ? undefined : Math.min(...times);
}
