// Strangers are few, stations are many, and places come back.
import { describe, expect, it } from '@jest/globals';
import { SocketCounts } from './socket-limits.js';

const counts = () => new SocketCounts({ socketsPerAddress: 4, strangersPerAddress: 2 }, (address) => address === 'proxy');
const enter = (sockets: SocketCounts, times: number, address = 'a') => Array.from({ length: times }, () => sockets.enter(address));

describe('sockets of an address', () => {
  it('are few while nobody knows whose they are', () => {
    const sockets = counts();
    expect(enter(sockets, 3)).toEqual([true, true, false]);
    expect(enter(sockets, 1, 'b')).toEqual([true]);
  });
  it('are many once they are stations', () => {
    const sockets = counts();
    enter(sockets, 2);
    sockets.known('a');
    sockets.known('a');
    expect(enter(sockets, 3)).toEqual([true, true, false]);
  });
  it('leave their places to others', () => {
    const sockets = counts();
    enter(sockets, 2);
    sockets.known('a');
    sockets.leave('a', true);
    sockets.leave('a', false);
    expect(enter(sockets, 3)).toEqual([true, true, false]);
  });
  it('of a proxy that speaks for everybody are not counted', () => expect(enter(counts(), 9, 'proxy')).not.toContain(false));
});
