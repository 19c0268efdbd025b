// A reading in the words of 1.6: decimals as text, phases as a meter names them.
// What is read is said in samples.ts.
import type { RequestOf } from '#ocpp';
import type { ReadingCause } from './dialect.js';
import type { Outlet } from './installation.js';
import { reading, type Sample } from './samples.js';

type MeterValue = RequestOf<'ocpp1.6', 'MeterValues'>['meterValue'][number];

const CONTEXTS = {
  Begin: 'Transaction.Begin',
  Periodic: 'Sample.Periodic',
  End: 'Transaction.End',
  Trigger: 'Trigger',
} as const satisfies Record<ReadingCause, string>;

const sampled = ({ measurand, unit, phase, value }: Sample, cause: ReadingCause): MeterValue['sampledValue'][number] => ({
  value: String(value),
  context: CONTEXTS[cause],
  measurand,
  unit,
  location: measurand === 'SoC' ? 'EV' : 'Outlet',
  ...(phase === undefined ? {} : { phase: measurand === 'Voltage' ? (`${phase}-N` as const) : phase }),
});

export const meterValue16 = (outlet: Outlet, at: number, cause: ReadingCause): MeterValue => ({
  timestamp: new Date(at).toISOString(),
  sampledValue: reading(outlet).map((sample) => sampled(sample, cause)),
});
