// A process that is told to end before it has begun.
import { EventEmitter } from 'node:events';
import { expect, it } from '@jest/globals';
import { firstSignal } from './signals.js';

it('is heard whenever it comes, and once', async () => {
  const process = new EventEmitter();
  const signalled = firstSignal(process);
  process.emit('SIGTERM', 'SIGTERM');
  process.emit('SIGINT', 'SIGINT');
  expect(await signalled).toBe('SIGTERM');
});
