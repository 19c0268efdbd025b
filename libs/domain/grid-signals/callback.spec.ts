// Tokens of callbacks: made by us and for one program, or nothing.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { callbackPlace, callbackToken } from './callback.js';

const under = (key: string) => (purpose: string, text: string) => createHmac('sha256', key).update(`${purpose} ${text}`).digest('hex');
const PLACE = { tenantId: 'default', programId: 'netz/süd' };

describe('callbackToken', () => {
  it('names its program to whoever has the key', () => {
    expect(callbackPlace(under('ours'), callbackToken(under('ours'), PLACE))).toEqual(PLACE);
  });
  it('is nothing where it was not made by us, or changed', () => {
    const token = callbackToken(under('ours'), PLACE);
    const other = callbackToken(under('ours'), { ...PLACE, programId: 'other' });
    const [head] = other.split('.');
    const [, tail] = token.split('.');
    for (const each of [callbackToken(under('theirs'), PLACE), `${head}.${tail}`, token.slice(0, -1), 'js_key', ''])
      expect(callbackPlace(under('ours'), each)).toBeUndefined();
  });
});
