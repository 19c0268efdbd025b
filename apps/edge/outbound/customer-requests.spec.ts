// Whom a report of a station tells of.
import { expect, it } from '@jest/globals';
import { erasureSubject } from '#domain/privacy';
import { CustomerRequests } from './customer-requests.js';

const hash = (value: string): string => `#${value}`;
const ask = (requestId: number, idToken: string | undefined, report = true) => ({
  action: 'CustomerInformation',
  payload: { requestId, report, clear: true, ...(idToken !== undefined && { idToken: { idToken, type: 'Central' } }) },
});

it('is the driver it was asked about, sealed or not, and nobody where none was named', () => {
  const customers = new CustomerRequests();
  customers.sent(ask(1, 'ann'), hash);
  customers.sent(ask(2, 'sealed:v1:#bob:AAAA'), hash);
  customers.sent(ask(3, undefined), hash);
  customers.sent(ask(4, `sealed:v1:${erasureSubject('c', { tenantId: 't', stationId: 'CP 1' })}:AAAA`, false), hash);
  const subjects = [1, 2, 3, 4, 5].map((requestId) => customers.subjectFor('NotifyCustomerInformation', { requestId }));
  expect(subjects).toEqual(['#ann', '#bob', undefined, undefined, undefined]);
  expect(customers.subjectFor('NotifyReport', { requestId: 1 })).toBeUndefined();
});
