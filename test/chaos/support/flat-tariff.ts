// One price for every kilowatt-hour, so that every session ends in a bill.
// What tariffs can do is tested with the rating.
export const FLAT_TARIFF = {
  country_code: 'NL',
  party_id: 'TST',
  id: 'flat',
  currency: 'EUR',
  last_updated: '2026-01-01T00:00:00Z',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.4, vat: 21, step_size: 1 }] }],
};
