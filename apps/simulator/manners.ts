// Deviations seen in the field, each a small function; with a state of their own where they need one, so a station gets fresh ones.
// Which vendor has which is in personalities.ts.
import type { Manner, Words } from './manner.js';

type Sampled = Readonly<{ value?: unknown; measurand?: string; phase?: string; unit?: string; unitOfMeasure?: { readonly unit?: string } }>;

const REGISTER = 'Energy.Active.Import.Register';
const asWords = (value: unknown): Words => (typeof value === 'object' && value !== null ? (value as Words) : {});
const asList = (value: unknown): readonly Words[] => (Array.isArray(value) ? value : []);

/** Every sampled value of a message as `change` has it; undefined leaves it out. */
function withSamples(payload: Words, change: (sample: Sampled) => Sampled | undefined): Words {
  if (payload.meterValue === undefined) return payload;
  const meterValue = asList(payload.meterValue).map((each) => ({
    ...each,
    sampledValue: asList(each.sampledValue).flatMap((sample) => change(sample as Sampled) ?? []),
  }));
  return { ...payload, meterValue };
}

const samples = (change: (sample: Sampled) => Sampled | undefined): Manner => ({ tells: (_, payload) => withSamples(payload, change) });

/** 1.6: other names for units, `{ A: 'Amp' }`; an empty name leaves the unit out. */
export const namesUnits = (names: Readonly<Record<string, string>>): Manner =>
  samples(({ unit, ...sample }) => {
    const name = names[unit ?? ''] ?? unit;
    return name === undefined || name === '' ? sample : { ...sample, unit: name };
  });

/** Currents and powers of a line named like its voltage. */
export const tagsLinesWithNeutral = (): Manner =>
  samples((sample) => (/^L[123]$/.test(sample.phase ?? '') ? { ...sample, phase: `${sample.phase}-N` } : sample));

/** A total of powers that is not the sum of its lines. */
export const halvesTotals = (): Manner =>
  samples((sample) =>
    sample.measurand === 'Power.Active.Import' && sample.phase === undefined
      ? { ...sample, value: typeof sample.value === 'string' ? String(Number(sample.value) / 2) : Number(sample.value) / 2 }
      : sample,
  );

/** The register of every `nth` MeterValues is 0. */
export function dipsEvery(nth: number): Manner {
  let count = 0;
  return {
    tells(action, payload) {
      if (action !== 'MeterValues' || ++count % nth !== 0) return payload;
      return withSamples(payload, (sample) => (sample.measurand === REGISTER ? { ...sample, value: '0' } : sample));
    },
  };
}

/** 1.6: registers of MeterValues count from the start of the transaction, those of start and stop over the life of the meter. */
export function countsFromStart(): Manner {
  const startsWh = new Map<unknown, number>();
  return {
    tells(action, payload) {
      if (action === 'StartTransaction') startsWh.set(payload.connectorId, Number(payload.meterStart));
      if (action !== 'MeterValues') return payload;
      const startWh = startsWh.get(payload.connectorId) ?? 0;
      return withSamples(payload, (sample) =>
        sample.measurand === REGISTER ? { ...sample, value: String(Math.max(0, Number(sample.value) - startWh)) } : sample,
      );
    },
  };
}

/** 1.6: with every MeterValues of a connector those of connector 0, without a transaction. */
export const sumsOnConnectorZero = (): Manner => ({
  says: (messages) =>
    messages.flatMap((message) => {
      if (message.action !== 'MeterValues') return [message];
      const { transaction: _, ...rest } = message;
      const sum = () => ({ connectorId: 0, meterValue: asWords(message.payload()).meterValue });
      return [message, { ...rest, payload: sum }];
    }),
});

/** 1.6: every token it reads gets something appended. */
export const appendsToTokens = (ending: string): Manner => ({
  tells: (_, payload) => (typeof payload.idTag === 'string' ? { ...payload, idTag: `${payload.idTag}${ending}` } : payload),
});

/** 1.6: a transaction ends without a word; only the status changes. */
export const neverStops = (): Manner => ({ says: (messages) => messages.filter(({ action }) => action !== 'StopTransaction') });

/** 1.6: the register at the stop is one below that at the start. */
export function stopsBelowStart(): Manner {
  let startWh = 0;
  return {
    tells(action, payload) {
      if (action === 'StartTransaction') startWh = Number(payload.meterStart);
      return action === 'StopTransaction' ? { ...payload, meterStop: startWh - 1 } : payload;
    },
  };
}

/** 1.6: a stop names transaction 0. */
export const stopsTransactionZero = (): Manner => ({
  tells: (action, payload) => (action === 'StopTransaction' ? { ...payload, transactionId: 0 } : payload),
});

/** 1.6: the last meter values come when the transaction has ended. */
export const metersAfterStop = (): Manner => ({
  says: (messages) => [...messages].sort((a, b) => Number(a.action === 'MeterValues') - Number(b.action === 'MeterValues')),
});

/** Local time, so many hours ahead of UTC, without saying so. */
export function omitsZone(hoursAhead: number): Manner {
  const local = (value: unknown): unknown =>
    typeof value === 'string' ? new Date(Date.parse(value) + hoursAhead * 3_600_000).toISOString().replace('Z', '') : value;
  return {
    tells(_, payload) {
      const own = payload.timestamp === undefined ? payload : { ...payload, timestamp: local(payload.timestamp) };
      if (own.meterValue === undefined) return own;
      return { ...own, meterValue: asList(own.meterValue).map((each) => ({ ...each, timestamp: local(each.timestamp) })) };
    },
  };
}

/** 2.x: events name the EVSE and no connector. */
export const omitsConnector = (): Manner => ({
  tells: (_, payload) => (payload.evse === undefined ? payload : { ...payload, evse: { id: asWords(payload.evse).id } }),
});

/** 1.6: refuses what is not in watts, and does not say so when asked. */
export const takesWattsOnly = (): Manner => ({
  answers(action, payload, asOthers) {
    const unit = asWords(asWords(payload.csChargingProfiles).chargingSchedule).chargingRateUnit;
    if (action === 'SetChargingProfile' && unit !== 'W') return { result: { status: 'Rejected' } };
    const reply = asOthers();
    if (action !== 'GetConfiguration' || !('result' in reply)) return reply;
    const configurationKey = asList(asWords(reply.result).configurationKey).filter(
      ({ key }) => key !== 'ChargingScheduleAllowedChargingRateUnit',
    );
    return { ...reply, result: { ...reply.result, configurationKey } };
  },
});

/** 1.6: refuses profiles above stack level 0. */
export const takesLowestLevelOnly = (): Manner => ({
  answers: (action, payload, asOthers) =>
    action === 'SetChargingProfile' && asWords(payload.csChargingProfiles).stackLevel !== 0
      ? { result: { status: 'Rejected' } }
      : asOthers(),
});

/** 1.6: says Accepted to none of these questions. */
export const refuses = (...actions: readonly string[]): Manner => ({
  answers: (action, _, asOthers) =>
    actions.includes(action) ? { error: 'NotSupported', description: `${action} is not supported by this station` } : asOthers(),
});
