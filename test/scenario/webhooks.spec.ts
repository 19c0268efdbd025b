// A partner is told of what happens by signed messages, and an operator of alerts by mail: the receivers are servers of this test.
// What a failure means for what comes next is apps/api/webhooks/sender.spec.ts's.

import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { NetworkWorld } from './support/network-world.js';
import { RawStation } from './support/raw-station.js';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly message: { readonly type: string; readonly position: string | null; readonly data: Record<string, unknown> };
}
interface Hook {
  readonly webhookId: string;
  readonly secret: string;
  readonly position: string;
}

const SITE = { name: 'Depot', timeZone: 'UTC', root: { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 } };

describe('webhooks', () => {
  let network: NetworkWorld;
  let receiver: Server;
  let post: SMTPServer;
  let status = 204;
  const received: Received[] = [];
  const mails: string[] = [];
  let url: string;
  let settings: Record<string, string>;
  let hook: Hook;

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, body, message: JSON.parse(body) });
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', () => resolve()));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    post = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      async onData(stream, _, callback) {
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        mails.push(Buffer.concat(chunks).toString());
        callback();
      },
    });
    await new Promise<void>((resolve) => post.listen(0, '127.0.0.1', () => resolve()));
    const { port } = post.server.address() as AddressInfo;
    settings = {
      WEBHOOK_PRIVATE_ADDRESSES: 'allow',
      ALERT_INTERVAL_S: '1',
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_FROM: 'csms@example.com',
    };
    network = await NetworkWorld.open(undefined, settings);
  }, 120_000);
  afterAll(async () => {
    await network?.close();
    receiver?.close();
    await new Promise<void>((resolve) => post?.close(() => resolve()));
  }, 60_000);

  const told = (what: string, wanted: (each: Received) => boolean): Promise<Received> => network.until(what, () => received.find(wanted));

  it('tell a partner what changed, signed, from when it was made', async () => {
    hook = await network.must<Hook>('POST', '/v1/webhooks', { url, kinds: ['site.changed'] });
    await network.must('PUT', '/v1/sites/depot', SITE);
    const { body, headers, message } = await told('the site', (each) => each.message.data.siteId === 'depot');
    expect(new Webhook(hook.secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'site.changed',
      data: { name: 'Depot' },
    });
    expect(headers['webhook-id']).toBe(`msg_${message.position}`);
    const items = await network.until('its line, written once it was answered', async () => {
      const deliveries = await network.must<{ items: readonly object[] }>('GET', `/v1/webhooks/${hook.webhookId}/deliveries`);
      return deliveries.items.length > 0 && deliveries.items;
    });
    expect(items).toMatchObject([{ kind: 'site.changed', subject: 'depot', isDelivered: true, status: 204, attempt: 1 }]);
  });

  it('keep their secret and their address to themselves: in the log, the rows, the audit and the answers of later', async () => {
    const shown = await network.must('GET', '/v1/webhooks');
    expect(shown).toMatchObject({ items: [{ webhookId: hook.webhookId, url, kinds: ['site.changed'], isEnabled: true, failures: 0 }] });
    const { rows } = await network.world.database.query(
      'select webhooks::text as one from webhooks union all select audit_entries::text from audit_entries',
    );
    const everywhere = JSON.stringify([await network.records('network-events'), rows]);
    for (const secret of [hook.secret, hook.secret.slice(6), url]) expect(everywhere).not.toContain(secret);
    expect(JSON.stringify(shown)).not.toContain(hook.secret);
  });

  it('come again from a position, with the ids they had; one that is not taken is shown as such', async () => {
    const [first] = received;
    received.length = 0;
    status = 500;
    await network.must('POST', `/v1/webhooks/${hook.webhookId}/replay`, { position: hook.position });
    const again = await told('the site again', (each) => each.message.data.siteId === 'depot');
    expect([again.headers['webhook-id'], again.body]).toEqual([first?.headers['webhook-id'], first?.body]);
    const failing = await network.until('that it failed', async () => {
      const found = await network.must<{ failures: number }>('GET', `/v1/webhooks/${hook.webhookId}`);
      return found.failures > 0 && found;
    });
    expect(failing).toMatchObject({ failures: 1, lastError: 'answered 500', nextAttemptAt: expect.any(String) });
    status = 204;
    const failed = await network.must<{ items: readonly object[] }>('GET', `/v1/webhooks/${hook.webhookId}/deliveries?outcome=failed`);
    expect(failed.items).toMatchObject([{ subject: 'depot', isDelivered: false, status: 500, error: 'answered 500' }]);
    const ahead = await network.call('POST', `/v1/webhooks/${hook.webhookId}/replay`, { position: '9999999999.1' });
    expect(ahead.status).toBe(400);
  });

  it('are signed with both secrets for a while after one was changed', async () => {
    const { secret } = await network.must<Hook>('POST', `/v1/webhooks/${hook.webhookId}/secret`);
    expect(await network.must('POST', `/v1/webhooks/${hook.webhookId}/test`)).toEqual({ isDelivered: true, status: 204, error: null });
    const { body, headers } = await told('the test', ({ message }) => message.type === 'test');
    for (const each of [hook.secret, secret])
      expect(new Webhook(each).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'test' });
  });

  it('tell of an alert when it comes and when it is over, by post and by mail', async () => {
    const alerts = ['alert.opened', 'alert.closed'];
    await network.must('POST', '/v1/webhooks', { url, kinds: alerts, severity: 'critical' });
    await network.must('POST', '/v1/webhooks', { url: 'mailto:desk@example.com', kinds: alerts });
    expect((await network.call('POST', '/v1/webhooks', { url: 'mailto:desk@example.com', kinds: ['site.changed'] })).status).toBe(400);
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
    const station = { siteId: 'depot', nodeId: 'grid', securityProfile: 1, password: 'a-password-of-a-station', evses };
    await network.must('PUT', '/v1/stations/CP', station);
    const { port } = network.network.edge;
    const charger = await RawStation.connect({ port, path: '/ocpp/CP', user: 'CP', password: station.password });
    await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    const says = (connectorStatus: string, errorCode: string) =>
      charger.call('StatusNotification', { connectorId: 1, errorCode, status: connectorStatus, timestamp: new Date().toISOString() });
    await says('Faulted', 'GroundFailure');
    const opened = await told('the alert', ({ message }) => message.type === 'alert.opened' && message.data.kind === 'faulted');
    expect(opened.message.data).toMatchObject({
      alertId: 'faulted/depot/CP/1',
      severity: 'critical',
      stationId: 'CP',
      evseId: 1,
      closedAt: null,
    });
    await network.until('the mail', () => mails.some((mail) => mail.includes('critical: faulted at depot / CP / 1')));
    await says('Available', 'NoError');
    const closed = await told('that it is over', ({ message }) => message.type === 'alert.closed' && message.data.kind === 'faulted');
    expect(closed.message.data).toMatchObject({ alertId: 'faulted/depot/CP/1', closedAt: expect.any(String) });
    await network.until('the second mail', () => mails.some((mail) => mail.includes('Over: faulted at depot / CP / 1')));
    const types = (await network.records('network-events')).map(({ type }) => type);
    expect(types.filter((type) => type === 'AlertOpened' || type === 'AlertClosed').length).toBeGreaterThanOrEqual(2);
    await charger.close();
  });

  it('go on where they were after all rows were made anew from the log: nothing twice, and nothing left out', async () => {
    const told = 'told-before';
    await network.must('PUT', `/v1/sites/${told}`, SITE);
    await network.until('a site that is told', () => received.find(({ message }) => message.data.siteId === told));
    status = 503;
    await network.must('PUT', '/v1/sites/not-taken', SITE);
    await network.until('one that is not taken', async () => {
      const { failures } = await network.must<{ failures: number }>('GET', `/v1/webhooks/${hook.webhookId}`);
      return failures > 0;
    });
    await network.close({ keep: true });
    await rm(join(network.directory, 'database'), { recursive: true });
    [status, received.length] = [204, 0];
    network = await NetworkWorld.open(network.directory, settings);
    await network.must('PUT', '/v1/sites/made-after', SITE);
    await network.until('what came behind', () => received.find(({ message }) => message.data.siteId === 'made-after'));
    const sites = received.filter(({ message }) => message.type === 'site.changed').map(({ message }) => message.data.siteId);
    expect(sites).toEqual(['not-taken', 'made-after']);
    const noted = (await network.records('network-events')).filter(({ type }) => type === 'WebhookTold');
    expect(noted.map(({ data }) => (data as { webhookId: string }).webhookId)).toContain(hook.webhookId);
  }, 120_000);

  it('are told nothing any more once they are gone', async () => {
    expect((await network.call('DELETE', `/v1/webhooks/${hook.webhookId}`)).status).toBe(204);
    expect((await network.call('GET', `/v1/webhooks/${hook.webhookId}`)).status).toBe(404);
    expect((await network.call('POST', `/v1/webhooks/${hook.webhookId}/test`)).status).toBe(404);
  });
});
