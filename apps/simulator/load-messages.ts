// The messages of a load station: 80 % samples, 10 % status, 5 % heartbeat, 5 % start and stop, all valid and all different.
// They come from no battery: for stations that make sense, see station.ts.
import type { OcppVersion, RequestOf } from '#ocpp';
import type { Chance } from './chance.js';

export interface LoadMessage {
  readonly action: string;
  readonly payload: object;
  readonly answered?: (payload: unknown) => void;
}

export interface LoadScript {
  /** First on every link. */
  boot(): LoadMessage;
  next(now: number): LoadMessage;
}

/** Share of messages: status, heartbeat, and ends of transactions (each brings a start after it). */
const STATUS = 0.1;
const HEARTBEAT = 0.05;
const TURNOVER = 0.025;

interface Reading {
  readonly registerWh: number;
  readonly volts: readonly number[];
  readonly amps: number;
}

/** Seven values: three voltages, three currents and the register. */
type SampledValue16 = RequestOf<'ocpp1.6', 'MeterValues'>['meterValue'][number]['sampledValue'][number];
type MeterValue201 = NonNullable<RequestOf<'ocpp2.0.1', 'TransactionEvent'>['meterValue']>[number];
const PHASES = ['L1', 'L2', 'L3'] as const;

const sampled16 = ({ registerWh, volts, amps }: Reading): SampledValue16[] => [
  ...PHASES.flatMap((phase, index): SampledValue16[] => [
    { value: String(volts[index]), measurand: 'Voltage', phase: `${phase}-N`, unit: 'V', context: 'Sample.Periodic' },
    { value: String(amps), measurand: 'Current.Import', phase, unit: 'A', context: 'Sample.Periodic' },
  ]),
  { value: String(registerWh), measurand: 'Energy.Active.Import.Register', unit: 'Wh', context: 'Sample.Periodic' },
];

const sampled201 = ({ registerWh, volts, amps }: Reading): MeterValue201['sampledValue'] =>
  [
    ...PHASES.flatMap((phase, index) => [
      { value: volts[index] ?? 230, measurand: 'Voltage' as const, phase: `${phase}-N` as const, unitOfMeasure: { unit: 'V' } },
      { value: amps, measurand: 'Current.Import' as const, phase, unitOfMeasure: { unit: 'A' } },
    ]),
    { value: registerWh, measurand: 'Energy.Active.Import.Register' as const, unitOfMeasure: { unit: 'Wh' } },
  ] as MeterValue201['sampledValue'];

export function loadScript(version: OcppVersion, stationId: string, idToken: string, chance: Chance, ids: () => string): LoadScript {
  const is16 = version === 'ocpp1.6';
  let registerWh = chance.integer(1_000, 900_000);
  let running = false;
  let transactionId: number | undefined;
  let key = '';
  let seqNo = 0;
  let available = false;
  let isConnectorTold = true;
  const reading = (): Reading => {
    registerWh += chance.integer(5, 30);
    return { registerWh, volts: PHASES.map(() => chance.integer(2_270, 2_330) / 10), amps: chance.integer(60, 160) / 10 };
  };

  const event = (eventType: 'Started' | 'Updated' | 'Ended', timestamp: string): LoadMessage => {
    const payload: RequestOf<'ocpp2.0.1', 'TransactionEvent'> = {
      eventType,
      timestamp,
      triggerReason: eventType === 'Started' ? 'Authorized' : eventType === 'Ended' ? 'StopAuthorized' : 'MeterValuePeriodic',
      seqNo: seqNo++,
      transactionInfo: {
        transactionId: key,
        chargingState: eventType === 'Ended' ? 'EVConnected' : 'Charging',
        ...(eventType === 'Ended' ? { stoppedReason: 'Local' as const } : {}),
      },
      meterValue: [{ timestamp, sampledValue: sampled201(reading()) }],
      ...(eventType === 'Started' ? { evse: { id: 1, connectorId: 1 }, idToken: { idToken, type: 'ISO14443' as const } } : {}),
    };
    return { action: 'TransactionEvent', payload };
  };

  function start(timestamp: string): LoadMessage {
    running = true;
    if (!is16) {
      key = ids();
      seqNo = 0;
      return event('Started', timestamp);
    }
    const payload: RequestOf<'ocpp1.6', 'StartTransaction'> = { connectorId: 1, idTag: idToken, meterStart: registerWh, timestamp };
    const answered = (answer: unknown) => {
      transactionId = (answer as { readonly transactionId?: number }).transactionId;
    };
    return { action: 'StartTransaction', payload, answered };
  }

  function stop(timestamp: string): LoadMessage {
    running = false;
    if (!is16) return event('Ended', timestamp);
    const payload: RequestOf<'ocpp1.6', 'StopTransaction'> = {
      transactionId: transactionId ?? -1,
      meterStop: registerWh,
      timestamp,
      reason: 'Local',
    };
    return { action: 'StopTransaction', payload };
  }

  function status(timestamp: string): LoadMessage {
    available = !available;
    return connector(timestamp, available ? 'SuspendedEV' : 'Charging');
  }

  function connector(timestamp: string, status: 'Available' | 'SuspendedEV' | 'Charging'): LoadMessage {
    if (!is16)
      return {
        action: 'StatusNotification',
        payload: { timestamp, connectorStatus: status === 'Charging' ? 'Occupied' : 'Available', evseId: 1, connectorId: 1 },
      };
    return {
      action: 'StatusNotification',
      payload: { connectorId: 1, errorCode: 'NoError', status, timestamp },
    };
  }

  return {
    boot: () => {
      isConnectorTold = false;
      const serial = stationId.slice(0, 25);
      return {
        action: 'BootNotification',
        payload: is16
          ? { chargePointVendor: 'Simulated', chargePointModel: 'Load', chargePointSerialNumber: serial }
          : { reason: 'PowerUp', chargingStation: { vendorName: 'Simulated', model: 'Load', serialNumber: serial } },
      };
    },
    next: (now) => {
      const timestamp = new Date(now).toISOString();
      if (!isConnectorTold) {
        isConnectorTold = true;
        return connector(timestamp, running ? 'Charging' : 'Available');
      }
      if (!running) return start(timestamp);
      const draw = chance.next();
      if (draw < STATUS) return status(timestamp);
      if (draw < STATUS + HEARTBEAT) return { action: 'Heartbeat', payload: {} };
      if (draw < STATUS + HEARTBEAT + TURNOVER) return stop(timestamp);
      if (!is16) return event('Updated', timestamp);
      const payload: RequestOf<'ocpp1.6', 'MeterValues'> = {
        connectorId: 1,
        transactionId: transactionId ?? -1,
        meterValue: [{ timestamp, sampledValue: sampled16(reading()) }],
      };
      return { action: 'MeterValues', payload };
    },
  };
}
