// What a message may say only as its station told it: which EVSEs switch phases (K01.FR.20), and by which algorithm a certificate goes (N09.FR.08, N10.FR.09).
// Where the station told nothing of phases it switches none; of a certificate it never named nothing is known.
import type { CommandFault } from './owed.js';

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(asObject) : []);

/** ACPhaseSwitchingSupported as it was told; EVSE 0 = of the station. */
export interface PhaseSwitching {
  readonly evseId: number;
  readonly value: string | null;
}
export const PHASE_SWITCHING = 'ACPhaseSwitchingSupported';

/** Whether a profile in it names the phase to use. */
export const namesPhase = ({ chargingProfile }: Json): boolean =>
  asList(asObject(chargingProfile).chargingSchedule).some(({ chargingSchedulePeriod }) =>
    asList(chargingSchedulePeriod).some(({ phaseToUse }) => phaseToUse !== undefined),
  );

export function phaseFaults(payload: Json, told: readonly PhaseSwitching[]): readonly CommandFault[] {
  if (!namesPhase(payload)) return [];
  const evseId = typeof payload.evseId === 'number' ? payload.evseId : 0;
  const own = told.filter((each) => (evseId === 0 ? true : each.evseId === evseId));
  const said = own.length > 0 ? own : told.filter((each) => each.evseId === 0);
  const switches = said.length > 0 && said.every(({ value }) => value?.toLowerCase() === 'true');
  const where = evseId === 0 ? 'every EVSE' : `EVSE ${evseId}`;
  return switches
    ? []
    : [
        {
          path: '/chargingProfile/chargingSchedule',
          message: `phaseToUse is for an EVSE that switches phases: ${where} did not report ${PHASE_SWITCHING} (K01.FR.20)`,
        },
      ];
}

/** A certificate as the station reported it. */
export interface ReportedCertificate {
  readonly serialNumber: string;
  readonly hashAlgorithm: string | null;
}
const plainSerial = (serial: unknown): string =>
  String(serial)
    .toLowerCase()
    .replace(/^0+(?=.)/, '');

export function hashFaults({ customerCertificate }: Json, reported: readonly ReportedCertificate[]): readonly CommandFault[] {
  const { serialNumber, hashAlgorithm } = asObject(customerCertificate);
  const known = reported.filter((each) => each.hashAlgorithm !== null && plainSerial(each.serialNumber) === plainSerial(serialNumber));
  if (known.length === 0 || known.some((each) => each.hashAlgorithm === hashAlgorithm)) return [];
  const algorithms = [...new Set(known.map((each) => each.hashAlgorithm))].join(', ');
  return [
    {
      path: '/customerCertificate/hashAlgorithm',
      message: `the station reported this certificate by ${algorithms}: name it so (N09.FR.08, N10.FR.09)`,
    },
  ];
}
