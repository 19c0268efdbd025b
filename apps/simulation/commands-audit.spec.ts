// Each command ends in one way, told as the station said it and shown so.
import { describe, expect, it } from '@jest/globals';
import { auditCommands } from './commands-audit.js';

const word = (status: string): string => JSON.stringify({ commandId: 'c', payload: { status } });
const heard = (status: string): string => JSON.stringify([3, 'c', { status }]);
const found = (words: readonly string[], state: string, said?: string): number =>
  auditCommands(new Map([['c', { words: new Set(words), ...(said !== undefined && { heard: said }) }]]), [{ command_id: 'c', state }])
    .length;

describe('a command', () => {
  it('is shown as it ended', () => {
    expect(found([word('Accepted')], 'accepted', heard('Accepted'))).toBe(0);
    expect(found([word('Rejected')], 'rejected', heard('Rejected'))).toBe(0);
    expect(found([], 'timedOut')).toBe(0);
  });
  it.each<[string, readonly string[], string, string | undefined]>([
    ['answered in two ways', [word('Accepted'), word('Rejected')], 'accepted', heard('Accepted')],
    ['told otherwise than it was answered', [word('Accepted')], 'accepted', heard('Rejected')],
    ['shown otherwise than it was answered', [word('Rejected')], 'accepted', heard('Rejected')],
    ['shown as under way', [], 'sent', undefined],
    ['shown as accepted, which nobody said', [], 'accepted', undefined],
  ])('that is %s is found', (_, words, state, said) => {
    expect(found(words, state, said)).toBe(1);
  });
});
