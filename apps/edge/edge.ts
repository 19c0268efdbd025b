// One edge: stations' sockets on one side, log, book, directory and router on the other. Created → Listening → Draining → Closed.
// Every rule lives in a file of its own; here they are introduced to each other.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encode } from '#contracts';
import { Budgets } from '#kernel';
import type { Logger } from '#observability';
import { certificateStatuses, chainOf, contractPool, localAuthority } from '#pki';
import { type Cancel, isNewer, type RoutedCommand, type RoutedMessage, type World } from '#ports';
import { bookGate } from './admission/book-gate.js';
import { certificateDesk } from './admission/client-certificate.js';
import { CloseWaves } from './admission/close-waves.js';
import { door } from './admission/door.js';
import { FailureThrottle } from './admission/failure-throttle.js';
import { Proxies } from './admission/proxies.js';
import { SocketCounts } from './admission/socket-limits.js';
import { CLOSE, DEFAULT_EDGE_CONFIG, type EdgeConfig } from './config.js';
import { Connection, type ConnectionIdentity } from './connection.js';
import { dispatcher } from './dispatch.js';
import { companiesIn } from './inbound/company-desk.js';
import { Parking } from './inbound/parking.js';
import { pkiDesk } from './inbound/pki-desk.js';
import { RepeatMemory } from './inbound/repeat-memory.js';
import { RoundRobin } from './inbound/round-robin.js';
import { tokenDesk } from './inbound/token-desk.js';
import { TransactionCosts } from './inbound/transaction-costs.js';
import { type CreateListener, type ListenerPorts, webSocketListener } from './listener.js';
import { edgeCounters } from './metrics.js';
import { GrantFence } from './outbound/grant-fence.js';
import { OutcomeWriter } from './outbound/outcome-writer.js';
import type { Outcome } from './outbound/station-calls.js';
import { outcomeRecord } from './outcome-record.js';
import { refusalRecords } from './refusal-records.js';
import { Roster } from './roster.js';
import type { EdgeServices } from './services.js';
import { SiteLog } from './site-log.js';
import { TlsMaterial } from './tls-material.js';

export interface Edge {
  /** Resolves when stations can connect. */
  listen(): Promise<void>;
  /**
   * Refuses new stations, answers what is in flight and closes the rest in waves with 1012. Resolves when every socket is closed and
   * its end recorded. `closeFractionPerS` 1 closes all at once.
   */
  drain(options?: { readonly closeFractionPerS?: number }): Promise<void>;
  /** The port listened on. */
  readonly port: number;
  /** Undefined without a TLS listener. */
  readonly tlsPort: number | undefined;
  readonly connectionCount: number;
  /** Rejects with what is wrong, for a readiness probe. */
  check(): Promise<void>;
}

export interface EdgeOptions {
  readonly world: World;
  /** The settings of libs/config fit; what is absent has its default. */
  readonly config?: Partial<EdgeConfig>;
  readonly logger: Logger;
  /** Instead of real sockets. */
  readonly listener?: CreateListener;
  /** Instead of the event loop's. */
  readonly nextTurn?: (task: () => void) => void;
}

/** Patience with the last records at drain. */
const SETTLE_MS = 5_000;
const RETRY_AFTER_S = { least: 2, spread: 8 } as const;

