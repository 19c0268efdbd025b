// Servers that tell by themselves that there is something new: a webhook subscription looked after, a broker connected to. All it comes to is that they are asked at once.
// States of a program here: None → Kept (a subscription that was seen lately, or an open connection) → None; asking at its interval goes on in each.
import type { GridProgramConfigured, GridPushChanged } from '#contracts';
import { callbackToken } from '#domain/grid-signals';
import { canonicalJson } from '#kernel';
import type { World } from '#ports';
import { ServerSilent } from './http.js';
import type { Listening } from './openadr/mqtt.js';
import type { GridServer } from './openadr/server.js';
import type { ServerCall } from './openadr/session.js';

/** A subscription is looked after once in this part of a program's validity. */
const SEEN_IN = 0.25;
/** Whoever tells by itself again so soon after it began to is not asked for that [ms]. */
const SETTLES_MS = 60_000;

interface Place {
  readonly aggregate: string;
  readonly tenantId: string;
  readonly config: GridProgramConfigured;
  readonly call: ServerCall;
  readonly programID: string;
}
interface Kept {
  readonly what: string;
  readonly seenMs: number;
  readonly listening?: Listening;
  /** Ends the subscription at its server; rejects with ServerSilent. */
  readonly unsubscribe?: () => Promise<void>;
}

export interface Pushes {
  /** How it stands; undefined: the server is not to tell by itself. `onNews` for each word of it, and once it tells from now on. */
  kept(place: Place, onNews: () => void): Promise<Omit<GridPushChanged, 'programId'> | undefined>;
  /** Nothing is heard here any more; somebody else may go on with it. */
  end(aggregate: string): void;
  /** Nobody goes on with it: its server has no subscription of it any more. Rejects with ServerSilent. */
  over(aggregate: string): Promise<void>;
  stop(): void;
}

export function pushes(
  { keys, clock }: Pick<World, 'keys' | 'clock'>,
  server: Pick<GridServer, 'subscribe' | 'unsubscribe' | 'listen'>,
): Pushes {
  const all = new Map<string, Kept>();
  const begun = new Map<string, { readonly what: string; readonly atMs: number }>();
  /** A broker that lets us in and throws us out again does not have its server asked without end. */
  const isNew = (aggregate: string, what: string): boolean => {
    const before = begun.get(aggregate);
    const now = clock.now();
    if (before?.what === what && now - before.atMs < SETTLES_MS) return false;
    begun.set(aggregate, { what, atMs: now });
    return true;
  };
  const end = (aggregate: string): void => {
    all.get(aggregate)?.listening?.end();
    all.delete(aggregate);
  };
  const over = async (aggregate: string): Promise<void> => {
    const { unsubscribe } = all.get(aggregate) ?? {};
    end(aggregate);
    await unsubscribe?.();
  };

  const made = async (
    { aggregate, tenantId, config, call, programID }: Place,
    onNews: () => void,
  ): Promise<Pick<Kept, 'listening' | 'unsubscribe'>> => {
    if (config.push?.kind === 'webhook') {
      const token = callbackToken((purpose, text) => keys.hmac(purpose, text), { tenantId, programId: config.programId });
      const { callbackUrl: url } = config.push;
      await server.subscribe(call, programID, { url, token });
      return { unsubscribe: () => server.unsubscribe(call, programID, url) };
    }
    // Connected to again when it is asked at its interval the next time, which finds what was missed as well.
    return { listening: await server.listen(call, programID, { news: onNews, end: () => void all.delete(aggregate) }) };
  };

  return {
    end,
    over,
    async kept(place, onNews) {
      const { aggregate, config, call, programID } = place;
      const { push, validForS } = config;
      if (push === undefined) {
        await over(aggregate).catch(whereSilent);
        return undefined;
      }
      const what = canonicalJson([push, call.server, call.names, programID]);
      const now = all.get(aggregate);
      const isSeen = now?.listening?.isOpen ?? clock.now() - (now?.seenMs ?? Number.NEGATIVE_INFINITY) < validForS * 1000 * SEEN_IN;
      if (now?.what === what && isSeen) return { kind: push.kind };
      // One of another server, or of another callback, is not put right by asking for the new one.
      if (now !== undefined && now.what !== what) await over(aggregate).catch(whereSilent);
      end(aggregate);
      try {
        all.set(aggregate, { what, seenMs: clock.now(), ...(await made(place, onNews)) });
        // What changed between the last asking and now was told to nobody.
        if (now?.what !== what && isNew(aggregate, what)) onNews();
        return { kind: push.kind };
      } catch (error) {
        if (!(error instanceof ServerSilent)) throw error;
        return { kind: push.kind, trouble: error.message };
      }
    },
    stop() {
      for (const aggregate of [...all.keys()]) end(aggregate);
    },
  };
}

/** A server that says nothing keeps its subscription, and its notifications get 404. */
const whereSilent = (error: unknown): void => {
  if (!(error instanceof ServerSilent)) throw error;
};
