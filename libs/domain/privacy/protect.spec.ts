// What the log gets to see of messages with drivers and secrets in them.
// Real sealing is the key stores' contract.
import { describe, expect, it } from '@jest/globals';
import { mayBeSensitive, protect, REMOVED, reveal, withoutConfidences, withVendorData } from './index.js';

const protection = {
  tokenHash: (value: string) => `hash(${value.toLowerCase()})`,
  seal: async (subject: string, text: string) => `sealed:v1:${subject}:${Buffer.from(text).toString('base64')}`,
  fallbackSubject: 'station:default/CP1',
};
const unseal = async (sealed: string) => Buffer.from(sealed.split(':').at(-1) ?? '', 'base64').toString();

describe('protect', () => {
  it('seals the tag of a 1.6 start under its owner and leaves the rest', async () => {
    const payload = { connectorId: 1, idTag: 'ABC', meterStart: 5, timestamp: '2026-01-01T00:00:00Z' };
    expect(await protect('StartTransaction', payload, protection)).toEqual({ ...payload, idTag: 'sealed:v1:hash(abc):QUJD' });
    expect(payload.idTag).toBe('ABC');
  });
  it('seals every token of a 2.0.1 message', async () => {
    const idToken = { idToken: 'A', type: 'eMAID', additionalInfo: [{ additionalIdToken: 'B', type: 'x' }] };
    const text = JSON.stringify(await protect('TransactionEvent', { eventType: 'Started', idToken }, protection));
    expect(text).toContain('sealed:v1:hash(a):');
    expect(text).toContain('sealed:v1:hash(b):');
    expect(text).toContain('eMAID');
  });
  it('removes passwords a station reports about itself, in both versions', async () => {
    const configurationKey = [
      { key: 'AuthorizationKey', readonly: false, value: 'aabb' },
      { key: 'HeartbeatInterval', readonly: false, value: '300' },
    ];
    const answer = await protect('GetConfiguration', { configurationKey }, protection);
    expect(answer).toEqual({ configurationKey: [{ ...configurationKey[0], value: REMOVED }, configurationKey[1]] });
    const reportData = [
      { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' }, variableAttribute: [{ value: 'pw' }] },
    ];
    expect(JSON.stringify(await protect('NotifyReport', { reportData }, protection))).not.toContain('"pw"');
  });
  it('seals what a vendor says in its own words, whatever its shape, in both directions', async () => {
    for (const data of ['card 04A2B3', { card: '04A2B3', pin: 1234 }, ['04A2B3']]) {
      const logged = (await protect('DataTransfer', { vendorId: 'v', messageId: 'm', data }, protection)) as Record<string, unknown>;
      expect(logged).toMatchObject({ vendorId: 'v', messageId: 'm', data: expect.stringMatching(/^sealed:v1:station:default\/CP1:/) });
    }
    const extended = { connectorId: 1, customData: { vendorId: 'v', driver: { name: 'Ann' }, seat: 4 } };
    const text = JSON.stringify(await protect('StatusNotification', extended, protection));
    expect(text).toContain('"vendorId":"v"');
    expect(text).not.toMatch(/Ann|"seat":4/);
  });
  it('seals signed readings, which name the card, and no other', async () => {
    const sampled = (value: object) => ({ connectorId: 1, meterValue: [{ timestamp: 't', sampledValue: [value] }] });
    expect(await protect('MeterValues', sampled({ value: '5' }), protection)).toEqual(sampled({ value: '5' }));
    for (const value of [
      { value: 'OCMF', format: 'SignedData' },
      { value: 1, signedMeterValue: { signedMeterData: 'OCMF' } },
    ])
      expect(JSON.stringify(await protect('MeterValues', sampled(value), protection))).not.toContain('OCMF');
  });
  it('removes a password from an address and keeps the address', async () => {
    const told = await protect('GetDiagnostics', { location: 'ftp://user:pw@files.example/in' }, protection);
    expect(told).toEqual({ location: `ftp://${REMOVED}@files.example/in` });
    const kept = { location: 'ftp://files.example/in' };
    expect(await protect('GetDiagnostics', kept, protection)).toBe(kept);
  });
  it('seals a token written as a number', async () =>
    expect(await protect('Authorize', { idTag: 12345678 }, protection)).toEqual({ idTag: 'sealed:v1:hash(12345678):MTIzNDU2Nzg=' }));
  it('lets busy messages pass on sight of their text', () => {
    expect(mayBeSensitive('MeterValues', '{"meterValue":[]}')).toBe(false);
    for (const text of ['{"format":"SignedData"}', '{"signedMeterData":""}', '{"customData":{}}', '{"idTag":"ABC"}'])
      expect(mayBeSensitive('MeterValues', text)).toBe(true);
    expect(mayBeSensitive('DataTransfer', '{}')).toBe(true);
  });
  it('covers messages nobody has heard of', async () =>
    expect(JSON.stringify(await protect('VendorStart', { nested: [{ idTag: 'ABC' }] }, protection))).not.toContain('"ABC"'));
  it('hands back the very same object when there is nothing to hide', async () => {
    const payload = { eventType: 'Updated', transactionInfo: { transactionId: 'T' }, idToken: { idToken: '', type: 'NoAuthorization' } };
    expect(await protect('TransactionEvent', payload, protection)).toBe(payload);
  });
});

describe('reveal', () => {
  it('opens what was sealed for a command', async () => {
    const payload = { idTag: 'ABC', connectorId: 1 };
    const logged = await protect('RemoteStartTransaction', payload, protection);
    expect(await reveal('RemoteStartTransaction', logged, unseal)).toEqual(payload);
  });
  it('keeps a secret deliverable when asked to', async () => {
    const payload = { key: 'AuthorizationKey', value: 'aabb' };
    const logged = await protect('ChangeConfiguration', payload, { ...protection, secrets: 'seal' });
    expect(JSON.stringify(logged)).not.toContain('aabb');
    expect(await reveal('ChangeConfiguration', logged, unseal)).toEqual(payload);
  });
  it('gives nothing when the driver was erased', async () =>
    expect(await reveal('RemoteStartTransaction', { idTag: 'sealed:v1:gone:AA==' }, async () => undefined)).toBeUndefined());
  it('gives nothing when a secret was removed', async () =>
    expect(await reveal('ChangeConfiguration', { key: 'AuthorizationKey', value: REMOVED }, unseal)).toBeUndefined());
  it('opens no sealed text in a field that is never sealed', async () => {
    const payload = { vendorId: 'v', data: 'sealed:v1:someone:AA==' };
    expect(await reveal('DataTransfer', payload, unseal)).toBe(payload);
    const named = { type: 'Soft', reason: 'sealed:v1:someone:AA==' };
    expect(await reveal('Reset', named, unseal)).toBe(named);
  });
});

it('what a vendor answers can be read again, in its own shape, by who may', async () => {
  for (const data of ['card 04A2B3', '{broken', { card: '04A2B3' }, ['04A2B3']]) {
    const answer = { status: 'Accepted', data };
    expect(await withVendorData('DataTransfer', await protect('DataTransfer', answer, protection), unseal)).toEqual(answer);
  }
  const logged = await protect('DataTransfer', { status: 'Accepted', data: 'x' }, protection);
  expect(await withVendorData('DataTransfer', logged, async () => undefined)).toEqual({ status: 'Accepted', data: null });
});

describe('words about a command', () => {
  it('do not repeat what it told in confidence', () => {
    const change = { key: 'AuthorizationKey', value: 'aabbccdd' };
    expect(withoutConfidences('bad value aabbccdd', 'ChangeConfiguration', change)).toBe(REMOVED);
    expect(withoutConfidences('bad key', 'ChangeConfiguration', change)).toBe('bad key');
    expect(withoutConfidences('who is X?', 'RemoteStartTransaction', { idTag: 'sealed:v1:a:AA==' })).toBe(REMOVED);
  });
});
