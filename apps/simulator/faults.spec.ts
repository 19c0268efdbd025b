// Two virtual hours of bad days in memory: whatever is lost, every transaction is told in full, once the links stay up.
// The CSMS here is a function; a failure prints its seed.
import { describe, expect, it } from '@jest/globals';
import { parseFrame, resultFrame, validate } from '#ocpp';
import { VirtualClock } from './clock.js';
import { type Fleet, startFleet } from './fleet.js';
import type { Dial } from './link.js';
import type { StationSpec } from './specs.js';
import type { TransactionRecord } from './transaction.js';

const START = Date.parse('2026-03-02T10:00:00Z');
const HOUR = 3_600_000;
const LATENCY_MS = 20;

/** Answers every call after a while, on links that carry nothing once they are cut. */
function csmsInMemory(clock: VirtualClock, violations: unknown[]): Dial {
  let nextTransaction = 1;
  return ({ subprotocol }, handlers) => {
    let alive = true;
    const version = subprotocol === 'ocpp1.6' ? 'ocpp1.6' : 'ocpp2.0.1';
    const soon = (task: () => void) => clock.after(LATENCY_MS, () => (alive ? task() : undefined));
    soon(handlers.opened);
    const answerTo = (action: string, payload: Readonly<Record<string, unknown>>): object => {
      const currentTime = new Date(clock.now()).toISOString();
      if (action === 'BootNotification') return { currentTime, interval: 60, status: 'Accepted' };
      if (action === 'Heartbeat') return { currentTime };
      if (action === 'StartTransaction') return { transactionId: nextTransaction++, idTagInfo: { status: 'Accepted' } };
      if (action === 'Authorize')
        return version === 'ocpp1.6' ? { idTagInfo: { status: 'Accepted' } } : { idTokenInfo: { status: 'Accepted' } };
      return action === 'TransactionEvent' && payload.idToken !== undefined ? { idTokenInfo: { status: 'Accepted' } } : {};
    };
    return {
      send: (text) => {
        const frame = parseFrame(text, version);
        if (frame.kind !== 'call') return true;
        violations.push(...validate(version, frame.action, 'request', frame.payload));
        soon(() => {
          const answer = resultFrame(frame.messageId, answerTo(frame.action, frame.payload));
          soon(() => handlers.received(answer));
        });
        return true;
      },
      close: () => {
        alive = false;
      },
    };
  };
}

const wordsOf = ({ answered }: TransactionRecord) =>
  answered.map(({ action, payload }) => (action === 'TransactionEvent' ? (payload as { readonly eventType: string }).eventType : action));

function checkTold(fleet: Fleet): void {
  for (const { ocppVersion, registers, transactions, queued, stationId } of fleet.totals()) {
    expect([stationId, queued]).toEqual([stationId, 0]);
    for (const record of transactions) {
      const words = wordsOf(record);
      const [first, last] = ocppVersion === 'ocpp1.6' ? ['StartTransaction', 'StopTransaction'] : ['Started', 'Ended'];
      expect(words[0]).toBe(first);
      expect(words.at(-1)).toBe(last);
      expect(words.filter((word) => word === first || word === last).length).toBe(2);
      expect((record.meterStopWh ?? 0) - record.meterStartWh).toBeGreaterThanOrEqual(0);
      expect(Math.abs((record.meterStopWh ?? 0) - record.meterStartWh - record.energyWh)).toBeLessThan(1);
      if (ocppVersion === 'ocpp1.6') continue;
      const seqNos = record.answered.map(({ payload }) => (payload as { readonly seqNo: number }).seqNo);
      expect(seqNos).toEqual(seqNos.map((_, index) => index));
    }
    const flowed = transactions.reduce((sum, { energyWh }) => sum + energyWh, 0);
    expect(registers.reduce((sum, { registerWh }) => sum + registerWh, 0)).toBeCloseTo(flowed, 2);
  }
}

describe('two hours of faults', () => {
  it.each([1, 2, 3])('leave nothing untold and nothing counted twice (seed %i)', async (seed) => {
    const clock = new VirtualClock(START);
    const violations: unknown[] = [];
    const stations = Array.from(
      { length: 6 },
      (_, index): StationSpec => ({
        stationId: `S${index}`,
        ocppVersion: index % 2 === 0 ? 'ocpp1.6' : 'ocpp2.0.1',
        evses: [
          { evseId: 1, meterStartWh: 0 },
          { evseId: 2, meterStartWh: 0 },
        ],
      }),
    );
    let id = 0;
    const faults = { linkLossesPerHour: 12, lostAnswersPerHour: 20, repeatedMessagesPerHour: 10, resetsPerHour: 1, powerLossesPerHour: 1 };
    const arrivals = { stayS: [120, 900], gapS: [20, 120] } as const;
    const dial = csmsInMemory(clock, violations);
    const fleet = await startFleet({ url: 'ws://memory', clock, seed, stations, faults, arrivals, dial, ids: () => `id-${id++}` });
    clock.advance(2 * HOUR);
    fleet.calm();
    for (const { charging, spec } of fleet.stations) for (const { evseId } of spec.evses) charging.depart(evseId);
    clock.advance(HOUR / 4);
    expect(violations).toEqual([]);
    expect(fleet.totals().reduce((sum, { transactions }) => sum + transactions.length, 0)).toBeGreaterThan(60);
    checkTold(fleet);
    await fleet.stop();
  });
});
