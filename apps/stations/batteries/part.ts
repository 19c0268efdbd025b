// A battery swap station (OCPP 2.1 block S): which slot holds which battery, and how far each swap has come, whoever began it.
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asList, asObject, asText, instantOrNull, type Json, numberOrNull, textOrNull } from '../json.js';
import type { Part, Place } from '../part.js';
import { BATTERIES, BATTERY_SWAPS } from './tables.js';

/** Swaps by request: the command that asked last, whether the station told of it since, which says more than any answer, and whether it ended. */
type Swaps = Readonly<Record<string, { readonly commandId: string; readonly isTold?: true; readonly isOver?: true }>>;

/** More than a station has under way; the oldest is forgotten. */
const MOST_KEPT = 50;

export const batteries: Part<Swaps> = {
  name: 'batteries',
  tables: [BATTERIES, BATTERY_SWAPS],
  calls: ['BatterySwap'],
  commands: ['RequestBatterySwap'],
  initial: {},
  evolve(swaps, heard) {
    if (heard.kind === 'asked') return withSwap(swaps, heard.command.payload, { commandId: heard.command.commandId });
    if (heard.kind !== 'call' || heard.action !== 'BatterySwap') return swaps;
    const isOver = heard.payload.eventType !== 'BatteryIn';
    return withSwap(swaps, heard.payload, {
      commandId: swaps[keyOf(heard.payload)]?.commandId ?? '',
      isTold: true,
      ...(isOver && { isOver }),
    });
  },
  rows({ before, heard, place }) {
    if (heard.kind === 'call') return heard.action === 'BatterySwap' ? swapRows(heard, place, isOver(before, heard.payload)) : [];
    if (heard.kind === 'asked') return requestRows(heard, place, isOver(before, heard.command.payload));
    if (heard.kind !== 'outcome') return [];
    const swap = before[keyOf(heard.command.payload)];
    return swap?.commandId === heard.command.commandId && swap.isTold === undefined ? requestRows(heard, place) : [];
  },
};

/** Stations number their swaps anew after a restart: under the id of one that ended, another one begins. */
const isOver = (swaps: Swaps, payload: Json): boolean => swaps[keyOf(payload)]?.isOver === true;
const NOTHING_MOVED = { batteries_in: null, in_at: null, batteries_out: null, out_at: null };

const keyOf = ({ requestId }: Json): string => String(numberOrNull(requestId) ?? 0);

function withSwap(swaps: Swaps, payload: Json, swap: Swaps[string]): Swaps {
  const { [keyOf(payload)]: _, ...others } = swaps;
  return Object.fromEntries([...Object.entries(others), [keyOf(payload), swap]].slice(-MOST_KEPT));
}

const STATES: Readonly<Record<string, string>> = { BatteryIn: 'batteryIn', BatteryOut: 'swapped', BatteryOutTimeout: 'timedOut' };

function swapRows({ payload, input }: Extract<Heard, { kind: 'call' }>, place: Place, isAnother: boolean): readonly RowWrite[] {
  const at = input.time;
  const { eventType, requestId, idToken } = payload;
  const told = asList(payload.batteryData);
  const isIn = eventType === 'BatteryIn';
  // A timeout: they are still there.
  const isOut = eventType === 'BatteryOut';
  const slots = told.map(({ evseId, serialNumber, soC, soH, productionDate, vendorInfo }): RowWrite => {
    return {
      table: BATTERIES,
      row: {
        ...place,
        evse_id: numberOrNull(evseId) ?? 0,
        is_in: !isOut,
        serial_number: textOrNull(serialNumber),
        soc: numberOrNull(soC),
        soh: numberOrNull(soH),
        produced_at: instantOrNull(productionDate),
        vendor_info: textOrNull(vendorInfo),
        at,
      },
    };
  });
  const batteriesTold = isIn ? { batteries_in: told, in_at: at } : isOut ? { batteries_out: told, out_at: at } : {};
  const begun = isAnother && isIn && { ...NOTHING_MOVED, reason: null, requested_by: null, requested_at: null };
  const swap = {
    ...begun,
    state: STATES[asText(eventType)] ?? 'accepted',
    id_token: textOrNull(asObject(idToken).idToken),
    at,
    ...batteriesTold,
  };
  return [...slots, { table: BATTERY_SWAPS, row: { ...place, request_id: numberOrNull(requestId) ?? 0, ...swap } }];
}

function requestRows(heard: Extract<Heard, { kind: 'asked' | 'outcome' }>, place: Place, isAnother = false): readonly RowWrite[] {
  const { payload, requestedBy } = heard.command;
  const key = { ...place, request_id: numberOrNull(payload.requestId) ?? 0 };
  const at = heard.input.time;
  const row = (said: Json): readonly RowWrite[] => [{ table: BATTERY_SWAPS, row: { ...key, at, ...said } }];
  if (heard.kind === 'asked')
    return row({
      ...(isAnother && NOTHING_MOVED),
      state: 'requested',
      reason: null,
      requested_by: requestedBy,
      requested_at: at,
      id_token: textOrNull(asObject(payload.idToken).idToken),
    });
  const { outcome } = heard;
  if (outcome.kind !== 'answered') return row({ state: 'refused', reason: outcome.kind === 'errored' ? outcome.code : outcome.reason });
  return outcome.payload.status === 'Accepted'
    ? row({ state: 'accepted' })
    : row({ state: 'refused', reason: asText(asObject(outcome.payload.statusInfo).reasonCode) || 'Rejected' });
}
