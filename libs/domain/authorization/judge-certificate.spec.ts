// A certificate is good for the one station it names, in our organisation.
import { describe, expect, it } from '@jest/globals';
import { isOwnCertificate, isSuperseded, newestProven, type StationName } from './judge-certificate.js';

const ask = (commonNames: readonly string[], organizations: readonly string[], bound?: { commonName?: string; organization?: string }) =>
  isOwnCertificate({
    subject: { commonNames, organizations },
    tenantId: 'default',
    stationId: 'CP1',
    bound,
    organizations: ['Us', 'Partner'],
  });

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

describe('a certificate of the network’s own authority', () => {
  const issued = (issuedTo: StationName) =>
    isOwnCertificate({
      subject: { commonNames: ['CP1'], organizations: [], issuedTo },
      tenantId: 'a',
      stationId: 'CP1',
      bound: undefined,
      organizations: [],
    });
  it('is the station’s it was made out to, and not that of its namesake with another tenant', () => {
    expect(issued({ tenantId: 'a', stationId: 'CP1' })).toBe(true);
    expect(issued({ tenantId: 'b', stationId: 'CP1' })).toBe(false);
    expect(issued({ tenantId: 'a', stationId: 'CP2' })).toBe(false);
  });
});

describe('while a certificate changes', () => {
  const old = { issuer: 'CA', serialNumber: '01', notBefore: '2026-01-01T00:00:00Z' };
  const young = { issuer: 'CA', serialNumber: '02', notBefore: '2026-06-01T00:00:00Z' };
  it('the old one is good until the new one was seen', () => {
    const seenOld = newestProven(old, undefined);
    expect([isSuperseded(old, seenOld), isSuperseded(young, seenOld)]).toEqual([false, false]);
    const seenBoth = newestProven(young, seenOld);
    expect([isSuperseded(old, seenBoth), isSuperseded(young, seenBoth)]).toEqual([true, false]);
    expect(newestProven(old, seenBoth)).toBe(seenBoth);
  });
  it('those of another authority are not older or newer', () => {
    const other = { ...old, issuer: 'Other CA' };
    expect(isSuperseded(other, young)).toBe(false);
    expect(newestProven(other, young)).toEqual(other);
  });
});
