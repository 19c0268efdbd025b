// From an upgrade request to an admitted connection with its generation, or to an HTTP refusal. The order of the questions is the order below.
// The socket itself, and what becomes of older connections, are the listener's.

import { encode, streamKey } from '#contracts';
import { Budgets } from '#kernel';
import { LogUnavailable, type NewRecord, type Position } from '#ports';
import type { ConnectionIdentity } from '../connection.js';
import { headerOf, type UpgradeRequest } from '../listener.js';
import type { EdgeServices } from '../services.js';
import { type Admission, decideUpgrade, type Refusal } from './decide-upgrade.js';
import type { FailureThrottle } from './failure-throttle.js';
import { basicCredentials, chooseSubprotocol, type StationPath, stationPath } from './path.js';
import { Turnstile } from './turnstile.js';

export interface HttpRefusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const REFUSALS: { readonly [R in Refusal]: HttpRefusal } = {
  unknownStation: { status: 404, message: 'no such station' },
  badCredentials: { status: 401, message: 'wrong credentials', headers: { 'WWW-Authenticate': 'Basic realm="ocpp", charset="UTF-8"' } },
  badCertificate: { status: 401, message: 'a certificate of this station is needed' },
  supersededCertificate: { status: 401, message: 'this station has a newer certificate' },
  revokedCertificate: { status: 401, message: 'the certificate of this station was revoked' },
  insecureTransport: { status: 403, message: 'this station has to connect by TLS' },
  noCommonSubprotocol: { status: 400, message: 'no common subprotocol' },
};

export const NO_SUCH_PATH: HttpRefusal = REFUSALS.unknownStation;
/** Told to nobody: it saves what a connection costs that nobody holds. */
export const HUNG_UP: HttpRefusal = { status: 408, message: 'hung up before it was heard' };

/** What happens with an admitted connection before its socket opens. */
export interface Entrance {
  /** Makes it the station's connection everywhere; false when a newer one exists. Rejects with RouterUnavailable. */
  readonly claim: (identity: ConnectionIdentity) => Promise<boolean>;
  /** It was recorded and will not open. */
  readonly abandon: (identity: ConnectionIdentity) => void;
}

export interface Door {
  /** `waits` is called for one that will be let in, or told so, after a while. */
  admit(request: UpgradeRequest, waits?: () => void): Promise<ConnectionIdentity | HttpRefusal>;
  /** Nobody comes in from now on, whoever waits is told so. Resolves when who was being let in at that moment is through. */
  close(): Promise<void>;
}

export const isRefusal = (outcome: ConnectionIdentity | HttpRefusal): outcome is HttpRefusal => 'status' in outcome;

