// Cars that can feed back (OCPP 2.1 block Q, ISO 15118-20): what a station tells of one, and what it is allowed.
// How much flows is the installation's; which profiles say so, profile-rules-201.ts.
import type { RequestOf } from '#ocpp';
import { stateOfCharge } from './car.js';
import type { StationControls } from './dialect.js';
import type { Outlet } from './installation.js';
import type { Outgoing } from './outbox.js';
import type { Handlers } from './replies.js';

type NotifyEVChargingNeeds = RequestOf<'ocpp2.1', 'NotifyEVChargingNeeds'>;
type EnergyTransferMode = NotifyEVChargingNeeds['chargingNeeds']['requestedEnergyTransfer'];

/** These cars and outlets are on AC. */
const BIDIRECTIONAL: EnergyTransferMode = 'AC_BPT';
const MODES = ['AC_single_phase', 'AC_two_phase', 'AC_three_phase'] as const satisfies readonly EnergyTransferMode[];
/** Every mode in which energy also flows back. */
const BIDIRECTIONAL_MODES: ReadonlySet<EnergyTransferMode> = new Set(['AC_BPT', 'AC_BPT_DER', 'DC_BPT', 'DC_ACDP_BPT']);

/** How many lines the car at the outlet could feed back on; 0 where either of the two cannot. */
export const backLines = ({ car, phases, mostBackMa }: Outlet): number =>
  car?.spec.v2x === undefined || mostBackMa === 0 ? 0 : Math.min(car.spec.phases, phases.length);

/** What the car wants and can; charging only until feeding back is allowed (Q01.FR.03, .09). Undefined of a car that speaks no ISO 15118-20. */
function chargingNeeds(outlet: Outlet): NotifyEVChargingNeeds | undefined {
  const { car, transaction, evseId, nominalDv, mostBackMa } = outlet;
  const lines = backLines(outlet);
  if (car?.spec.v2x === undefined || lines === 0) return undefined;
  const { batteryWh, maxA, targetSoc = 1, v2x } = car.spec;
  const wattsOf = (ampere: number): number => Math.floor((ampere * nominalDv) / 10);
  const perLine = <Name extends string>(name: Name, value: number): Record<string, number> =>
    Object.fromEntries([name, `${name}_L2`, `${name}_L3`].slice(0, lines).map((each) => [each, value]));
  const untilWh = (soc: number): number => Math.round((soc - stateOfCharge(car)) * batteryWh);
  const charging = MODES[lines - 1] ?? 'AC_three_phase';
  return {
    evseId,
    chargingNeeds: {
      requestedEnergyTransfer: transaction?.mayFeedBack === true ? BIDIRECTIONAL : charging,
      availableEnergyTransfer: [charging, BIDIRECTIONAL],
      controlMode: 'DynamicControl',
      v2xChargingParameters: {
        ...perLine('maxChargePower', wattsOf(maxA)),
        ...perLine('maxDischargePower', wattsOf(Math.min(v2x.maxDischargeA, mostBackMa / 1000))),
        evTargetEnergyRequest: Math.max(0, untilWh(targetSoc)),
        evMinV2XEnergyRequest: untilWh(v2x.leastSoc),
      },
    },
  };
}

/** Tells them, if there is anything to tell. */
export function needsOf(outlet: Outlet): readonly Outgoing[] {
  const payload = chargingNeeds(outlet);
  return payload === undefined ? [] : [{ action: 'NotifyEVChargingNeeds', kind: 'volatile', payload: () => payload }];
}

/** Q02.FR.06, .07: the service is negotiated anew, and what came of that is told. */
export const answersV2x = (controls: StationControls): Handlers<'ocpp2.1'> => ({
  NotifyAllowedEnergyTransfer: ({ transactionId, allowedEnergyTransfer }) => {
    const running = controls.charging.running().find(({ transaction }) => transaction.key === transactionId);
    const reasonCode = running === undefined ? 'TxNotFound' : running.outlet.mostBackMa === 0 ? 'UnsupportedParam' : undefined;
    if (running === undefined || reasonCode !== undefined)
      return { result: { status: 'Rejected', statusInfo: { reasonCode: reasonCode ?? 'TxNotFound' } } };
    return {
      result: { status: 'Accepted' },
      afterwards: () => {
        controls.charging.settle();
        running.transaction.mayFeedBack = allowedEnergyTransfer.some((mode) => BIDIRECTIONAL_MODES.has(mode));
        controls.charging.settle();
        for (const out of needsOf(running.outlet)) controls.send(out);
      },
    };
  },
});
