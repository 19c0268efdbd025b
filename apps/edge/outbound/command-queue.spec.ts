// Order and replacement among waiting commands, and the fence against former owners.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RoutedCommand } from '#ports';
import { CommandQueue } from './command-queue.js';
import { GrantFence } from './grant-fence.js';

const command = (commandId: string, action: string, more: Partial<RoutedCommand> = {}): RoutedCommand => ({
  tenantId: 'default',
  siteId: 's',
  stationId: 'CP1',
  commandId,
  action,
  payload: {},
  notAfter: '2026-11-01T12:00:00Z',
  timeoutMs: 1_000,
  ...more,
});
const grant = (commandId: string, grantSeq: number, evseId = 1, purpose = 'TxProfile'): RoutedCommand =>
  command(commandId, 'SetChargingProfile', {
    payload: { evseId, chargingProfile: { chargingProfilePurpose: purpose, stackLevel: 1 } },
    grant: { ownerEpoch: 1, grantSeq },
  });
const order = (queue: CommandQueue): readonly string[] => {
  const ids: string[] = [];
  for (let next = queue.next(); next !== undefined; next = queue.next()) ids.push(next.commandId);
  return ids;
};

describe('the queue', () => {
  it('lets limits go first and keeps the order otherwise', () => {
    const queue = new CommandQueue(16);
    for (const one of [command('a', 'Reset'), grant('g1', 1, 1), command('b', 'ClearCache'), grant('g2', 2, 2)]) queue.add(one);
    expect(order(queue)).toEqual(['g1', 'g2', 'a', 'b']);
  });
  it('replaces a waiting grant by a newer one for the same EVSE and purpose, and no other', () => {
    const queue = new CommandQueue(16);
    for (const one of [grant('old', 1), grant('other evse', 2, 2), grant('default', 3, 1, 'TxDefaultProfile')]) queue.add(one);
    expect(queue.add(grant('new', 4)).superseded.map(({ commandId }) => commandId)).toEqual(['old']);
    expect(order(queue)).toEqual(['other evse', 'default', 'new']);
  });
  it('never replaces a newer grant by an older one', () => {
    const queue = new CommandQueue(16);
    queue.add(grant('new', 4));
    expect(queue.add(grant('old', 1)).superseded).toEqual([]);
  });
  it('is bounded, and others do not take the place of limits', () => {
    const queue = new CommandQueue(2);
    const taken = ['a', 'b', 'c'].map((id) => queue.add(command(id, 'Reset')).taken);
    expect(taken).toEqual([true, true, false]);
    expect(queue.add(grant('g', 1)).taken).toBe(true);
  });
});

describe('the fence', () => {
  it('admits a station’s grants only in rising order, whatever order they come in', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(5))), (pairs) => {
        const fence = new GrantFence();
        const admitted = pairs.filter(([ownerEpoch, grantSeq]) => fence.admit('t/s', 't/CP1', 1, { ownerEpoch, grantSeq }));
        const numbers = admitted.map(([ownerEpoch, grantSeq]) => ownerEpoch * 10 + grantSeq);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }),
    ));
  it('knows an owner as replaced at every station of the site, and at no other site', () => {
    const fence = new GrantFence();
    fence.admit('t/s', 't/CP1', 1, { ownerEpoch: 5, grantSeq: 1 });
    expect(fence.admit('t/s', 't/CP2', 1, { ownerEpoch: 4, grantSeq: 9 })).toBe(false);
    expect(fence.admit('t/other', 't/CP3', 1, { ownerEpoch: 4, grantSeq: 9 })).toBe(true);
  });
  it('compares a station’s grants within one site assignment only', () => {
    const fence = new GrantFence();
    fence.admit('t/s', 't/CP1', 1, { ownerEpoch: 500, grantSeq: 1 });
    expect(fence.admit('t/new', 't/CP1', 2, { ownerEpoch: 3, grantSeq: 1 })).toBe(true);
  });
});
