// Asks a station what it is made of, once at first contact and again after an update: GetBaseReport in 2.x, GetConfiguration in 1.6 (B07, ADR 0018).
// The variables it tells become rows in variables.ts; handing the command to an edge is in command-delivery.ts.
import type { CallReceived, CommandRequested } from '#contracts';
import { uuidV5 } from '#kernel';
import type { Output } from '#service';
import { isOldConnection } from './link.js';
import type { SiteInput } from './site-fold.js';
import type { Inventory, StationState } from './state.js';

export const INVENTORY_REQUESTER = 'session:inventory';

/** Time for a station to answer; it has just booted and may be busy. */
const TIMEOUT_MS = 60_000;
/** A command that waits longer has lost its reason: the next boot asks again. */
const NOT_AFTER_MS = 5 * 60_000;
/** A station that boots over and over is not asked each time. */
const ASK_AGAIN_MS = 60 * 60_000;
const LARGEST_REQUEST_ID = 2 ** 31 - 1;

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** The status a BootNotification was answered with; null when it was refused as a message. */
export function bootAnswer(answer: CallReceived['answer']): string | null {
  const { status } = answer.kind === 'result' ? asObject(answer.payload) : {};
  return typeof status === 'string' ? status : null;
}

const firmwareOf = ({ payload }: CallReceived): string => {
  const boot = asObject(payload);
  return String(asObject(boot.chargingStation).firmwareVersion ?? boot.firmwareVersion ?? '');
};

function isWanted({ registry, inventory, link }: StationState, call: CallReceived, nowMs: number): boolean {
  if (registry === undefined || registry.isRemoved || isOldConnection(link, call)) return false;
  if (inventory === undefined || inventory.firmwareVersion !== firmwareOf(call)) return true;
  return (inventory.state === 'lost' || inventory.state === 'asked') && nowMs - inventory.askedMs >= ASK_AGAIN_MS;
}

/** The command to append because of this record, if any. */
export function inventoryRequest(station: StationState, stationId: string, input: SiteInput): CommandRequested | undefined {
  if (input.type !== 'CallReceived' || input.data.action !== 'BootNotification' || bootAnswer(input.data.answer) !== 'Accepted')
    return undefined;
  const nowMs = Date.parse(input.time);
  if (!isWanted(station, input.data, nowMs)) return undefined;
  const is16 = input.data.ocppVersion === 'ocpp1.6';
  return {
    commandId: uuidV5('inventory', input.id),
    stationId,
    action: is16 ? 'GetConfiguration' : 'GetBaseReport',
    payload: is16 ? {} : { requestId: input.at.offset % LARGEST_REQUEST_ID, reportBase: 'FullInventory' },
    notAfter: new Date(nowMs + NOT_AFTER_MS).toISOString(),
    timeoutMs: TIMEOUT_MS,
    requestedBy: INVENTORY_REQUESTER,
  };
}

export function evolveInventory({ inventory }: StationState, input: SiteInput, outputs: readonly Output[]): Inventory | undefined {
  const request = outputs.find(({ topic, type }) => topic === 'site-events' && type === 'CommandRequested')?.data as
    | CommandRequested
    | undefined;
  if (request !== undefined && input.type === 'CallReceived') {
    const { requestId } = asObject(request.payload);
    return {
      commandId: request.commandId,
      ...(typeof requestId === 'number' && { requestId }),
      firmwareVersion: firmwareOf(input.data),
      state: 'asked',
      askedMs: Date.parse(input.time),
      parts: [],
    };
  }
  if (inventory === undefined || inventory.state === 'complete') return inventory;
  if (input.type === 'CallReceived') return input.data.action === 'NotifyReport' ? withPart(inventory, input) : inventory;
  if (!('commandId' in input.data) || input.data.commandId !== inventory.commandId) return inventory;
  switch (input.type) {
    case 'CommandAnswered':
      return answered(inventory, asObject(input.data.payload), Date.parse(input.time));
    case 'CommandErrored':
      return { ...inventory, state: 'unsupported' };
    case 'CommandRefused':
    case 'CommandUnanswered':
      return { ...inventory, state: 'lost' };
    default:
      return inventory;
  }
}

/** 1.6 tells everything in the answer; 2.x agrees and reports in parts. */
function answered(inventory: Inventory, { status, configurationKey }: Json, nowMs: number): Inventory {
  if (inventory.requestId === undefined)
    return Array.isArray(configurationKey) ? { ...inventory, state: 'complete', fromMs: nowMs } : { ...inventory, state: 'unsupported' };
  return status === 'Accepted' ? { ...inventory, state: 'asked' } : { ...inventory, state: 'unsupported' };
}

/** Parts may come in any order, and twice. */
function withPart(inventory: Inventory, { data, time }: Extract<SiteInput, { type: 'CallReceived' }>): Inventory {
  const { requestId, seqNo, tbc } = asObject(data.payload);
  if (requestId !== inventory.requestId || typeof seqNo !== 'number' || data.answer.kind === 'error') return inventory;
  const parts = inventory.parts.includes(seqNo) ? inventory.parts : [...inventory.parts, seqNo];
  const partCount = tbc === true ? inventory.partCount : seqNo + 1;
  const fromMs = inventory.fromMs ?? Date.parse(time);
  if (partCount !== undefined && parts.length >= partCount) {
    const { partCount: _, ...rest } = inventory;
    return { ...rest, state: 'complete', parts: [], fromMs };
  }
  return { ...inventory, parts, fromMs, ...(partCount !== undefined && { partCount }) };
}
