// Whatever order a session's events come in, and however often: one session, the energy of its registers, periods that add up (P2, P3, P8).
// Single stories are told in decide-16.spec.ts and decide-201.spec.ts.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { event201, meter16, type Said, Station, start16, status16, stop16 } from './station.fixture.js';

const mwh = (wh: number): number => Math.round(wh * 1000);

/** Rises between the events of a session, one every ten minutes [Wh], and what happens to the order of delivery. */
const scenario = fc
  .record({
    startWh: fc.integer({ min: 0, max: 5_000_000 }),
    rises: fc.array(fc.integer({ min: 0, max: 20_000_000 }), { minLength: 2, maxLength: 8 }),
  })
  .chain(({ startWh, rises }) => {
    const indices = Array.from({ length: rises.length + 1 }, (_, index) => index);
    const delivery = fc
      .tuple(fc.shuffledSubarray(indices, { minLength: indices.length }), fc.array(fc.constantFrom(...indices), { maxLength: 6 }))
      .chain(([once, more]) => fc.shuffledSubarray([...once, ...more], { minLength: once.length + more.length }));
    return fc.record({ startWh: fc.constant(startWh), rises: fc.constant(rises), delivery });
  });

function registers(startWh: number, risesMwh: readonly number[]): readonly number[] {
  const values = [mwh(startWh)];
  for (const rise of risesMwh) values.push((values.at(-1) ?? 0) + rise);
  return values.map((value) => value / 1000);
}

function checkSession(station: Station, expectedWh: number): void {
  expect(station.sessionIds).toHaveLength(1);
  const last = station.last();
  expect({ energyWh: last.energyWh, provisional: last.provisional }).toEqual({ energyWh: expectedWh, provisional: false });
  expect(last.flags).not.toContain('repeatedSeqNo');
  const periods = station.periods();
  const recorded = periods.reduce((sum, { energyWh }) => sum + mwh(energyWh), 0);
  expect(recorded + (last.type === 'SessionAmended' ? mwh(last.energyDifferenceWh) : 0)).toBe(mwh(last.energyWh));
  for (const [index, period] of periods.entries()) {
    expect(period.energyWh).toBeGreaterThanOrEqual(0);
    expect(period.seq).toBe(index + 1);
    expect(period.to >= period.from).toBe(true);
    if (index > 0) expect(period.from).toBe(periods[index - 1]?.to);
  }
  expect(station.rebuilt()).toEqual(station.state);
}

describe('events in any order, any number of times', () => {
  it('make one 2.0.1 session with the energy of its registers', () => {
    fc.assert(
      fc.property(scenario, ({ startWh, rises, delivery }) => {
        const values = registers(startWh, rises);
        const lastMinute = (values.length - 1) * 10;
        const events: readonly Said[] = values.map((wh, index) =>
          event201(index === 0 ? 'Started' : index === values.length - 1 ? 'Ended' : 'Updated', {
            minute: index * 10,
            seqNo: index,
            wh,
            offline: true,
            heard: lastMinute + 1,
            ...(index === 0 && { evseId: 1, token: 'ann' }),
            ...(index % 3 === 1 && { state: 'SuspendedEVSE' }),
            ...(index % 3 === 2 && { state: 'Charging' }),
          }),
        );
        const station = new Station('ocpp2.0.1');
        for (const index of delivery) station.hears(events[index] as Said);
        checkSession(station, (mwh(values.at(-1) ?? 0) - mwh(values[0] ?? 0)) / 1000);
      }),
      { numRuns: 300 },
    );
  });

  it('make one 1.6 session, the start being answered first', () => {
    fc.assert(
      fc.property(
        scenario,
        fc.array(fc.constantFrom('SuspendedEVSE', 'Charging', 'SuspendedEV'), { maxLength: 4 }),
        ({ startWh, rises, delivery }, states) => {
          const values = registers(startWh, rises).map(Math.round);
          const lastMinute = (values.length - 1) * 10;
          const heard = lastMinute + 1;
          const start = start16(0, values[0] ?? 0, { heard });
          const events: readonly Said[] = values.map((wh, index) =>
            index === 0 ? start : index === values.length - 1 ? stop16(index * 10, wh, { heard }) : meter16(index * 10, wh, { heard }),
          );
          const station = new Station('ocpp1.6', undefined, {}, [-1, lastMinute + 1]);
          station.hears(start);
          for (const [index, state] of states.entries()) station.hears(status16(index * 7, state));
          for (const index of delivery) station.hears(events[index] as Said);
          checkSession(station, (values.at(-1) ?? 0) - (values[0] ?? 0));
        },
      ),
      { numRuns: 300 },
    );
  });
});
