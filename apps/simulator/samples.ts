// One reading of an outlet: voltage, current and power of every phase, the total, the register, what is offered, and the battery.
// Wire shapes are made in the dialects.
import { stateOfCharge } from './car.js';
import type { Outlet } from './installation.js';
import { type Phase, powerMw } from './meter.js';

export interface Sample {
  readonly measurand: 'Voltage' | 'Current.Import' | 'Power.Active.Import' | 'Energy.Active.Import.Register' | 'Current.Offered' | 'SoC';
  readonly unit: 'V' | 'A' | 'W' | 'Wh' | 'Percent';
  readonly phase?: Phase;
  /** Decimal, exact: no rounding is left to the reader. */
  readonly value: number;
}

/** In the order V, I, P of each wired phase, then the sums; phases without current are told as zero. */
export function reading(outlet: Outlet): readonly Sample[] {
  const perPhase = outlet.phases.flatMap((phase, index): Sample[] => {
    const flow = outlet.flows.find((candidate) => candidate.phase === phase);
    return [
      { measurand: 'Voltage', unit: 'V', phase, value: (flow?.voltageDv ?? outlet.voltagesDv[index] ?? 0) / 10 },
      { measurand: 'Current.Import', unit: 'A', phase, value: (flow?.currentMa ?? 0) / 1000 },
      { measurand: 'Power.Active.Import', unit: 'W', phase, value: (flow?.powerMw ?? 0) / 1000 },
    ];
  });
  return [
    ...perPhase,
    { measurand: 'Power.Active.Import', unit: 'W', value: powerMw(outlet.flows) / 1000 },
    { measurand: 'Energy.Active.Import.Register', unit: 'Wh', value: outlet.meter.registerMwh / 1000 },
    { measurand: 'Current.Offered', unit: 'A', value: outlet.offeredMa / 1000 },
    ...(outlet.car === undefined
      ? []
      : [{ measurand: 'SoC', unit: 'Percent', value: Math.floor(stateOfCharge(outlet.car) * 1000) / 10 } satisfies Sample]),
  ];
}
