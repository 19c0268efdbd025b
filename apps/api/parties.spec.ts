// Names on invoices: stated, shown, and gone with the key of the driver, while everything else about the invoice stays.
// How they look on paper is in invoice-files.spec.ts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BillingWorld, billingWorld, type Json } from './billing-world.fixture.js';
import { invoiceRoutes } from './invoices.js';
import { partyRoutes } from './parties.js';

let billing: BillingWorld;
beforeAll(async () => {
  billing = await billingWorld((world) => [...invoiceRoutes(world), ...partyRoutes(world)]);
});
afterAll(() => billing?.close());

describe('who sells and who buys', () => {
  const seller = {
    name: 'Joule & Söhne',
    address1: 'Kanal 1',
    postalCode: '1011',
    city: 'Amsterdam',
    country: 'NL',
    vatId: 'NL001234567B01',
  };
  const buyer = { name: 'Eve Example', address1: 'Private Lane 7', city: 'Utrecht', country: 'NL' };
  const params = { type: 'ISO14443', idToken: 'eve' };

  it('stands on invoices from then on, until its driver is forgotten: then the money stays and the name goes', async () => {
    const { call, file, started, ended, world } = billing;
    await expect(call('get /v1/billing/seller')).rejects.toMatchObject({ status: 404 });
    await call('put /v1/billing/seller', { body: seller });
    expect((await call('get /v1/billing/seller')).body).toEqual(seller);
    const { accountId } = (await call('put /v1/tokens/{type}/{idToken}/buyer', { params, body: buyer })).body;
    expect((await call('get /v1/tokens/{type}/{idToken}/buyer', { params })).body).toEqual({ accountId, ...buyer });
    await started('e1', 'a', String(accountId));
    await ended('e1', 'a', 10_000);
    while ((await billing.database.query('select 1 from account_charges')).rowCount === 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const items = (await call<{ items: readonly Json[] }>('post /v1/invoices', { body: { accountId } })).body.items;
    const id = items[0]?.invoiceId;
    const show = async (): Promise<Json> => (await call('get /v1/invoices/{id}', { params: { id } })).body;
    const before = await show();
    expect(before).toMatchObject({ seller, buyer, total: { inclVat: '3.99' } });
    expect(await file('/v1/invoices/{id}.csv', id)).toContain('"Joule & Söhne","NL001234567B01","Eve Example",');

    await world.keys.destroy(String(accountId));
    const after = await show();
    expect(after).toEqual({ ...before, buyer: null });
    expect(await file('/v1/invoices/{id}.csv', id)).toContain('"(erased at the request of the person)"');
    await expect(call('get /v1/tokens/{type}/{idToken}/buyer', { params })).rejects.toMatchObject({ status: 404 });
    const { rows } = await billing.database.query<{ invoice: Json }>('select invoice from invoices where invoice_id = $1', [id]);
    expect(rows[0]?.invoice.buyer).toMatch(/^sealed:v1:/);
  });
});
