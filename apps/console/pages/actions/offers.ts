// What can be asked of a station and its outlets, and the message that asks it, in the words of the version it speaks. Pure: what is known comes in, a message goes out.
// Who may ask is the api's to say, and what a message must hold.
import type { FieldError } from '../../api/errors.js';
import { listOf, type Row, rowOf } from '../../api/loose-json.js';
import type { MessageKey } from '../../words/messages.js';

export interface Message {
  /** As OCPP calls it. */
  readonly action: string;
  readonly payload: Row;
}
export type Values = Readonly<Record<string, string>>;
export interface Field {
  readonly name: string;
  readonly label: MessageKey;
  /** Where a problem names it. */
  readonly path: string;
  /** Of a choice. */
  readonly options?: readonly string[];
  /** Of a number; a text has neither. */
  readonly range?: readonly [least: number, most: number, first: number];
  readonly maxLength?: number;
}
export const OFFERS = ['stop', 'start', 'limit', 'unlimit', 'unlock', 'availability', 'reset'] as const;
export interface Offer {
  readonly name: (typeof OFFERS)[number];
  readonly action: string;
  readonly fields: readonly Field[];
  /** Whether charging ends or pauses by it: of the outlet, or of all the station. */
  readonly interrupts: (values: Values) => Interruption | null;
  /** `number`: one that no other request has; `nowMs` by the server's clock. */
  readonly payload: (values: Values, number: number, nowMs: number) => Row;
}

export interface Interruption {
  readonly how: 'ends' | 'pauses';
  readonly where: 'outlet' | 'station';
}

/** An outlet as it is asked for. */
export interface Outlet {
  readonly evseId: number;
  /** In 1.6 numbered through the whole station, in 2.x within the outlet. */
  readonly connectorIds: readonly number[];
  /** What runs there; null: nothing that is known. */
  readonly transactionId: string | null;
}

const TOKEN_TYPES = ['ISO14443', 'ISO15693', 'Central', 'eMAID', 'KeyCode', 'Local', 'MacAddress'];

const stopOf = (is16: boolean, transactionId: string): Offer => ({
  name: 'stop',
  action: is16 ? 'RemoteStopTransaction' : 'RequestStopTransaction',
  fields: [],
  interrupts: () => ({ how: 'ends', where: 'outlet' }),
  payload: () => ({ transactionId: is16 ? Number(transactionId) : transactionId }),
});

const startOf = (is16: boolean, evseId: number, connectorId: number): Offer => ({
  name: 'start',
  action: is16 ? 'RemoteStartTransaction' : 'RequestStartTransaction',
  fields: [
    { name: 'token', label: 'actions.card', path: is16 ? 'payload/idTag' : 'payload/idToken/idToken', maxLength: is16 ? 20 : 36 },
    ...(is16 ? [] : [{ name: 'type', label: 'actions.cardType' as const, path: 'payload/idToken/type', options: TOKEN_TYPES }]),
  ],
  interrupts: () => null,
  payload: ({ token = '', type }, remoteStartId) =>
    is16 ? { connectorId, idTag: token.trim() } : { evseId, remoteStartId, idToken: { idToken: token.trim(), type } },
});

/** Parts of a station as they are chosen: all of it, or an outlet or connector by its number. */
const WHOLE = 'whole';
const isWhole = ({ part = WHOLE }: Values): boolean => part === WHOLE;
const numberOf = ({ part = WHOLE }: Values): number => (part === WHOLE ? 0 : Number(part.split(' ')[1]));
const whereOf = (values: Values): Interruption['where'] => (isWhole(values) ? 'station' : 'outlet');
const partField = (path: string, options: readonly string[]): Field => ({ name: 'part', label: 'actions.what', path, options });

const resetOf = (is16: boolean, evseId: number): Offer => ({
  name: 'reset',
  action: 'Reset',
  fields: [
    { name: 'type', label: 'actions.how', path: 'payload/type', options: is16 ? ['Soft', 'Hard'] : ['OnIdle', 'Immediate'] },
    ...(is16 ? [] : [partField('payload/evseId', [WHOLE, `evse ${evseId}`])]),
  ],
  // When idle it waits for them.
  interrupts: (values) => (values.type === 'OnIdle' ? null : { how: 'ends', where: whereOf(values) }),
  payload: (values) => ({ type: values.type, ...(!isWhole(values) && { evseId: numberOf(values) }) }),
});

const unlockOf = (is16: boolean, evseId: number, connectorIds: readonly number[]): Offer => ({
  name: 'unlock',
  action: 'UnlockConnector',
  fields: [
    partField(
      'payload/connectorId',
      connectorIds.map((id) => `connector ${id}`),
    ),
  ],
  // A 2.x station refuses while it charges, one of 1.6 ends the transaction.
  interrupts: () => (is16 ? { how: 'ends', where: 'outlet' } : null),
  payload: (values) => ({ ...(!is16 && { evseId }), connectorId: numberOf(values) }),
});

const availabilityOf = (is16: boolean, parts: readonly string[]): Offer => ({
  name: 'availability',
  action: 'ChangeAvailability',
  fields: [
    {
      name: 'state',
      label: 'actions.service',
      path: is16 ? 'payload/type' : 'payload/operationalStatus',
      options: ['Inoperative', 'Operative'],
    },
    partField(is16 ? 'payload/connectorId' : 'payload/evse', parts),
  ],
  // Who charges goes on until the session ends.
  interrupts: () => null,
  payload: (values) =>
    is16
      ? { connectorId: numberOf(values), type: values.state }
      : { operationalStatus: values.state, ...(!isWhole(values) && { evse: { id: numberOf(values) } }) },
});

