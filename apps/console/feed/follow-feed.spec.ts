import { describe, expect, it } from '@jest/globals';
import { ApiError } from '../api/errors.js';
import { type FeedState, type FeedWorld, followFeed, OFFLINE_AFTER, retryDelayMs, SILENCE_MS } from './follow-feed.js';

type Attempt = 'unreachable' | 'refused' | 'silent' | readonly string[];

/** A world that plays `attempts` in turn, then aborts; nothing in it waits. */
function play(attempts: readonly Attempt[], opened: () => Promise<void> = async () => undefined) {
  const stop = new AbortController();
  const states: FeedState[] = [];
  const asked: (string | null)[] = [];
  const messages: string[] = [];
  let silence: (() => void) | null = null;
  const world: FeedWorld = {
    nowMs: () => 0,
    random: () => 1,
    pause: async () => undefined,
    alarm: (ms, act) => {
      expect(ms).toBe(SILENCE_MS);
      silence = act;
      return () => {
        silence = null;
      };
    },
    open: async (lastEventId) => {
      const attempt = attempts[asked.length];
      asked.push(lastEventId);
      if (attempt === undefined) {
        stop.abort();
        throw new ApiError(0, 'over');
      }
      if (attempt === 'unreachable') throw new ApiError(0, 'unreachable');
      if (attempt === 'refused') throw new ApiError(401, 'no key');
      return new ReadableStream(
        {
          pull(controller) {
            // By then everything that can happen without a message has happened.
            if (attempt === 'silent') return void setImmediate(() => silence?.());
            for (const chunk of attempt) controller.enqueue(new TextEncoder().encode(chunk));
            controller.close();
          },
        },
        { highWaterMark: 0 },
      );
    },
  };
  const listener = {
    state: (state: FeedState) => void states.push(state),
    opened,
    message: ({ data }: { data: string }) => void messages.push(data),
  };
  const done = followFeed(world, listener, stop.signal);
  return { done, states, asked, messages };
}

const kinds = (states: readonly FeedState[]) => states.map(({ kind }) => kind);

describe('followFeed', () => {
  it('resumes after the last message it heard', async () => {
    const { done, asked, messages } = play([['id: 7\ndata: a\n\n', 'id: 8\ndata: b\n\ndata: half'], 'unreachable']);
    await done;
    expect(messages).toEqual(['a', 'b']);
    expect(asked).toEqual([null, '8', '8']);
  });

  it('says reconnecting, later offline, and live again when it came back', async () => {
    const { done, states } = play([...Array<Attempt>(OFFLINE_AFTER).fill('unreachable'), 'silent']);
    await done;
    expect(kinds(states)).toEqual(['Connecting', 'Reconnecting', 'Reconnecting', 'Reconnecting', 'Offline', 'Live', 'Reconnecting']);
  });

  it('ends when the key is refused, by the feed or by what is read after opening it', async () => {
    const byFeed = play(['refused']);
    await byFeed.done;
    expect(byFeed.states.at(-1)).toEqual({ kind: 'Refused', status: 401, reason: 'no key' });
    const byRead = play(['silent'], () => Promise.reject(new ApiError(403, 'role')));
    await byRead.done;
    expect(byRead.states.at(-1)).toMatchObject({ kind: 'Refused', status: 403 });
  });

  it('takes a silent feed for dead', async () => {
    const { done, states } = play(['silent']);
    await done;
    expect(states.at(-1)).toMatchObject({ kind: 'Reconnecting', failures: 1, reason: 'Nothing heard for 45 s' });
  });

  it('waits longer after each failure, never longer than 15 s', () => {
    expect([1, 2, 3, 4, 50].map((failures) => retryDelayMs(failures, 1))).toEqual([500, 1_000, 2_000, 4_000, 15_000]);
    expect(retryDelayMs(1, 0)).toBe(250);
  });
});
