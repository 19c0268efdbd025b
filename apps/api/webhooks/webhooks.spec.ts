// What webhooks are told, how it is signed, where it may go, and which alerts are news. Sending is sender.spec.ts's.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { FeedChange } from '../feed.js';
import { differences } from './alert-teller.js';
import { bodyOf, type Message, mailOf, messageOf } from './messages.js';
import { postTo } from './post.js';
import { newSecret, signedHeaders } from './signature.js';

const alert = (severity: string, closedAt: Date | null = null) => ({ alertId: 'faulted/s/CP/1', kind: 'faulted', severity, closedAt });
const change = (kind: string, state: unknown): FeedChange =>
  ({ place: ['7', 3], at: new Date(0), kind, subject: 'x', state }) as unknown as FeedChange;
const wanting = (kinds: readonly string[], severity = 'info') => ({ kinds, severity });

describe('a message', () => {
  it('is for whoever wants its kind, and of an alert for whom it is severe enough', () => {
    const station = change('station', { stationId: 'CP' });
    expect(messageOf(station, wanting(['station.changed']))).toEqual({
      ...{ id: 'msg_7.3', type: 'station.changed', timestamp: '1970-01-01T00:00:00.000Z', position: '7.3' },
      ...{ subject: 'x', data: { stationId: 'CP' } },
    });
    expect(messageOf(station, wanting(['session.changed']))).toBeUndefined();
    const both = ['alert.opened', 'alert.closed'];
    expect(messageOf(change('alert', alert('critical')), wanting(both, 'warning'))?.type).toBe('alert.opened');
    expect(messageOf(change('alert', alert('warning', new Date(1))), wanting(both, 'warning'))?.type).toBe('alert.closed');
    expect(messageOf(change('alert', alert('info')), wanting(both, 'warning'))).toBeUndefined();
    expect(messageOf(change('alert', alert('critical', new Date(1))), wanting(['alert.opened']))).toBeUndefined();
  });

  it('says in a mail the worst first, and of each where, since when and its figures', () => {
    const of = (type: Message['type'], data: object): Message => ({ id: 'm', type, timestamp: '', position: null, subject: '', data });
    const { subject, text } = mailOf(
      [
        of('alert.opened', { kind: 'offline', severity: 'warning', siteId: 's', stationId: 'A', evseId: null, since: null }),
        of('alert.opened', {
          kind: 'faulted',
          severity: 'critical',
          siteId: 's',
          stationId: 'B',
          evseId: 1,
          since: '2026-01-01T00:00:00Z',
          detail: { errorCode: 'E' },
        }),
        of('alert.closed', { kind: 'aboveLimit', severity: 'critical', siteId: 's', stationId: null, evseId: null }),
      ],
      'https://charging.example',
    );
    expect(subject).toBe('[Joulestream] critical: faulted at B (and 2 more)');
    expect(text).toContain('critical: faulted at s / B / 1\n  since 2026-01-01T00:00:00.000Z\n  errorCode: E');
    expect(text).toContain('Over: aboveLimit at s');
    expect(text).toContain('https://charging.example/#/alerts');
  });
});

describe('a signature', () => {
  const now = Date.now();
  const body = bodyOf({ id: 'msg_1', type: 'test', timestamp: 't', position: null, subject: '', data: {} });

  it('is what a library of others expects, also while there are two secrets', () => {
    const [old, present] = [newSecret(), newSecret()];
    const headers = signedHeaders('msg_1', now, body, [present, old]);
    for (const secret of [old, present]) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
  });

  it('is none for another body, another id or another time', () => {
    const secret = newSecret();
    const headers = signedHeaders('msg_1', now, body, [secret]);
    const verify = (text: string, more: object) => () => new Webhook(secret).verify(text, { ...headers, ...more });
    expect(verify(`${body} `, {})).toThrow();
    expect(verify(body, { 'webhook-id': 'msg_2' })).toThrow();
    expect(verify(body, { 'webhook-timestamp': String(Math.floor(now / 1000) - 1) })).toThrow();
  });
});

describe('a post', () => {
  let server: Server;
  let called = 0;
  let url: string;
  beforeAll(async () => {
    server = createServer((_, response) => {
      called++;
      response.writeHead(302, { location: `${url}/elsewhere` }).end('moved');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('follows nobody elsewhere', async () => {
    expect(await postTo(true)(url, {}, '{}')).toBe(302);
    expect(called).toBe(1);
  });
  it('goes to no private address, by number or by name, and not without TLS', async () => {
    const { port } = server.address() as AddressInfo;
    for (const target of [url, `https://127.0.0.1:${port}/`, `https://localhost:${port}/`, 'http://93.184.215.14/'])
      await expect(postTo(false)(target, {}, '{}')).rejects.toMatchObject({ code: 'PrivateAddress' });
    expect(called).toBe(1);
  });
});

it('an alert is news when it comes, when its severity changes, and when it is over', () => {
  const now = (alertId: string, severity: string) => ({
    alertId,
    kind: 'k',
    severity,
    siteId: null,
    stationId: null,
    evseId: null,
    since: null,
    detail: {},
  });
  const told = [
    { alertId: 'same', severity: 'warning' },
    { alertId: 'worse', severity: 'warning' },
    { alertId: 'over', severity: 'info' },
  ];
  const found = [now('same', 'warning'), now('worse', 'critical'), now('new', 'info')] as never;
  const brief = (areThereMore: boolean) => differences(found, told, areThereMore).map(({ type, data }) => `${type} ${data.alertId}`);
  expect(brief(false)).toEqual(['AlertOpened worse', 'AlertOpened new', 'AlertClosed over']);
  expect(brief(true)).toEqual(['AlertOpened worse', 'AlertOpened new']);
});
