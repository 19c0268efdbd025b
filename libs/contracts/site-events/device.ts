// Device models of stations: what they are to be set to, events somebody saw, controls of distributed resources.
import type { OcppVersion } from '#ocpp';

/** What stations of a site are to be set to, by vendor, model and firmware; replaces what was said under its id. Without settings it is withdrawn. Producer: api. */
export interface DeviceSettingsWanted {
  readonly templateId: string;
  /** Absent members hold for every station of the site. Texts are compared without regard to case. */
  readonly appliesTo: {
    readonly vendor?: string;
    readonly model?: string;
    readonly firmwareVersion?: string;
    readonly ocppVersion?: OcppVersion;
  };
  readonly settings: readonly WantedSetting[];
  readonly requestedBy: string;
}

export interface WantedSetting {
  /** 2.x; absent = a configuration key of 1.6. */
  readonly component?: {
    readonly name: string;
    readonly instance?: string;
    readonly evse?: { readonly id: number; readonly connectorId?: number };
  };
  readonly variable: { readonly name: string; readonly instance?: string };
  /** Absent = Actual. */
  readonly attribute?: 'Actual' | 'Target' | 'MinSet' | 'MaxSet';
  readonly value: string;
}

/** Somebody saw an event of a station's variables (NotifyEvent). Producer: api. */
export interface DeviceEventAcknowledged {
  readonly stationId: string;
  /** Offset of its message in this stream and its index in it. */
  readonly eventId: string;
  readonly acknowledgedBy: string;
  readonly note?: string;
}

/** Somebody saw a security event of a station. Producer: api. */
export interface SecurityEventAcknowledged {
  readonly stationId: string;
  /** Offset of its message in this stream. */
  readonly eventId: string;
  readonly acknowledgedBy: string;
  readonly note?: string;
}

/** What a station is to have of one DER control (2.1 block R), or that it is to have it no more (`control` absent). A later word about it takes this one's place. Producer: api. */
export interface DerControlWanted {
  readonly stationId: string;
  readonly controlId: string;
  readonly isDefault: boolean;
  /** The SetDERControl request. */
  readonly control?: Readonly<Record<string, unknown>>;
  readonly requestedBy: string;
}
