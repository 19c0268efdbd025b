// Asks a station what it is made of, once at first contact and again after an update: GetBaseReport in 2.x, GetConfiguration in 1.6 (B07, ADR 0018);
// and again where parts of its report do not come.
// The variables it tells become rows in variables.ts.
import type { Heard } from '../heard.js';
import { asObject, asText, type Json } from '../json.js';
import type { CommandWish, Decided } from '../part.js';
import { NO_PARTS, type ReportParts, withPart } from '../report-parts.js';
import { mayBeAsked, type Station } from '../station.js';

/** What is known of asking the station for its device model (2.x) or configuration (1.6). */
export interface Inventory extends ReportParts {
  readonly commandId: string;
  /** 2.x: the report that answers it. */
  readonly requestId?: number;
  /** It is asked again after an update. */
  readonly firmwareVersion: string;
  /** `lost`: no answer, asked again at the next boot; `unsupported`: the station said no. */
  readonly state: 'asked' | 'complete' | 'lost' | 'unsupported';
  readonly askedMs: number;
  /** When the last part came. */
  readonly heardMs?: number;
  /** How often it was asked again for parts that did not come. */
  readonly again?: number;
}

/** Time for a station to answer; it has just booted and may be busy. */
const TIMEOUT_MS = 60_000;
/** A station that boots over and over is not asked each time. */
const ASK_AGAIN_MS = 60 * 60_000;
/** A large station takes minutes over its report; so long after its last part no other comes. */
const PARTS_WITHIN_MS = 10 * 60_000;
const MOST_AGAIN = 2;
const LARGEST_REQUEST_ID = 2 ** 31 - 1;

function isWanted(inventory: Inventory | undefined, station: Station, nowMs: number): boolean {
  const { firmwareVersion = '' } = station;
  if (!mayBeAsked(station)) return false;
  if (inventory === undefined || inventory.firmwareVersion !== firmwareVersion) return true;
  return (inventory.state === 'lost' || inventory.state === 'asked') && nowMs - inventory.askedMs >= ASK_AGAIN_MS;
}

/** When nobody waits for its parts any longer. */
export const inventoryDue = ({ requestId, state, askedMs, heardMs = askedMs }: Inventory): { name: string; dueMs: number } | undefined =>
  requestId === undefined || state !== 'asked' ? undefined : { name: 'inventory', dueMs: heardMs + PARTS_WITHIN_MS };

/** The command to send because of this, if any. */
export function inventoryWish(inventory: Inventory | undefined, heard: Heard, station: Station): CommandWish | undefined {
  if (heard.kind === 'due') {
    const isThere = mayBeAsked(station) && station.isOnline && station.bootStatus === 'Accepted';
    return isThere && (inventory?.again ?? 0) < MOST_AGAIN ? baseReport(heard) : undefined;
  }
  if (heard.kind !== 'call' || heard.action !== 'BootNotification' || heard.isOld || heard.answer.status !== 'Accepted') return undefined;
  if (!isWanted(inventory, station, heard.nowMs)) return undefined;
  if (heard.ocppVersion === 'ocpp1.6') return { action: 'GetConfiguration', payload: {}, timeoutMs: TIMEOUT_MS };
  return baseReport(heard);
}

const baseReport = ({ input }: Heard): CommandWish => {
  const requestId = input.at.offset % LARGEST_REQUEST_ID;
  return { action: 'GetBaseReport', payload: { requestId, reportBase: 'FullInventory' }, timeoutMs: TIMEOUT_MS };
};

export function evolveInventory(
  inventory: Inventory | undefined,
  heard: Heard,
  { firmwareVersion = '' }: Station,
  { commands: [request] }: Decided,
): Inventory | undefined {
  if (request !== undefined) {
    const { requestId } = asObject(request.payload);
    const { commandId } = request;
    const asked = { commandId, firmwareVersion, state: 'asked', askedMs: heard.nowMs, ...NO_PARTS } as const;
    const again = heard.kind === 'due' && { again: (inventory?.again ?? 0) + 1 };
    return { ...asked, ...again, ...(typeof requestId === 'number' && { requestId }) };
  }
  if (heard.kind === 'due') return inventory && { ...inventory, state: 'lost' };
  if (heard.kind === 'call') {
    if (inventory === undefined || inventory.state === 'complete' || heard.action !== 'NotifyReport') return inventory;
    return reported(inventory, heard.payload, heard.nowMs);
  }
  if (heard.kind !== 'outcome' || heard.command.commandId !== inventory?.commandId || inventory.state === 'complete') return inventory;
  switch (heard.outcome.kind) {
    case 'answered':
      return answered(inventory, heard.outcome.payload, heard.nowMs);
    case 'errored':
      return { ...inventory, state: 'unsupported' };
    default:
      return { ...inventory, state: 'lost' };
  }
}

/** 1.6 tells everything in the answer; 2.x agrees and reports in parts. */
function answered(inventory: Inventory, { status, configurationKey }: Json, nowMs: number): Inventory {
  if (inventory.requestId === undefined)
    return Array.isArray(configurationKey)
      ? { ...inventory, state: 'complete', isComplete: true, fromMs: nowMs }
      : { ...inventory, state: 'unsupported' };
  return asText(status) === 'Accepted' ? { ...inventory, state: 'asked' } : { ...inventory, state: 'unsupported' };
}

function reported(inventory: Inventory, payload: Json, nowMs: number): Inventory {
  if (payload.requestId !== inventory.requestId) return inventory;
  const { partCount: _, ...rest } = inventory;
  const parts = withPart(inventory, payload, nowMs);
  return parts === inventory ? inventory : { ...rest, ...parts, heardMs: nowMs, state: parts.isComplete ? 'complete' : inventory.state };
}
