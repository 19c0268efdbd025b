// The table of models: by vendor, model and firmware of a BootNotification. A row belongs here only where it changes something; its evidence is
// an issue somebody filed. To add one: a row, its line in model-quirks.spec.ts; a new kind of correction also needs the place that heeds it.
import { asObject, asText } from './json.js';

/** What a station says it is. */
export interface Identity {
  readonly vendor: string;
  readonly model: string;
  readonly firmware: string;
  readonly serialNumber: string;
}

/** What is done differently for a station; absent = as for all others. */
export interface Corrections {
  /** Measurand → the unit its values are in, whatever they are labelled. Start and stop registers have no label and are left alone. */
  readonly unitOverrides?: Readonly<Record<string, string>>;
  /** The only unit it takes limits in, unless it says otherwise when asked. */
  readonly onlyUnit?: 'A' | 'W';
  /** The only currents it can be set to [A], lowest first; a limit is rounded down to one of them. */
  readonly levelsA?: readonly number[];
  /** What it appends to every token it reads. */
  readonly tokenEnding?: string;
  /** It is asked nothing by itself and set to nothing: it gets its answers, its limits, and what somebody wants of it. */
  readonly inquiries?: Inquiries;
}

/** Whether we ask a station by ourselves what it is, holds and believes, and set what it samples. */
export type Inquiries = 'usual' | 'none';

export interface ModelQuirk {
  /** Kebab-case, never used again for another. */
  readonly id: string;
  /** A sentence for operators. */
  readonly does: string;
  readonly vendor: RegExp;
  readonly model?: RegExp;
  readonly firmware?: RegExp;
  readonly corrections: (identity: Identity) => Corrections;
}

export const MODEL_QUIRKS: readonly ModelQuirk[] = [
  {
    id: 'energy-in-kwh-labelled-wh',
    does: 'labels its energy register Wh although it counts kWh (OpenEVSE #703, firmware before 5)',
    vendor: /^openevse$/i,
    firmware: /^v?[1-4]\./i,
    corrections: () => ({ unitOverrides: { 'Energy.Active.Import.Register': 'kWh' } }),
  },
  {
    id: 'limits-in-watts-only',
    does: 'takes limits in watts only (lbbrhzn/ocpp #2084)',
    vendor: /^huawei/i,
    corrections: () => ({ onlyUnit: 'W' }),
  },
  {
    id: 'five-current-levels',
    does: 'can only be set to 6, 8, 10, 13 or 16 A',
    vendor: /^necharge$/i,
    corrections: () => ({ levelsA: [6, 8, 10, 13, 16] }),
  },
  {
    id: 'serial-behind-the-token',
    does: 'appends its serial number to every token it reads in a cluster (OCPP.Core, experiences with KEBA)',
    vendor: /^keba/i,
    corrections: ({ serialNumber }) => (serialNumber === '' ? {} : { tokenEnding: `_${serialNumber}` }),
  },
  {
    id: 'goes-down-over-its-configuration',
    does: 'reboots over and over once its configuration was asked for or its measurands were changed (lbbrhzn/ocpp #1275): it is asked nothing unless somebody wants to know',
    vendor: /^abb\b/i,
    model: /terra|mtac/i,
    corrections: () => ({ inquiries: 'none' }),
  },
];

/** From the payload of a BootNotification of any version; what is missing is empty. */
export function identityIn(payload: unknown): Identity {
  const boot = asObject(payload);
  const said = { ...boot, ...asObject(boot.chargingStation) };
  return {
    vendor: asText(said.vendorName ?? said.chargePointVendor).trim(),
    model: asText(said.model ?? said.chargePointModel).trim(),
    firmware: asText(said.firmwareVersion).trim(),
    serialNumber: asText(said.serialNumber ?? said.chargePointSerialNumber).trim(),
  };
}

/** What is known of a model, in the order of the table. */
export const quirksOf = ({ vendor, model, firmware }: Identity): readonly ModelQuirk[] =>
  MODEL_QUIRKS.filter(
    (quirk) => quirk.vendor.test(vendor) && quirk.model?.test(model) !== false && quirk.firmware?.test(firmware) !== false,
  );

/** Whether a station may be asked by itself: as its configuration says, else as its model is known for. */
export const isAsked = (configured: Inquiries | undefined, corrections: Corrections | undefined): boolean =>
  (configured ?? corrections?.inquiries) !== 'none';

/** Undefined where nothing is to be done differently, as for nearly all. */
export function correctionsFor(identity: Identity): Corrections | undefined {
  const all = quirksOf(identity).map(({ corrections }) => corrections(identity));
  return all.length === 0 ? undefined : Object.assign({}, ...all);
}
