// Hands messages to edges: one queue in Redis per listener, taken from by that listener alone, so that each message arrives at most once.
// Whether a command was written first, and what becomes of one that is lost, is decided elsewhere.
import type { Redis } from 'ioredis';
import type { CommandRouter, RoutedMessage } from '#ports';
import { available } from './redis-client.js';
import { listenerId, type RoutedText } from './routed-text.js';
import type { OnTrouble } from './trouble.js';

/** A listener that has not shown itself for so long is gone. */
const LISTENER_MS = 5_000;
/** How long one taking waits for a message; also how often a listener shows itself. */
const WAIT_S = 1;
const TAKE = 100;
const QUEUE_LENGTH = 10_000;

/** Edges of which a sender remembers the listener. */
const KNOWN_LISTENERS = 1_000;

/** The queue is named by the listener, not by the edge: nobody ever gets what was meant for his predecessor. -1 when somebody else listens by now. */
const SEND = `
local queue = KEYS[1] .. ':' .. ARGV[3]
if redis.call('GET', KEYS[1]) ~= ARGV[3] then return -1 end
if redis.call('LLEN', queue) >= tonumber(ARGV[2]) then return 0 end
redis.call('RPUSH', queue, ARGV[1])
redis.call('PEXPIRE', queue, 60000)
return 1`;

/** Takes or keeps the edge id; 0 when another listener has it. */
const SHOW = `
local listener = redis.call('GET', KEYS[1])
if listener and listener ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const HIDE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1], KEYS[1] .. ':' .. ARGV[1]) end`;

const queueOf = (edgeKey: string, listener: string): string => `${edgeKey}:${listener}`;

export function redisRouter(
  redis: Redis,
  prefix: string,
  text: RoutedText,
  onTrouble: OnTrouble,
): CommandRouter & { close(): Promise<void> } {
  const listeners = new Set<Listener>();
  const edgeKey = (edgeId: string): string => `${prefix}edge:${JSON.stringify(edgeId)}`;
  /** By edge. Asked for once: who waits for the same answer goes on in the order in which he came. */
  const known = new Map<string, Promise<string | null>>();
  const listenerOf = (key: string): Promise<string | null> => {
    const asked = known.get(key) ?? available(redis.get(key));
    if (known.size >= KNOWN_LISTENERS) known.clear();
    known.set(key, asked);
    return asked;
  };
  return {
    async send(edgeId, message) {
      const key = edgeKey(edgeId);
      try {
        for (let attempt = 0; attempt < 2; attempt++) {
          const listener = await listenerOf(key);
          if (listener === null) break;
          const sealed = text.write(listener, queueOf(key, listener), message);
          const sent = await available(redis.eval(SEND, 1, key, sealed, QUEUE_LENGTH, listener));
          if (sent !== -1) return sent === 1;
          known.delete(key);
        }
      } catch (error) {
        known.delete(key);
        throw error;
      }
      known.delete(key);
      return false;
    },
    async listen(edgeId, onMessage) {
      const listener = new Listener(redis, edgeKey(edgeId), text, onMessage, onTrouble);
      if (!(await listener.show())) throw new Error(`edge ${edgeId} is listening already`);
      listeners.add(listener);
      listener.start();
      return { close: () => listener.close().finally(() => listeners.delete(listener)) };
    },
    async check() {
      await available(redis.ping());
    },
    async close() {
      await Promise.all([...listeners].map((listener) => listener.close()));
    },
  };
}

class Listener {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #id = listenerId();
  readonly #text: RoutedText;
  readonly #onMessage: (message: RoutedMessage) => void;
  readonly #onTrouble: OnTrouble;
  /** Blocks while it waits, so it has a connection to itself. */
  readonly #taking: Redis;
  #closed = false;
  #running: Promise<void> = Promise.resolve();

  constructor(redis: Redis, key: string, text: RoutedText, onMessage: (message: RoutedMessage) => void, onTrouble: OnTrouble) {
    this.#redis = redis;
    this.#key = key;
    this.#text = text;
    this.#onMessage = onMessage;
    this.#onTrouble = onTrouble;
    this.#taking = redis.duplicate({ enableOfflineQueue: true, lazyConnect: true, commandTimeout: WAIT_S * 1000 + 3_000 });
    this.#taking.on('error', (error: unknown) => onTrouble({ server: 'redis', message: 'the connection of a listener failed', error }));
  }

  async show(): Promise<boolean> {
    return (await available(this.#redis.eval(SHOW, 1, this.#key, this.#id, LISTENER_MS))) === 1;
  }

  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#taking.disconnect();
    await this.#running;
    try {
      await this.#redis.eval(HIDE, 1, this.#key, this.#id);
    } catch (error) {
      this.#onTrouble({ server: 'redis', message: 'a listener could not sign off; it is forgotten within seconds', error });
    }
  }

  /** Shows itself and takes what is there, in one request, until it is closed. After Redis was lost it is there again with the first answer. */
  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        const [shown, taken] = await Promise.all([
          this.#taking.eval(SHOW, 1, this.#key, this.#id, LISTENER_MS),
          this.#taking.blmpop(WAIT_S, 1, queueOf(this.#key, this.#id), 'LEFT', 'COUNT', TAKE),
        ]);
        for (const text of (taken as [string, string[]] | null)?.[1] ?? []) this.#tell(text);
        if (shown !== 1)
          this.#onTrouble({ server: 'redis', message: 'another process listens under our edge id', fields: { edge: this.#key } });
      } catch (error) {
        if (this.#closed) return;
        this.#onTrouble({ server: 'redis', message: 'a listener waits for Redis', error });
        await new Promise((resolve) => setTimeout(resolve, 200).unref());
      }
    }
  }

  #tell(text: string): void {
    if (this.#closed) return;
    try {
      this.#onMessage(this.#text.read(queueOf(this.#key, this.#id), text));
    } catch (error) {
      this.#onTrouble({ server: 'redis', message: 'a listener rejected a message', error });
    }
  }
}
