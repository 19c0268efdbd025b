// How often what a station says may be in the log: a question as often as it was heard, everything else once.
import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '#ports';
import { FactsAudit } from './facts-audit.js';
import type { Life } from './process.js';
import type { Socket } from './wire.js';

const socket: Socket = { stationId: 'CS1', door: undefined, isClosing: false };
const call = (messageId: string): LogRecord => ({
  topic: 'site-events',
  partition: 0,
  offset: 0,
  key: 'default/S1',
  headers: { ce_source: '/api', ce_type: 'CallReceived', ce_stationid: 'CS1' },
  value: JSON.stringify({ messageId }),
});

/** What is found where the station said `action` so often, and it was stored so often. */
function found(action: string, heard: number, stored: number): readonly string[] {
  const audit = new FactsAudit(() => 0);
  for (let time = 0; time < heard; time++) audit.heard(socket, `[2,"m1","${action}",{}]`);
  for (let time = 0; time < stored; time++) audit.stored(call('m1'), {} as Life);
  audit.arrived('CS1', '[3,"m1",{}]');
  audit.conclude();
  return audit.faults.map(({ rule }) => rule);
}

describe('what was answered', () => {
  it('is in the log once, however often it was said', () => {
    expect([found('MeterValues', 2, 1), found('MeterValues', 2, 2)]).toEqual([[], ['P2']]);
  });
  it('is in the log as often as it was asked, where it is a question', () => {
    expect([found('Heartbeat', 2, 1), found('Heartbeat', 2, 2), found('Heartbeat', 2, 3)]).toEqual([[], [], ['P2']]);
  });
  it('is in the log', () => {
    expect(found('Heartbeat', 1, 0)).toEqual(['P1', 'P2']);
  });
});
