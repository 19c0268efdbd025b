// Firmware and logs of one station: the last transfer of each kind, from the command that began it to its end (OCPP L01, L02, L03, N01; 1.6 security 4).
// Campaigns over many stations are campaigns/: they hear by TransferTold how each of their transfers goes.
import type { SiteEventData } from '#contracts';
import { BEGINS, endOf, isBegun, TELLS, type TransferEnd, type TransferKind } from '#domain/device';
import type { RowWrite, TableSpec } from '#service';
import type { Asked, Heard } from '../heard.js';
import { asText, instantOf, type Json, textOrNull } from '../json.js';
import type { Part, PartChange } from '../part.js';
import type { Station } from '../station.js';

export const DEVICE_TRANSFERS: TableSpec = {
  name: 'device_transfers',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    kind: 'text',
    command_id: 'text',
    action: 'text',
    request_id: 'bigint',
    payload: 'jsonb',
    requested_by: 'text',
    status: 'text',
    ended_as: 'text',
    detail: 'text',
    asked_at: 'timestamptz',
    at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'kind'],
};

export interface Transfer {
  readonly commandId: string;
  /** 2.x; 1.6 names none in UpdateFirmware and GetDiagnostics. */
  readonly requestId?: number;
  readonly requestedBy: string;
  /** At the time it was asked for: another one at a later boot means that an update was installed. */
  readonly firmwareVersion: string;
  readonly status: string;
  readonly end?: TransferEnd | 'unreached';
  /** It, or the one of its kind before it, left and was met by silence: the station may be at it. */
  readonly mayRun?: true;
}
export type Transfers = Readonly<Partial<Record<TransferKind, Transfer>>> & {
  /** Asked for while another one of their kind runs, which they take the place of once the station takes them. */
  readonly waiting?: readonly Asked[];
};

/** What campaigns ask for is asked under this name. */
export const CAMPAIGNS = 'stations:campaigns';

interface News {
  readonly kind: TransferKind;
  readonly transfer: Transfer;
  readonly command?: Asked;
  readonly detail?: string;
}

/** Of one station at one time; the oldest is forgotten. */
const MOST_WAITING = 10;

const isRunning = (transfer: Transfer | undefined): boolean =>
  transfer !== undefined && transfer.commandId !== '' && transfer.status !== 'asked' && transfer.end === undefined;

function begun(command: Asked, kind: TransferKind, { firmwareVersion = '' }: Station, before?: Transfer): News {
  const { commandId, payload, requestedBy } = command;
  const { requestId } = payload;
  const request = typeof requestId === 'number' ? { requestId } : {};
  const mayRun = before?.end === 'unreached' && before.mayRun === true && { mayRun: before.mayRun };
  return { kind, command, transfer: { commandId, ...request, requestedBy, firmwareVersion, status: 'asked', ...mayRun } };
}

/** The transfer something says news of, and how it is then. */
function newsIn(transfers: Transfers, heard: Heard, station: Station): News | undefined {
  if (heard.kind === 'asked') {
    const kind = BEGINS.get(heard.command.action);
    return kind === undefined || isRunning(transfers[kind]) ? undefined : begun(heard.command, kind, station, transfers[kind]);
  }
  if (heard.kind === 'outcome') {
    const kind = BEGINS.get(heard.command.action);
    if (kind !== undefined)
      return isWaiting(transfers, heard.command) ? overtaking(kind, heard, station) : outcomeNews(kind, transfers[kind], heard, station);
    return heard.command.action === 'UnpublishFirmware' ? unpublished(transfers.publish, heard) : undefined;
  }
  if (heard.kind !== 'call') return undefined;
  return heard.action === 'BootNotification' ? rebooted(transfers.firmware, station) : told(transfers, heard, station);
}

const isWaiting = ({ waiting = [] }: Transfers, { commandId }: Asked): boolean => waiting.some((each) => each.commandId === commandId);

/** What becomes of one that waits: it has begun, and the one before it is over; or it has not, and is news for its campaign alone. */
function overtaking(kind: TransferKind, heard: Extract<Heard, { kind: 'outcome' }>, station: Station): News | undefined {
  const { transfer } = begun(heard.command, kind, station);
  const news = outcomeNews(kind, transfer, heard, station);
  return news && { ...news, command: heard.command };
}

