// Addresses of grid operators' servers: what may be spoken to, and where a server may send us on to.
import { expect, it } from '@jest/globals';
import { isFitFrom, isSafeAddress } from './grid-addresses.js';

it.each([
  ['https://grid.example/oscp/2.0', true],
  ['http://127.0.0.1:8080/2.0', true],
  ['http://grid.example/2.0', false],
  ['https://name@grid.example/2.0', false],
  ['https://:password@grid.example/2.0', false],
  ['https://grid.example/2.0?', false],
  ['https://grid.example/2.0?a=b', false],
  // What is added to it would be no part of the path.
  ['https://grid.example/2.0#', false],
])('%s may be spoken to: %s', (address, isSafe) => expect(isSafeAddress(address)).toBe(isSafe));

it('a server sends us on to servers of its own kind', () => {
  const server = 'https://grid.example/2.0';
  expect(isFitFrom('https://other.example/2.0', server)).toBe(true);
  for (const near of [
    'https://10.0.0.5/2.0',
    'https://[::ffff:10.0.0.5]/2.0',
    'https://169.254.169.254/x',
    'http://localhost/2.0',
    'no address',
  ])
    expect([near, isFitFrom(near, server)]).toEqual([near, false]);
  expect(isFitFrom('https://10.0.0.5/2.0', 'https://10.0.0.4/2.0')).toBe(true);
  expect(isFitFrom('http://127.0.0.1:1/2.0', 'http://localhost:2/2.0')).toBe(true);
});
