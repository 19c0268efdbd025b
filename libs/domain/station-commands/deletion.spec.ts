// The station keeps at least one root it trusts us by, and hears the algorithm it speaks.
import { expect, it } from '@jest/globals';
import { deletionFault, type InstalledCertificate } from './deletion.js';

const held = (serialNumber: string, type = 'CSMSRootCertificate', hashAlgorithm = 'SHA256'): InstalledCertificate => ({
  type,
  hashAlgorithm,
  issuerNameHash: 'n',
  serialNumber,
});
const named = (serialNumber: string, hashAlgorithm = 'SHA256') => ({ hashAlgorithm, issuerNameHash: 'n', serialNumber });

it('the last root a station trusts us by is never deleted, in neither version’s words', () => {
  expect(deletionFault([held('1'), held('2', 'V2GRootCertificate')], named('01'))).toMatch(/last root/);
  expect(deletionFault([held('a', 'CentralSystemRootCertificate')], named('0A'))).toMatch(/last root/);
});
it('a station that comes without TLS has none in use', () => expect(deletionFault([held('1')], named('1'), false)).toBeUndefined());
it('one of two may go, and what is another root altogether', () => {
  expect(deletionFault([held('1'), held('2')], named('1'))).toBeUndefined();
  expect(deletionFault([held('1'), held('2', 'V2GRootCertificate')], named('2'))).toBeUndefined();
});
it('it is named by the algorithm the station reported (M04.FR.07)', () => {
  expect(deletionFault([held('1', 'V2GRootCertificate', 'SHA512')], named('1'))).toMatch(/SHA512/);
  expect(deletionFault([held('1', 'V2GRootCertificate', 'SHA512')], named('1', 'SHA512'))).toBeUndefined();
});
it('what is not known to be there may be named', () => expect(deletionFault([held('1')], named('9'))).toBeUndefined());
