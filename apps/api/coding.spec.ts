// Answers in the coding that is taken: reads that are worth it, nothing that changed something, and never what nobody takes.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { codingFor } from './coding.js';
import { type Answer, send } from './http.js';

const LONG = { items: Array.from({ length: 100 }, (_, index) => ({ stationId: `station-${index}`, online: true })) };

async function sent(accepts: string | undefined, answer: Answer, method = 'GET') {
  let headers: Readonly<Record<string, unknown>> = {};
  let content: string | Buffer = '';
  const response = {
    headersSent: false,
    writeHead: (_: number, told: typeof headers) => {
      headers = told;
    },
    end: (told: string | Buffer) => {
      content = told;
    },
  };
  await send({ method, headers: { 'accept-encoding': accepts } } as never, response as never, answer);
  return { headers, content };
}

it.each([
  ['gzip, deflate, br', 'br'],
  ['gzip;q=1.0', 'gzip'],
  ['br;q=0, GZIP', 'gzip'],
  ['identity', undefined],
  ['gzip; q=0.000', undefined],
  [undefined, undefined],
])('who takes %s gets %s', (accepted, coding) => expect(codingFor(accepted)).toBe(coding));

it('reads are compressed, and say that they differ by what is taken', async () => {
  const small = await sent('gzip, br', { status: 200, body: LONG });
  expect(small.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding', 'content-type': 'application/json' });
  expect(JSON.parse(brotliDecompressSync(small.content).toString())).toEqual(LONG);
  expect(JSON.parse(gunzipSync((await sent('gzip', { status: 200, body: LONG })).content).toString())).toEqual(LONG);
});

it.each([
  ['what is short', 'br', { status: 200, body: { a: 1 } }, 'GET'],
  ['what nobody takes compressed', undefined, { status: 200, body: LONG }, 'GET'],
  ['an answer to a change, which may hold a secret', 'br', { status: 200, body: LONG }, 'POST'],
  ['a problem', 'br', { status: 404, body: LONG }, 'GET'],
] as const)('%s goes as it is', async (_, accepts, answer, method) => {
  const { headers, content } = await sent(accepts, answer, method);
  expect(headers).not.toHaveProperty('content-encoding');
  expect(content).toBe(JSON.stringify(answer.body));
});
