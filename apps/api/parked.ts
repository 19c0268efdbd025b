// What could not be understood and was kept: frames of stations, and records a service passed by. A frame can be replayed, repaired if need be.
// Parking is done by the edge (frames) and the services (records); what a replayed frame means is decided by the folds, as ever.
import { encode } from '#contracts';
import { presentedToken, tokenText } from '#domain/authorization';
import { protect } from '#domain/privacy';
import { uuidV5 } from '#kernel';
import { isOcppVersion, mayComeFromStation, parseFrame, validate } from '#ocpp';
import type { World } from '#ports';
import { badRequest, conflict } from './problem.js';
import type { ParkedFrame } from './reads.js';
import { passed } from './requests.js';

/** Messages that ask for something: nobody waits for that answer any more. */
const QUESTIONS: ReadonlySet<string> = new Set([
  'Authorize',
  'BootNotification',
  'DataTransfer',
  'Get15118EVCertificate',
  'GetCertificateChainStatus',
  'GetCertificateStatus',
  'Heartbeat',
  'OpenPeriodicEventStream',
  'PullDynamicScheduleUpdate',
  'SignCertificate',
  'StartTransaction',
  'VatNumberValidation',
]);
/** Older than every connection: what is replayed is a fact, and says nothing of where the station is now. */
const NO_CONNECTION = { assignmentSeq: 0, offset: -1 };

interface Replay {
  readonly tenantId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly frame: ParkedFrame;
  /** The frame as somebody repaired it; absent = as it came. */
  readonly repaired: string | undefined;
  readonly requestedBy: string;
}

/** Appends the call a parked frame stands for; the same replay twice is one record. Answers the record's id. */
export async function replayFrame(world: World, { tenantId, siteId, stationId, frame, repaired, requestedBy }: Replay): Promise<string> {
  const { keys } = world;
  const version = frame.ocppVersion;
  if (!isOcppVersion(version)) throw badRequest('the OCPP version of the frame is not spoken any more');
  if (frame.replayedAs !== null) throw conflict(`this frame was replayed already, as ${frame.replayedAs}`);
  if (repaired === undefined && frame.isTruncated) throw conflict('only the beginning of this frame was kept: send the repaired frame');
  const text = repaired ?? (await keys.unseal(frame.sealed));
  if (text === undefined) throw conflict('the copy of this frame cannot be read any more');
  const call = parseFrame(text, version);
  if (call.kind !== 'call' && call.kind !== 'send')
    throw badRequest(`still not readable: ${'reason' in call ? call.reason : 'it is an answer'}`, [
      { path: 'frame', message: 'a CALL or SEND of the station was expected' },
    ]);
  const { action, payload, messageId } = call;
  if (!mayComeFromStation(version, action) || QUESTIONS.has(action))
    throw badRequest(`${action} cannot be replayed: it is no report, the station would have to ask again`);
  const violations = validate(version, action, 'request', payload);
  if (violations.length > 0)
    throw badRequest(
      `the payload breaks the schema of ${action}`,
      violations.map(({ path, message }) => ({ path: `frame${path}`, message })),
    );
  const token = presentedToken(version, payload, (await world.book.station(tenantId, stationId))?.tokenEnding);
  const hash = (value: string) => keys.hmac('token', tokenText(tenantId, value));
  const known = token === undefined ? undefined : await world.book.token(tenantId, hash(token.value));
  const id = uuidV5('replay', frame.frameId);
  const data = {
    connectionId: frame.connectionId,
    generation: NO_CONNECTION,
    ocppVersion: version,
    messageId,
    action,
    ...(call.kind === 'send' && { isSend: true }),
    violations,
    flags: ['replayed'],
    replayOf: frame.frameId,
    ...(token !== undefined && { token: { tokenHash: hash(token.value), tokenType: token.type, status: known?.status ?? 'Unknown' } }),
    answer: { kind: 'result', payload: {} },
    payload: await protect(action, payload, {
      tokenHash: hash,
      seal: (subject, plaintext) => keys.seal(subject, plaintext),
      fallbackSubject: `station:${tenantId}/${stationId}`,
    }),
  };
  const time = new Date(world.clock.now()).toISOString();
  const source = `/api/${requestedBy}`;
  const [position] = await world.log.append('site-events', [
    encode({ id, type: 'CallReceived', source, time, tenantId, siteId, stationId, data }),
  ]);
  if (position !== undefined) await passed(world, 'session', position);
  return id;
}
