// A station of the edge-kill suite: it says what a case says, holds back the answers a case wants to be late with, and survives its connection.
// What it says when, and what must have come of it, is the suite's.
import type { OcppVersion } from '#ocpp';
import { until } from '../../cluster/support/until.js';
import { type ConnectOptions, RawStation } from '../../scenario/support/raw-station.js';

export type Json = Readonly<Record<string, unknown>>;
type Frame = readonly unknown[];

export class ScriptedStation {
  /** Commands whose answers are held back, by action. */
  readonly held = new Map<string, Frame>();
  /** Actions it does not answer yet. */
  readonly holds = new Set<string>();
  /** What it says to commands, by action; to others: it accepts. */
  readonly answers = new Map<string, Json>();
  /** A request for a certificate of its own. */
  csr = '';
  /** What it learned from answers: `transactionId` of 1.6. */
  transactionId: number | undefined;
  #raw: RawStation | undefined;
  #ids = 0;
  readonly #answers = new Map<string, (answer: Frame) => void>();

  constructor(
    readonly stationId: string,
    readonly version: OcppVersion,
    private readonly way: Omit<ConnectOptions, 'protocols'>,
  ) {}

  /** Comes again where it is told to (503). */
  async connect(): Promise<void> {
    const raw = await until(`a line of ${this.stationId}`, async () => {
      const outcome = await RawStation.attempt({ ...this.way, protocols: this.version });
      if (outcome instanceof RawStation) return outcome;
      if (outcome.status !== 503) throw new Error(`${this.stationId} is refused with ${outcome.status}`);
      return false;
    });
    this.#raw = raw;
    raw.socket.on('message', () => {
      for (const frame of raw.received.splice(0)) this.#take(frame);
    });
  }

  boot(): Promise<Json> {
    const boot16 = { chargePointVendor: 'v', chargePointModel: 'm' };
    const boot = this.version === 'ocpp1.6' ? boot16 : { reason: 'PowerUp', chargingStation: { vendorName: 'v', model: 'm' } };
    return this.call('BootNotification', boot);
  }

  /** The payload of the answer, from whatever connection it comes. */
  async call(action: string, payload: Json, messageId = this.newId()): Promise<Json> {
    const answer = new Promise<Frame>((resolve) => this.#answers.set(messageId, resolve));
    this.say(action, payload, messageId);
    const [type, , body] = await answer;
    if (type !== 3) throw new Error(`${this.stationId}: ${action} was answered ${String(body)}`);
    return body as Json;
  }

  /** Sent, and nobody waits for the answer. */
  say(action: string, payload: Json, messageId: string): void {
    this.#raw?.send([2, messageId, action, payload]);
  }

  newId = (): string => `${this.stationId}:${++this.#ids}`;

  /** The answer to a command that was held back. */
  answerHeld(action: string): void {
    const [, messageId] = this.held.get(action) ?? [];
    this.#raw?.send([3, messageId, this.#answerTo(action)]);
  }

  /** Nothing that comes is read any more: an answer on its way is lost with the connection. */
  stopReading(): void {
    this.#raw?.socket.pause();
  }

  cut(): void {
    this.#raw?.socket.terminate();
  }

  #take(frame: Frame): void {
    const [type, messageId, action] = frame;
    if (type !== 2) this.#answers.get(String(messageId))?.(frame);
    else if (this.holds.has(String(action))) this.held.set(String(action), frame);
    else this.#raw?.send([3, messageId, this.#answerTo(String(action))]);
  }

  #answerTo = (action: string): Json => this.answers.get(action) ?? { status: 'Accepted' };
}
