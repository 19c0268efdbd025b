// Campaigns of a site: firmware or logs of many stations in waves, with retries and a stop, each station's progress in rows.
// A campaign is the site's own: it hears of its stations by TransferTold (transfers/).
import type { CampaignRequested, CommandRequested } from '#contracts';
import type { RowWrite, TableSpec } from '#service';
import type { Heard } from '../heard.js';
import { asObject } from '../json.js';
import type { CommandWish, Decided, Part, PartChange } from '../part.js';
import { begin, type Campaign, heardOf, isOver, nextLook, nextStations, stopped, withMember, withoutQuiet } from './state.js';

export const CAMPAIGNS: TableSpec = {
  name: 'campaigns',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    campaign_id: 'text',
    kind: 'text',
    messages: 'jsonb',
    wave_size: 'integer',
    attempts: 'integer',
    retry_after_s: 'integer',
    quiet_after_s: 'integer',
    stop_after_failures: 'integer',
    state: 'text',
    requested_by: 'text',
    requested_at: 'timestamptz',
    ended_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'campaign_id'],
};
export const CAMPAIGN_STATIONS: TableSpec = {
  name: 'campaign_stations',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    campaign_id: 'text',
    station_id: 'text',
    action: 'text',
    state: 'text',
    attempts: 'integer',
    status: 'text',
    command_id: 'text',
    at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'campaign_id', 'station_id'],
};

type Campaigns = Readonly<Record<string, Campaign>>;

/** A station that is away is asked again by the campaign, not by a command that waits. */
const NOT_AFTER_MS = 60_000;
/** Campaigns of a site that are over are forgotten, but their rows stay. */
const MOST_KEPT = 20;

/** Before anybody is asked because of it. */
function before(campaigns: Campaigns, heard: Heard): Campaigns {
  const { input, nowMs } = heard;
  switch (input.type) {
    case 'CampaignRequested':
      return campaigns[input.data.campaignId] === undefined
        ? { ...kept(campaigns), [input.data.campaignId]: begin(input.data, nowMs) }
        : campaigns;
    case 'CampaignStopped': {
      const campaign = campaigns[input.data.campaignId];
      return campaign === undefined ? campaigns : changed(campaigns, stopped(campaign, nowMs));
    }
    case 'TransferTold': {
      const { commandId, stationId, status, end } = input.data;
      const campaign = Object.values(campaigns).find(({ members }) => members[stationId]?.commandId === commandId);
      return campaign === undefined ? campaigns : changed(campaigns, heardOf(campaign, stationId, status, end, nowMs));
    }
    default:
      return heard.kind === 'due'
        ? Object.values(campaigns).reduce((now, each) => changed(now, withoutQuiet(each, nowMs)), campaigns)
        : campaigns;
  }
}

const changed = (campaigns: Campaigns, campaign: Campaign): Campaigns =>
  campaigns[campaign.order.campaignId] === campaign ? campaigns : { ...campaigns, [campaign.order.campaignId]: campaign };

function kept(campaigns: Campaigns): Campaigns {
  const over = Object.entries(campaigns).filter(([, { members }]) => Object.values(members).every(isOver));
  const dropped = new Set(over.slice(0, Math.max(0, over.length - MOST_KEPT)).map(([id]) => id));
  return Object.fromEntries(Object.entries(campaigns).filter(([id]) => !dropped.has(id)));
}

/** Everybody a wave has room for, in all campaigns; a station is in one transfer of a kind at a time by its own rules. */
const wishes = (campaigns: Campaigns, nowMs: number): readonly CommandWish[] =>
  Object.values(campaigns).flatMap((campaign) =>
    nextStations(campaign, nowMs).flatMap((stationId) => {
      const message = messageOf(campaign, stationId);
      return message === undefined
        ? []
        : [{ stationId, action: message.action, payload: asObject(message.payload), notAfterMs: NOT_AFTER_MS }];
    }),
  );

function messageOf({ order }: Campaign, stationId: string): CampaignRequested['messages'][number] | undefined {
  const version = order.stations.find((each) => each.stationId === stationId)?.ocppVersion;
  return order.messages.find(({ ocppVersion }) => ocppVersion === version);
}

function evolve(campaigns: Campaigns, heard: Heard, { commands }: Decided): Campaigns {
  let now = before(campaigns, heard);
  const asked: CommandRequested[] = [...commands];
  for (const campaign of Object.values(now))
    for (const stationId of nextStations(campaign, heard.nowMs)) {
      const at = asked.findIndex((command) => command.stationId === stationId);
      const [command] = at < 0 ? [] : asked.splice(at, 1);
      const member = campaign.members[stationId];
      if (command === undefined || member === undefined) continue;
      const running = { ...member, state: 'running', attempts: member.attempts + 1, status: 'asked', sinceMs: heard.nowMs } as const;
      const current = now[campaign.order.campaignId] ?? campaign;
      now = changed(now, withMember(current, stationId, { ...running, commandId: command.commandId }));
    }
  return now;
}

export const campaigns: Part<Campaigns> = {
  name: 'campaigns',
  tables: [CAMPAIGNS, CAMPAIGN_STATIONS],
  calls: [],
  commands: [],
  siteFacts: ['CampaignRequested', 'CampaignStopped', 'TransferTold'],
  initial: {},
  decide: (state, heard) => wishes(before(state, heard), heard.nowMs),
  evolve: (state, heard, _, decided) => evolve(state, heard, decided),
  rows: campaignRows,
  nextDue(state) {
    const times = Object.values(state).flatMap((campaign) => nextLook(campaign) ?? []);
    return times.length === 0 ? undefined : { name: 'look', dueMs: Math.min(...times) };
  },
};

function campaignRows({ before: was, after, heard, place: { tenant_id, site_id } }: PartChange<Campaigns>): readonly RowWrite[] {
  return Object.values(after).flatMap((campaign): readonly RowWrite[] => {
    const { order, state, members } = campaign;
    const known = was[order.campaignId];
    if (known === campaign) return [];
    const key = { tenant_id, site_id, campaign_id: order.campaignId };
    const at = heard.input.time;
    const head: RowWrite = {
      table: CAMPAIGNS,
      row: {
        ...key,
        state,
        ended_at: Object.values(members).every(isOver) ? at : null,
        ...(known === undefined && {
          kind: order.kind,
          messages: order.messages,
          wave_size: order.waveSize,
          attempts: order.attempts,
          retry_after_s: order.retryAfterS,
          quiet_after_s: order.quietAfterS,
          stop_after_failures: order.stopAfterFailures ?? null,
          requested_by: order.requestedBy,
          requested_at: at,
        }),
      },
    };
    const rows = order.stations.flatMap(({ stationId }): readonly RowWrite[] => {
      const member = members[stationId];
      if (member === undefined || member === known?.members[stationId]) return [];
      const { state: now, attempts, status, commandId } = member;
      const first = known === undefined ? { action: messageOf(campaign, stationId)?.action ?? null } : {};
      return [
        {
          table: CAMPAIGN_STATIONS,
          row: { ...key, station_id: stationId, ...first, state: now, attempts, status, command_id: commandId ?? null, at },
        },
      ];
    });
    return [head, ...rows];
  });
}
