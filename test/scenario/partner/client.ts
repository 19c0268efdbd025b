// The interface as a partner's program calls it: what it may ask and what it gets is by the types generated from the description (operations.d.ts).
import type { Operations } from './operations.js';

export type Of<K extends keyof Operations> = Operations[K]['answer'];
export type Client = <K extends keyof Operations>(operation: K, asked: Operations[K]['asked']) => Promise<Of<K>>;

interface Parts {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

export function clientAt(origin: string, key: string): Client {
  const call = async (operation: string, { path = {}, query = {}, body }: Parts): Promise<unknown> => {
    const [method = '', template = ''] = operation.split(' ');
    const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
    const url = new URL(filled, origin);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return call as Client;
}

/** Asks again until it is so. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let left = 1_000; left > 0; left--) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`in vain: ${what}`);
}
