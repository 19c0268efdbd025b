// Phases and certificates are named as the station told them.
import { expect, it } from '@jest/globals';
import { hashFaults, namesPhase, phaseFaults } from './index.js';

const profile = (evseId: number, period: object) => ({
  evseId,
  chargingProfile: { chargingSchedule: [{ chargingSchedulePeriod: [{ startPeriod: 0, limit: 16, numberPhases: 1, ...period }] }] },
});
const told = (...pairs: readonly (readonly [number, string])[]) => pairs.map(([evseId, value]) => ({ evseId, value }));

it('a phase to use goes to an EVSE that said it switches phases (K01.FR.20)', () => {
  const one = profile(1, { phaseToUse: 2 });
  expect([namesPhase(one), namesPhase(profile(1, {})), namesPhase({})]).toEqual([true, false, false]);
  const faults = (payload: object, ...pairs: readonly (readonly [number, string])[]) =>
    phaseFaults(payload as never, told(...pairs)).length;
  expect([faults(one), faults(one, [1, 'true']), faults(one, [1, 'false']), faults(one, [2, 'true'])]).toEqual([1, 0, 1, 1]);
  // What the station said for all of them holds where the EVSE said nothing itself.
  expect([faults(one, [0, 'true']), faults(one, [0, 'true'], [1, 'false'])]).toEqual([0, 1]);
  const all = profile(0, { phaseToUse: 2 });
  expect([faults(all), faults(all, [1, 'true'], [2, 'true']), faults(all, [1, 'true'], [2, 'false'])]).toEqual([1, 0, 1]);
  expect(phaseFaults(profile(1, {}), [])).toEqual([]);
});

it('a certificate of a customer is named by the algorithm the station reported it with (N09.FR.08, N10.FR.09)', () => {
  const asked = (hashAlgorithm: string, serialNumber = '0AbC') => ({ customerCertificate: { hashAlgorithm, serialNumber } });
  const reported = [
    { serialNumber: 'abc', hashAlgorithm: 'SHA384' },
    { serialNumber: 'def', hashAlgorithm: null },
  ];
  expect(hashFaults(asked('SHA384'), reported)).toEqual([]);
  expect(hashFaults(asked('SHA256'), reported)).toEqual([
    { path: '/customerCertificate/hashAlgorithm', message: expect.stringContaining('SHA384') },
  ]);
  expect([hashFaults(asked('SHA256', 'def'), reported), hashFaults(asked('SHA256', '99'), reported), hashFaults({}, reported)]).toEqual([
    [],
    [],
    [],
  ]);
});