function outcomeNews(
  kind: TransferKind,
  transfer: Transfer | undefined,
  { command, outcome }: Extract<Heard, { kind: 'outcome' }>,
  station: Station,
): News | undefined {
  if (transfer?.commandId !== command.commandId) return undefined;
  const file = outcome.kind === 'answered' ? textOrNull(outcome.payload.filename ?? outcome.payload.fileName) : null;
  // What it tells of the transfer may be recorded before its answer.
  const isLate = transfer.end === 'unreached' && outcome.kind !== 'unanswered';
  if (transfer.status !== 'asked' && !isLate) return file === null ? undefined : { kind, transfer, detail: file };
  const { end: _, mayRun, ...rest } = transfer;
  const news = (status: string, end?: Transfer['end'], detail: string | null = null): News => ({
    kind,
    transfer: { ...rest, status, ...(end !== undefined && { end }) },
    ...(detail !== null && { detail }),
  });
  const lost = (reason: string, left: true | undefined): News => {
    const { firmwareVersion } = station;
    if (left && kind === 'firmware' && isOtherFirmware(transfer, station)) return news('Installed', 'done', firmwareVersion);
    return { kind, transfer: { ...rest, status: reason, end: 'unreached', ...(left && { mayRun: left }) } };
  };
  switch (outcome.kind) {
    case 'answered': {
      const status = asText(outcome.payload.status);
      return isBegun(command.action, outcome.payload) ? news('Accepted', undefined, file) : news(status || 'NothingToTell', 'failed');
    }
    case 'errored':
      return news(outcome.code, 'failed');
    case 'refused':
      return lost(outcome.reason, mayRun);
    case 'unanswered':
      return lost(outcome.reason, true);
  }
}

/** A status without a requestId, or with the one that was asked, is about the transfer; another is of somebody else's, and shown alone. */
function told(transfers: Transfers, { action, payload }: Extract<Heard, { kind: 'call' }>, station: Station): News | undefined {
  const kind = TELLS.get(action);
  if (kind === undefined) return undefined;
  const status = asText(payload.status);
  const overtakes = overtakingIn(transfers, kind, payload);
  const known = overtakes === undefined ? transfers[kind] : begun(overtakes, kind, station).transfer;
  const isOther = typeof payload.requestId === 'number' && known?.requestId !== undefined && payload.requestId !== known.requestId;
  // What has ended stays so: a repeat of an earlier status comes late.
  const isEnded = known?.end === 'done' || known?.end === 'failed';
  if (status === 'Idle' || status === '' || isOther || isEnded) return undefined;
  const unknown: Transfer = { commandId: '', requestedBy: '', firmwareVersion: '', status };
  const { end: _, ...rest } = known ?? unknown;
  const end = endOf(kind, status);
  const detail = detailOf(payload);
  return {
    kind,
    transfer: { ...rest, status, ...(end !== undefined && { end }) },
    ...(overtakes !== undefined && { command: overtakes }),
    ...(detail !== null && { detail }),
  };
}

/** The one that waits of which this tells: it has begun, though its answer is not recorded yet. */
function overtakingIn({ waiting = [], ...running }: Transfers, kind: TransferKind, { requestId }: Json): Asked | undefined {
  if (typeof requestId !== 'number' || running[kind]?.requestId === requestId) return undefined;
  return waiting.find(({ action, payload }) => BEGINS.get(action) === kind && payload.requestId === requestId);
}

const detailOf = ({ location, statusInfo }: Json): string | null => {
  if (Array.isArray(location)) return location.join(' ');
  return typeof statusInfo === 'object' && statusInfo !== null
    ? textOrNull((statusInfo as Json).additionalInfo ?? (statusInfo as Json).reasonCode)
    : null;
};

const isOtherFirmware = (transfer: Transfer, { firmwareVersion = '' }: Station): boolean =>
  transfer.firmwareVersion !== '' && transfer.firmwareVersion !== firmwareVersion;

