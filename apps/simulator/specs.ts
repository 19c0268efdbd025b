// How a caller describes stations: what hangs on the wall, and how it signs in.
// Cars and drivers are described in car.ts and drivers.ts.
import type { OcppVersion } from '#ocpp';
import type { BackOff } from './line.js';
import type { Manner } from './manner.js';
import type { Phase } from './meter.js';

export interface EvseSpec {
  /** 1, 2, …; in OCPP 1.6 the connectorId. */
  readonly evseId: number;
  /** How many phases are wired, or which; 3 unless told. Meter values name these phases. */
  readonly phases?: 1 | 2 | 3 | readonly Phase[];
  /** Rating per phase; 32 A unless told. */
  readonly maxA?: number;
  /** Below this it pauses; 6 A unless told (IEC 61851-1). */
  readonly minA?: number;
  /** The most it feeds back from a car per phase; it cannot unless told. Only OCPP 2.1 can ask for it. */
  readonly maxDischargeA?: number;
  readonly voltageV?: number;
  /** Energy register at the start of the run [Wh]. */
  readonly meterStartWh?: number;
}

export interface StationSpec {
  readonly stationId: string;
  readonly ocppVersion: OcppVersion;
  /** Basic authentication; text goes out as UTF-8, bytes as they are (1.6 keys are raw octets). None: no header. */
  readonly password?: string | Uint8Array;
  readonly evses: readonly EvseSpec[];
  /** In what it asks to be signed; `Simulated` unless told, nobody where empty. */
  readonly organization?: string;
  readonly vendor?: string;
  readonly model?: string;
  readonly serialNumber?: string;
  readonly firmwareVersion?: string;
  /** Sends BootNotification at every reconnect, as many 1.6 models do; by default only after power-up and reset. */
  readonly bootsOnReconnect?: boolean;
  /** It has a display for what a transaction costs, and says so. */
  readonly showsCosts?: boolean;
  /** How it deviates from the book; not shared with another station. */
  readonly manners?: readonly Manner[];
  /** Ends its connection after every message about a transaction, and dials again. */
  readonly hangsUp?: boolean;
  /** Its own waits before it dials again, instead of the fleet's. */
  readonly backOff?: BackOff;
  /** How long its reset takes [ms], instead of the fleet's. */
  readonly bootMs?: number;
}
