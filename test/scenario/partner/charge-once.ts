// What a partner's program does first: a site with a station and a price, a session started and stopped from afar, and what came of it down to the invoice and the reasons.
import { type Client, type Of, until } from './client.js';

export interface Charged {
  readonly session: Of<'GET /v1/sessions/{id}'>;
  readonly cdr: Of<'GET /v1/cdrs/{id}'>;
  readonly invoice: Of<'GET /v1/invoices/{id}'>;
  readonly why: Of<'GET /v1/sessions/{id}/explain'>;
  readonly whyCharged: Of<'GET /v1/cdrs/{id}/explain'>;
}

/** The password the station has to say. */
export async function makeStation(api: Client, stationId: string, idToken: string): Promise<string> {
  const tariff = {
    ...{ country_code: 'NL', party_id: 'PTN', id: 'flat', currency: 'EUR', last_updated: '2026-01-01T00:00:00Z' },
    elements: [{ price_components: [{ type: 'ENERGY' as const, price: 0.4, vat: 21, step_size: 1 }] }],
  };
  await api('PUT /v1/tariffs/{tariffId}', { path: { tariffId: 'flat' }, body: tariff });
  const root = { nodeId: 'grid', limitA: 40, unmanagedMaxA: 0, phases: 3 as const };
  await api('PUT /v1/sites/{siteId}', { path: { siteId: 'yard' }, body: { name: 'Yard', timeZone: 'UTC', root } });
  await api('PUT /v1/sites/{siteId}/tariff', { path: { siteId: 'yard' }, body: { tariffId: 'flat' } });
  await api('PUT /v1/tokens/{type}/{idToken}', { path: { type: 'ISO14443', idToken }, body: { status: 'Accepted' } });
  const { password } = await api('PUT /v1/stations/{stationId}', {
    path: { stationId },
    body: {
      ...{ siteId: 'yard', nodeId: 'grid', securityProfile: 1 as const },
      evses: [{ evseId: 1, phases: 3 as const, minA: 6, maxA: 32, safeA: 0 }],
    },
  });
  if (password === undefined) throw new Error('no password was made');
  return password;
}

export async function chargeOnce(api: Client, stationId: string, idToken: string, plugIn: () => void): Promise<Charged> {
  await until('the station is online', async () => {
    const { items } = await api('GET /v1/stations', {});
    return items.find((station) => station.stationId === stationId && station.online);
  });
  const accepted = async (action: string, payload: Record<string, unknown>) => {
    const { commandId } = await api('POST /v1/stations/{stationId}/commands', { path: { stationId }, body: { action, payload } });
    const ended = await until(`the end of ${action}`, async () => {
      const command = await api('GET /v1/commands/{id}', { path: { id: commandId } });
      return command.state === 'queued' || command.state === 'sent' ? undefined : command;
    });
    if (ended.state !== 'accepted') throw new Error(`${action}: ${ended.state} ${ended.reason}`);
  };
  await accepted('RequestStartTransaction', { evseId: 1, remoteStartId: 1, idToken: { idToken, type: 'ISO14443' } });
  plugIn();
  const running = await until('it charges', async () => {
    const { items } = await api('GET /v1/sessions', { query: { stationId, status: 'active' } });
    return items.find(({ energyWh }) => energyWh > 0);
  });
  await accepted('RequestStopTransaction', { transactionId: running.transactionId });
  const path = { id: running.sessionId };
  const session = await until('its end', async () => {
    const one = await api('GET /v1/sessions/{id}', { path });
    return one.status === 'ended' ? one : undefined;
  });
  const { id } = await until(
    'its charge record',
    async () => (await api('GET /v1/cdrs', { query: { sessionId: session.sessionId } })).items[0],
  );
  const [issued] = await until('its invoice', async () => {
    const { items } = await api('POST /v1/invoices', { body: {} });
    return items.length > 0 ? items : undefined;
  });
  if (issued === undefined) throw new Error('no invoice');
  return {
    session,
    cdr: await api('GET /v1/cdrs/{id}', { path: { id } }),
    invoice: await api('GET /v1/invoices/{id}', { path: { id: issued.invoiceId } }),
    why: await api('GET /v1/sessions/{id}/explain', { path }),
    whyCharged: await api('GET /v1/cdrs/{id}/explain', { path: { id } }),
  };
}

/** That the types refuse what the description does not have: compiled, never run. */
export async function refused(api: Client): Promise<void> {
  // @ts-expect-error there is no such operation
  await api('GET /v1/nothing', {});
  // @ts-expect-error the station is not named
  await api('GET /v1/stations/{stationId}', {});
  const { online } = await api('GET /v1/stations/{stationId}', { path: { stationId: 'x' } });
  // @ts-expect-error it is a truth value
  online.length;
}
