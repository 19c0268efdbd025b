// A charging station: power, link, boot, heartbeat, and the faults a test or a bad day brings.
// States of its registration: Unknown --boot answered--> Accepted | Pending | Rejected; Pending and Rejected ask again; a reset leads to Unknown.
// Cars and transactions are in charging.ts, frames in conversation.ts, words in the dialects.
import type { OcppVersion } from '#ocpp';
import { CertificateStore } from './certificates.js';
import type { Chance } from './chance.js';
import { Charging, type RemoteStart } from './charging.js';
import type { Cancel, Clock } from './clock.js';
import { type Answered, Conversation } from './conversation.js';
import type { BootReason, Dialect, StationControls } from './dialect.js';
import { dialect16 } from './dialect-16.js';
import { dialect2 } from './dialect-201.js';
import { Installation, type Outlet } from './installation.js';
import { Ledger } from './ledger.js';
import { type BackOff, Line } from './line.js';
import type { Dial, Target } from './link.js';
import { mannered } from './manner.js';
import { Outbox, type Outgoing } from './outbox.js';
import { defaultSettings, type Settings } from './settings.js';
import type { StationSpec } from './specs.js';
import type { AnsweredMessage, IdToken, StopCause, TransactionRecord } from './transaction.js';

export type Registration = 'Unknown' | 'Accepted' | 'Pending' | 'Rejected';

/** Something happened in a station; a listener sees it at once, in order. */
export type StationEvent =
  | { readonly type: 'Connected' }
  /** The link was lost, or a dial came to nothing; `retryAfterMs` is what an HTTP refusal asked for. */
  | { readonly type: 'Disconnected'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly type: 'Registered'; readonly status: Registration }
  | { readonly type: 'Answered'; readonly message: AnsweredMessage; readonly latencyMs: number }
  | { readonly type: 'Failed'; readonly action: string; readonly reason: string }
  | {
      readonly type: 'Called';
      readonly messageId: string;
      readonly action: string;
      readonly payload: unknown;
      readonly reply: unknown;
    }
  /** Currents below 0 flow back. */
  | { readonly type: 'Drawing'; readonly evseId: number; readonly at: number; readonly currentsMa: Readonly<Record<string, number>> }
  | { readonly type: 'TransactionStarted'; readonly record: TransactionRecord }
  | { readonly type: 'TransactionEnded'; readonly record: TransactionRecord }
  | { readonly type: 'RemoteStartAwaitsCar'; readonly evseId: number; readonly start: RemoteStart }
  | { readonly type: 'CarRefused'; readonly evseId: number; readonly idToken: IdToken };

export interface StationWorld {
  /** Without the station id, e.g. `ws://127.0.0.1:9220/ocpp`. */
  readonly url: string;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Message and transaction ids, unique for ever, at most 36 characters. */
  readonly ids: () => string;
  readonly dial: Dial;
  readonly sampleIntervalS: number;
  readonly backOff: BackOff;
  /** Takes the CSMS's time when it is more than 2 s off. */
  readonly followsServerClock: boolean;
  /** Answered messages and transactions to remember. */
  readonly kept: number;
  /** How long a reset takes [ms]. */
  readonly bootMs: number;
}

const CLOCK_TOLERANCE_MS = 2_000;
/** Time for the last messages before a reset cuts the link. */
const RESET_GRACE_MS = 1_000;
/** Until a boot that was not accepted, or not answered, is tried again when the CSMS gave no interval. */
const BOOT_RETRY_S = 10;

const DIALECTS: { readonly [version in OcppVersion]: (controls: StationControls) => Dialect } = {
  'ocpp1.6': dialect16,
  'ocpp2.0.1': (controls) => dialect2('ocpp2.0.1', controls),
  'ocpp2.1': (controls) => dialect2('ocpp2.1', controls),
};

export class Station {
  readonly installation: Installation;
  readonly charging: Charging;
  readonly certificates: CertificateStore;
  readonly ledger: Ledger;
  registration: Registration = 'Unknown';
  readonly #settings: Settings;
  readonly #dialect: Dialect;
  readonly #outbox = new Outbox();
  readonly #line: Line;
  readonly #conversation: Conversation;
  readonly #listeners = new Set<(event: StationEvent) => void>();
  #bootReason: BootReason = 'PowerUp';
  #refusesProfiles = false;
  #skewed = false;
  #resetPending = false;
  #cancelHeartbeat: Cancel = () => {};
  #cancelBoot: Cancel = () => {};
  #cancelReset: Cancel = () => {};
  #absences: readonly Cancel[] = [];
  readonly #laters = new Set<Cancel>();
  #poweredFrom = 0;

