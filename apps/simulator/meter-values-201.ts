// A reading in the words of 2.0.1: decimals as numbers, phases as a meter names them.
// What is read is said in samples.ts.
import type { RequestOf } from '#ocpp';
import type { ReadingCause } from './dialect.js';
import type { Outlet } from './installation.js';
import { reading, type Sample } from './samples.js';

type MeterValue = RequestOf<'ocpp2.0.1', 'MeterValues'>['meterValue'][number];

const CONTEXTS = {
  Begin: 'Transaction.Begin',
  Periodic: 'Sample.Periodic',
  End: 'Transaction.End',
  Trigger: 'Trigger',
} as const satisfies Record<ReadingCause, string>;

const sampledValue = ({ measurand, unit, phase, value }: Sample, cause: ReadingCause): MeterValue['sampledValue'][number] => ({
  value,
  context: CONTEXTS[cause],
  measurand,
  unitOfMeasure: { unit },
  location: measurand === 'SoC' ? 'EV' : 'Outlet',
  ...(phase === undefined ? {} : { phase: measurand === 'Voltage' ? (`${phase}-N` as const) : phase }),
});

export const meterValue201 = (outlet: Outlet, at: number, cause: ReadingCause): MeterValue => ({
  timestamp: new Date(at).toISOString(),
  sampledValue: reading(outlet).map((sample) => sampledValue(sample, cause)) as MeterValue['sampledValue'],
});
