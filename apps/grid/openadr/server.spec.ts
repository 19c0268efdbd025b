// Asking a server: tokens, pages, what is asked for by name, and what is said when it says nothing useful.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startVtn, type Vtn } from '../vtn.fixture.js';
import { openAdrServer, type ServerCall } from './server.js';

let vtn: Vtn;
beforeEach(async () => {
  vtn = await startVtn({
    program: {
      id: 'p',
      programName: 'GAC',
      attributes: [{ type: 'PROGRAM_TYPE', values: ['DSO_CPO_INTERFACE-2.1.1'] }],
      retailerName: 'Stedin',
    },
  });
});
afterEach(() => vtn.close());

const call = (change: Partial<ServerCall['server']> = {}, secret = 'secret'): ServerCall => ({
  server: { url: vtn.url, version: '3.1', programName: 'GAC', venName: 'NL-ABC', clientId: 'abc', clientSecret: 'sealed', ...change },
  secret,
  names: ['871687120000000001'],
});
const hear = (each: ServerCall) => openAdrServer(Date.now).hear(each);

describe('openAdrServer', () => {
  it('hears a program and its events, page by page, and by name where they are targeted', async () => {
    for (let index = 0; index < 120; index++) vtn.events.set(`e${index}`, { priority: index });
    vtn.events.set('ours', { targets: ['871687120000000001'] });
    vtn.events.set('theirs', { targets: ['871687120000000002'] });
    vtn.events.set('other program', { programID: 'q' });
    const { events, attributes } = await hear(call());
    expect(events.size).toBe(121);
    expect(events.get('ours')).toMatchObject({ id: 'ours', programID: 'p' });
    expect([...attributes]).toEqual([
      ['RETAILER_NAME', 'Stedin'],
      ['PROGRAM_TYPE', 'DSO_CPO_INTERFACE-2.1.1'],
    ]);
    expect(vtn.asked.filter((path) => path.startsWith('/events'))).toHaveLength(6);
  });
  it('keeps its token, and takes another where it is not worth anything any more', async () => {
    const server = openAdrServer(Date.now);
    await server.hear(call());
    vtn.forgetTokens();
    vtn.events.set('e', {});
    expect((await server.hear(call())).events.size).toBe(1);
  });
  it.each<[string, () => ServerCall, RegExp]>([
    ['a wrong secret', () => call({}, 'wrong'), /answered 401/],
    ['a program it does not have', () => call({ programName: 'none' }), /no program none/],
  ])('says why it heard nothing: %s', async (_, make, message) => {
    await expect(hear(make())).rejects.toThrow(message);
  });
  it('says so where nobody is there', async () => {
    const gone = await startVtn();
    await gone.close();
    await expect(hear(call({ url: gone.url }))).rejects.toThrow(/no connection \(ECONNREFUSED\)/);
  });
  it('says so of answers that cannot be read', async () => {
    for (const [status, body, message] of [
      [500, '', /answered 500/],
      [200, '<html>', /not JSON/],
      [200, '{}', /cannot be read/],
      [200, `"${'x'.repeat(9 << 20)}"`, /larger than 8 MiB/],
    ] as const) {
      vtn.failure = { status, body };
      await expect(hear(call())).rejects.toThrow(message);
    }
  });
});
