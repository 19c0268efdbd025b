// One measured value after normalising, with the raw one beside it, and the words for what was odd about it.
// How it is read out of a message is in normalise.ts.
import type { OcppVersion } from '#ocpp';

/** Units that values are kept in; anything else a station may send is converted or keeps its own name. */
export type Unit = 'Wh' | 'W' | 'A' | 'V' | '%' | 'varh' | 'var' | 'VAh' | 'VA' | 'Celsius' | 'Hz' | '';

export type ClockFlag =
  | 'clockMissing'
  | 'clockUnreadable'
  /** No zone given: local time or UTC, nobody knows. */
  | 'clockNoOffset'
  /** Before 2015: the station never learned the time. */
  | 'clockUnset'
  | 'clockAhead'
  | 'clockBehind';

export type SampleFlag =
  | ClockFlag
  /** Another spelling of a unit we know. */
  | 'unitSpelling'
  | 'unitUnknown'
  /** A unit that cannot belong to this measurand; read as the measurand's own. */
  | 'unitContradicts'
  /** The model is known to mislabel this measurand; converted by its table. */
  | 'unitOverridden'
  /** Possible to write down, impossible to measure. */
  | 'outOfRange'
  | 'negative'
  | 'decimalComma'
  | 'connectorZero';

/** What could not become a sample at all. */
export type MessageFlag = 'meterValueMissing' | 'sampledValueEmpty' | 'valueEmpty' | 'valueUnreadable' | 'signedOnly';

export interface Sample {
  /** ISO 8601 UTC, by the rule for bad clocks: the station's time when plausible, else when we received it. */
  readonly at: string;
  /** As sent. */
  readonly stationTime?: string | undefined;
  readonly receivedAt: string;
  /** 0 = the station's own meter: never added to those of its EVSEs. */
  readonly evseId: number;
  readonly connectorId?: number | undefined;
  readonly transactionId?: string | undefined;
  readonly measurand: string;
  /** L1, L2, L3 or N; of voltages and line-to-line values also L1-N, L1-L2, …; absent = total. */
  readonly phase?: string | undefined;
  readonly context: string;
  readonly location: string;
  readonly unit: Unit;
  /** In `unit`, 0.001 resolution. */
  readonly value: number;
  readonly rawValue: string;
  readonly rawUnit?: string | undefined;
  readonly isSigned: boolean;
  readonly flags: readonly SampleFlag[];
}

export interface Normalised {
  readonly samples: readonly Sample[];
  readonly flags: readonly MessageFlag[];
}

/** A stretch without connection, by our clock. */
export interface Outage {
  readonly from: string;
  readonly to: string;
}

/** What the caller knows about the place; wins over what the message says. */
export interface EvseContext {
  readonly evseId?: number;
  readonly connectorId?: number;
  readonly transactionId?: string;
  /** The message waited in the station while it was offline: an old time is no bad clock. 2.x says so itself. */
  readonly queued?: boolean;
  /** The station's last stretch without connection: times within it are those of queued messages. */
  readonly outage?: Outage;
  /** Rating of the EVSE [W], for what is out of range. */
  readonly maxPowerW?: number;
  /** Measurand → the unit the model really sends, whatever it says; not of start and stop registers, which say none. */
  readonly unitOverrides?: Readonly<Record<string, string>>;
}

export interface MeterMessage {
  readonly ocppVersion: OcppVersion;
  readonly action: string;
  readonly payload: unknown;
  /** ISO 8601 UTC */
  readonly receivedAt: string;
  readonly evse?: EvseContext;
}

/** 0.001 resolution without binary dust. */
export const milli = (value: number): number => Math.round(value * 1000) / 1000;