export function door(services: EdgeServices, throttle: FailureThrottle, retryAfterS: () => number, entrance: Entrance): Door {
  const { config, clock, keys, siteLog, logger, proxies } = services;
  const attempts = new Budgets(config.attemptsPerAddress);
  const turnstile = new Turnstile(clock, config.entriesPerStation, config.handshakeTimeoutMs);
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;
  const later = (status: number, message: string): HttpRefusal => ({ status, message, headers: { 'Retry-After': String(retryAfterS()) } });
  const restarting = (): HttpRefusal => later(503, 'restarting');

  async function judge(request: UpgradeRequest, path: StationPath, address: string): Promise<Admission | HttpRefusal> {
    const stationKey = `${path.tenantId}/${path.stationId}`;
    const entry = await services.stationEntry(path);
    if (entry === 'bookAway') return later(503, 'not ready yet');
    const credentials = basicCredentials(headerOf(request, 'authorization'));
    const isEncrypted = proxies.isEncrypted(request);
    const certificate = (entry?.securityProfile ?? 0) >= 2 ? services.certificates.identityOf(request, clock.now()) : undefined;
    const decided = decideUpgrade({
      path,
      entry,
      credentials,
      version: chooseSubprotocol(headerOf(request, 'sec-websocket-protocol'), config.ocppVersions),
      isEncrypted,
      certificate,
      config,
      hashCredential: (text) => keys.hmac('credential', text),
    });
    const byCertificate = 'admitted' in decided && decided.admitted.securityProfile === 3 && certificate !== undefined;
    const isRevoked = byCertificate && (await services.certificates.isRevoked(certificate));
    const decision: typeof decided = isRevoked ? { refused: 'revokedCertificate' } : decided;
    if ('admitted' in decision) {
      throttle.succeeded(address, stationKey);
      return isClosed ? restarting() : decision.admitted;
    }
    const { refused: reason } = decision;
    if (reason === 'badCredentials' || reason === 'badCertificate' || reason === 'revokedCertificate')
      throttle.failed(address, stationKey, clock.now());
    if (entry !== undefined && reason !== 'unknownStation') {
      const shown = certificate?.shown;
      services.refused(path, entry, { reason, isEncrypted, hasPassword: credentials !== undefined, ...(shown && { certificate: shown }) });
    }
    return REFUSALS[reason];
  }

  /** Appends StationConnected; its position is the connection's place among all of this station's connections. */
  async function enter(
    path: StationPath,
    { entry, version, securityProfile, provedOffer, certificateName, certificate }: Admission,
  ): Promise<ConnectionIdentity | HttpRefusal> {
    const siteKey = streamKey({ tenantId: path.tenantId, siteId: entry.siteId });
    const partition = siteLog.partitionOf(siteKey);
    if (!siteLog.health.isHealthy(partition, clock.now()) && !siteLog.health.mayProbe(clock.now()))
      return later(503, 'the log is not ready');
    const connectionId = services.ids.next();
    const record = encode({
      id: connectionId,
      type: 'StationConnected',
      source: `/edge/${config.edgeId}`,
      time: new Date(clock.now()).toISOString(),
      ...path,
      siteId: entry.siteId,
      data: {
        connectionId,
        edgeId: config.edgeId,
        assignmentSeq: entry.assignmentSeq,
        ocppVersion: version,
        securityProfile,
        ...(provedOffer !== undefined && { provedOffer }),
        ...(certificate !== undefined && { certificate }),
      },
    });
    let identity: ConnectionIdentity | undefined;
    try {
      const { offset } = await appendInTime(partition, record);
      identity = {
        path,
        entry,
        version,
        connectionId,
        generation: { assignmentSeq: entry.assignmentSeq, offset },
        ...(certificateName !== undefined && { certificateName }),
      };
      if (await entrance.claim(identity)) return identity;
      entrance.abandon(identity);
      // Of two attempts of one station the one recorded later wins, even where the station has given that one up: it shall try again (P5).
      return later(503, 'another connection of this station was recorded after this one');
    } catch (error) {
      if (identity !== undefined) entrance.abandon(identity);
      logger.warn({ stationId: path.stationId, err: error }, 'a connection could not be recorded and announced');
      return later(503, 'not ready');
    }
  }

  async function appendInTime(partition: number, record: NewRecord): Promise<Position> {
    const appended = siteLog.append(partition, [record]);
    let cancel: (() => void) | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      cancel = clock.after(config.appendTimeoutMs, () => reject(new LogUnavailable('no answer in time')));
    });
    try {
      const [position] = await Promise.race([appended, tooLate]);
      if (position === undefined) throw new LogUnavailable('the log named no position');
      return position;
    } finally {
      cancel?.();
    }
  }

  async function admit(request: UpgradeRequest, waits?: () => void): Promise<ConnectionIdentity | HttpRefusal> {
    if (isClosed) return restarting();
    const path = stationPath(request.url ?? '', config.defaultTenantId);
    if (path === undefined) return NO_SUCH_PATH;
    const address = proxies.addressOf(request);
    if (!attempts.spend(address, 1, clock.now())) return later(429, 'too many attempts');
    if (!throttle.allows(address, `${path.tenantId}/${path.stationId}`, clock.now())) return later(429, 'too many failed attempts');
    const judged = await judge(request, path, address);
    if ('status' in judged) return judged;
    const entry = turnstile.ask(`${path.tenantId}/${path.stationId}`);
    if (entry === 'now') return enter(path, judged);
    if (entry === 'never') return later(429, 'too many connections');
    waits?.();
    if (!(await entry)) return isClosed ? restarting() : later(429, 'too many connections');
    if (request.socket.readable === false) return HUNG_UP;
    const again = await judge(request, path, address);
    return 'status' in again ? again : enter(path, again);
  }

  return {
    admit(request, waits) {
      const admission = admit(request, waits);
      underWay.add(admission);
      const isOver = (): void => void underWay.delete(admission);
      admission.then(isOver, isOver);
      return admission;
    },
    async close() {
      isClosed = true;
      turnstile.close();
      await Promise.allSettled(underWay);
    },
  };
}
