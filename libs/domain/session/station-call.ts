// What the translators need to know of one message of a station and of the station itself.
// The log's own record of a call satisfies it; reading payloads tolerantly is done here once for both versions.
import { type JudgedTime, judgeTime } from '#domain/metering';
import { isWhole32 } from '#kernel';
import type { OcppVersion } from '#ocpp';
import type { SessionToken } from './commands.js';

export interface StationCall {
  readonly recordId: string;
  readonly stationId: string;
  readonly ocppVersion: OcppVersion;
  readonly action: string;
  readonly payload: unknown;
  /** ISO 8601 UTC */
  readonly receivedAt: string;
  /** 1.6: the id given to a StartTransaction. */
  readonly transactionId?: string;
  readonly token?: { readonly tokenHash: string; readonly tokenType: string; readonly groupHash?: string };
  readonly flags: readonly string[];
  /** Measurand → the unit its model really sends. */
  readonly unitOverrides?: Readonly<Record<string, string>>;
}

/** What is known of the station beside the message. */
export interface StationContext {
  /** 1.6 connector → EVSE; see connectorMap. */
  evseOf(connectorId: number): number;
  /** The EVSE, when the station has only one. */
  readonly soleEvseId?: number;
  /** True for a time at which the station was offline: a message may have waited since then. */
  wasOffline(ms: number): boolean;
  /** The message came over a connection that a newer one has replaced: its transaction facts count, its status does not. */
  readonly isOldConnection: boolean;
}

export type Json = Readonly<Record<string, unknown>>;
export const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
/** Integers of OCPP only: another names no place and no event. Stations write them as text now and then. */
export const asWhole = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return isWhole32(number) ? number : undefined;
};

export interface FactTime {
  readonly atMs: number;
  readonly isTimeDoubtful: boolean;
  readonly isQueued: boolean;
  readonly flags: JudgedTime['flags'];
}

/** The rule for bad clocks: the station's time where plausible (also when it was offline then), else when we received it, flagged. */
export function factTime(
  stationTime: unknown,
  { receivedAt }: StationCall,
  { wasOffline }: StationContext,
  saysOffline: boolean,
): FactTime {
  const live = judgeTime(stationTime, receivedAt);
  const mayWait = saysOffline || live.flags.includes('clockBehind');
  const waiting = mayWait ? judgeTime(stationTime, receivedAt, true) : live;
  const isQueued = mayWait && (saysOffline || wasOffline(Date.parse(waiting.at)));
  const { at, flags } = isQueued ? waiting : live;
  return { atMs: Date.parse(at), isTimeDoubtful: flags.length > 0, isQueued, flags };
}

export const tokenOf = ({ token }: StationCall, sealed: unknown): SessionToken | undefined =>
  token && { tokenHash: token.tokenHash, tokenType: token.tokenType, ...(typeof sealed === 'string' && { idToken: sealed }) };

/** Leaves out what is undefined, for fields that are absent when unknown. */
export function known<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const found: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const name in fields) if (fields[name] !== undefined) found[name] = fields[name] as Exclude<T[typeof name], undefined>;
  return found;
}
