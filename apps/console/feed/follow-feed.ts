// Keeps the event feed open and says how well that goes.
// States: Connecting -> Live -> Reconnecting (-> Live | Offline after OFFLINE_AFTER failures, -> Live) | Refused (key missing or wrong: ends).
// Reading the rows that were missed is the listener's part: it is told each time the feed comes up.
import { ApiError } from '../api/errors.js';
import { type SseMessage, sseParser } from './sse-parser.js';

export type FeedState =
  | { readonly kind: 'Connecting' }
  | { readonly kind: 'Live' }
  | { readonly kind: 'Reconnecting' | 'Offline'; readonly failures: number; readonly retryAtMs: number; readonly reason: string }
  | { readonly kind: 'Refused'; readonly status: number; readonly reason: string };

export interface FeedWorld {
  open(lastEventId: string | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Resolves after `ms`, or earlier when there is reason to try at once (the network came back, the page was shown). */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** Runs `act` after `ms` unless the returned function is called first. */
  alarm(ms: number, act: () => void): () => void;
  nowMs(): number;
  random(): number;
}

export interface FeedListener {
  state(state: FeedState): void;
  /** The feed is open; everything from here on will be heard. Resolves once the listener has caught up. */
  opened(signal: AbortSignal): Promise<void>;
  message(message: SseMessage): void;
}

/** Failures in a row after which the page says offline instead of reconnecting. */
export const OFFLINE_AFTER = 4;
/** A feed that is silent for longer than this (heartbeats included) is taken for dead [ms]. */
export const SILENCE_MS = 45_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/** Before the n-th retry [ms]: doubles from half a second to 15 s, spread by half so that pages do not return as one. */
export const retryDelayMs = (failures: number, random: number): number =>
  Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10)) * (0.5 + random / 2);

/** Follows until `signal` aborts or the key is refused (401, 403). Never rejects for anything the network or the api does. */
export async function followFeed(world: FeedWorld, listener: FeedListener, signal: AbortSignal): Promise<void> {
  let lastEventId: string | null = null;
  let failures = 0;
  listener.state({ kind: 'Connecting' });
  while (!signal.aborted) {
    const attempt = new AbortController();
    const giveUp = () => attempt.abort(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    let reason = 'The feed ended';
    try {
      const body = await world.open(lastEventId, attempt.signal);
      const caughtUp = listener.opened(attempt.signal).then(() => {
        failures = 0;
        if (!attempt.signal.aborted) listener.state({ kind: 'Live' });
      });
      const read = readAll(body, attempt, world, (message) => {
        lastEventId = message.id ?? lastEventId;
        listener.message(message);
      });
      // Catching up may fail while the stream stays open (and the other way round): either one ends the attempt.
      await Promise.race([read, caughtUp.then(() => read)]);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        listener.state({ kind: 'Refused', status: error.status, reason: error.message });
        return;
      }
      reason = error instanceof Error ? error.message : String(error);
    } finally {
      signal.removeEventListener('abort', giveUp);
      attempt.abort();
    }
    if (signal.aborted) return;
    failures += 1;
    const delayMs = retryDelayMs(failures, world.random());
    listener.state({ kind: failures < OFFLINE_AFTER ? 'Reconnecting' : 'Offline', failures, retryAtMs: world.nowMs() + delayMs, reason });
    await world.pause(delayMs, signal);
  }
}

async function readAll(
  body: ReadableStream<Uint8Array>,
  attempt: AbortController,
  world: FeedWorld,
  onMessage: (message: SseMessage) => void,
): Promise<void> {
  const parse = sseParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const silent = new Promise<never>((_, reject) => {
    attempt.signal.addEventListener('abort', () => reject(attempt.signal.reason), { once: true });
  });
  for (;;) {
    const disarm = world.alarm(SILENCE_MS, () => attempt.abort(new ApiError(0, `Nothing heard for ${SILENCE_MS / 1000} s`)));
    try {
      const { done, value } = await Promise.race([reader.read(), silent]);
      if (done) return;
      for (const message of parse(decoder.decode(value, { stream: true }))) onMessage(message);
    } finally {
      disarm();
    }
  }
}
