// Metering as a service: what stations said about their meters, as series, and signed readings with the keys they are judged by. It decides nothing.
// Energy of a session is the session service's, from the same normaliser.
import type { NetworkEvent, Recorded, SiteEvent } from '#contracts';
import { type Normalised, normalise, powerReadings } from '#domain/metering';
import type { ServiceDefinition } from '#service';
import { oddities, seenRows, withSeen } from './seen.js';
import { documentRows, judgementRows, keyRow } from './signed-rows.js';
import { contextOf, evolvePlace, type StationPlace, UNKNOWN_PLACE } from './station-place.js';
import { METERING_TABLES, type Metered, meterRows, portId } from './tables.js';

const WITH_METER_VALUES: readonly string[] = ['MeterValues', 'StartTransaction', 'StopTransaction', 'TransactionEvent'];
/** It says which model hangs there. */
const BOOT = 'BootNotification';

type Call = Extract<Recorded<SiteEvent>, { readonly type: 'CallReceived' }>;

/** A message is read once for what is remembered and for what is written; by the place it led to. */
const read = new WeakMap<Call, { readonly place: StationPlace; readonly metered: Metered }>();

/** What is enough to know a message by that comes again, under whatever id: its first and its last value. */
const gistOf = ({ action }: Call['data'], { samples }: Normalised): string | undefined => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first?.stationTime === undefined || last === undefined) return undefined;
  return `${action} ${first.transactionId} ${samples.length} ${first.stationTime} ${first.rawValue} ${last.stationTime} ${last.rawValue}`;
};

/** A station that lost its line before the answer says its last values once more: they are no others. Within a connection the edge knows. */
const isToldAgain = ({ told }: StationPlace, { data }: Call, normalised: Normalised): boolean =>
  told !== undefined && told.connectionId !== data.connectionId && told.gist === gistOf(data, normalised);

/** Undefined for one answered by an error: it was not taken; the station knows, and the log has it. */
function readCall(place: StationPlace, input: Call): Metered | undefined {
  if (input.data.answer.kind === 'error') return undefined;
  const known = read.get(input);
  if (known?.place === place) return known.metered;
  const { ocppVersion, action, payload } = input.data;
  const { samples, flags } = normalise({ ocppVersion, action, payload, receivedAt: input.time, evse: contextOf(place, input.data) });
  return { samples, flags, readings: powerReadings(samples) };
}

function evolve(before: StationPlace, input: Recorded<SiteEvent | NetworkEvent>): StationPlace {
  if (input.type === 'SignedReadingsJudged')
    return input.data.judgements.some(({ verdict }) => verdict === 'wrong')
      ? { ...before, seen: withSeen(before.seen, ['signatureWrong'], input.time) }
      : before;
  const place = evolvePlace(before, input);
  if (input.type !== 'CallReceived') return place;
  const metered = readCall(place, input);
  if (metered === undefined) return place;
  const gist = gistOf(input.data, metered);
  const told = gist === undefined ? place : { ...place, told: { connectionId: input.data.connectionId, gist } };
  const odd = isToldAgain(before, input, metered) ? [] : oddities(input, metered);
  const after = odd.length === 0 ? told : { ...told, seen: withSeen(told.seen, odd, input.time) };
  read.set(input, { place: after, metered });
  return after;
}

export const meteringDefinition: ServiceDefinition<StationPlace, SiteEvent | NetworkEvent> = {
  name: 'metering',
  inputs: ['site-events', 'network-events'],
  outputs: [],
  tables: METERING_TABLES,
  fold: {
    aggregateOf(input) {
      switch (input.type) {
        case 'StationConnected':
        case 'StationDisconnected':
        case 'SignedReadingsJudged':
          return input.stationId === undefined ? undefined : `${input.tenantId}/${input.siteId}/${input.stationId}`;
        case 'ConfigurationAccepted':
          return input.data.change.kind === 'station'
            ? `${input.tenantId}/${input.siteId}/${input.data.change.config.stationId}`
            : undefined;
        case 'MeterKeyStated':
          return `${input.tenantId}/`;
        case 'CallReceived':
          return input.stationId !== undefined && (WITH_METER_VALUES.includes(input.data.action) || input.data.action === BOOT)
            ? `${input.tenantId}/${input.siteId}/${input.stationId}`
            : undefined;
        default:
          return undefined;
      }
    },
    initial: () => UNKNOWN_PLACE,
    decide: () => [],
    evolve,
    project({ before, after, input }) {
      if (input.type === 'MeterKeyStated') return [keyRow(input)];
      if (input.type === 'SignedReadingsJudged') return [...judgementRows(input), ...seenRows(before.seen, after.seen, input)];
      const metered = input.type === 'CallReceived' ? readCall(after, input) : undefined;
      if (input.type !== 'CallReceived' || metered === undefined || isToldAgain(before, input, metered)) return [];
      const signed = isSigned(metered) ? documentRows(input, placeRow(after, input)) : [];
      return [...meterRows(metered, input, input.data.action), ...signed, ...seenRows(before.seen, after.seen, input)];
    },
  },
};

const isSigned = ({ samples, flags }: Normalised): boolean => flags.includes('signedOnly') || samples.some((sample) => sample.isSigned);

function placeRow(place: StationPlace, input: Call): { readonly port_id: string; readonly transaction_id: string | null } {
  const { evseId = 0, transactionId = null } = contextOf(place, input.data);
  return { port_id: portId(input.stationId ?? '', evseId), transaction_id: transactionId };
}
