// Something of the first tenant at every route, so that what the second is told there proves something. A parameter that is not known here is an error.
import type { Ids } from './isolation.js';
import type { NetworkWorld } from './network-world.js';

type Row = Readonly<Record<string, unknown>>;
interface Things {
  readonly known: Ids;
  /** The same of nobody. */
  readonly nobody: Ids;
  /** Nothing stands any more that would be in the way of what comes behind. */
  readonly takeBack: () => Promise<void>;
}

/** At the site `s` with the station `CS`, which charged once at the tariff `flat` and was invoiced. */
export async function thingsOf(network: NetworkWorld, had: { readonly sessionId: string; readonly idToken: string }): Promise<Things> {
  const { sessionId, idToken } = had;
  const items = async (path: string) => (await network.must<{ items: readonly Row[] }>('GET', path)).items;
  const first = async (path: string, name: string) => String((await items(path))[0]?.[name] ?? 'none');
  const made = async (name: string, path: string, body: object) => String((await network.must('POST', path, body))[name]);
  const siteGroup = { siteId: 's', fallbackW: 10_000_000 };

  await network.must('PUT', '/v1/billing/seller', { name: 'Ours', address1: 'Quay 1', city: 'Rotterdam', country: 'NL' });
  const token = `/v1/tokens/ISO14443/${idToken}`;
  await network.must('PUT', `${token}/buyer`, { name: 'Theirs', address1: 'Lane 2', city: 'Berlin', country: 'DE' });
  await network.must('PUT', `${token}/payment-method`, { method: 'test:ok' });
  await network.must('POST', '/v1/grid/vtn-clients', { clientId: 'client', kind: 'ven' });
  const signalId = await first('/v1/sites/s/grid-limits', 'limitId');
  await network.must('PUT', '/v1/grid/oscp/provider', {
    ...{ url: 'https://provider.invalid/2.0', ownUrl: 'https://us.invalid/v1/grid/oscp/provider/2.0', token: 't' },
    groups: [{ groupId: 'g', ...siteGroup }],
  });
  await network.must('PUT', '/v1/grid/programs/program', {
    server: { url: 'https://vtn.invalid', version: '3.1', programName: 'P', venName: 'V', clientId: 'c', clientSecret: 's' },
    pollS: 3600,
    sites: [{ names: ['connection'], ...siteGroup }],
  });
  const hour = { from: '2030-01-01T00:00:00Z', until: '2030-01-01T01:00:00Z', importW: 1_000 };
  await network.must('PUT', '/v1/grid/programs/program/reservations/s', { windows: [hour] });
  const setting = { variable: { name: 'HeartbeatInterval' }, component: { name: 'OCPPCommCtrlr' }, value: '60' };
  await network.must('PUT', '/v1/sites/s/device-settings/template', { settings: [setting] });
  await network.must('PUT', '/v1/stations/CS/display-messages/1', { content: 'Welcome' });
  await network.must('PUT', '/v1/grid/enwg14a/s', { devices: { count: 3_000, control: 'direct' }, failSafeW: 10_000_000 });
  const reservation = { stationId: 'CS', evseId: 1, idToken, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  const reservationId = await made('reservationId', '/v1/reservations?wait=true', reservation);
  const log = { order: { kind: 'log', location: 'https://files.invalid/', log: 'diagnostics' }, stationIds: ['CS'], attempts: 1 };
  const campaignId = await made('campaignId', '/v1/campaigns', log);
  const byPath: readonly (readonly [string, string])[] = [
    ['/v1/sessions/', sessionId],
    ['/v1/cdrs/', await first('/v1/cdrs', 'id')],
    ['/v1/invoices/', await first('/v1/invoices', 'invoiceId')],
    [
      '/v1/commands/',
      await made('commandId', '/v1/stations/CS/commands?wait=true', {
        action: 'TriggerMessage',
        payload: { requestedMessage: 'Heartbeat' },
      }),
    ],
    ['/v1/campaigns/', campaignId],
    ['/v1/accounts/', await first('/v1/invoices', 'accountId')],
    ['/v1/api-keys/', await first('/v1/api-keys', 'keyId')],
    ['/v1/webhooks/', await made('webhookId', '/v1/webhooks', { url: 'https://partner.invalid/', kinds: ['site.changed'] })],
  ];
  // What goes on by itself is at its end before anything is compared.
  await network.until('the end of the campaign', async () => (await items('/v1/campaigns'))[0]?.state === 'ended');
  await network.until('that nobody answers for the program', async () => (await items('/v1/grid/programs'))[0]?.trouble ?? undefined);

  const named: Readonly<Record<string, string>> = {
    ...{ siteId: 's', site: 's', stationId: 'CS', evseId: '1', sessionId, tariffId: 'flat', type: 'ISO14443', idToken, reservationId },
    ...{ limitId: signalId, signalId, programId: 'program', providerId: 'provider', clientId: 'client', meterSerial: 'meter' },
    ...{ month: new Date().toISOString().slice(0, 7), module: '6', year: '2026', quarter: '1', networkProvider: 'our_net' },
    ...{ dataset: 'sessions', messageId: '1', streamId: '1', controlId: 'control', certificateId: 'certificate' },
    ...{ declarationId: 'stuck', eventId: 'event', frameId: 'frame', outageId: 'CS-1:1', templateId: 'template', position: '1.1' },
  };
  const known: Ids = (name, path) => {
    const found = name === 'id' ? byPath.find(([start]) => path.startsWith(start))?.[1] : named[name];
    if (found === undefined) throw new Error(`${path}: nothing is known that is called ${name}: say what, so that it is tried`);
    return found;
  };
  const STRANGE = [
    'siteId',
    'site',
    'stationId',
    'sessionId',
    'tariffId',
    'idToken',
    'id',
    'limitId',
    'signalId',
    'programId',
    'providerId',
  ];
  const nobody: Ids = (name, path) =>
    name === 'reservationId'
      ? '2000000000'
      : [...STRANGE, 'clientId', 'meterSerial'].includes(name)
        ? `no-${known(name, path)}`.slice(0, 36)
        : known(name, path);
  const takeBack = async (): Promise<void> => {
    for (const path of ['oscp/provider', 'programs/program', 'enwg14a/s']) await network.must('DELETE', `/v1/grid/${path}`);
    await network.must('DELETE', `/v1/reservations/${reservationId}?wait=true`);
  };
  return { known, nobody, takeBack };
}
