// The tariff a station is to calculate with, against what it says of it: waiting → sent → held or refused; central where it cannot be said in its words.
// Whatever it did not take for lack of a connection is sent when it is back; what it refused waits for another tariff.
import type { DefaultTariffWanted } from '#contracts';
import { type Problem, type StationTariff, stationTariff } from '#domain/billing';
import type { Heard } from '../heard.js';
import { asObject, asText, type Json } from '../json.js';
import type { Station } from '../station.js';

export interface WantedTariff {
  readonly state: 'waiting' | 'sent' | 'held' | 'refused' | 'central';
  readonly tariff?: StationTariff;
  /** Why it would mean something else there. */
  readonly problems?: readonly Problem[];
  /** The station's word. */
  readonly reason?: string;
  /** The one before, to be taken off where this one cannot be said. */
  readonly former?: string;
}

export const wantedIn = ({ kind, input }: Heard): DefaultTariffWanted | undefined =>
  kind === 'fact' && input.type === 'DefaultTariffWanted' ? input.data : undefined;

export function wish(before: WantedTariff | undefined, { tariff }: DefaultTariffWanted): WantedTariff {
  const said = stationTariff(tariff);
  const former = before?.state === 'refused' ? undefined : (before?.tariff?.tariffId ?? before?.former);
  if (!said.ok) return { state: 'central', problems: said.error, ...(former !== undefined && { former }) };
  const isSame = before?.tariff?.tariffId === said.value.tariffId;
  return isSame ? (before as WantedTariff) : { state: 'waiting', tariff: said.value };
}

export const isReached = ({ isOnline, isConfigured, bootStatus, ocppVersion }: Station): boolean =>
  isOnline && isConfigured && bootStatus === 'Accepted' && ocppVersion === 'ocpp2.1';

/** What a SetDefaultTariff for every EVSE came to, whoever sent it. */
export function afterSet(wanted: WantedTariff, payload: Json, outcome: Extract<Heard, { kind: 'outcome' }>['outcome']): WantedTariff {
  if (asText(asObject(payload.tariff).tariffId) !== wanted.tariff?.tariffId || payload.evseId !== 0) return wanted;
  const { tariff } = wanted;
  switch (outcome.kind) {
    case 'answered': {
      const status = asText(outcome.payload.status);
      // It has it already, by whoever it came.
      return status === 'Accepted' || status === 'DuplicateTariffId'
        ? { tariff, state: 'held' }
        : { tariff, state: 'refused', reason: status };
    }
    case 'errored':
      return { tariff, state: 'refused', reason: outcome.code };
    default:
      return wanted.state === 'sent' ? { tariff, state: 'waiting', reason: outcome.reason } : wanted;
  }
}
