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
    siteId: 'S1',
    stationId: 'CP1',
    nowMs,
    policy: { concurrentSessions },
  });

describe('judging a token', () => {
  it('accepts a known one and names its group', () =>
    expect(ask({ status: 'Accepted', groupHash: 'g' })).toEqual({ status: 'Accepted', groupHash: 'g' }));
  it('does not know a stranger', () => expect(ask(undefined)).toEqual({ status: 'Unknown' }));
  it('lets in who paid at the terminal, unless the network knows the number and stopped it', () => {
    const asks = (token: KnownToken | undefined) =>
      judgeToken({ token, openSessions: [], siteId: 'S1', stationId: 'CP1', tokenType: 'DirectPayment', nowMs }).status;
    expect([asks(undefined), asks({ status: 'Blocked' })]).toEqual(['Accepted', 'Blocked']);
  });
  it('takes no card for its number typed by hand, and a code however it comes', () => {
    const asks = (configured: string | undefined, tokenType: string) => {
      const token = { status: 'Accepted', ...(configured !== undefined && { tokenType: configured }) } as const;
      return judgeToken({ token, openSessions: [], siteId: 'S1', stationId: 'CP1', tokenType, nowMs }).status;
    };
    expect(['ISO14443', 'KeyCode', undefined].map((configured) => asks(configured, 'KeyCode'))).toEqual([
      'Invalid',
      'Accepted',
      'Accepted',
    ]);
    expect([asks('KeyCode', 'Central'), asks('ISO14443', 'ISO15693')]).toEqual(['Accepted', 'Accepted']);
  });
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
  it('lets the car that came first charge on, whatever was tried with its card elsewhere meanwhile', () => {
    const among = (...openSessions: readonly { stationId: string; startedMs?: number }[]) =>
      judgeToken({
        token: { status: 'Accepted' },
        openSessions,
        siteId: 'S1',
        stationId: 'CP1',
        nowMs,
        policy: { concurrentSessions: 'refuse' },
      }).status;
    expect(among({ stationId: 'CP1', startedMs: 1 }, { stationId: 'CP2', startedMs: 2 })).toBe('Accepted');
    expect(among({ stationId: 'CP1', startedMs: 2 }, { stationId: 'CP2', startedMs: 1 })).toBe('ConcurrentTx');
    expect(among({ stationId: 'CP1' }, { stationId: 'CP2', startedMs: 1 })).toBe('ConcurrentTx');
    expect(among({ stationId: 'CP1', startedMs: 1 }, { stationId: 'CP2' })).toBe('ConcurrentTx');
  });
});

describe('a token that may be used in some places only', () => {
  const onlyAt = (...places: NonNullable<KnownToken['onlyAt']>) => ask({ status: 'Accepted', onlyAt: places });
  it('is accepted there, at whatever EVSE where none are named (C01.FR.19)', () => {
    expect(onlyAt({ siteId: 'S2' }, { siteId: 'S1' })).toEqual({ status: 'Accepted' });
    expect(onlyAt({ siteId: 'S1', stationId: 'CP1' })).toEqual({ status: 'Accepted' });
    expect(onlyAt({ siteId: 'S1', evseIds: [1] }, { siteId: 'S1' })).toEqual({ status: 'Accepted' });
  });
  it('is accepted with the EVSEs that are named (C01.FR.20)', () =>
    expect(onlyAt({ siteId: 'S1', evseIds: [2] }, { siteId: 'S1', stationId: 'CP1', evseIds: [2, 3] })).toEqual({
      status: 'Accepted',
      evseIds: [2, 3],
    }));
  it('is not at its location elsewhere (C01.FR.22)', () => {
    expect(onlyAt({ siteId: 'S2' })).toEqual({ status: 'NotAtThisLocation' });
    expect(onlyAt({ siteId: 'S1', stationId: 'CP2' })).toEqual({ status: 'NotAtThisLocation' });
  });
  it('begins nothing at another EVSE of its station, and may ask ahead', () => {
    const token = { status: 'Accepted', onlyAt: [{ siteId: 'S1', evseIds: [2] }] } as const;
    const at = (evseId: number) => judgeToken({ token, openSessions: [], siteId: 'S1', stationId: 'CP1', evseId, nowMs });
    expect(at(1)).toEqual({ status: 'NotAtThisLocation', evseIds: [2] });
    expect(at(2)).toEqual({ status: 'Accepted', evseIds: [2] });
  });
  it('stays blocked where it is blocked, wherever that is', () =>
    expect(ask({ status: 'Blocked', onlyAt: [{ siteId: 'S2' }] }).status).toBe('Blocked'));
});

it('a key code that nobody knows is invalid, a card unknown (C04.FR.01)', () => {
  const stranger = { token: undefined, openSessions: [], siteId: 'S1', stationId: 'CP1', nowMs };
  expect(judgeToken({ ...stranger, tokenType: 'KeyCode' })).toEqual({ status: 'Invalid' });
  expect(judgeToken({ ...stranger, tokenType: 'ISO14443' })).toEqual({ status: 'Unknown' });
});

describe('wording', () => {
  it('calls a group by its name, and by its pseudonym where the name is unknown or too long (C09.FR.02, C16.FR.01)', () => {
    const groupHash = 'f'.repeat(64);
    expect(idTokenInfo({ status: 'Accepted', groupHash, groupId: 'POLICE' }).groupIdToken?.idToken).toBe('POLICE');
    expect(idTagInfo({ status: 'Accepted', groupHash, groupId: 'POLICE' }).parentIdTag).toBe('POLICE');
    expect(idTagInfo({ status: 'Accepted', groupHash, groupId: 'g'.repeat(21) }).parentIdTag).toBe('f'.repeat(20));
    expect(idTokenInfo({ status: 'Accepted', groupHash }).groupIdToken?.idToken).toBe('f'.repeat(36));
  });

  const statuses: readonly VerdictStatus[] = [
    'Accepted',
    'Blocked',
    'Expired',
    'Invalid',
    'NoCredit',
    'ConcurrentTx',
    'NotAtThisLocation',
    'Unknown',
  ];
  it('gives both versions what their schemas allow', () => {
    for (const status of statuses) {
      const verdict = { status, groupHash: 'f'.repeat(64), evseIds: [1, 2], expiresAt: '2027-01-01T00:00:00Z' };
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
    expect(presentedToken('ocpp1.6', { idTag: 'AB_77;' }, '_77')).toEqual({ value: 'AB', type: 'Central' });
  });
  it('is the same in capitals', () => expect(tokenText('default', 'DeadBeef')).toBe(tokenText('default', 'DEADBEEF')));
});