  constructor(
    readonly spec: StationSpec,
    private readonly world: StationWorld,
  ) {
    const { clock, chance } = world;
    this.#settings = { ...defaultSettings(world.sampleIntervalS), ...(spec.password === undefined ? {} : { password: spec.password }) };
    this.certificates = new CertificateStore(spec.serialNumber ?? spec.stationId, spec.organization);
    this.ledger = new Ledger(spec.stationId, world.kept, clock);
    this.installation = new Installation(spec.evses, chance.fork('installation'), clock.now(), (outlet, at) => this.#drawn(outlet, at));
    this.charging = new Charging({
      installation: this.installation,
      clock,
      settings: this.#settings,
      ids: world.ids,
      dialect: () => this.#dialect,
      send: (out) => this.#send(out),
      isPowered: () => this.world.clock.now() >= this.#poweredFrom,
      isReady: () => this.#isOnline() && this.registration === 'Accepted',
      transactionStarted: (_outlet, transaction) =>
        this.#emit({ type: 'TransactionStarted', record: this.ledger.started(this.#dialect, transaction) }),
      transactionSampled: (outlet, transaction) => this.ledger.flowed(outlet, transaction),
      transactionEnded: (outlet, transaction, cause) => {
        const record = this.ledger.ended(this.#dialect, outlet, transaction, cause, this.#now());
        if (record !== undefined) this.#emit({ type: 'TransactionEnded', record });
        if (this.#resetPending && this.charging.running().length === 0) this.reset('SoftReset');
      },
      remoteStartAwaitsCar: ({ evseId }, start) => this.#emit({ type: 'RemoteStartAwaitsCar', evseId, start }),
      carRefused: ({ evseId }, idToken) => this.#emit({ type: 'CarRefused', evseId, idToken }),
    });
    this.#dialect = mannered(DIALECTS[spec.ocppVersion](this.#controls()), spec.manners ?? []);
    this.#line = new Line(world.dial, () => this.#target(), clock, chance.fork('line'), spec.backOff ?? world.backOff, {
      opened: () => this.#opened(),
      lost: () => this.#lost(),
      down: (reason, retryAfterMs) => this.#emit({ type: 'Disconnected', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) }),
      received: (text) => this.#conversation.received(text),
    });
    this.#conversation = new Conversation({
      version: spec.ocppVersion,
      clock,
      ids: world.ids,
      outbox: this.#outbox,
      send: (text) => this.#line.send(text),
      gate: () => (this.registration === 'Accepted' ? 'All' : this.registration === 'Pending' ? 'Triggered' : 'BootOnly'),
      retries: () => ({
        answerTimeoutMs: this.#settings.answerTimeoutS * 1000,
        mostAttempts: this.#settings.mostAttempts,
        intervalMs: this.#settings.retryS * 1000,
      }),
      answer: (action, payload, messageId) => {
        const reply = this.#dialect.answer(action, payload);
        this.#emit({ type: 'Called', messageId, action, payload, reply: 'result' in reply ? reply.result : reply });
        return reply;
      },
      answered: (message) => this.#answered(message),
      failed: ({ out }, reason) => {
        this.ledger.failedCount++;
        this.#emit({ type: 'Failed', action: out.action, reason });
      },
      silent: () => this.#line.cut(),
    });
  }

  get stationId(): string {
    return this.spec.stationId;
  }

  get online(): boolean {
    return this.#isOnline();
  }

  /** Messages not answered yet. */
  get queued(): number {
    return this.#outbox.size;
  }

  get connections(): number {
    return this.#line.openings;
  }

  /** Why the line was last lost or refused, e.g. `HTTP 401` or `ECONNREFUSED`. */
  get lastLoss(): string | undefined {
    return this.#line.lastLoss;
  }

  start(): void {
    this.#line.connect();
  }

  /** Switches it off: no timers, no link. Queued messages stay and are sent after another `start`. */
  stop(): void {
    this.charging.halt();
    this.#cancelBoot();
    this.#cancelReset();
    this.#cancelHeartbeat();
    for (const cancel of this.#laters) cancel();
    this.#laters.clear();
    this.#line.off();
  }

  /** Returns what ends the listening. */
  listen(listener: (event: StationEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves at the first event that `matches`; rejects with `what` when none came within `timeoutMs` of real time. */
  when<Found extends StationEvent>(what: string, matches: (event: StationEvent) => event is Found, timeoutMs?: number): Promise<Found>;
  when(what: string, matches: (event: StationEvent) => boolean, timeoutMs?: number): Promise<StationEvent>;
  when(what: string, matches: (event: StationEvent) => boolean, timeoutMs = 10_000): Promise<StationEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        unlisten();
        reject(new Error(`${this.stationId}: waited ${timeoutMs} ms for ${what}`));
      }, timeoutMs);
      const unlisten = this.listen((event) => {
        if (!matches(event)) return;
        clearTimeout(timer);
        unlisten();
        resolve(event);
      });
    });
  }

  // --- Faults, on command ---------------------------------------------------------------------------------------------------

  /** Cuts the link without a close frame; the station does not dial for `downMs`. Messages queue meanwhile. */
  loseLink(downMs = 0): void {
    this.#line.cut(downMs);
  }

  /** The answers to the next `count` calls (of `action`, if named) get lost on the way; the calls are repeated under new ids. */
  loseAnswers(count = 1, action?: string): void {
    this.#conversation.answersToLose = { left: count, ...(action === undefined ? {} : { action }) };
  }

  /** Sends the last call again, letter by letter; false when there was none on this link. */
  repeatLastMessage(): boolean {
    return this.#conversation.repeatLastFrame();
  }

  /** Leaves calls of the CSMS without answer and without effect. */
  ignoreCalls(ignores: boolean): void {
    this.#conversation.mute = ignores;
  }

  /** Accepts profiles and draws what it likes. */
  disobey(disobedient: boolean): void {
    this.installation.settle(this.world.clock.now());
    this.installation.disobedient = disobedient;
    this.charging.settle();
  }

  /** Answers every new profile with Rejected. */
  refuseProfiles(refuses: boolean): void {
    this.#refusesProfiles = refuses;
  }

  /** Sets its clock `skewMs` ahead of true time (behind, when negative), and no longer takes the time of the CSMS. */
  skewClock(skewMs: number): void {
    this.#skewed = true;
    this.#setSkew(skewMs);
  }

  /** Power fails for `downMs`: transactions end where they are, and that is told after the next boot. */
  losePower(downMs = this.#bootMs): void {
    this.#endAll('PowerLoss');
    this.#reboot('PowerUp', downMs);
  }

  /** Ends all transactions, tells so, and boots again. */
  reset(cause: 'SoftReset' | 'HardReset'): void {
    this.#resetPending = false;
    this.#endAll(cause);
    this.#conversation.pump();
    this.#cancelReset();
    this.#cancelReset = this.world.clock.after(RESET_GRACE_MS, () => this.#reboot('RemoteReset', this.#bootMs));
  }

  // --- Inside ---------------------------------------------------------------------------------------------------------------

  #controls(): StationControls {
    return {
      spec: this.spec,
      settings: this.#settings,
      installation: this.installation,
      charging: this.charging,
      certificates: this.certificates,
      now: () => this.#now(),
      isOnline: () => this.#isOnline(),
      bootStatus: () => this.registration,
      refusesProfiles: () => this.#refusesProfiles,
      send: (out) => this.#send(out),
      sendBoot: (reason) => this.#sendBoot(reason),
      queued: (transactionKey) => this.#outbox.pendingOf(transactionKey),
      heartbeatChanged: () => this.#armHeartbeat(),
      later: (delayMs, task) => {
        const cancel = this.world.clock.after(Math.max(0, delayMs), () => {
          this.#laters.delete(cancel);
          task();
        });
        this.#laters.add(cancel);
      },
      sessionsOf: (idToken) =>
        this.ledger.transactions
          .filter((record) => record.idToken === idToken)
          .map(({ startedAt, energyWh }) => JSON.stringify({ startedAt, energyWh })),
      reset: (cause) => this.reset(cause),
      resetWhenIdle: () => {
        this.#resetPending = true;
      },
      reconnect: () => this.#line.cut(),
    };
  }

  get #bootMs(): number {
    return this.spec.bootMs ?? this.world.bootMs;
  }

  #now(): number {
    return this.world.clock.now() + this.installation.skewMs;
  }

  #isOnline(): boolean {
    return this.#line.state === 'Open';
  }

  #emit(event: StationEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #send(out: Outgoing): void {
    this.#outbox.add(out, this.#isOnline());
    this.#conversation.pump();
  }

  #target(): Target {
    const { stationId, ocppVersion } = this.spec;
    const { password } = this.#settings;
    const bytes = password === undefined ? undefined : Buffer.concat([Buffer.from(`${stationId}:`), Buffer.from(password)]);
    return {
      url: `${this.world.url.replace(/\/$/, '')}/${encodeURIComponent(stationId)}`,
      subprotocol: ocppVersion,
      headers: bytes === undefined ? {} : { authorization: `Basic ${bytes.toString('base64')}` },
      ...(this.certificates.identity !== undefined && { identity: this.certificates.identity }),
    };
  }

  #opened(): void {
    this.#back();
    this.#emit({ type: 'Connected' });
    if (this.spec.bootsOnReconnect) this.registration = 'Unknown';
    if (this.registration === 'Accepted') {
      this.charging.tellAll();
      this.#armHeartbeat();
      this.#conversation.pump();
    } else this.#sendBoot(this.#bootReason);
  }

  #lost(): void {
    this.#cancelHeartbeat();
    this.#cancelBoot();
    this.#conversation.linkLost();
    this.#absent();
  }

  /** Profiles that do not outlast an absence end when it has lasted so long (2.1 K01). */
  #absent(): void {
    if (this.#absences.length > 0) return;
    const ends = this.installation.profiles.all().flatMap(({ maxOfflineS }) => (maxOfflineS === undefined ? [] : [maxOfflineS]));
    this.#absences = [...new Set(ends)].map((offlineS) =>
      this.world.clock.after(offlineS * 1000, () => {
        this.installation.settle(this.world.clock.now());
        this.installation.profiles.absentFor(offlineS);
        this.charging.settle();
      }),
    );
  }

  #back(): void {
    for (const cancel of this.#absences) cancel();
    this.#absences = [];
    this.installation.settle(this.world.clock.now());
    this.installation.profiles.back();
  }

  #sendBoot(reason: BootReason): void {
    this.#cancelBoot();
    const retry = (seconds: number) => {
      this.#cancelBoot();
      this.#cancelBoot = this.world.clock.after(Math.max(1, seconds) * 1000, () => {
        if (this.#isOnline()) this.#sendBoot(reason);
      });
    };
    this.#send({
      ...this.#dialect.bootNotification(reason),
      kind: 'boot',
      answered: (payload) => {
        const { status, intervalS, currentTime } = this.#dialect.bootAnswer(payload);
        this.registration = status;
        this.#followServer(Date.parse(currentTime));
        this.#emit({ type: 'Registered', status });
        if (status !== 'Accepted') {
          retry(intervalS > 0 ? intervalS : BOOT_RETRY_S);
          return;
        }
        if (intervalS > 0) this.#settings.heartbeatS = intervalS;
        this.#armHeartbeat();
        this.charging.tellAll();
      },
      abandoned: () => retry(BOOT_RETRY_S),
    });
  }

  #armHeartbeat(): void {
    this.#cancelHeartbeat();
    this.#cancelHeartbeat = this.world.clock.after(this.#settings.heartbeatS * 1000, () => {
      this.#send({
        ...this.#dialect.heartbeat(),
        kind: 'volatile',
        answered: (payload) => this.#followServer(this.#dialect.heartbeatAnswer(payload)),
      });
      this.#armHeartbeat();
    });
  }

  #followServer(serverTime: number): void {
    const off = serverTime - this.#now();
    if (!this.world.followsServerClock || this.#skewed || Number.isNaN(off) || Math.abs(off) <= CLOCK_TOLERANCE_MS) return;
    this.#setSkew(this.installation.skewMs + off);
  }

  #setSkew(skewMs: number): void {
    this.installation.settle(this.world.clock.now());
    this.installation.skewMs = skewMs;
    this.charging.settle();
  }

  #answered(answered: Answered): void {
    const message = this.ledger.record(answered);
    if (answered.out.transaction !== undefined) this.ledger.learn(this.#dialect, answered.out.transaction);
    this.#emit({ type: 'Answered', message, latencyMs: answered.latencyMs });
    if (this.spec.hangsUp && answered.out.kind === 'transaction') this.#line.cut();
  }

  #drawn({ evseId, flows }: Outlet, at: number): void {
    const currentsMa = Object.fromEntries(flows.map(({ phase, currentMa }) => [phase, currentMa]));
    this.#emit({ type: 'Drawing', evseId, at, currentsMa });
  }

  #endAll(cause: StopCause): void {
    for (const { transaction } of this.charging.running()) this.charging.stop(transaction, cause);
  }

  #reboot(reason: BootReason, downMs: number): void {
    this.registration = 'Unknown';
    this.#bootReason = reason;
    this.#cancelHeartbeat();
    this.#poweredFrom = this.world.clock.now() + downMs;
    this.#line.cut(downMs);
  }
}