/** Ids that the load balancer does not use, one for each place: a later limit there takes the place of the one before. */
const FIRST_PROFILE_ID = 80_000;
/** Above what the load balancer installs, which is beneath it. */
const STACK_LEVEL = 1;
/** No car charges with less (IEC 61851-1) [A]. */
const LEAST_A = 6;
/** Of a clock that is behind ours [s]. */
const EARLIER_S = 60;

const limitOf = (is16: boolean, parts: readonly string[]): Offer => ({
  name: 'limit',
  action: 'SetChargingProfile',
  fields: [
    { name: 'limitA', label: 'actions.amps', path: is16 ? 'payload/csChargingProfiles' : 'payload/chargingProfile', range: [0, 10_000, 6] },
    { name: 'minutes', label: 'actions.minutes', path: 'minutes', range: [1, 1_440, 60] },
    partField(is16 ? 'payload/connectorId' : 'payload/evseId', parts),
  ],
  interrupts: (values) => (Number(values.limitA) < LEAST_A ? { how: 'pauses', where: whereOf(values) } : null),
  payload: (values, _number, nowMs) => {
    const id = FIRST_PROFILE_ID + numberOf(values);
    const purpose = isWhole(values) ? (is16 ? 'ChargePointMaxProfile' : 'ChargingStationMaxProfile') : 'TxDefaultProfile';
    const common = { stackLevel: STACK_LEVEL, chargingProfilePurpose: purpose, chargingProfileKind: 'Absolute' };
    const schedule = {
      startSchedule: new Date(nowMs - EARLIER_S * 1_000).toISOString(),
      duration: Number(values.minutes) * 60 + EARLIER_S,
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: Number(values.limitA) }],
    };
    return is16
      ? { connectorId: numberOf(values), csChargingProfiles: { chargingProfileId: id, ...common, chargingSchedule: schedule } }
      : { evseId: numberOf(values), chargingProfile: { id, ...common, chargingSchedule: [{ id, ...schedule }] } };
  },
});

const unlimitOf = (is16: boolean, parts: readonly string[]): Offer => ({
  name: 'unlimit',
  action: 'ClearChargingProfile',
  fields: [partField(is16 ? 'payload/id' : 'payload/chargingProfileId', parts)],
  interrupts: () => null,
  payload: (values) => ({ [is16 ? 'id' : 'chargingProfileId']: FIRST_PROFILE_ID + numberOf(values) }),
});

/** `version`: 1.6, 2.0.1, 2.1; none where a station never connected. */
export function offersFor(version: string | null, outlet: Outlet): readonly Offer[] {
  if (version === null) return [];
  const is16 = version === '1.6';
  const { evseId, connectorIds, transactionId } = outlet;
  const numbered = connectorIds.length === 0 ? [evseId] : connectorIds;
  const parts = [...(is16 ? numbered.map((id) => `connector ${id}`) : [`evse ${evseId}`]), WHOLE];
  return [
    transactionId === null ? startOf(is16, evseId, numbered[0] ?? evseId) : stopOf(is16, transactionId),
    limitOf(is16, parts),
    unlimitOf(is16, parts),
    unlockOf(is16, evseId, is16 ? numbered : connectorIds.length === 0 ? [1] : connectorIds),
    availabilityOf(is16, parts),
    resetOf(is16, evseId),
  ];
}

/** Each value before anybody chose one. */
export const firstValues = ({ fields }: Offer): Values =>
  Object.fromEntries(fields.map(({ name, options, range }) => [name, options?.[0] ?? String(range?.[2] ?? '')]));

/** What a problem says of the fields, by their names, and what of nothing that is shown. */
export function toldOf(fields: readonly Field[], errors: readonly FieldError[]) {
  // Of what is around a field, or within it.
  const fieldOf = ({ path }: FieldError) =>
    fields.find((field) => `${path}/`.startsWith(`${field.path}/`) || `${field.path}/`.startsWith(`${path}/`));
  return {
    byField: new Map(errors.flatMap((error) => fieldOf(error)?.name ?? []).map((name) => [name, messagesOf(name)])),
    others: errors.filter((error) => fieldOf(error) === undefined).map(({ path, message }) => `${path}: ${message}`),
  };
  function messagesOf(name: string): string {
    return errors
      .filter((error) => fieldOf(error)?.name === name)
      .map(({ message }) => message)
      .join('; ');
  }
}

/** Connectors by outlet, of a station as the api tells it: 1.6 numbers them through the station where they are only counted. */
export function connectorsOf(json: unknown): ReadonlyMap<number, readonly number[]> {
  const row = rowOf(json);
  const is16 = row.ocppVersion === 'ocpp1.6';
  let next = 1;
  const evses = listOf(rowOf(row.config).evses).map(rowOf);
  return new Map(
    evses
      .sort((a, b) => Number(a.evseId) - Number(b.evseId))
      .map(({ evseId, connectors = 1 }) => {
        const first = is16 ? next : 1;
        const ids = Array.isArray(connectors)
          ? connectors.map((each) => Number(rowOf(each).connectorId))
          : Array.from({ length: Number(connectors) }, (_, index) => first + index);
        next = Math.max(next, ...ids.map((id) => id + 1));
        return [Number(evseId), ids];
      }),
  );
}
