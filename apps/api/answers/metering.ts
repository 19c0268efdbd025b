// Of signed readings, of the keys they are judged by, and of what was measured elsewhere.
import { z } from 'zod';
import { Id, KeptText, KeptTime, Time } from './shapes.js';

export const MeterKey = z
  .object({ validFrom: KeptTime, validUntil: KeptTime, publicKey: z.string(), statedAt: Time, statedBy: z.string() })
  .meta({ id: 'MeterKey' });
export const StatedMeterKey = z.object({
  meterSerial: z.string(),
  publicKey: z.string(),
  validFrom: Time.optional(),
  validUntil: Time.optional(),
});
const Verdict = z
  .object({
    meterSerial: z.string(),
    beganAt: z.string().optional(),
    endedAt: z.string().optional(),
    energyWh: z.number().optional(),
    faults: z.array(z.string()).describe('empty: nothing speaks against it'),
  })
  .meta({ id: 'OcmfVerdict' });
export const SignedReadings = z
  .object({
    items: z.array(
      z.object({
        receivedAt: Time,
        document: KeptText.describe('byte for byte; null once its driver was forgotten'),
        verdict: KeptText,
        meterSerial: KeptText,
        judgedAt: KeptTime,
      }),
    ),
    transaction: Verdict.nullable().describe('of all of them together'),
  })
  .meta({ id: 'SignedReadings' });
export const VerifiedReadings = Verdict.extend({ documents: z.array(z.looseObject({ meterSerial: z.string() })) });
export const Accepted = z.object({ accepted: z.int().describe('measurements') });
export const ErasedDriver = z.object({ stations: z.array(Id).describe('that are told to forget as well') });
