// One reading of an outlet: voltage, current and power of every phase, the total, the register, what is offered, and the battery.
// Wire shapes are made in the dialects.
import { stateOfCharge } from './car.js';
import type { Outlet } from './installation.js';
import { type Phase, powerMw } from './meter.js';

export interface Sample {
  readonly measurand:
    | 'Voltage'
    | `Current.${'Import' | 'Export'}`
    | `Power.Active.${'Import' | 'Export'}`
    | `Energy.Active.${'Import' | 'Export'}.Register`
    | 'Current.Offered'
    | 'SoC';
  readonly unit: 'V' | 'A' | 'W' | 'Wh' | 'Percent';
  readonly phase?: Phase;
  /** Decimal, exact: no rounding is left to the reader. */
  readonly value: number;
}

/** In the order V, I, P of each wired phase, then the sums; phases without current are told as zero, and what flows back where anything can. */
export function reading(outlet: Outlet): readonly Sample[] {
  const canFeedBack = outlet.mostBackMa > 0;
  const inEach = (kind: 'Current' | 'Power.Active', unit: 'A' | 'W', milli: number, phase?: Phase): readonly Sample[] => {
    const common = { unit, ...(phase !== undefined && { phase }) } as const;
    const drawn: Sample = { measurand: `${kind}.Import`, ...common, value: Math.max(0, milli) / 1000 };
    return canFeedBack ? [drawn, { measurand: `${kind}.Export`, ...common, value: Math.max(0, -milli) / 1000 }] : [drawn];
  };
  const perPhase = outlet.phases.flatMap((phase, index): Sample[] => {
    const flow = outlet.flows.find((candidate) => candidate.phase === phase);
    return [
      { measurand: 'Voltage', unit: 'V', phase, value: (flow?.voltageDv ?? outlet.voltagesDv[index] ?? 0) / 10 },
      ...inEach('Current', 'A', flow?.currentMa ?? 0, phase),
      ...inEach('Power.Active', 'W', flow?.powerMw ?? 0, phase),
    ];
  });
  return [
    ...perPhase,
    ...inEach('Power.Active', 'W', powerMw(outlet.flows)),
    { measurand: 'Energy.Active.Import.Register', unit: 'Wh', value: outlet.meter.registerMwh / 1000 },
    ...(canFeedBack
      ? [{ measurand: 'Energy.Active.Export.Register', unit: 'Wh', value: outlet.exportMeter.registerMwh / 1000 } satisfies Sample]
      : []),
    { measurand: 'Current.Offered', unit: 'A', value: outlet.offeredMa / 1000 },
    ...(outlet.car === undefined
      ? []
      : [{ measurand: 'SoC', unit: 'Percent', value: Math.floor(stateOfCharge(outlet.car) * 1000) / 10 } satisfies Sample]),
  ];
}
