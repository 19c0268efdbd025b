// Keeps a station connected: dials, notices the end, waits longer each time, dials again.
// States: Off --connect--> Dialing --opened--> Open --lost--> Waiting --back-off over--> Dialing; off() leads to Off from anywhere.
// What is said on the line is the conversation's business.
import type { Chance } from './chance.js';
import type { Cancel, Clock } from './clock.js';
import type { Dial, Link, Target } from './link.js';

/** OCPP 2.0.1 part 4, 5.3: the wait doubles `doublings` times, each with a random part. */
export interface BackOff {
  readonly leastMs: number;
  readonly randomMs: number;
  readonly doublings: number;
}
export const DEFAULT_BACK_OFF: BackOff = { leastMs: 1_000, randomMs: 1_000, doublings: 5 };

export interface LineEvents {
  opened(): void;
  lost(reason: string): void;
  /** After `lost`, and also when a dial came to nothing. `retryAfterMs` is what an HTTP refusal asked for. */
  down?(reason: string, retryAfterMs?: number): void;
  received(text: string): void;
}

export class Line {
  state: 'Off' | 'Dialing' | 'Open' | 'Waiting' = 'Off';
  /** How often the line was open. */
  openings = 0;
  /** Why it was last lost or refused. */
  lastLoss?: string;
  #link: Link | undefined;
  #failures = 0;
  #downUntil = 0;
  #cancelRedial: Cancel = () => {};

  constructor(
    private readonly dial: Dial,
    private readonly target: () => Target,
    private readonly clock: Clock,
    private readonly chance: Chance,
    private readonly backOff: BackOff,
    private readonly events: LineEvents,
  ) {}

  connect(): void {
    if (this.state === 'Dialing' || this.state === 'Open') return;
    this.#cancelRedial();
    this.state = 'Dialing';
    let link: Link | undefined;
    // Handlers of a link that was given up meanwhile find another one in its place and do nothing.
    const isCurrent = () => link !== undefined && this.#link === link;
    link = this.dial(this.target(), {
      opened: () => {
        if (!isCurrent()) return;
        this.state = 'Open';
        this.openings++;
        this.#failures = 0;
        this.events.opened();
      },
      received: (text) => {
        if (isCurrent()) this.events.received(text);
      },
      closed: (reason, retryAfterMs) => {
        if (isCurrent()) this.#lost(reason, retryAfterMs);
      },
    });
    this.#link = link;
  }

  send(text: string): boolean {
    return this.state === 'Open' && (this.#link?.send(text) ?? false);
  }

  /** Cuts the line; it is not dialled again before `downMs` have passed. */
  cut(downMs = 0): void {
    this.#downUntil = this.clock.now() + downMs;
    const link = this.#link;
    if (this.state === 'Off') return;
    this.#lost('cut by the station');
    link?.close(true);
  }

  off(abrupt = false): void {
    this.#cancelRedial();
    const wasOpen = this.state === 'Open';
    const link = this.#link;
    this.#link = undefined;
    this.state = 'Off';
    link?.close(abrupt);
    if (wasOpen) this.events.lost('switched off');
  }

  #lost(reason: string, retryAfterMs?: number): void {
    const wasOpen = this.state === 'Open';
    this.#cancelRedial();
    this.#link = undefined;
    this.state = 'Waiting';
    this.lastLoss = reason;
    const doubled = this.backOff.leastMs * 2 ** Math.min(this.#failures++, this.backOff.doublings);
    const wait = Math.max(doubled + this.chance.between(0, this.backOff.randomMs), retryAfterMs ?? 0, this.#downUntil - this.clock.now());
    this.#cancelRedial = this.clock.after(wait, () => this.connect());
    if (wasOpen) this.events.lost(reason);
    this.events.down?.(reason, retryAfterMs);
  }
}
