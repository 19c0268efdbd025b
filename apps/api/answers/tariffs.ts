// Of tariffs, their versions, and what sessions would have cost by another one.
import { z } from 'zod';
import { Fields, Id, Kept, KeptText, KeptTime, NetAndGross, Time } from './shapes.js';

export const Tariff = Fields.meta({ id: 'Tariff', description: 'OCPI 2.2.1 Tariff' });
export const ListedTariff = z
  .object({
    tariffId: Id,
    currency: z.string(),
    changedAt: KeptTime,
    versions: z.int(),
    sites: z.array(Id),
    tariff: Tariff,
  })
  .meta({ id: 'ListedTariff' });
export const OneTariff = Tariff;
export const SiteTariff = z.object({ tariffId: Id });
export const TariffVersion = z.object({ version: z.string(), validFrom: KeptTime, tariff: Tariff }).meta({ id: 'TariffVersion' });
const Simulated = { charged: NetAndGross, simulated: NetAndGross };
export const TariffSimulation = z
  .object({
    tariffId: Id,
    currency: z.string(),
    from: Time,
    to: Time,
    items: z.array(
      z.object({
        sessionId: Id,
        stationId: Id,
        siteId: KeptText,
        evseId: Kept,
        startedAt: Time,
        endedAt: Time,
        energyWh: z.number(),
        tariffId: KeptText,
        currency: z.string(),
        ...Simulated,
        difference: NetAndGross.nullable(),
        lines: z.array(Fields),
      }),
    ),
    sum: z.object({ sessions: z.int(), ...Simulated, difference: NetAndGross }),
    nextCursor: KeptText,
  })
  .meta({ id: 'TariffSimulation' });
/** Of a case that was given whole: its lines, totals and periods. */
export const RatedCase = Fields;
