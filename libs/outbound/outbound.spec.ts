// Which addresses may be called, by number, by name and in whatever spelling; and that a request to one has an end.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connecting, isPublicAddress, isPublicHost, publicLookup } from './addresses.js';
import { requestFrom } from './request.js';

const NOWHERE_NEAR = { mayBePrivate: false, mayBeOwn: false };
const OWN = { mayBePrivate: false, mayBeOwn: true };
const ANYWHERE = { mayBePrivate: true, mayBeOwn: false };

describe('an address', () => {
  it.each(['93.184.215.14', '172.32.0.1', '2606:2800:220:1::1'])('%s may be called', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255'],
    ...[
      '::1',
      '::',
      '::ffff:127.0.0.1',
      '::ffff:8.8.8.8',
      'fe80::1',
      'fc00::1',
      'fd12::1',
      'ff02::1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'no address',
    ],
  ])('%s may not', (address) => expect(isPublicAddress(address)).toBe(false));

  it('in whatever spelling a URL has it is judged as it is called', () => {
    for (const url of ['https://2130706433/', 'https://0x7f.1/', 'https://127.1/', 'https://[::ffff:127.0.0.1]/', 'https://017700000001/'])
      expect([url, isPublicHost(new URL(url).hostname)]).toEqual([url, false]);
    expect(isPublicHost('example.com')).toBe(true);
  });

  it('that a name means is judged when it is looked up', async () => {
    const outcome = await new Promise((resolve) => publicLookup('localhost', {}, (error) => resolve(error)));
    expect(outcome).toMatchObject({ code: 'PrivateAddress' });
  });
});

describe('a connection', () => {
  it.each([
    ['https://grid.example/', true, true, true],
    ['wss://grid.example/', true, true, true],
    ['mqtts://grid.example:8883', true, true, true],
    ['http://grid.example/', false, false, true],
    ['mqtt://grid.example', false, false, true],
    ['https://10.0.0.5/', false, false, true],
    ['mqtts://[fd00::1]:8883', false, false, true],
    ['http://127.0.0.1:8080/', false, true, true],
    ['mqtt://localhost:1883', false, true, true],
    ['http://127.0.0.2/', false, false, true],
  ])('to %s may be made: %s; from one process alone: %s; where private networks are allowed: %s', (address, ...expected) => {
    const isMade = (reach: typeof OWN): boolean => {
      try {
        return connecting(new URL(address), reach) !== undefined;
      } catch (error) {
        expect(error).toMatchObject({ code: 'PrivateAddress' });
        return false;
      }
    };
    expect([NOWHERE_NEAR, OWN, ANYWHERE].map(isMade)).toEqual(expected);
  });

  it('to a name is made by what it means then', () => {
    expect(connecting(new URL('https://grid.example/'), OWN)).toEqual({ lookup: publicLookup });
    expect(connecting(new URL('http://localhost/'), OWN)).toEqual({});
  });
});

describe('a request', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(({ url: path }, response) => {
      if (path === '/begun') response.write('and then nothing');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());
  const asked = { method: 'GET', headers: {}, withinMs: 50 };

  it('that is not answered, or not to its end, is over in its time', async () => {
    await expect(requestFrom(url, asked, OWN)).rejects.toMatchObject({ code: 'TooLate', message: 'no answer within 0.05 s' });
    // Its time is that of the whole: a machine that is slow may not have the beginning within it either.
    const begun = requestFrom(`${url}/begun`, { ...asked, withinMs: 500 }, OWN);
    await expect(begun.then((answer) => answer.toArray())).rejects.toMatchObject({ code: 'TooLate' });
  });

  it('is not begun where it may not go', async () => {
    await expect(requestFrom(url, asked, NOWHERE_NEAR)).rejects.toMatchObject({ code: 'PrivateAddress' });
    await expect(requestFrom(url.replace('http://127.0.0.1', 'https://localhost'), asked, NOWHERE_NEAR)).rejects.toMatchObject({
      code: 'PrivateAddress',
    });
  });
});