export function createEdge({
  world,
  config: given = {},
  logger,
  listener = webSocketListener,
  nextTurn = setImmediate,
}: EdgeOptions): Edge {
  const config: EdgeConfig = { edgeId: `edge-${world.ids.next()}`, ...DEFAULT_EDGE_CONFIG, ...given };
  const { clock, directory, router } = world;
  const siteLog = new SiteLog(world.log, clock, config.unhealthyAfterMs);
  const roster = new Roster(directory, router, config.edgeId, logger);
  const counters = edgeCounters(() => roster.size);
  const waves = new CloseWaves(clock, () => roster.size, config.closeFractionPerS);
  const outcomes = new OutcomeWriter(siteLog, clock, {
    waits: (error) => logger.warn({ err: error }, 'an outcome waits for the log'),
    lost(error) {
      counters.count('outcomesLost');
      logger.error({ err: error }, 'an outcome could not be sealed, and is lost');
    },
  });
  const retryAfterS = (): number => Math.ceil(RETRY_AFTER_S.least + world.random.next() * RETRY_AFTER_S.spread);
  const timers: Cancel[] = [];
  const parking = new Parking(world.keys);
  const proxies = new Proxies(config.trustedProxies);
  const signs = config.certificates.authority === 'local';
  const tls = config.ocppTls === undefined ? undefined : new TlsMaterial(config.ocppTls, signs);
  const refusals = refusalRecords(config, clock, world.ids, (siteKey, build) => outcomes.write(siteKey, build));
  let isDraining = false;
  let emptied: (() => void) | undefined;

  const recordOutcome = (command: RoutedCommand, outcome: Outcome, connection: Connection | undefined): void => {
    const nowMs = clock.now();
    const siteKey = `${command.tenantId}/${command.siteId}`;
    if (outcomes.write(siteKey, () => outcomeRecord(config.edgeId, nowMs, command, outcome, connection))) return;
    counters.count('outcomesLost');
    logger.error({ commandId: command.commandId, outcome: outcome.type }, 'an outcome was not taken: too many wait for the log');
  };

  const record = (type: 'StationDisconnected' | 'PingsAnswered', { path, entry, ...rest }: ConnectionIdentity, more: object = {}): void => {
    const { connectionId, generation } = rest;
    const written = encode({
      id: world.ids.next(),
      type,
      source: `/edge/${config.edgeId}`,
      time: new Date(clock.now()).toISOString(),
      ...path,
      siteId: entry.siteId,
      data: { connectionId, edgeId: config.edgeId, generation, ...more },
    });
    if (!outcomes.write(written.key, () => written)) counters.count('outcomesLost');
  };

  const recordEnd = (identity: ConnectionIdentity, closeCode: number, reason: string): void => {
    const { tenantId, stationId } = identity.path;
    const unparkedFrames = parking.takeCounted(`${tenantId}/${stationId}`);
    record('StationDisconnected', identity, { closeCode, reason, ...(unparkedFrames > 0 && { unparkedFrames }) });
  };

  const statuses = certificateStatuses({ responders: config.certificates.responders, clock });
  const services: EdgeServices = {
    config,
    logger,
    clock,
    ids: world.ids,
    keys: world.keys,
    siteLog,
    desk: {
      tokens: tokenDesk(world.book, world.keys, new Budgets(config.tokensPerStation), clock, config),
      pki: pkiDesk({
        signs,
        requests: new Budgets(config.signingsPerStation),
        organizations: config.stationOrganizations,
        statuses,
        pool: contractPool(config.certificates.contractPoolUrl),
        authorities: config.certificates.iso15118Files.flatMap((file) => chainOf(readFileSync(file, 'utf8'))),
      }),
      ...(config.companiesFile !== undefined && { companies: companiesIn(config.companiesFile) }),
      bootRetryIntervalS: config.bootRetryIntervalS,
      hmacTransaction: (text) => world.keys.hmac('transaction', text),
    },
    repeats: new RepeatMemory(),
    costs: new TransactionCosts(),
    parking,
    writeLater: (siteKey, build) => outcomes.write(siteKey, build),
    pingsAnswered: (identity) => record('PingsAnswered', identity),
    fence: new GrantFence(),
    waves,
    proxies,
    certificates: certificateDesk(proxies, config.clientCertHeader, () => ({ all: tls?.authorities ?? [], own: tls?.own ?? [] }), statuses),
    refused: refusals,
    budgets: {
      prompt: new Budgets(config.promptCallsPerStation),
      calls: new Budgets(config.callsPerStation),
      wrong: new Budgets(config.wrongFramesPerStation),
    },
    roundRobin: new RoundRobin(nextTurn),
    inFlight: { bytes: 0 },
    count: counters.count,
    answered: counters.answered,
    limited: counters.limited,
    nextTurn,
    stationEntry: bookGate(world.book, clock),
    recordOutcome,
    answeredLate: (connection) => {
      if (!isDraining) waves.leave(connection);
    },
    connectionEnded: (connection, code, reason) => {
      waves.leave(connection);
      roster.remove(connection);
      recordEnd(connection.identity, code, reason);
      logger.info({ stationId: connection.identity.path.stationId, code, reason }, 'station disconnected');
      if (roster.size === 0) emptied?.();
    },
  };

  const supersede = (older: Connection): void => {
    counters.count('superseded');
    older.end(CLOSE.superseded, 'a newer connection of this station took over');
  };

  const abandon = (identity: ConnectionIdentity): void => {
    roster.forget(identity);
    recordEnd(identity, 1006, 'gone before the upgrade was complete');
    // By its record it was the newest: nobody heeds any more what an older one says of its status. That one connects anew (P5).
    const { tenantId, stationId } = identity.path;
    const older = roster.of(tenantId, stationId);
    if (older !== undefined && isNewer(identity.generation, older.identity.generation)) supersede(older);
  };

  const entrance = door(services, new FailureThrottle(), retryAfterS, { claim: (identity) => roster.claim(identity), abandon });

  const ports: ListenerPorts = {
    handshakeTimeoutMs: config.handshakeTimeoutMs,
    sockets: new SocketCounts(config, (address) => proxies.isTrusted(address)),
    door: entrance,
    opened: (socket, identity) => {
      const { path, version, connectionId } = identity;
      const connection = new Connection(socket, identity, services);
      const older = roster.of(path.tenantId, path.stationId);
      if (older !== undefined && isNewer(older.identity.generation, identity.generation)) {
        connection.end(CLOSE.superseded, 'a newer connection of this station took over');
        return;
      }
      roster.add(connection);
      if (older !== undefined) supersede(older);
      logger.info({ stationId: path.stationId, version, connectionId }, 'station connected');
      if (isDraining) waves.enter(connection, () => connection.drain());
    },
    vanished: abandon,
    refused: ({ status, message }, request) => {
      counters.count('upgradesRefused');
      logger.info(
        {
          status,
          reason: message,
          address: proxies.addressOf(request),
          path: request.url?.split('?', 1)[0]?.slice(0, 120),
          ...(status === 404 && {
            hint: 'PUT /v1/stations/{stationId} makes a station known; UNKNOWN_STATIONS says what becomes of others',
          }),
        },
        'upgrade refused',
      );
    },
    failed: (error) => {
      logger.error({ err: error }, 'an upgrade failed');
      return { status: 503, message: 'not ready', headers: { 'Retry-After': String(retryAfterS()) } };
    },
  };
  const server = listener(ports);
  const tlsServer = tls?.serves ? listener(ports, tls) : undefined;
  const renewTls = (): void => {
    try {
      if (!tls?.reload()) return;
      tlsServer?.renew?.();
      logger.info({}, 'TLS certificates were replaced');
    } catch (error) {
      logger.error({ err: error }, 'TLS certificates could not be read: the ones before stay in use');
    }
  };

  const dispatch = dispatcher(services, directory, router, (tenantId, stationId) => roster.of(tenantId, stationId));
  const onMessage = (message: RoutedMessage): void => {
    if (message.kind === 'command') {
      dispatch(message.command).catch((error: unknown) =>
        logger.error({ commandId: message.command.commandId, err: error }, 'a command failed'),
      );
      return;
    }
    const connection = roster.of(message.tenantId, message.stationId);
    if (connection?.identity.connectionId !== message.connectionId) return;
    if (message.kind === 'superseded') supersede(connection);
    else connection.reassigned();
  };

  /** Runs `task` every `intervalMs` until the edge closes. */
  const every = (intervalMs: number, task: () => void): void => {
    const index = timers.length;
    const again = (): void => {
      task();
      timers[index] = clock.after(intervalMs, again);
    };
    timers.push(clock.after(intervalMs, again));
  };

  /** Stations with a certificate of the network's own authority are let in like those of the authorities an operator named. */
  const trustOwn = async (): Promise<void> => {
    if (!signs || tls === undefined) return;
    const { validityDays } = config.certificates;
    const roots = await localAuthority({ keys: world.keys, clock, validityDays }).roots('ChargingStationCertificate');
    tls.trust(roots.map((pem) => new X509Certificate(pem)));
    tlsServer?.renew?.();
  };

  let listening: { close(): Promise<void> } | undefined;
  return {
    async listen() {
      listening = await router.listen(config.edgeId, onMessage);
      await trustOwn();
      await server.listen(config.ocppPort, config.bindAddress);
      if (config.ocppTls !== undefined) {
        await tlsServer?.listen(config.ocppTls.port, config.bindAddress);
        every(config.tlsReloadIntervalMs, renewTls);
      }
      every(config.sweepIntervalMs, () => {
        for (const connection of roster.connections()) connection.tick(clock.now());
      });
      every(config.announceIntervalMs, () => void roster.announce(supersede));
    },
    async drain({ closeFractionPerS } = {}) {
      isDraining = true;
      if (closeFractionPerS !== undefined) waves.setFraction(closeFractionPerS);
      const isNobodyUnderWay = entrance.close();
      for (const connection of roster.connections()) waves.enter(connection, () => connection.drain());
      await isNobodyUnderWay;
      await new Promise<void>((resolve) => nextTurn(resolve)); // who was let in last is open by then, and stands in line
      while (roster.size > 0)
        await new Promise<void>((resolve) => {
          emptied = resolve;
        });
      await outcomes.settle(SETTLE_MS);
      for (const cancel of timers) cancel();
      waves.stop();
      await listening?.close();
      await Promise.all([server.close(), tlsServer?.close()]);
    },
    get port() {
      return server.port ?? config.ocppPort;
    },
    get tlsPort() {
      return tlsServer?.port;
    },
    get connectionCount() {
      return roster.size;
    },
    async check() {
      if (isDraining) throw new Error('draining');
      if (listening === undefined) throw new Error('not listening yet');
      await router.check();
    },
  };
}
