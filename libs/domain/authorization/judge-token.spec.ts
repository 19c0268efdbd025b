// The rule that decides who may charge, sentence by sentence.
// Over sockets it is met again in the edge's scenarios.
import { describe, expect, it } from '@jest/globals';
import { validate } from '#ocpp';
import { idTagInfo, idTokenInfo, judgeToken, type KnownToken, presentedToken, tokenText, type VerdictStatus } from './index.js';

const nowMs = Date.parse('2026-11-01T12:00:00Z');
const ask = (token: KnownToken | undefined, elsewhere: readonly string[] = [], concurrentSessions: 'allow' | 'refuse' = 'allow') =>
  judgeToken({
    token,
    openSessions: elsewhere.map((stationId) => ({ stationId })),
    stationId: 'CP1',
    nowMs,
    policy: { concurrentSessions },
  });

describe('judging a token', () => {
  it('accepts a known one and names its group', () =>
    expect(ask({ status: 'Accepted', groupHash: 'g' })).toEqual({ status: 'Accepted', groupHash: 'g' }));
  it('does not know a stranger', () => expect(ask(undefined)).toEqual({ status: 'Unknown' }));
  it('passes on why a card was stopped', () => {
    for (const status of ['Blocked', 'Expired', 'Invalid', 'NoCredit'] as const) expect(ask({ status }).status).toBe(status);
  });
  it('lets a card expire at its instant, not before', () => {
    expect(ask({ status: 'Accepted', expiresAt: '2026-11-01T12:00:00Z' }).status).toBe('Expired');
    expect(ask({ status: 'Accepted', expiresAt: '2026-11-01T12:00:01Z' }).status).toBe('Accepted');
  });
  it('lets one card charge two cars unless the network forbids it', () => {
    expect(ask({ status: 'Accepted' }, ['CP2']).status).toBe('Accepted');
    expect(ask({ status: 'Accepted' }, ['CP2'], 'refuse').status).toBe('ConcurrentTx');
    expect(ask({ status: 'Accepted' }, ['CP1'], 'refuse').status).toBe('Accepted'); // a repeated start of its own
  });
});

describe('wording', () => {
  const statuses: readonly VerdictStatus[] = ['Accepted', 'Blocked', 'Expired', 'Invalid', 'NoCredit', 'ConcurrentTx', 'Unknown'];
  it('gives both versions what their schemas allow', () => {
    for (const status of statuses) {
      const verdict = { status, groupHash: 'f'.repeat(64), expiresAt: '2027-01-01T00:00:00Z' };
      expect(validate('ocpp1.6', 'Authorize', 'response', { idTagInfo: idTagInfo(verdict) })).toEqual([]);
      expect(validate('ocpp2.0.1', 'Authorize', 'response', { idTokenInfo: idTokenInfo(verdict) })).toEqual([]);
    }
  });
});

describe('a presented token', () => {
  it('is found in both versions, and absent where it cannot be read', () => {
    expect(presentedToken('ocpp1.6', { idTag: 'AB' })).toEqual({ value: 'AB', type: 'Central' });
    expect(presentedToken('ocpp2.0.1', { idToken: { idToken: 'AB', type: 'ISO14443' } })).toEqual({ value: 'AB', type: 'ISO14443' });
    expect(presentedToken('ocpp2.0.1', { idToken: 'AB' })).toBeUndefined();
    expect(presentedToken('ocpp1.6', { idTag: 7 })).toBeUndefined();
  });
  it('is the same in capitals', () => expect(tokenText('default', 'DeadBeef')).toBe(tokenText('default', 'DEADBEEF')));
});
