// Asking a server: tokens, pages, what is asked for by name, and what is said when it says nothing useful.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startVtn, type Vtn } from '../vtn.fixture.js';
import { openAdrServer } from './server.js';
import type { ServerCall } from './session.js';

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

const OWN = { mayBePrivate: false, mayBeOwn: true };
const call = (change: Partial<ServerCall['server']> = {}, secret = 'secret'): ServerCall => ({
  server: { url: vtn.url, version: '3.1', programName: 'GAC', venName: 'NL-ABC', clientId: 'abc', clientSecret: 'sealed', ...change },
  secret,
  names: ['871687120000000001'],
});
const hear = (each: ServerCall) => openAdrServer(Date.now, OWN).hear(each);

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
    const server = openAdrServer(Date.now, OWN);
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
  it.each(['3.0.1', '3.1'] as const)('makes sure that the server knows us and our connections, once: %s', async (version) => {
    const server = openAdrServer(Date.now, OWN);
    for (let turn = 0; turn < 2; turn++) await server.introduce(call({ version }));
    expect(vtn.objects.vens).toEqual([expect.objectContaining({ venName: 'NL-ABC' })]);
    expect(vtn.objects.resources?.map(({ resourceName }) => resourceName)).toEqual(['871687120000000001']);
    expect(vtn.objects.vens?.[0]?.objectType).toBe(version === '3.1' ? 'VEN_VEN_REQUEST' : undefined);
  });
  it('tells a report, knows those it made before, and says what will never be taken', async () => {
    const server = openAdrServer(Date.now, OWN);
    const report = { eventID: 'e', clientName: 'NL-ABC', reportName: 'USAGE e', payloadDescriptors: [], resources: [] };
    expect(await server.report(call(), report)).toBeUndefined();
    expect([...(await server.reported(call(), 'e'))]).toEqual(['USAGE e']);
    expect((await server.reported(call(), 'other')).size).toBe(0);
    for (const [status, told] of [
      [409, undefined],
      [400, 'it answered 400'],
    ] as const) {
      vtn.failure = { status, body: '' };
      expect(await server.report(call(), report)).toBe(told);
    }
    vtn.failure = { status: 503, body: '' };
    await expect(server.report(call(), report)).rejects.toThrow(/answered 503/);
  });
});
