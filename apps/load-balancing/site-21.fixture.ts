// A site with one station of OCPP 2.1 whose car charges, and what others ask of it.
import { expect } from '@jest/globals';
import type { CommandRefused, CommandRequested } from '#contracts';
import { committedMa as committedOf } from '#domain/load-balancing';
import { validate } from '#ocpp';
import { type Site, site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();

export function charging(limitA = 20): Site {
  const it = site(['A'], limitA, 'ocpp2.1');
  it.call('A', 'TransactionEvent', {
    eventType: 'Started',
    seqNo: 0,
    timestamp: iso(it.nowMs),
    triggerReason: 'CablePluggedIn',
    transactionInfo: { transactionId: 't1' },
    evse: { id: 1 },
  });
  it.pass(MINUTE);
  return it;
}

/** What becomes of a command that somebody else asks for. */
export function ask(it: Site, action: string, payload: Record<string, unknown>): CommandRefused | CommandRequested | undefined {
  const commandId = `asked-${it.told.length}`;
  expect(validate('ocpp2.1', action, 'request', payload)).toEqual([]);
  it.put(
    'ProfileRequested',
    { commandId, stationId: 'A', action, payload, notAfter: iso(it.nowMs + MINUTE), timeoutMs: 30_000, requestedBy: 'api:1' },
    'A',
  );
  return it.told.map(({ data }) => data as CommandRefused).find((data) => data.commandId === commandId);
}

export const committedMa = (it: Site): number => {
  const ledger = stationIn(it.state, 'A')?.ledger;
  const [evse] = ledger?.evses ?? [];
  if (ledger === undefined || evse === undefined) throw new Error('no EVSE');
  return committedOf(ledger, evse, it.nowMs, false);
};
