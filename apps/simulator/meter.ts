// What flows and what is counted: P = U·I on every phase, and a register that is its exact integral.
// Integers throughout (0.1 V, 0.1 A steps in mA, mW, mWh), so that every figure a station reports agrees with every other.
export type Phase = 'L1' | 'L2' | 'L3';
export const PHASES = ['L1', 'L2', 'L3'] as const satisfies readonly Phase[];

export interface PhaseFlow {
  readonly phase: Phase;
  /** [0.1 V] */
  readonly voltageDv: number;
  /** [mA], whole tenths of an ampere; negative where it flows back. */
  readonly currentMa: number;
  /** [mW], exactly voltage times current. */
  readonly powerMw: number;
}

export interface Meter {
  /** [0.001 Wh] */
  readonly registerMwh: number;
  /** What has flowed since, below one 0.001 Wh [mW·ms]. */
  readonly remainderMwMs: number;
}

const MW_MS_PER_MWH = 3_600_000;

export const meterAt = (registerWh: number): Meter => ({ registerMwh: Math.round(registerWh * 1000), remainderMwMs: 0 });

/** The flow of `currentMa` (rounded to 0.1 A towards 0) on one phase. */
export function phaseFlow(phase: Phase, voltageDv: number, currentMa: number): PhaseFlow {
  const tenths = Math.trunc(currentMa / 100);
  return { phase, voltageDv, currentMa: tenths * 100, powerMw: voltageDv * tenths * 10 };
}

export const powerMw = (flows: readonly PhaseFlow[]): number => flows.reduce((sum, flow) => sum + flow.powerMw, 0);

/** The meter after `power` mW flowed for `ms`; exact for 100 kW over a day. */
export function accumulate(meter: Meter, power: number, ms: number): Meter {
  const total = meter.remainderMwMs + power * ms;
  const whole = Math.floor(total / MW_MS_PER_MWH);
  return { registerMwh: meter.registerMwh + whole, remainderMwMs: total - whole * MW_MS_PER_MWH };
}

/** A reading in whole Wh, as OCPP 1.6 wants it in StartTransaction and StopTransaction. */
export const registerWh = (meter: Meter): number => Math.floor(meter.registerMwh / 1000);