/** Stations that start with other firmware while an update was or may have been on its way have installed it, also when they never say so. */
function rebooted(transfer: Transfer | undefined, station: Station): News | undefined {
  if (transfer === undefined || transfer.commandId === '' || transfer.status === 'asked') return undefined;
  const mayRun = transfer.end === undefined || (transfer.end === 'unreached' && transfer.mayRun === true);
  if (!mayRun || !isOtherFirmware(transfer, station)) return undefined;
  const { firmwareVersion = '' } = station;
  return { kind: 'firmware', transfer: { ...transfer, status: 'Installed', end: 'done' }, detail: firmwareVersion };
}

function unpublished(transfer: Transfer | undefined, { outcome }: Extract<Heard, { kind: 'outcome' }>): News | undefined {
  if (transfer === undefined || outcome.kind !== 'answered') return undefined;
  const status = asText(outcome.payload.status);
  // Nothing is taken away while somebody downloads it.
  if (status === 'DownloadOngoing') return { kind: 'publish', transfer, detail: status };
  return { kind: 'publish', transfer: { ...transfer, status, end: 'done' } };
}

/** For the campaign that asked, whatever is new about its transfer. */
function toCampaign(news: News, known: Transfer | undefined, stationId: string): SiteEventData['TransferTold'] | undefined {
  const { commandId, requestedBy, status, end } = news.transfer;
  if (requestedBy !== CAMPAIGNS || status === 'asked' || news.transfer === known) return undefined;
  return { commandId, stationId, status, ...(end !== undefined && { end }) };
}

export const transfers: Part<Transfers> = {
  name: 'transfers',
  tables: [DEVICE_TRANSFERS],
  calls: ['BootNotification', ...TELLS.keys()],
  commands: [...BEGINS.keys(), 'UnpublishFirmware'],
  initial: {},
  decide(state, heard, station) {
    const news = newsIn(state, heard, station);
    const data = news && toCampaign(news, state[news.kind], station.stationId);
    return data === undefined ? [] : [{ type: 'TransferTold', data }];
  },
  evolve(state, heard, station) {
    const news = newsIn(state, heard, station);
    const waiting = evolveWaiting(state, heard, news);
    const transfer = news === undefined || isAside(state, news) ? undefined : news.transfer;
    if (waiting === state.waiting && (transfer === undefined || transfer === state[news?.kind ?? 'firmware'])) return state;
    return {
      ...state,
      ...(waiting !== undefined && { waiting }),
      ...(news !== undefined && transfer !== undefined && { [news.kind]: transfer }),
    };
  },
  rows: transferRows,
};

/** It was not taken, or not heard, and what it was to take the place of goes on. */
const isAside = (transfers: Transfers, { kind, transfer }: News): boolean =>
  isRunning(transfers[kind]) &&
  transfer.end !== undefined &&
  transfer.commandId !== transfers[kind]?.commandId &&
  transfer.commandId !== '';

function evolveWaiting(state: Transfers, heard: Heard, news: News | undefined): Transfers['waiting'] {
  const { waiting = [] } = state;
  if (heard.kind === 'asked') {
    const kind = BEGINS.get(heard.command.action);
    return kind !== undefined && news === undefined ? [...waiting, heard.command].slice(-MOST_WAITING) : state.waiting;
  }
  // The answer to one that was given up may still come.
  if (news?.command === undefined || (heard.kind === 'outcome' && heard.outcome.kind === 'unanswered')) return state.waiting;
  return waiting.filter(({ commandId }) => commandId !== news.transfer.commandId);
}

function transferRows({ before, heard, station, place }: PartChange<Transfers>): readonly RowWrite[] {
  const news = newsIn(before, heard, station);
  if (news === undefined || isAside(before, news)) return [];
  const { kind, transfer, command, detail } = news;
  const { commandId, requestId, requestedBy, status, end } = transfer;
  const at = heard.input.time;
  const row = {
    ...place,
    kind,
    status,
    ended_as: end ?? null,
    at,
    ...((command ?? detail) !== undefined && { detail: detail ?? null }),
    ...(command !== undefined && {
      command_id: commandId,
      action: command.action,
      request_id: requestId ?? null,
      payload: command.payload,
      requested_by: requestedBy,
      asked_at: instantOf(command.askedMs),
    }),
  };
  return [{ table: DEVICE_TRANSFERS, row }];
}
