// Meter values: one form for all of them, clocks and units judged, power readings, energy from registers. Pure.
// Sessions fold them into charging periods, the metering service writes them as series.

export { addIntervals, type IntervalReading, type IntervalState, intervalsWh, NO_INTERVALS } from './intervals.js';
export { normalise } from './normalise.js';
export { judgeOcmf, type OcmfDocument, type OcmfFault, type OcmfReading, type OcmfVerdict, readOcmf } from './ocmf.js';
export { netPowerW, type PowerReading, powerReadings, type ReadingFlag } from './power-reading.js';
export { isRestarted, powerByRegister, type RegisterPoint, RISES } from './register-power.js';
export {
  advanceRegister,
  integratedPowerWh,
  NO_READING,
  type RegisterFlag,
  type RegisterReading,
  type RegisterState,
  type Step,
  settleRegister,
} from './registers.js';
export type { ClockFlag, EvseContext, MessageFlag, MeterMessage, Normalised, Outage, Sample, SampleFlag, Unit } from './sample.js';
export { judgeSignature, type MeterKey, ocmfText, type SignatureJudgement, signedTexts } from './signed-readings.js';
export { type JudgedTime, judgeTime, outageUntil, SHORT_CONNECTION_MS } from './station-clock.js';
