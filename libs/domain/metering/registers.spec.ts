// Energy of a session from registers as stations keep them.
// Reading registers out of messages is in normalise.spec.ts.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advanceRegister, integratedPowerWh, looksLikeKWh, NO_READING, type RegisterFlag, type RegisterReading } from './registers.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString();
const readings = (...values: (number | ['begin' | 'end', number])[]): RegisterReading[] =>
  values.map((value, minute) =>
    typeof value === 'number' ? { at: at(minute), wh: value, kind: 'sample' } : { at: at(minute), wh: value[1], kind: value[0] },
  );

function run(given: readonly RegisterReading[], maxPowerW = 22_000): { energyWh: number; deltas: number[]; flags: RegisterFlag[] } {
  let state = NO_READING;
  const deltas: number[] = [];
  const flags: RegisterFlag[] = [];
  for (const reading of given) {
    const step = advanceRegister(state, reading, maxPowerW);
    state = step.state;
    deltas.push(step.energyWh);
    flags.push(...step.flags);
  }
  return { energyWh: state.energyWh, deltas, flags };
}

describe('energy from registers', () => {
  it.each<[string, RegisterReading[], number, RegisterFlag[]]>([
    ['a plain session', readings(['begin', 1000], 1200, 1400, ['end', 1500]), 500, []],
    ['no samples at all', readings(['begin', 1000], ['end', 1400]), 400, []],
    ['no start: from the first sample on', readings(1000, 1200, ['end', 1500]), 500, []],
    ['a stop alone', readings(['end', 1500]), 0, ['startUnknown']],
    ['a dip to zero that returns', readings(['begin', 1000], 1200, 0, 1400, ['end', 1500]), 500, ['registerDip']],
    ['a spike of 100 GWh', readings(['begin', 1000], 1200, 1e11, 1400, ['end', 1500]), 500, ['registerSpike']],
    ['a stop one Wh below the start', readings(['begin', 1000], ['end', 999]), 0, ['negativeClamped']],
    ['a stop of zero', readings(['begin', 1000], 1200, 1400, ['end', 0]), 400, ['stopBelowStart']],
    ['a stop that repeats the start', readings(['begin', 1000], 1200, 1400, ['end', 1000]), 400, ['stopStuck']],
    ['a stop below the samples', readings(['begin', 1000], 1200, 1400, ['end', 1300]), 300, ['stopBelowSamples']],
    ['a stop beyond what the EVSE can deliver', readings(['begin', 1000], 1200, 1400, ['end', 5e7]), 400, ['registerSpike']],
    ['samples counting from the session start', readings(['begin', 500_000], 200, 400, ['end', 500_500]), 500, ['registerSessionRelative']],
    [
      'a meter replaced on the way',
      readings(['begin', 500_000], 500_200, 10, 200, 400, 600),
      790,
      ['registerDip', 'registerDip', 'registerLevelChanged'],
    ],
    [
      'a meter replaced on the way, and the stop of the new one',
      readings(['begin', 1000], 1200, 10, 200, 400, ['end', 600]),
      790,
      ['registerDip', 'registerDip', 'registerLevelChanged'],
    ],
    [
      'the stop as the third reading that agrees',
      readings(['begin', 1000], 1200, 10, 200, ['end', 400]),
      590,
      ['registerDip', 'registerDip', 'registerLevelChanged'],
    ],
    [
      'a meter replaced by one that has counted more',
      readings(['begin', 1000], 1200, 9e6, 9e6 + 200, ['end', 9e6 + 300]),
      500,
      ['registerSpike', 'registerSpike', 'registerLevelChanged'],
    ],
    [
      'a spike the EVSE might have delivered, which falls back to where it was',
      readings(['begin', 1000], 1200, 1700, 1300, 1400, 1500, ['end', 1600]),
      600,
      ['registerDip', 'registerDip', 'registerSpike'],
    ],
    [
      'the same without a stop',
      readings(['begin', 1000], 1200, 1700, 1300, 1400, 1500),
      500,
      ['registerDip', 'registerDip', 'registerSpike'],
    ],
    [
      'a register that starts from zero in the middle of a session it began at zero',
      readings(['begin', 0], 200, 400, 0, 100, 200, 300, ['end', 400]),
      800,
      ['registerDip', 'registerDip', 'registerLevelChanged'],
    ],
    [
      'the same after a single sample',
      readings(['begin', 0], 200, 10, 90, 180, ['end', 360]),
      550,
      ['registerDip', 'registerDip', 'registerLevelChanged'],
    ],
    [
      'a stop below the samples of another meter',
      readings(['begin', 1000], 1200, 10, 200, 400, ['end', 390]),
      590,
      ['registerDip', 'registerDip', 'registerLevelChanged', 'stopBelowSamples'],
    ],
    [
      'a stop of the register it began with, after samples of another',
      readings(['begin', 500_000], 500_200, 10, 200, 400, ['end', 500_700]),
      700,
      ['registerDip', 'registerDip', 'registerLevelChanged'],
    ],
    ['a start that arrives last', readings(1200, 1400, ['begin', 1000], ['end', 1500]), 500, []],
    ['values after the stop', readings(['begin', 1000], ['end', 1300], 1310), 310, []],
  ])('%s', (_, given, energyWh, flags) => expect(run(given)).toMatchObject({ energyWh, flags }));

  it('is never negative before a stop, and adds up to its changes', () =>
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.constantFrom(0, 1e11, -5)), { maxLength: 20 }), (values) => {
        const { energyWh, deltas } = run(readings(['begin', 1000], ...values));
        const totals = deltas.map((_, index) => deltas.slice(0, index + 1).reduce((a, b) => a + b));
        expect(Math.min(0, ...totals)).toBeCloseTo(0, 2);
        expect(energyWh).toBeCloseTo(
          deltas.reduce((a, b) => a + b, 0),
          2,
        );
      }),
    ));

  it('start and stop decide, whatever dips in between', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ rise: fc.integer({ min: 0, max: 300 }), dips: fc.boolean() }), { minLength: 1, maxLength: 30 }),
        (parts) => {
          let register = 10_000;
          const samples = parts.map(({ rise, dips }) => {
            register += rise;
            return dips ? 0 : register;
          });
          expect(run(readings(['begin', 10_000], ...samples, ['end', register])).energyWh).toBe(register - 10_000);
        },
      ),
    ));
});

it('integrates power only over short gaps', () =>
  expect(
    integratedPowerWh([
      { at: at(0), powerW: 6000 },
      { at: at(10), powerW: 6000 },
      { at: at(59), powerW: 6000 },
    ]),
  ).toBe(1000));

it('notices kWh under the name of Wh', () => expect([looksLikeKWh(1.2, 7200, 600), looksLikeKWh(1200, 7200, 600)]).toEqual([true, false]));
