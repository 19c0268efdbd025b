// A certificate is good for the one station it names, in our organisation.
import { describe, expect, it } from '@jest/globals';
import { isOwnCertificate } from './judge-certificate.js';

const ask = (commonNames: readonly string[], organizations: readonly string[], bound?: { commonName?: string; organization?: string }) =>
  isOwnCertificate({ subject: { commonNames, organizations }, stationId: 'CP1', bound, organizations: ['Us', 'Partner'] });

describe('a certificate', () => {
  it('is the station’s when it names its id and one of our organisations', () => {
    expect(ask(['CP1'], ['Us'])).toBe(true);
    expect(ask(['CP1'], ['Else', 'Partner'])).toBe(true);
  });
  it('of another station, of nobody, of two, or in other letters is not', () => {
    for (const names of [['CP2'], [], ['CP1', 'CP2'], ['cp1'], ['CP1 ']]) expect(ask(names, ['Us'])).toBe(false);
  });
  it('of another organisation, or of none, is not', () => {
    for (const organizations of [['Them'], [], ['us']]) expect(ask(['CP1'], organizations)).toBe(false);
  });
  it('has to name the serial number and the organisation a station is bound to', () => {
    expect(ask(['SN-7'], ['Us'], { commonName: 'SN-7' })).toBe(true);
    expect(ask(['CP1'], ['Us'], { commonName: 'SN-7' })).toBe(false);
    expect(ask(['CP1'], ['Us'], { organization: 'Maker' })).toBe(false);
    expect(ask(['CP1'], ['Maker'], { organization: 'Maker' })).toBe(true);
  });
});
