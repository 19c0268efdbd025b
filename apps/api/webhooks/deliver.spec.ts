// One attempt to tell somebody by mail, at a mail server of this test: what is kept of a failure, and to whom mail may go.
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { delivering, type Webhook } from './deliver.js';
import { webhookRoutes } from './routes.js';

const ADDRESS = 'Desk@partner.example';
const mail = { smtpUrl: '', from: 'csms@example.com' };
let server: SMTPServer;

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _, callback) => callback(Object.assign(new Error(`<${address}>: nobody here`), { responseCode: 550 })),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

it('a mail that is refused is told by its codes, without the address that the mail server repeats', async () => {
  const rows: unknown[] = [];
  const world = {
    database: { query: async (_: string, values: readonly unknown[]) => void rows.push(values) },
    clock: { now: () => 0 },
    keys: { unseal: async (sealed: string) => sealed },
  };
  const smtpUrl = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const deliver = delivering(world as never, { mail: { ...mail, smtpUrl } }, async () => 0);
  const message = { id: 'm', type: 'test' as const, timestamp: '', position: null, subject: 'w', data: {} };
  const outcome = await deliver({ tenantId: 't', webhookId: 'w', target: `mailto:${ADDRESS}` } as Webhook, [message], 1);
  expect(outcome).toEqual({ isDelivered: false, status: null, error: 'the mail server did not take it (EENVELOPE 550)' });
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toMatch(/partner/i);
});

it.each([
  'mailto:a%2Cb%40x.example@y.example',
  'mailto:a,b@y.example',
  'mailto:a@y.example?cc=b@y.example',
  'mailto:a%0d%0aBcc:b@y.example',
])('%s is more than one address, and refused', async (url) => {
  const [making] = webhookRoutes({} as never, {} as never, { mail, privateAddresses: false } as never, async () => Promise.reject());
  const call = { caller: { tenantId: 't', name: 'n' }, body: { url, kinds: ['alert.opened'] } };
  await expect(making?.handle(call as never)).rejects.toMatchObject({ status: 400, message: 'url: one address was expected' });
});
