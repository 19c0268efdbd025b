// Commands to stations: validated, durable, then handed to the edge that holds the station.
// Whatever can change a limit is only requested here; the site's owner sends it, or refuses.

import { tokenText } from '#domain/authorization';
import { protect } from '#domain/privacy';
import { type CommandFault, commandFaults } from '#domain/station-commands';
import { sha256, uuidV5 } from '#kernel';
import { actions, isOcppVersion, type OcppVersion, validate } from '#ocpp';
import type { World } from '#ports';
import { deliverCommand } from '#service';
import { KEPT_HOURS } from './idempotency.js';
import { lentPasswords, offerPassword, passwordCommand, passwordIn } from './password.js';
import { badRequest, conflict } from './problem.js';
import type { CommandState } from './reads.js';
import { refuseStranger } from './remote-start.js';
import { append, poll } from './requests.js';
import { asStationSpells, toldFaults } from './told-bounds.js';

export interface CommandRequest {
  readonly tenantId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly ocppVersion: string | null;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly requestedBy: string;
  readonly idempotencyKey: string | undefined;
}

const LIMITING: ReadonlySet<string> = new Set([
  'AFRRSignal',
  'ClearChargingProfile',
  'SetChargingProfile',
  'UpdateDynamicSchedule',
  'UsePriorityCharging',
]);

/** A remote start may carry a profile; what GetChargingProfiles calls so tells which are asked for. */
const changesLimits = (action: string, payload: Readonly<Record<string, unknown>>): boolean =>
  LIMITING.has(action) || (payload.chargingProfile !== undefined && action !== 'GetChargingProfiles');

/** Answers the command's id once it is durable. Rejects with a problem when the station could never understand it. */
export async function requestCommand(world: World, asked: CommandRequest): Promise<string> {
  const request = { ...asked, payload: await asStationSpells(world, asked) };
  const { tenantId, siteId, stationId, action, payload, timeoutMs, requestedBy, idempotencyKey } = request;
  check(request.ocppVersion, action, payload, stationId);
  refuseIfForbidden(action, [...(await toldFaults(world, request)), ...(await lentPasswords(world, request))]);
  const commandId =
    idempotencyKey === undefined
      ? world.ids.next()
      : uuidV5('command', tenantId, stationId, idempotencyKey, sha256(JSON.stringify([action, asked.payload]))); // as asked: the station may tell its own spelling meanwhile
  if (idempotencyKey !== undefined && (await wasHandedOver(world, tenantId, commandId))) return commandId; // it has been asked for, and may have ended
  await refuseStranger(world, request);
  const notAfter = new Date(world.clock.now() + timeoutMs).toISOString();
  const sealed = await sealedPayload(world, request, changesLimits(action, payload) ? 'seal' : 'remove');
  const data = { commandId, stationId, action, payload: sealed, notAfter, timeoutMs, requestedBy };
  const fact = { id: commandId, tenantId, siteId, stationId, data };
  const password = passwordIn(action, payload);
  if (password !== undefined) await offerPassword(world, { tenantId, siteId, stationId, offerId: commandId, password, requestedBy });
  if (changesLimits(action, payload)) {
    await append(world, 'site-events', { ...fact, type: 'ProfileRequested' });
    return commandId;
  }
  await append(world, 'site-events', { ...fact, type: 'CommandRequested' });
  if (idempotencyKey !== undefined && !(await isFirstHandover(world, tenantId, commandId))) return commandId;
  await deliverCommand(world, '/api', { tenantId, siteId, stationId, commandId, action, payload, notAfter, timeoutMs });
  return commandId;
}

/** Of many messages the last waits until all before it are answered [ms]. */
const ALL_LEFT_WITHIN_MS = 30 * 60_000;

/** Many messages to one station, each sent when the one before was answered; answers their ids in order. One that a station could not understand is a problem for all. */
export async function requestMessages(
  world: World,
  { tenantId, siteId, stationId, ocppVersion, timeoutMs, requestedBy }: Omit<CommandRequest, 'action' | 'payload' | 'idempotencyKey'>,
  messages: readonly Pick<CommandRequest, 'action' | 'payload'>[],
): Promise<readonly string[]> {
  const sealed = [];
  for (const { action, payload: asked } of messages) {
    const payload = await asStationSpells(world, { tenantId, siteId, stationId, action, payload: asked });
    check(ocppVersion, action, payload, stationId);
    const message = { tenantId, siteId, stationId, action, payload };
    await refuseStranger(world, { ...message, ocppVersion });
    refuseIfForbidden(action, [...(await toldFaults(world, message)), ...(await lentPasswords(world, message))]);
    const kept = await sealedPayload(world, { tenantId, stationId, action, payload }, 'seal');
    sealed.push({ commandId: world.ids.next(), action, payload: kept });
  }
  if (sealed.length === 0) return [];
  const notAfter = new Date(world.clock.now() + ALL_LEFT_WITHIN_MS).toISOString();
  const data = { stationId, messages: sealed, timeoutMs, notAfter, requestedBy };
  await append(world, 'site-events', { type: 'MessagesWanted', tenantId, siteId, stationId, data });
  return sealed.map(({ commandId }) => commandId);
}

const sealedPayload = (
  { keys }: Pick<World, 'keys'>,
  { tenantId, stationId, action, payload }: Pick<CommandRequest, 'tenantId' | 'stationId' | 'action' | 'payload'>,
  secrets: 'seal' | 'remove',
): Promise<unknown> =>
  protect(action, payload, {
    tokenHash: (value) => keys.hmac('token', tokenText(tenantId, value)),
    seal: (subject, plaintext) => keys.seal(subject, plaintext),
    fallbackSubject: `station:${tenantId}/${stationId}`,
    secrets,
  });

