// What the log gets to see of messages with drivers and secrets in them.
// Real sealing is the key stores' contract.
import { describe, expect, it } from '@jest/globals';
import { protect, REMOVED, reveal } from './index.js';

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
  });
});
