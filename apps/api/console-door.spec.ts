// What the console's door hands out to a page on this very machine: the key where nobody signs in, and never where people do.
import { expect, it } from '@jest/globals';
import { mountConsoleDoor } from './console-door.js';

const ports = { ocppPort: 9220, ocppTlsPort: 9221 };
async function offered(people: unknown, publicUrl?: string): Promise<unknown> {
  const handlers = new Map<string, (request: unknown, response: unknown) => void>();
  const adapter = { get: (path: string, handler: never) => handlers.set(path, handler), post: () => undefined };
  mountConsoleDoor(
    adapter,
    { bindAddress: '127.0.0.1', ...(publicUrl && { publicUrl }), ...ports },
    'js_the-key',
    people as never,
    {} as never,
  );
  const text = await new Promise<string>((resolve) =>
    handlers.get('/console/session')?.({ headers: { host: '127.0.0.1:8080' } }, { writeHead: () => undefined, end: resolve }),
  );
  return JSON.parse(text);
}

it('is the key where nobody signs in, and the way to sign in where people do, behind a proxy on this machine as well', async () => {
  expect(await offered(undefined)).toEqual({ token: 'js_the-key', ...ports });
  expect(await offered({ session: async () => undefined })).toEqual({ signIn: '/console/login' });
});

it('is no key where others come by an address of their own, as whoever asks may be a proxy that says nothing', async () => {
  expect(await offered(undefined, 'http://localhost:8080')).toEqual({ token: 'js_the-key', ...ports });
  expect(await offered(undefined, 'https://charging.example')).toMatchObject({ status: 404 });
});