async function wasHandedOver({ database }: Pick<World, 'database'>, tenantId: string, commandId: string): Promise<boolean> {
  const { rowCount } = await database.query('select from command_handovers where tenant_id = $1 and command_id = $2', [
    tenantId,
    commandId,
  ]);
  return rowCount === 1;
}

/**
 * Whether nobody handed this command to an edge before. After trouble of ours a key may be used again, and by then the station may be at
 * another edge, which does not know what the first one sent. Who dies in between leaves a command that times out.
 */
async function isFirstHandover({ database }: Pick<World, 'database'>, tenantId: string, commandId: string): Promise<boolean> {
  await database.query('delete from command_handovers where at < now() - make_interval(hours => $1)', [KEPT_HOURS]);
  const { rowCount } = await database.query(
    'insert into command_handovers (tenant_id, command_id) values ($1, $2) on conflict do nothing',
    [tenantId, commandId],
  );
  return rowCount === 1;
}

function check(version: string | null, action: string, payload: Readonly<Record<string, unknown>>, stationId: string): void {
  if (version === null || !isOcppVersion(version))
    throw conflict(`the station ${stationId} has never connected, so it is not known which OCPP version it speaks`);
  const known: OcppVersion = version;
  const info = actions(known).get(action);
  if (info === undefined || info.direction === 'fromStation')
    throw badRequest(`this action is not a message to a station in ${known}`, [
      { path: 'action', message: 'unknown in this OCPP version' },
    ]);
  const violations = validate(known, action, 'request', payload);
  if (violations.length > 0)
    throw badRequest(
      `the payload breaks the ${known} schema of ${action}`,
      violations.map(({ path, message }) => ({ path: `payload${path}`, message })),
    );
  refuseIfForbidden(action, commandFaults(known, action, payload));
}

function refuseIfForbidden(action: string, faults: readonly CommandFault[]): void {
  if (faults.length > 0)
    throw badRequest(
      `this ${action} is not for a CSMS to send`,
      faults.map(({ path, message }) => ({ path: `payload${path}`, message })),
    );
}

/** Tells the station its new password; while it is away it may come with either. Answers the command, where there is one. */
export async function changePassword(
  world: World,
  {
    password,
    ...request
  }: Pick<CommandRequest, 'tenantId' | 'siteId' | 'stationId' | 'ocppVersion' | 'requestedBy'> & { readonly password: string },
): Promise<{ readonly commandId?: string }> {
  const { tenantId, siteId, stationId, ocppVersion, requestedBy } = request;
  const isHere = (await world.directory.lookup(tenantId, stationId)) !== undefined;
  if (isHere && ocppVersion !== null && isOcppVersion(ocppVersion)) {
    const command = passwordCommand(ocppVersion, password);
    return { commandId: await requestCommand(world, { ...request, ...command, timeoutMs: 30_000, idempotencyKey: undefined }) };
  }
  await offerPassword(world, { tenantId, siteId, stationId, offerId: world.ids.next(), password, requestedBy });
  return {};
}

/** Asks the owner of a site for the first place of a running transaction, in the words of 2.1 whatever its station speaks. Answers the command's id. */
export async function requestPriority(
  world: World,
  {
    tenantId,
    siteId,
    stationId,
    transactionId,
    requestedBy,
  }: Pick<CommandRequest, 'tenantId' | 'siteId' | 'stationId' | 'requestedBy'> & { readonly transactionId: string },
  activate: boolean,
): Promise<string> {
  const commandId = world.ids.next();
  const notAfter = new Date(world.clock.now() + PRIORITY_TIMEOUT_MS).toISOString();
  const asked = { action: 'UsePriorityCharging', payload: { transactionId, activate }, notAfter, timeoutMs: PRIORITY_TIMEOUT_MS };
  const data = { commandId, stationId, ...asked, requestedBy };
  await append(world, 'site-events', { id: commandId, type: 'ProfileRequested', tenantId, siteId, stationId, data });
  return commandId;
}
const PRIORITY_TIMEOUT_MS = 30_000;

/** The owner of a site answers a profile within moments; a site without one, or a station that is busy, is not waited for. */
const DECIDED_WITHIN_MS = 1_000;

/** A profile that would be valid beside another one of its level and purpose is a conflict, which names the other (2.x K01.FR.06, K01.FR.39). */
export async function refuseSecondProfile(
  world: World,
  read: () => Promise<{ readonly state: CommandState; readonly reason?: unknown } | undefined>,
): Promise<void> {
  const row = await poll(world, DECIDED_WITHIN_MS, async () => {
    const now = await read();
    return now === undefined || now.state === 'queued' ? undefined : now;
  });
  const [, detail] = /^DuplicateProfile: (.*)$/s.exec(String(row?.reason ?? '')) ?? [];
  if (detail !== undefined) throw conflict(detail, [{ path: 'payload/chargingProfile', message: detail }]);
}

const TERMINAL: readonly CommandState[] = ['accepted', 'rejected', 'failed', 'timedOut'];
export const isEnded = ({ state }: { readonly state: CommandState }): boolean => TERMINAL.includes(state);

/** Polls until the command has ended or `withinMs` is over; answers the last row seen. */
export const untilEnded = <T extends { readonly state: CommandState }>(
  world: World,
  withinMs: number,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> =>
  poll(world, withinMs, async () => {
    const row = await read();
    return row !== undefined && isEnded(row) ? row : undefined;
  }).then((row) => row ?? read());
